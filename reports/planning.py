"""A plan as a page, a table, a figure and JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from cochange.inference.calibrating.design import centred
from cochange.inference.files import write_json
from cochange.inference.many.fingerprint import values_of
from cochange.inference.planning.assure import Assurance, Assured
from cochange.inference.planning.decision import Decision
from cochange.inference.planning.designs import Design
from cochange.models.parts.prior_sets import families
from cochange.reports.block import Block, Column, Points, Rows, Table
from cochange.reports.cover import Cover
from cochange.reports.document import write_beside, write_markdown, write_page
from cochange.reports.labels import prior_name
from cochange.reports.numbers import share, with_counts, with_minus
from cochange.reports.plots.assurance import assurance_plot, measured_in_words

SCHEMA = "cochange.plan/1"
# The names of its table and figure begin so: those of other documents in the same folder are left alone.
BEGINNING = "plan_"


def kind_of(assurance: Assurance) -> str:
    """What the share of studies is: a power where something of the truth is given."""
    return "power" if assurance.question.truth else "assurance"


def _decision_in_words(decision: Decision) -> str:
    """The decision, and when it is made."""
    needed = f"with a posterior probability of at least {decision.probability:g}"
    if decision.smallest is None:
        return f"{_article(decision.ending)} of {decision.estimand} ({needed})"
    factor = "a factor of " if decision.unit == "ratio" else ""
    unit = "" if decision.unit == "ratio" else f" {decision.unit}"
    side = "within" if decision.ending == "unimportant difference" else "beyond"
    return f"{_article(decision.ending)} of {decision.estimand} ({side} {factor}{decision.smallest:g}{unit}, {needed})"


def _article(ending: str) -> str:
    """An ending after its article."""
    return f"{'an' if ending[0] in 'aeiou' else 'a'} {ending}"


def _truth_in_words(assurance: Assurance) -> str:
    """What is given of the truth; empty where nothing is."""
    return ", ".join(with_minus(f"{name} {value:g}") for name, value in assurance.question.truth.items())


def _sentence(assurance: Assurance, row: Assured) -> str:
    """What one design gives."""
    design, given = row.design, _truth_in_words(assurance)
    measured = f", {measured_in_words(design)}" if measured_in_words(design) else ""
    return (
        f"With {design.participants} participants and {design.lost} dropout{measured}, the study ends with "
        f"{_decision_in_words(assurance.decision)} in {100 * row.assurance:.0f}% (MCSE {100 * row.mcse:.1f}) of "
        f"{row.fits} simulated studies{f' whose truth has {given}' if given else ''}."
    )


def _sentence_beside(row: Assured) -> str:
    """What another design gives, after the sentence of the first."""
    design = row.design
    measured = f", {measured_in_words(design)}" if measured_in_words(design) else ""
    return (
        f"With {design.participants} and {design.lost}{measured}, it does so in {100 * row.assurance:.0f}% "
        f"(MCSE {100 * row.mcse:.1f})."
    )


def plan_sentences(assurance: Assurance) -> tuple[str, ...]:
    """What a plan says: of every design where there are up to six, else of the least and the greatest share."""
    rows: Sequence[Assured] = assurance.rows
    if len(rows) > 6:
        by_share = sorted(rows, key=lambda row: row.assurance)
        rows = [by_share[0], by_share[-1]]
    failed = sum(row.failed for row in assurance.rows)
    total = sum(row.fits for row in assurance.rows)
    reasons = with_counts(assurance.problems)
    state = (
        f"{failed} of {total} fits ended with a failed diagnostic ({reasons}); those that have draws are counted like "
        "the others, those without as studies without a decision."
        if failed
        else f"None of the {total} fits ended with a failed diagnostic."
    )
    return (_sentence(assurance, rows[0]), *map(_sentence_beside, rows[1:]), state)


def write_plan(assurance: Assurance, directory: Path | str) -> Path:
    """Write a plan.

    Parameters
    ----------
    assurance : Assurance
        From `cochange.plan`.
    directory : path
        Where to write ``plan.html``, ``plan.md``, ``plan.json``, ``tables/plan_*`` and ``figures/plan_*``.

    Returns
    -------
    Path
        ``plan.html``: one file that needs nothing else and no network.
    """
    directory = Path(directory)
    cover, blocks = _cover(assurance), _blocks(assurance)
    write_beside(directory, cover, blocks, BEGINNING)
    write_json(directory / "plan.json", _record(assurance))
    write_markdown(directory / "plan.md", cover, blocks)
    return write_page(directory / "plan.html", cover, blocks)


def _record(assurance: Assurance) -> dict[str, Any]:
    """A plan as JSON holds it; the simulated studies are in ``fits/``."""
    question = assurance.question
    return {
        "schema": SCHEMA,
        "study_file": assurance.study.path.name,
        "title": assurance.study.spec.study.title,
        "expected": None if assurance.expected is None else asdict(assurance.expected),
        "model": assurance.model.name,
        "decision": asdict(assurance.decision),
        "design_prior": question.design_prior,
        "design_priors": values_of(families(assurance.design_priors)),
        "prior": question.prior,
        "priors": values_of(families(assurance.priors)),
        "truth": dict(assurance.question.truth) or None,
        "kind": kind_of(assurance),
        "seed": assurance.seed,
        "seconds_a_fit": assurance.seconds,
        "problems": assurance.problems,
        "said": plan_sentences(assurance),
        "designs": [asdict(row) for row in assurance.rows],
        "version": version("cochange"),
    }


def _cover(assurance: Assurance) -> Cover:
    created = datetime.now(UTC)
    fits = sum(row.fits for row in assurance.rows)
    return Cover(
        kind="Plan of a study",
        title=assurance.study.spec.study.title,
        facts=(
            assurance.study.spec.study.design,
            f"{len(assurance.rows)} designs, {fits} simulated studies",
            f"{created:%Y-%m-%d}",
            f"cochange {version('cochange')}",
        ),
        status="power" if assurance.question.truth else "assurance",
        synthetic=True,
        closing="Made from the simulated studies stored beside this page.",
        created=created,
        label="Found",
        notice="every study here was simulated. No person in it exists, and nothing here is a finding.",
    )


def _blocks(assurance: Assurance) -> dict[str, Block]:
    what = kind_of(assurance)
    figure = assurance_plot(assurance.rows, what, f"{BEGINNING}{what}")
    return {
        "What was found": Block((Points(plan_sentences(assurance)), figure)),
        "Designs": Block((_table(assurance, what),)),
        "How it was done": Block((Points(_how(assurance)),)),
    }


def _table(assurance: Assurance, what: str) -> Table:
    """Every design with the share of each ending."""
    settings = [name for name in asdict(assurance.rows[0].design) if _of(assurance, name) != {None}]
    labels = [*(name.replace("_", " ") for name in settings), what, "MCSE", "95% limits", *assurance.decision.endings]
    columns = tuple(Column(label, number=True) for label in labels)
    printed = tuple(
        (
            *(_setting(row.design, name) for name in settings),
            f"{100 * row.assurance:.0f}%",
            f"{100 * row.mcse:.1f}",
            f"{share(row.lower)} to {share(row.upper)}",
            *(f"{100 * row.endings[ending]:.0f}%" for ending in assurance.decision.endings),
        )
        for row in assurance.rows
    )
    caption = (
        f"Share of simulated studies that end with {_decision_in_words(assurance.decision)}, with its Monte Carlo "
        "standard error in percentage points and its exact 95% confidence limits; then the share of each ending."
    )
    return Table(f"{BEGINNING}designs", caption, columns, (Rows("", printed),), _frame(assurance))


def _of(assurance: Assurance, name: str) -> set[float | None]:
    return {getattr(row.design, name) for row in assurance.rows}


def _setting(design: Design, name: str) -> str:
    value = getattr(design, name)
    return design.lost if name == "dropout" else f"{value:g}"


def _frame(assurance: Assurance) -> pd.DataFrame:
    records = []
    for row in assurance.rows:
        record = {name: value for name, value in asdict(row).items() if name not in ("design", "endings")}
        endings = {ending.replace(" ", "_"): value for ending, value in row.endings.items()}
        records.append({**asdict(row.design), **record, **endings})
    return pd.DataFrame(records)


def _how(assurance: Assurance) -> tuple[str, ...]:
    question, study = assurance.question, assurance.study
    given = _truth_in_words(assurance)
    around = centred(assurance.model, assurance.design_priors)
    narrowed = ", ".join(f"{name} {family}" for name, family in around.items())
    reason = f" Its smallest important difference: {assurance.decision.reason}." if assurance.decision.reason else ""
    truths = f"with {given} given and everything else drawn from" if given else "drawn from"
    texts = [
        f"The decision: {_decision_in_words(assurance.decision)}.{reason}",
        f"Truths of {assurance.model.name} are {truths} the design prior, {question.design_prior}; each simulated "
        f"study is analysed under {prior_name(question.prior)}, which knows nothing of the truth. All designs see the "
        "same truths.",
        _people(assurance),
        "Participants are lost after the baseline visit, completely at random. A limit of detection is that of every "
        "sample of the marker; a reliability is the true one, and the analysis keeps its prior of it.",
    ]
    if narrowed:
        texts.append(
            f"Priors of the design set around the baseline's centre are no wider than this: {narrowed}. Baselines are "
            "stated or known, and truths lie near them."
        )
    texts += [f"{notice.column}: {notice.message}." for notice in study.notices if assurance.expected is not None]
    texts.append(
        f"One chain a study, of 1,000 draws to begin with, sampled again where it diverges or falls short. Seed "
        f"{assurance.seed}; {assurance.seconds:.2f} seconds of processor time a study."
    )
    return tuple(texts)


def _people(assurance: Assurance) -> str:
    """Where the participants of the designs come from."""
    if assurance.expected is None:
        return (
            f"Participants are those of {assurance.study.path.name}, taken again and again in one random order: their "
            "arms, groups, covariates and limits. Of their outcomes only the centres and units are used."
        )
    levels = ", ".join(
        f"{name} {level.median:g}{'' if level.sd is None else f' (SD {level.sd:g})'}"
        for name, level in assurance.expected.baselines.items()
    )
    return f"There are no data yet. Baselines are expected to have the medians {levels}."
