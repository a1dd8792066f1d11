"""What `cochange plan` does and prints."""

from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from cochange import console
from cochange.console import ERR, OUT, right
from cochange.data.faults import Fault, InputError, collected
from cochange.data.simulation.skeleton import Expected, Level
from cochange.inference.many.work import SEED
from cochange.inference.planning.assure import Assurance, Question, faults_of, plan
from cochange.inference.planning.designs import REQUIRED, Designs, unit_of_marker
from cochange.models.parts.selection import MINIMUM_PARTICIPANTS
from cochange.progress import progress
from cochange.reports.numbers import share
from cochange.reports.plan_sentences import plan_cautions, plan_sentences
from cochange.reports.planning import kind_of, write_plan
from cochange.values import read_each, read_named, read_numbers, read_value, read_whole


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
    lower_limit: str = ""
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
    """Simulate, print the table, and write page, table and figure.

    Raises
    ------
    InputError
        With all that is wrong with what is asked, as far as it is told without data.
    """
    designs, question, expected = _asked(request)
    with progress(len(designs) * request.fits, hidden=request.quiet) as reporter:
        found = plan(
            request.study_file,
            designs,
            question,
            request.model,
            expected,
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


def _asked(request: PlanRequest) -> tuple[Designs, Question, Expected | None]:
    """What is asked, read from the texts of the options."""
    faults: list[Fault] = []
    designs, truth, expected = None, dict[str, float](), None
    values: dict[str, tuple[float, ...]] = {}
    for name in REQUIRED:
        with collected(faults):
            values[name] = (read_whole if name == "participants" else read_numbers)(getattr(request, name), name)
    with collected(faults):
        # A list that cannot be read has told so: another stands for it.
        designs = Designs(**({"participants": (MINIMUM_PARTICIPANTS,)} | values))  # type: ignore[arg-type]
    with collected(faults):
        truth = read_each(request.truth, "truth", read_value)
    with collected(faults):
        expected = _expected(request)
    question = Question(
        design_prior=request.design_prior,
        prior=request.prior,
        decision=request.decision,
        probability=request.probability,
        smallest_important=request.smallest_important,
        truth=truth,
    )
    if faults or designs is None:
        with collected(faults):
            faults += faults_of(request.study_file, question, request.model, expected)
        raise InputError(faults)
    return designs, question, expected


def print_plan(found: Assurance) -> None:
    """Print a row a design, then what they say."""
    unit = unit_of_marker(found.study)
    ways = {row.design.measured(unit) for row in found.rows} != {""}
    shares = map(right, (kind_of(found), "95% limits", *found.decision.endings))
    table = Table(right("participants"), right("dropout"), *(["measured"] if ways else []), *shares)
    for row in found.rows:
        measured = [row.design.measured(unit)] if ways else []
        endings = (f"{ended:.0%}" for ended in row.endings.values())
        table.add_row(
            str(row.design.participants),
            row.design.lost,
            *measured,
            f"{row.assurance:.0%}",
            f"{share(row.lower)} to {share(row.upper)}",
            *endings,
        )
    OUT.print(table)
    for caution in plan_cautions(found):
        ERR.print(f"[yellow]Caution[/yellow]: {escape(caution)}")
    for sentence in plan_sentences(found):
        ERR.print(escape(sentence))


def _expected(request: PlanRequest) -> Expected | None:
    arms = tuple(arm.strip() for arm in request.arms.split(",") if arm.strip())
    if not request.baseline:
        if arms:
            action = "leave it out: with data, arms are those of the data; or give `baselines`"
            raise InputError([Fault("arms", None, None, "`baselines` beside it", "none", action)])
        return None
    return Expected(baselines=read_each(request.baseline, "baselines", _level), arms=arms)


def _level(text: str, option: str) -> tuple[str, Level]:
    name, numbers = read_named(text, option, "NAME=MEDIAN or NAME=MEDIAN,SD", most=2)
    return name, Level(*numbers)
