"""Whether the chains agree and the draws suffice."""

from dataclasses import asdict

import arviz_stats as azs
import pandas as pd

from cochange.inference.doubled import Doubling
from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.inference.verdict import Diagnostics
from cochange.models.parts.contract import Model
from cochange.reports.block import (
    Block,
    Column,
    Heading,
    Paragraph,
    Part,
    Points,
    Rows,
    Section,
    Table,
    columns_of,
    grouped,
)
from cochange.reports.labels import VERDICTS, is_whole, prior_name, quantity_beside, quantity_of
from cochange.reports.needs import fits
from cochange.reports.numbers import beside, decimals_of, fixed, share, significant
from cochange.reports.plots.chains import energy_plot, rank_plot, trace_plot

# An end of an interval that moves by more than this share of a posterior SD is named, where that shows.
FAR = 0.25
MOVED_ENDS = (
    f"An end of the interval moved by more than {FAR:g} posterior standard deviations, so that it is known no better "
    "than that wherever this report prints it; more draws (--draws) make it surer. From the first fit to that with "
    "twice the draws:"
)


def render(results: Results) -> Block:
    """Diagnostics of every fit, every estimand and every parameter, with plots for the main prior."""
    reasons = [
        f"{item.model} under {prior_name(item.prior)}: {reason}"
        for item in results.diagnostics
        for reason in item.reasons
    ]
    parts: list[Part] = [
        _fits(results),
        Points(tuple(reasons)) if reasons else Paragraph("No fit gave a reason for caution."),
        Heading("Estimands"),
        _estimands(results),
    ]
    parts += _doubled(results)
    for model in results.models:
        parts += _of_model(model, results)
    return Block(tuple(parts))


def _doubled(results: Results) -> list[Part]:
    """The estimates of the main fit beside those with twice the draws."""
    rows = results.doubled
    if not rows:
        return []
    printed = tuple(
        (
            quantity_beside(row, results.estimates, results.study),
            *(fixed(value, _decimals(row, results)) for value in (row.mean, row.mean_doubled)),
            *(share(abs(value)) for value in (row.relative_change, row.mean_shift, row.lower_shift, row.upper_shift)),
            fixed(row.r_hat, 3),
        )
        for row in rows
    )
    labels = (
        "Quantity", "Mean", "With twice the draws", "Change of the mean", "Of the mean, share of an SD",
        "Of the lower end, share of an SD", "Of the upper end, share of an SD", "R-hat",
    )  # fmt: skip
    columns = columns_of(labels)
    caption = (
        f"{rows[0].model} under {prior_name(rows[0].prior)}, sampled again with a seed of its own: "
        f"{rows[0].draws_doubled} draws a chain in place of {rows[0].draws}. Change of the mean as a share of itself, "
        "which is large wherever it lies near zero; then of the mean and of the ends of the interval as a share of the "
        "posterior standard deviation."
    )
    table = Table("doubled", caption, columns, (Rows("", printed),), pd.DataFrame([asdict(row) for row in rows]))
    moved = [text for row in rows if (text := _moved_end(row, results))]
    said = f"{MOVED_ENDS} {'; '.join(moved)}."
    return [Heading("Twice the draws"), *([Paragraph(said)] if moved else []), table]


def _moved_end(row: Doubling, results: Results) -> str:
    """The ends of an interval that moved far, as printed of both fits; empty where none did."""
    own, decimals = _sampled_again(row, results), _decimals(row, results)
    said = []
    for name, end, shift in (("lower", own.lower, row.lower_shift), ("upper", own.upper, row.upper_shift)):
        before, after = (fixed(value, decimals) for value in (end, end + shift * row.sd))
        if abs(shift) > FAR and before != after:
            said.append(f"{name} end {before} to {after}")
    return f"{quantity_beside(row, results.estimates, results.study)} ({', '.join(said)})" if said else ""


def _sampled_again(row: Doubling, results: Results) -> Estimate:
    """The estimate that was sampled again."""
    quantity = row.model, row.estimand, row.form, row.marker, row.visit, row.group
    own = results.estimates_of(row.model, row.prior, row.estimand)
    return next(item for item in own if item.quantity == quantity)


def _decimals(row: Doubling, results: Results) -> int:
    return decimals_of(_sampled_again(row, results), results.estimates)


def _of_model(model: Model, results: Results) -> list[Part]:
    fit = results.fits.get((model.name, results.main_prior))
    found = [item for item in results.diagnostics if (item.model, item.prior) == (model.name, results.main_prior)]
    if fit is None or not found:
        return [Heading(model.name), Paragraph(f"Not shown: it was not fitted under {prior_name(results.main_prior)}.")]
    judged = found[0]
    figures = [plot(fit, results, judged) for plot in (trace_plot, rank_plot, energy_plot)]
    return [Heading(model.name), _parameters(model, results), *figures]


def _fits(results: Results) -> Table:
    groups = tuple(
        Rows(model.name, tuple(_fit(item) for item in results.diagnostics if item.model == model.name))
        for model in results.models
    )
    labels = (
        "Prior", "Status", "R-hat", "Bulk ESS", "Tail ESS", "Divergent", "Energy fraction", "At greatest depth",
        "Draws", "Target acceptance", "Attempts", "Seconds",
    )  # fmt: skip
    columns = columns_of(labels, texts=2)
    caption = (
        "Every fit: the largest R-hat of estimands and top-level parameters, the least effective sample sizes (ESS) of "
        "the estimands, divergent draws, the least energy fraction of missing information, and how it was sampled."
    )
    frame = pd.DataFrame([asdict(item) | {"reasons": "; ".join(item.reasons)} for item in results.diagnostics])
    return Table("diagnostics", caption, columns, groups, frame)


def _fit(item: Diagnostics) -> tuple[str, ...]:
    return (
        item.prior, VERDICTS[item.status], fixed(item.r_hat, 3), fixed(item.ess_bulk, 0), fixed(item.ess_tail, 0),
        str(item.divergences), fixed(item.bfmi, 2), share(item.max_treedepth_share), f"{item.chains} x {item.draws}",
        f"{item.target_accept:g}", str(item.attempts), fixed(item.seconds_sampling, 1),
    )  # fmt: skip


def _estimands(results: Results) -> Table:
    by_quantity: dict[str, list[tuple[str, ...]]] = {}
    for row in filter(is_whole, results.estimates):
        label = f"{quantity_of(row, results.study)}: {row.model}"
        printed = (
            row.prior,
            significant(row.mcse_mean, 2),
            fixed(row.r_hat, 3),
            fixed(row.ess_bulk, 0),
            fixed(row.ess_tail, 0),
        )
        by_quantity.setdefault(label, []).append(printed)
    names = ["model", "estimand", "form", "marker", "visit", "group", "prior"]
    names += ["mcse_mean", "r_hat", "ess_bulk", "ess_tail"]
    frame = pd.DataFrame([asdict(row) for row in results.estimates])[names]
    columns = (
        Column("Prior"),
        *(Column(label, True) for label in ("MCSE of the mean", "R-hat", "Bulk ESS", "Tail ESS")),
    )
    caption = (
        "Estimands of the whole sample under every prior: Monte Carlo standard error (MCSE), R-hat and effective "
        "sample sizes. Those of the groups stand in the file."
    )
    return Table("precision", caption, columns, grouped(by_quantity), frame)


def _parameters(model: Model, results: Results) -> Table:
    posterior = results.fits[model.name, results.main_prior].posterior
    names = [name for name in model.prior_vars if name in posterior]
    frame = azs.summary(posterior[names], kind="all", ci_kind="eti", ci_prob=0.95, round_to="none")
    wanted = ("mean", "sd", "mcse_mean", "r_hat", "ess_bulk", "ess_tail")
    rows = tuple(
        (
            str(line.Index),
            *(beside(line.mean, line.sd), significant(line.sd, 2), significant(line.mcse_mean, 2)),
            *(fixed(line.r_hat, 3), fixed(line.ess_bulk, 0), fixed(line.ess_tail, 0)),
        )
        for line in frame[list(wanted)].itertuples()
    )
    labels = ("Parameter", "Mean", "SD", "MCSE of the mean", "R-hat", "Bulk ESS", "Tail ESS")
    columns = columns_of(labels)
    caption = f"Top-level parameters of {model.name} under {prior_name(results.main_prior)}."
    table = frame[list(wanted)].rename_axis("parameter").reset_index()
    return Table(f"parameters_{model.name}", caption, columns, (Rows("", rows),), table)


SECTION = Section("Diagnostics", (fits,), render)
