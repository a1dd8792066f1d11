"""Answers about chains, their length, and how the run can be repeated."""

import math
from collections.abc import Sequence

from cochange.inference.doubled import BOUND, Doubling
from cochange.inference.results import Results
from cochange.inference.settings import ESS_MIN, R_HAT_MAX
from cochange.reports.checklists import places
from cochange.reports.checklists.answer import Answer, answered, missing, not_applicable
from cochange.reports.labels import listed, prior_name, quantity_beside
from cochange.reports.numbers import fixed, share

# Limits of a highest-density interval need so many effective draws (Kruschke 2021, doi:10.1038/s41562-021-01177-7).
HDI_ESS = 10_000.0
# Draws asked for beyond what should do, as a factor, and their step.
SPARE, STEP = 1.2, 500


def software(results: Results) -> Answer:
    """Software, packages and versions."""
    versions = results.manifest.get("versions", {})
    named = ", ".join(f"{name} {versions[name]}" for name in ("cochange", "pymc", "nutpie") if name in versions)
    return answered(places.RUN, results, f"{named}, and every other package that decides the numbers.")


def r_hat(results: Results) -> Answer:
    """R-hat of every parameter and derived quantity."""
    largest = max((item.r_hat for item in results.diagnostics), default=float("nan"))
    agree = "the chains agree" if largest <= R_HAT_MAX else f"over {R_HAT_MAX:g}: the chains do not all agree"
    return answered(
        places.DIAGNOSTICS,
        results,
        f"Largest of every fit's estimands and top-level parameters: {fixed(largest, 3)}, {agree}.",
    )


def effective_draws(results: Results) -> Answer:
    """Effective sample sizes, 10,000 where limits of highest-density intervals are quoted."""
    least = _least(results)
    if results.fits and results.study.spec.analysis.ci_kind == "hdi" and not least >= HDI_ESS:
        return missing(
            f"Limits of highest-density intervals are quoted from {fixed(least, 0)} effective draws at the least, and "
            f'need {HDI_ESS:,.0f}: run again with --draws {_draws_for(results, least)}, or with ci_kind = "eti" under '
            "[analysis]."
        )
    return answered(
        places.DIAGNOSTICS, results, f"Least bulk or tail effective sample size of the estimands: {fixed(least, 0)}."
    )


def traces(results: Results) -> Answer:
    """Trace plots whose chains converge."""
    return answered(
        places.TRACES,
        results,
        "One line a chain, for every estimand of the whole sample under the main prior set; R-hat of every fit stands "
        "in the tables before.",
    )


def doubled(results: Results) -> Answer:
    """Whether estimates stay with twice the iterations."""
    rows = results.doubled
    if not rows:
        return missing("Not sampled again: cochange run STUDY.toml --out DIR --double, into the same folder.")
    moved = [row for row in rows if not row.holds]
    mean = max(abs(row.mean_shift) for row in rows)
    ends = max(abs(shift) for row in rows for shift in (row.lower_shift, row.upper_shift))
    within = sum(abs(row.relative_change) < BOUND for row in rows)
    verdict = f"Every mean moved by less than {share(BOUND)} of itself or, near zero, of its standard deviation"
    if moved:
        verdict = (
            f"More than {share(BOUND)} of themselves and of their standard deviation moved {_moved(moved, results)}"
        )
    return answered(
        places.DOUBLED,
        results,
        f"{rows[0].model} under {prior_name(rows[0].prior)}, {rows[0].draws_doubled} draws a chain in place of "
        f"{rows[0].draws}: {within} of {len(rows)} means changed by less than {share(BOUND)} of "
        f"themselves; by at most {share(mean)} of a posterior standard deviation, and ends of intervals by at "
        f"most {share(ends)} of one. {verdict}.{_not_doubled(results)}",
    )


def _not_doubled(results: Results) -> str:
    """The models that were not sampled again."""
    others = [model.name for model in results.models if model.name != results.doubled[0].model]
    return f" Not sampled again: {listed(others)}." if others else ""


def _moved(rows: Sequence[Doubling], results: Results) -> str:
    """What moved, and whether Monte Carlo error explains it."""
    by_reason: dict[str, dict[str, None]] = {}
    for row in rows:
        reason = "within two Monte Carlo standard errors" if row.explained else "beyond two Monte Carlo standard errors"
        by_reason.setdefault(reason, {})[quantity_beside(row, results.estimates, results.study)] = None
    return "; ".join(f"{', '.join(named)} ({reason})" for reason, named in by_reason.items())


def enough(results: Results) -> Answer:
    """Whether the posterior is known well enough to be drawn."""
    least = _least(results)
    if results.fits and not least >= ESS_MIN:
        return missing(
            f"An estimate rests on {fixed(least, 0)} effective draws, fewer than {ESS_MIN:,.0f}: run again with "
            f"--draws {_draws_for(results, least, ESS_MIN)}."
        )
    return answered(
        places.DIAGNOSTICS,
        results,
        f"No histogram is drawn; every estimand rests on {fixed(least, 0)} effective draws or more, bulk and tail.",
    )


def autocorrelation(results: Results) -> Answer:
    """How many draws are as good as independent ones, of the estimands."""
    total = {(item.model, item.prior): item.draws * item.chains for item in results.diagnostics}
    ratios = [row.ess_bulk / total[row.model, row.prior] for row in results.estimates]
    said = share(min(ratios)) if ratios else ""
    return answered(
        places.DIAGNOSTICS,
        results,
        f"Bulk effective draws of the estimands are {said} of the draws at the least; those of the parameters stand "
        "beside them. None is thinned away, but for the panel of report.html, which computes from some of them what "
        "other values than the study file's give.",
    )


def scripts(results: Results) -> Answer:
    """Scripts and data that others can have."""
    if results.study.spec.study.synthetic:
        return answered(places.AGAIN, results, "The data are simulated; study file and data file can be handed on.")
    return missing(
        "Say where the study file can be had, and the data or who gives access to them; the hash of the input under "
        "Reproducibility tells whether they are these."
    )


def install(results: Results) -> Answer:
    """How to install the software and run it."""
    return answered(places.AGAIN, results, "Which version to install, and the command.")


def command(results: Results) -> Answer:
    """The command that gives the same results."""
    if results.manifest.get("command"):
        return answered(places.AGAIN, results, "The command with every option that bears on the results.")
    return missing("The run was started from Python: keep the script with the report, or use cochange run.")


def readable(results: Results) -> Answer:
    """What was done, in a form that can be read."""
    return answered(places.AGAIN, results, "One study file in words, one command, and models in formula.")


def auxiliary(results: Results) -> Answer:
    """Further files."""
    return answered(places.AGAIN, results, "Draws, tables in full precision, figures, and the record of every cell.")


def seeds(results: Results) -> Answer:
    """Seeds and stored chains."""
    return answered(places.SEEDS, results, "The seed of every fit; its draws are stored.")


def reusable(results: Results) -> Answer:
    """Results in the detail a later synthesis needs."""
    return answered(
        places.ALL_ESTIMATES,
        results,
        "Mean, SD, interval and Monte Carlo error of every estimate, in full as CSV and JSON.",
    )


def checkable(results: Results) -> Answer:
    """Whether the computation is open to check."""
    if not results.fits:
        return not_applicable("Nothing was computed.")
    return answered(places.AGAIN, results, "Code, versions, seeds, draws and the hash of the input.")


def _least(results: Results) -> float:
    return min((min(row.ess_bulk, row.ess_tail) for row in results.estimates), default=float("nan"))


def _draws_for(results: Results, least: float, wanted: float = HDI_ESS) -> int:
    """Draws of each chain that should bring every estimate to so many effective ones."""
    most = max(item.draws for item in results.diagnostics)
    return math.ceil(most * SPARE * wanted / max(least, 1.0) / STEP) * STEP
