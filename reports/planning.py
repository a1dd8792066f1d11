"""A plan as a page, a table, a figure and JSON."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from cochange.data.arguments import require
from cochange.data.paths import usable_folder
from cochange.inference.calibrating.design import centred
from cochange.inference.files import write_json
from cochange.inference.many.fingerprint import values_of
from cochange.inference.planning.assure import Assurance
from cochange.inference.planning.designs import Design, unit_of_marker
from cochange.inference.planning.rightness import Rightness
from cochange.models.parts.prior_sets import families, notes
from cochange.reports.block import Block, Column, Paragraph, Points, Rows, Table
from cochange.reports.cover import Cover
from cochange.reports.document import write_beside, write_markdown, write_page
from cochange.reports.labels import prior_name
from cochange.reports.numbers import ABSENT, share, with_minus
from cochange.reports.plan_sentences import (
    decision_in_words,
    limits,
    plan_cautions,
    plan_sentences,
    truth_in_words,
    with_article,
)
from cochange.reports.plots.assurance import assurance_plot

SCHEMA = "cochange.plan/1"
# The names of its table and figure begin so: those of other documents in the same folder are left alone.
BEGINNING = "plan_"
# Columns of the table on truths, and what of a design is one number.
OF_TRUTHS = ("truth is so", "power among them", "false")
OF_DESIGNS = ("fits", "failed", "assurance", "mcse", "lower", "upper")


def kind_of(assurance: Assurance) -> str:
    """What the share of studies is: a power where something of the truth is given."""
    return "power" if assurance.question.truth else "assurance"


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

    Raises
    ------
    InputError
        If the directory is a file, or nothing can be written to it.
    TypeError
        If `assurance` is none, or `directory` is no path.
    """
    require(assurance, Assurance, "assurance must be an Assurance, as cochange.plan(...) gives")
    directory = usable_folder(directory)
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
        "said": (*plan_cautions(assurance), *plan_sentences(assurance)),
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
        label="What is told",
        notice="every study here was simulated. No person in it exists, and nothing here says what a treatment does.",
    )


def _blocks(assurance: Assurance) -> dict[str, Block]:
    what = kind_of(assurance)
    figure = assurance_plot(assurance.rows, what, f"{BEGINNING}{what}", unit_of_marker(assurance.study))
    cautions = (Paragraph(caution, warning=True) for caution in plan_cautions(assurance))
    return {
        "What was found": Block((*cautions, Points(plan_sentences(assurance)), figure)),
        "Designs": Block((_table(assurance, what),)),
        "Priors": Block((_priors(assurance),)),
        "How it was done": Block((Points(_how(assurance)),)),
    }


def _table(assurance: Assurance, what: str) -> Table:
    """Every design with the share of each ending."""
    settings = [name for name in asdict(assurance.rows[0].design) if _of(assurance, name) != {None}]
    known = all(row.rightness is not None for row in assurance.rows)
    labels = [*(_label(assurance, name) for name in settings), what, "MCSE", "95% limits", *assurance.decision.endings]
    labels += OF_TRUTHS if known else []
    columns = tuple(Column(label, number=True) for label in labels)
    printed = tuple(
        (
            *(_setting(row.design, name) for name in settings),
            f"{100 * row.assurance:.0f}%",
            f"{100 * row.mcse:.1f}",
            limits(row),
            *(f"{100 * row.endings[ending]:.0f}%" for ending in assurance.decision.endings),
            *(_of_truths(row.rightness) if known else ()),
        )
        for row in assurance.rows
    )
    caption = (
        f"Share of simulated studies that end with {decision_in_words(assurance.decision)}, with its Monte Carlo "
        "standard error in percentage points and its exact 95% confidence limits; then the share of each ending."
    )
    if known:
        caption += (
            f" Truth is so: share of the studies whose truth is {with_article(assurance.decision.ending)}; power among "
            "them: share of these that end with it; false: share of all studies that end with it although their truth "
            "is another."
        )
    return Table(f"{BEGINNING}designs", caption, columns, (Rows("", printed),), _frame(assurance))


def _of_truths(found: Rightness | None) -> tuple[str, ...]:
    """The cells of `OF_TRUTHS`."""
    if found is None:
        return ()
    power = ABSENT if found.power is None else share(found.power.share)
    return share(found.true.share), power, share(found.false.share)


def _priors(assurance: Assurance) -> Table:
    """What truths are drawn from beside what studies are analysed with."""
    question = assurance.question
    drawn, analysed = families(assurance.design_priors), families(assurance.priors)
    described = notes(assurance.priors)
    rows = tuple(
        (name, described[name].meaning, described[name].unit, with_minus(str(drawn[name])), with_minus(f"{own}"))
        for name, own in analysed.items()
        if name in assurance.parameters
    )
    labels = ("parameter", "meaning", "unit", f"design prior ({question.design_prior})", f"analysis ({question.prior})")
    caption = "What truths are drawn from, and what each simulated study is analysed with."
    if question.truth:
        caption += f" In place of what is drawn, the truth has {truth_in_words(question.truth)}."
    columns = tuple(Column(label) for label in labels)
    frame = pd.DataFrame(rows, columns=["parameter", "meaning", "unit", "design_prior", "analysis_prior"])
    return Table(f"{BEGINNING}priors", caption, columns, (Rows("", rows),), frame)


def _of(assurance: Assurance, name: str) -> set[float | None]:
    return {getattr(row.design, name) for row in assurance.rows}


def _label(assurance: Assurance, setting: str) -> str:
    unit = f" [{unit_of_marker(assurance.study)}]" if setting == "lower_limit" else ""
    return f"{setting.replace('_', ' ')}{unit}"


def _setting(design: Design, name: str) -> str:
    value = getattr(design, name)
    return design.lost if name == "dropout" else f"{value:g}"


def _frame(assurance: Assurance) -> pd.DataFrame:
    records = []
    for row in assurance.rows:
        record = {name: value for name, value in asdict(row).items() if name in OF_DESIGNS}
        endings = {ending.replace(" ", "_"): value for ending, value in row.endings.items()}
        arms = {f"participants_{arm}": number for arm, number in row.arms.items()}
        records.append({**asdict(row.design), **arms, **record, **endings, **_numbers(row.rightness)})
    return pd.DataFrame(records)


def _numbers(found: Rightness | None) -> dict[str, float]:
    """Truths and right decisions as columns of the table's file."""
    if found is None:
        return {}
    numbers = {"truth_median": found.median, "truth_lower": found.lower, "truth_upper": found.upper}
    for name, counts in (("true", found.true), ("power", found.power), ("false", found.false)):
        for part in ("share", "lower", "upper"):
            numbers[f"{name}_{part}"] = float("nan") if counts is None else getattr(counts, part)
    return numbers


def _how(assurance: Assurance) -> tuple[str, ...]:
    question, study = assurance.question, assurance.study
    given = truth_in_words(question.truth)
    around = centred(assurance.model, assurance.design_priors)
    narrowed = ", ".join(
        with_minus(f"{name} {family}") for name, family in around.items() if name in assurance.parameters
    )
    reason = f" Its smallest important difference: {assurance.decision.reason}." if assurance.decision.reason else ""
    truths = f"with {given} given and everything else drawn from" if given else "drawn from"
    texts = [
        f"The decision: {decision_in_words(assurance.decision)}.{reason}",
        f"Truths of {assurance.model.name} are {truths} the design prior, {question.design_prior}; each simulated "
        f"study is analysed under {prior_name(question.prior)}, which knows nothing of the truth. All designs see the "
        "same truths.",
        _people(assurance),
        _numbers_of_people(assurance),
    ]
    if any(row.design.dropout for row in assurance.rows):
        texts.append("Participants are lost after the baseline visit, of each arm alike and completely at random.")
    if any(row.design.lower_limit for row in assurance.rows):
        texts.append("The limit of detection is that of every sample of the marker.")
    if any(row.design.truth for row in assurance.rows):
        texts.append("A reliability is the true one, and the analysis keeps its prior of it.")
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


def _numbers_of_people(assurance: Assurance) -> str:
    """Whom the numbers of participants count."""
    told = "Numbers of participants are in total, as they begin, before anybody is lost"
    first = assurance.rows[0]
    if not first.arms:
        return f"{told}; there are no arms."
    by_number = {row.design.participants: " and ".join(map(str, row.arms.values())) for row in assurance.rows}
    split = "; ".join(f"{arms} of {number}" for number, arms in by_number.items())
    return f"{told}, over the arms {' and '.join(first.arms)}: {split}."


def _people(assurance: Assurance) -> str:
    """Where the participants of the designs come from."""
    if assurance.expected is None:
        return (
            f"Participants are those of {assurance.study.path.name}, taken again and again in one random order: their "
            "arms, groups, covariates and limits. Of their outcomes only the centres and units are used."
        )
    units = {marker.name: f" {marker.analysed_unit}" for marker in assurance.study.spec.marker}
    levels = ", ".join(
        f"{name} {level.median:g}{units.get(name, '')}"
        f"{'' if level.sd is None else f' (SD{" of the log" if name in units else ""} {level.sd:g})'}"
        for name, level in assurance.expected.baselines.items()
    )
    return f"There are no data yet. Baselines are expected to have the medians {levels}."
