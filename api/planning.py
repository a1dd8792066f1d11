"""What `cochange plan` does and prints."""

from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from cochange import console
from cochange.console import ERR, OUT, right
from cochange.data.simulation.skeleton import Expected, Level
from cochange.inference.many.work import SEED
from cochange.inference.planning.assure import Assurance, Question, plan
from cochange.inference.planning.decision import PlanError
from cochange.inference.planning.designs import Designs
from cochange.progress import progress
from cochange.reports.planning import kind_of, plan_sentences, write_plan
from cochange.reports.plots.assurance import measured_in_words
from cochange.values import ValueGivenError, read_named, read_numbers, read_value, read_whole


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """What a plan was asked for, as written on the command line."""

    study_file: Path
    out: Path
    participants: str
    design_prior: str
    prior: str
    model: str
    decision: str | None = None
    probability: float | None = None
    smallest_important: float | None = None
    dropout: str = "0"
    limit: str = ""
    marker_reliability: str = ""
    score_reliability: str = ""
    truth: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    arms: str = ""
    data_root: Path | None = None
    fits: int = 200
    seed: int | None = None
    cores: int | None = None
    scheduler: str | None = None
    quiet: bool = False


def run(request: PlanRequest) -> None:
    """Simulate, print the table, and write page, table and figure."""
    designs = Designs(
        participants=read_whole(request.participants, "--participants"),
        dropout=read_numbers(request.dropout, "--dropout"),
        lower_limit=read_numbers(request.limit, "--limit"),
        marker_reliability=read_numbers(request.marker_reliability, "--marker-reliability"),
        score_reliability=read_numbers(request.score_reliability, "--score-reliability"),
    )
    question = Question(
        design_prior=request.design_prior,
        prior=request.prior,
        decision=request.decision,
        probability=request.probability,
        smallest_important=request.smallest_important,
        truth=dict(read_value(text, "--truth") for text in request.truth),
    )
    with progress(len(designs) * request.fits, hidden=request.quiet) as reporter:
        found = plan(
            request.study_file,
            designs,
            question,
            request.model,
            _expected(request),
            request.data_root,
            request.fits,
            request.out,
            SEED if request.seed is None else request.seed,
            request.cores,
            request.scheduler,
            reporter,
        )
    path = write_plan(found, request.out)
    if not request.quiet:
        console.print_notices_of_data(found.study)
        print_plan(found)
    typer.echo(path)


def print_plan(found: Assurance) -> None:
    """Print a row a design, then what they say."""
    ways = {measured_in_words(row.design) for row in found.rows} != {""}
    shares = map(right, (kind_of(found), "MCSE", *found.decision.endings))
    table = Table(right("participants"), right("dropout"), *(["measured"] if ways else []), *shares)
    for row in found.rows:
        measured = [measured_in_words(row.design)] if ways else []
        endings = (f"{share:.0%}" for share in row.endings.values())
        table.add_row(
            str(row.design.participants),
            row.design.lost,
            *measured,
            f"{row.assurance:.0%}",
            f"{100 * row.mcse:.1f}",
            *endings,
        )
    OUT.print(table)
    for sentence in plan_sentences(found):
        ERR.print(escape(sentence))


def _expected(request: PlanRequest) -> Expected | None:
    arms = tuple(arm.strip() for arm in request.arms.split(",") if arm.strip())
    if not request.baseline:
        if arms:
            raise PlanError("--arms goes with --baseline; with data, arms are those of the data")
        return None
    baselines = {}
    for text in request.baseline:
        name, numbers = read_named(text, "--baseline", "NAME=MEDIAN or NAME=MEDIAN,SD")
        if len(numbers) > 2:
            raise ValueGivenError(f"--baseline is written NAME=MEDIAN or NAME=MEDIAN,SD; got '{text}'")
        baselines[name] = Level(*numbers)
    return Expected(baselines=baselines, arms=arms)
