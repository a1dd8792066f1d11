"""A calibration as a page, tables, figures and JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from cochange.data.arguments import require
from cochange.data.paths import usable_folder
from cochange.inference.calibrating.calibrate import Calibration
from cochange.inference.calibrating.design import centred
from cochange.inference.calibrating.fits import KEPT
from cochange.inference.calibrating.judge import FALSE_ALARM, Ranked, pit_of, ranks_of
from cochange.inference.files import write_json
from cochange.inference.many.fingerprint import values_of
from cochange.models.parts.prior_sets import families
from cochange.reports.block import Block, Paragraph, Points, Rows, Table, columns_of
from cochange.reports.cover import Cover
from cochange.reports.document import write_markdown, write_page, write_tables_and_figures
from cochange.reports.labels import listed, prior_name
from cochange.reports.numbers import beside, probability, share, significant, span, with_counts, with_minus
from cochange.reports.plots.ranks import ranks_plot

SCHEMA = "cochange.calibration/1"
# Under this number of fits the standard error of a coverage of 95% is over 2 percentage points.
FEW = 100
GROSS_ALONE = "so few fits show gross faults alone"
KINDS = {True: "estimands", False: "parameters"}
NOT_KNOWN = {
    "measurement": "The data have errors of measurement, and the fits take observed scores as true.",
    "outliers": "The outcomes are Student-t with the prior's degrees of freedom, and the fits take them as normal.",
}


def calibration_sentences(calibration: Calibration) -> tuple[str, ...]:
    """What a calibration says, one statement each: ranks, coverage, fits that failed."""
    rows, n = calibration.rows, len(calibration.records)
    worst, uneven = calibration.smallest_p, calibration.uneven
    bound = FALSE_ALARM / len(rows)
    if calibration.truth:
        ranks = f"{_recovered(calibration)} Everything else is drawn from the prior."
    elif uneven:
        names = ", ".join(f"{row.quantity} (p {probability(row.p_value)})" for row in uneven)
        ranks = f"Ranks are uneven for {len(uneven)} of {len(rows)} quantities: {names}."
    else:
        ranks = (
            f"The ranks of all {len(rows)} quantities agree with even ones: the smallest of their p values is "
            f"{probability(worst.p_value)} ({worst.quantity}), where {bound:.2g} would set one apart."
        )
    estimands = [row for row in rows if row.estimand]
    held = [row.coverage[-1] for row in estimands]
    lowest, highest = min(held, key=lambda item: item.held), max(held, key=lambda item: item.held)
    coverage = (
        f"95% intervals of the estimands hold the truth in {span(lowest.held, highest.held)} of the fits. "
        f"{_precision(_ranked(calibration))}"
    )
    if calibration.failed:
        reasons = with_counts(calibration.problems)
        failed = (
            f"{calibration.failed} of {n} fits ended with a failed diagnostic ({reasons}); "
            "all that have draws are counted in the ranks."
        )
    else:
        failed = f"None of the {n} fits ended with a failed diagnostic."
    return ranks, coverage, failed


def _precision(fits: int) -> str:
    """How surely a coverage of 95% is known from so many fits."""
    error = 100 * np.sqrt(0.95 * 0.05 / fits)
    said = f"Over {fits} fits the share of a right 95% interval has a Monte Carlo standard error of "
    said += f"{significant(error, 2)} percentage points"
    return f"{said}: {GROSS_ALONE}." if fits < FEW else f"{said}."


def _recovered(calibration: Calibration) -> str:
    """How well what was given of the truth is recovered; not all of it is estimated by the fits."""
    found = []
    for name, value in calibration.truth.items():
        rows = [row for row in calibration.rows if row.quantity == name or row.quantity.split("[")[0] == name]
        said = [
            f"{row.quantity} has a bias of {beside(row.bias, row.bias_mcse)} (MCSE "
            f"{beside(row.bias_mcse, row.bias_mcse)}), its 95% intervals hold the truth in "
            f"{share(row.coverage[-1].held)} of the fits ({share(row.coverage[-1].lower)} to "
            f"{share(row.coverage[-1].upper)})"
            for row in rows
        ]
        given = with_minus(f"The truth of {name} is {value:g}")
        found.append(f"{given}: {', '.join(said) or 'the fits do not estimate it'}.")
    return " ".join(found)


def write_calibration(calibration: Calibration, directory: Path | str) -> Path:
    """Write a calibration.

    Parameters
    ----------
    calibration : Calibration
        From `calibrate`.
    directory : Path or str
        Where to write ``calibration.html``, ``calibration.md``, ``calibration.json``, ``tables/`` and ``figures/``.

    Returns
    -------
    Path
        ``calibration.html``: one file that needs nothing else and no network.

    Raises
    ------
    InputError
        If the directory is a file, or nothing can be written to it.
    TypeError
        If `calibration` is none, or `directory` is no path.
    """
    require(calibration, Calibration, "calibration must be a Calibration, as cochange.calibrate(MODEL) gives")
    directory = usable_folder(directory)
    cover, blocks = _cover(calibration), _blocks(calibration)
    write_tables_and_figures(directory, cover, blocks.values())
    write_json(directory / "calibration.json", _record(calibration))
    write_markdown(directory / "calibration.md", cover, blocks)
    return write_page(directory / "calibration.html", cover, blocks)


def _record(calibration: Calibration) -> dict[str, object]:
    """A calibration as JSON holds it; the fits themselves are in ``fits.jsonl``."""
    return {
        "schema": SCHEMA,
        "model": calibration.model.name,
        "prior": calibration.prior,
        "priors": values_of(families(calibration.priors)),
        "design": "reference" if calibration.reference else calibration.study.path.name,
        "misspecified": calibration.misspecified or None,
        "truth": dict(calibration.truth) or None,
        "seed": calibration.seed,
        "fits": len(calibration.records),
        "failed": calibration.failed,
        "problems": calibration.problems,
        "seconds_a_fit": calibration.seconds,
        "uneven": [row.quantity for row in calibration.uneven],
        "said": calibration_sentences(calibration),
        "quantities": [asdict(row) for row in calibration.rows],
        "version": version("cochange"),
    }


def _cover(calibration: Calibration) -> Cover:
    created = datetime.now(UTC)
    design = "reference design" if calibration.reference else calibration.study.spec.study.title
    return Cover(
        kind="Simulation-based calibration",
        title=f"{calibration.model.name} under {prior_name(calibration.prior)}",
        facts=(design, f"{len(calibration.records)} fits", f"{created:%Y-%m-%d}", f"cochange {version('cochange')}"),
        basis=GROSS_ALONE if _ranked(calibration) < FEW else f"over {_ranked(calibration)} fits",
        status="recovery" if calibration.truth else "uneven ranks" if calibration.uneven else "even ranks",
        synthetic=True,
        closing="Made from the ranks stored beside this page.",
        created=created,
        label="Calibration",
        notice=(
            "every data set was drawn from the model. No person in it exists, and nothing here says what a treatment "
            "does."
        ),
    )


def _ranked(calibration: Calibration) -> int:
    """How many fits have ranks."""
    return calibration.rows[0].fits


def _blocks(calibration: Calibration) -> dict[str, Block]:
    ranks, rows = ranks_of(calibration.records), {row.quantity: row for row in calibration.rows}
    bound = FALSE_ALARM / len(rows)
    pits = {name: pit_of(values, calibration.seed) for name, values in ranks.items()}
    found = {"What was found": Block((Points(calibration_sentences(calibration)), *_warning(calibration)))}
    for estimand, what in KINDS.items():
        chosen = [row for row in calibration.rows if row.estimand is estimand]
        if chosen:
            figure = ranks_plot(
                {row.quantity: pits[row.quantity] for row in chosen}, rows, bound, f"ranks_of_{what}", what
            )
            found[what.capitalize()] = Block((_table(chosen, what), figure))
    return found | {"How it was done": Block((Points(_how(calibration)),))}


def _warning(calibration: Calibration) -> tuple[Paragraph, ...]:
    told = []
    if calibration.misspecified:
        told.append(f"{NOT_KNOWN[calibration.misspecified]} Coverage and bias say what that does to the estimates.")
    if calibration.truth:
        told.append(
            "Where a truth is given, ranks need not be even: priors pull estimates towards themselves, which is bias "
            "at that truth and none on average over the prior."
        )
    return tuple(Paragraph(text, warning=True) for text in told)


def _table(rows: Sequence[Ranked], what: str) -> Table:
    masses = [item.mass for item in rows[0].coverage]
    labels = ["quantity", "p", "mean rank", "bias", "MCSE", *(f"{mass:.0%} interval holds it in" for mass in masses)]
    columns = columns_of(labels)
    printed = tuple(
        (
            row.quantity,
            probability(row.p_value),
            share(row.mean_rank),
            beside(row.bias, row.bias_mcse),
            beside(row.bias_mcse, row.bias_mcse),
            *(f"{share(item.held)} ({share(item.lower)} to {share(item.upper)})" for item in row.coverage),
        )
        for row in rows
    )
    caption = (
        f"Calibration of the {what}. p: probability of ranks as uneven as these or more, were the model calibrated; "
        "mean rank: share of the draws that lie under the truth, 50% on average where ranks are even, more where "
        "estimates are too low; bias: posterior mean less truth, with its Monte Carlo standard error; coverage with "
        "its 95% confidence limits."
    )
    return Table(f"calibration_of_{what}", caption, columns, (Rows("", printed),), _frame(rows))


def _frame(rows: Sequence[Ranked]) -> pd.DataFrame:
    records = []
    for row in rows:
        record = {name: value for name, value in asdict(row).items() if name != "coverage"}
        for item in row.coverage:
            mass = f"{100 * item.mass:g}"
            record |= {f"held_{mass}": item.held, f"lower_{mass}": item.lower, f"upper_{mass}": item.upper}
        records.append(record)
    return pd.DataFrame(records)


def _how(calibration: Calibration) -> tuple[str, ...]:
    around = centred(calibration.model, calibration.priors)
    narrowed = ", ".join(f"{name} {family}" for name, family in around.items())
    return (
        f"{_design(calibration)} Each fit draws a truth from the prior, data from the truth, and a posterior from the "
        "data.",
        f"Priors set around the data's own centre are no wider than this here, in draws and fits alike: {narrowed}."
        if narrowed
        else "The prior set is used as it is.",
        f"One chain a fit; {KEPT} evenly spaced draws are ranked, where the parameters have at least as many effective "
        "ones. A fit that diverges or falls short is sampled again, twice at most, with smaller steps and more draws.",
        f"A quantity is set apart when its p value is under {FALSE_ALARM:g} divided by the number of quantities.",
        f"Seed {calibration.seed}; {calibration.seconds:.2f} seconds of processor time a fit.",
    )


def _design(calibration: Calibration) -> str:
    """Whom the design has and the model uses, and what else the design has and lacks."""
    study, spec = calibration.study, calibration.study.spec
    everyone, used = study.data.sizes["participant"], len(calibration.model.select(study).used)
    design = "The reference design" if calibration.reference else f"The design of {study.path.name}"
    whom = f"{everyone} participants"
    if used < everyone:
        whom += f", of whom {calibration.model.name} uses {used},"
    data = study.data
    limits = spec.marker and bool(np.isfinite(data["lower_limit"]).any() or np.isfinite(data["upper_limit"]).any())
    gaps = spec.marker and bool((data["marker_status"] == "missing").any())
    gaps = gaps or (spec.symptom is not None and bool(np.isnan(data["symptom"]).any()))
    parts = {
        "limits of detection": limits,
        "missing values": gaps,
        "covariates": spec.covariates.numeric or spec.covariates.categorical,
        "groups": spec.groups,
        "sites": spec.sites,
        "arms": spec.arms,
        "a rule of inclusion": spec.inclusion,
    }
    has, lacks = ([name for name, there in parts.items() if bool(there) is given] for given in (True, False))
    said = f"{design}: {whom} at {len(spec.data.visits)} visit{'s' * (len(spec.data.visits) != 1)}"
    said += f", with {listed(has)}" if has else ""
    return f"{said}; without {listed(lacks)}." if lacks else f"{said}."
