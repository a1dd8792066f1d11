"""The tables of a comparison of prior sets: as printed, and with every digit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from cochange.inference.comparing.comparison import Comparison
from cochange.inference.comparing.foretelling import PriorLoo
from cochange.inference.comparing.point_null import BayesFactor
from cochange.inference.comparing.power_scaling import Sensitivity
from cochange.inference.comparing.rows import Compared
from cochange.inference.estimates import Estimate
from cochange.models.parts.prior_sets import families, notes
from cochange.reports.block import Column, Table, grouped
from cochange.reports.labels import VERDICTS, prior_name, quantity_of
from cochange.reports.numbers import (
    centre,
    fixed,
    interval,
    interval_name,
    of_variances,
    probability,
    share,
    significant,
    whole_share,
    with_minus,
)
from cochange.reports.plots.prior_sets import SAID
from cochange.reports.sensitivity import side_in_words

QUANTITY = ("model", "estimand", "form", "marker", "visit", "group")


def by_quantity(comparison: Comparison) -> dict[tuple[str | None, ...], list[Compared]]:
    """The rows of each estimand, form, marker and group, the main set first."""
    found: dict[tuple[str | None, ...], list[Compared]] = {}
    for row in comparison.rows:
        found.setdefault(row.quantity, []).append(row)
    return found


def estimates_of(comparison: Comparison) -> list[Estimate]:
    """Every estimate of a comparison, which its numbers are read beside."""
    return [row.estimate for row in comparison.rows]


def rows_table(comparison: Comparison) -> Table:
    """Every quantity under every prior set."""
    main, among = comparison.main.prior, estimates_of(comparison)
    groups = {
        f"{quantity_of(rows[0].estimate, comparison.study)} [{rows[0].estimate.unit}]": [
            _row(row, main, among) for row in rows
        ]
        for rows in by_quantity(comparison).values()
    }
    labels = (
        "Prior set", "Median", interval_name(comparison.rows[0].estimate), "Probability of its side", "Direction",
        "Shift, SDs", "Width", "Overlap", "Data over prior", "Decision", "Draws",
    )  # fmt: skip
    caption = (
        f"Every estimand under every prior set ({comparison.model.name}). Shift: of the mean from that under "
        f"{prior_name(main)}, in its posterior SDs; width: of the interval, over that one's; overlap: area that prior "
        "and posterior share; "
        "data over prior: precision the data add over the prior's, with a Monte Carlo error of about 5% from the prior "
        "draws; ratios on the log scale; k: Pareto shape of the weights."
    )
    frame = pd.DataFrame([row.record() for row in comparison.rows])
    return _table("prior_comparison", caption, labels, groups, frame, texts=(0, 4, 9, 10))


def _row(row: Compared, main: str, among: Sequence[Estimate]) -> tuple[str, ...]:
    estimate, own = row.estimate, row.estimate.prior == main
    return (
        estimate.prior, centre(estimate, among), interval(estimate, among), probability(estimate.p_direction),
        side_in_words(row.decision), "" if own else fixed(row.shift, 2), "" if own else fixed(row.width_ratio, 2),
        whole_share(row.overlap), of_variances(row.data_to_prior), "" if own else SAID[row.changed], how_drawn(row),
    )  # fmt: skip


def how_drawn(row: Compared) -> str:
    """How the draws behind a row came about, with the Pareto shape of their weights where they have any."""
    return row.how if row.pareto_k is None else f"{row.how}, k {fixed(row.pareto_k, 2)}"


def sets_table(comparison: Comparison) -> Table:
    """The prior of every parameter under every set."""
    described = notes(next(iter(comparison.sets.values())))
    lines = [
        (parameter, note.unit, note.meaning, *(str(families(one)[parameter]) for one in comparison.sets.values()))
        for parameter, note in described.items()
    ]
    frame = pd.DataFrame(lines, columns=["parameter", "unit", "meaning", *comparison.sets])
    labels = ("Parameter", "Unit", "Meaning", *comparison.sets)
    printed = [tuple(map(with_minus, line)) for line in lines]
    return _table(
        "prior_sets", f"Prior sets of {comparison.model.name}.", labels, {"": printed}, frame, range(len(labels))
    )


def fits_table(comparison: Comparison) -> Table:
    """How each set came about and how well its draws can be relied on."""
    records, lines = [], []
    for under in comparison.under:
        tried, found = under.weights or under.refused, under.diagnostics
        k = None if tried is None else tried.k
        draws = under.drawn.fit.draws * under.drawn.fit.chains
        records.append(
            {
                "prior": under.prior,
                "how": under.how,
                "pareto_k": k,
                "weights_efficiency": None if tried is None else tried.efficiency,
                "seconds": under.seconds,
                "draws": draws,
                "r_hat": found.r_hat,
                "least_ess": under.least_ess,
                "divergences": found.divergences,
                "status": found.status,
                "reasons": "; ".join(found.reasons),
            }
        )
        line = (
            under.prior, under.how, "" if k is None else fixed(k, 2), fixed(under.seconds, 2), str(draws),
            fixed(found.r_hat, 3), fixed(under.least_ess, 0), str(found.divergences), VERDICTS[found.status],
        )  # fmt: skip
        lines.append(line)
    labels = (
        "Prior set", "How", "Pareto shape", "Seconds", "Draws", "R-hat", "Least effective sample size", "Divergences",
        "Verdict",
    )  # fmt: skip
    caption = (
        "How the draws under each prior set came about, and how well they can be relied on. Reweighted: another set's "
        "draws with importance weights; moment-matched: moved towards this posterior first."
    )
    return _table("prior_fits", caption, labels, {"": lines}, pd.DataFrame(records), texts=(0, 1, 8))


def sensitivities_table(comparison: Comparison, sensitivities: Sequence[Sensitivity]) -> Table:
    """Sensitivity of every quantity under the main set, with the diagnosis in words."""
    records = []
    for item in sensitivities:
        own = {name: value for name, value in asdict(item).items() if name != "quantity"}
        records.append({**dict(zip(QUANTITY, item.quantity, strict=True)), **own, "said": item.said})
    lines = [
        (quantity_of(row.estimate, comparison.study), fixed(item.prior, 3), fixed(item.likelihood, 3), item.said)
        for item, row in zip(sensitivities, comparison.main.rows, strict=True)
    ]
    caption = f"Power-scaling of {comparison.main.prior}: sensitivity to its top-level priors and to the likelihood."
    labels = ("Quantity", "Prior", "Likelihood", "Diagnosis")
    return _table("power_scaling", caption, labels, {"": lines}, pd.DataFrame(records), texts=(0, 3))


def loo_table(rows: Sequence[PriorLoo]) -> Table:
    """Leave-one-out cross-validation under every set."""
    lines = [
        (
            row.prior, fixed(row.elpd, 1), fixed(row.se, 1), fixed(row.difference, 2), fixed(row.difference_se, 2),
            fixed(row.weight, 2), fixed(row.k_most, 2), str(row.k_high), row.how,
        )
        for row in rows
    ]  # fmt: skip
    labels = (
        "Prior set", "Log predictive density", "SE", "From the main set", "SE of it", "Stacking weight",
        "Largest Pareto shape", "Over the bound", "Draws",
    )  # fmt: skip
    caption = f"Leave-one-out cross-validation of {rows[0].participants} participants under each prior set."
    return _table("prior_loo", caption, labels, {"": lines}, pd.DataFrame([asdict(row) for row in rows]), texts=(0, 8))


def factors_table(factors: Sequence[BayesFactor]) -> Table:
    """Bayes factors of the point nulls under every set."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for item in factors:
        numbers = (item.prior_density, item.posterior_density, item.factor, 1 / item.factor)
        line = (
            item.prior, *(significant(number) for number in numbers), "" if item.refused else share(item.error),
            probability(item.probability), item.refused,
        )  # fmt: skip
        null = with_minus(f"{item.null} = {item.value:g}")
        groups.setdefault(f"{null}, prior odds {item.prior_odds:g}:1", []).append(line)
    labels = (
        "Prior set", "Prior density", "Posterior density", "For the null", "Against it", "Monte Carlo error",
        "Probability of the null", "Why there is none",
    )  # fmt: skip
    frame = pd.DataFrame([{**asdict(item), "probability": item.probability} for item in factors])
    caption = "Bayes factors of point nulls under each prior set; the wider the prior, the better a null fares."
    return _table("bayes_factors", caption, labels, groups, frame, texts=(0, 7))


def _table(
    name: str,
    caption: str,
    labels: Sequence[str],
    groups: Mapping[str, Sequence[tuple[str, ...]]],
    frame: pd.DataFrame,
    texts: Sequence[int],
) -> Table:
    """A table whose columns are numbers but for those at the places of `texts`."""
    columns = tuple(Column(label, number=place not in texts) for place, label in enumerate(labels))
    return Table(name, caption, columns, grouped(groups), frame)
