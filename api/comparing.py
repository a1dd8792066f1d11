"""What `cochange compare-priors` does and prints."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer
from rich.markup import escape
from rich.table import Column

from cochange import console
from cochange.console import ERR, OUT, right, titled
from cochange.inference.comparing.comparison import Comparison, compare_priors
from cochange.inference.comparing.foretelling import PriorLoo, compare_loo, loo_sentence
from cochange.inference.comparing.grid import read_vary, sets_of
from cochange.inference.comparing.point_null import BayesFactor, bayes_factors, check_nulls, read_null
from cochange.inference.comparing.power_scaling import SENSITIVE, Sensitivity, power_scaling
from cochange.inference.comparing.rows import Compared
from cochange.inference.comparing.tipping import check_tipping, read_tipping, tipping
from cochange.inference.estimates import Estimate
from cochange.inference.named import named_model, read_named
from cochange.inference.plan import require_allowed
from cochange.inference.settings import Settings
from cochange.progress import progress
from cochange.reports.labels import details_of, is_main, quantity_of
from cochange.reports.numbers import (
    centre,
    fixed,
    interval,
    of_variances,
    probability,
    significant,
    whole_share,
    with_minus,
)
from cochange.reports.plots.tipping import tipping_sentence
from cochange.reports.prior_comparison import Extras, write_comparison
from cochange.reports.prior_comparison_tables import by_quantity, estimates_of, how_drawn
from cochange.wide_tables import print_parts
from cochange.work import NOT_TO_BE_REPORTED, Request

REFITTED_NOTE = " Sensitivity to the prior: sampled with the prior counting half and twice."
IMPORTANT_NOTE = (
    "Below, inside, above: probability of a value beyond the smallest important difference on the low side, within it, "
    "and beyond it on the high side."
)
CHANGED = {"no": "same", "yes": "changed", "unsure": "unsure"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a comparison beyond the study and how to sample.

    Attributes
    ----------
    vary : tuple of str
        Hyperparameters to vary, as ``NAME=V1,V2,...``.
    refit : bool
        Sample every set.
    tip : str or None
        Estimand and parameter of a tipping prior, as ``ESTIMAND=PARAMETER``.
    nulls : tuple of str
        Point nulls, as ``NAME=VALUE``.
    odds : float
        Prior odds of each null.
    """

    vary: tuple[str, ...] = ()
    refit: bool = False
    tip: str | None = None
    nulls: tuple[str, ...] = ()
    odds: float = 1.0


def compare(request: Request, asked: Asked) -> None:
    """Compare the prior sets of one model, print the tables, and write page, tables and figures.

    Parameters
    ----------
    request : Request
        The study, the model, the prior sets and how to sample.
    asked : Asked
        What else is asked.

    Raises
    ------
    typer.Exit
        With code 3 where the main set's results must not be reported.
    """
    varied = [read_vary(text) for text in asked.vary]
    nulls = [read_null(text) for text in asked.nulls]
    tip = None if asked.tip is None else read_tipping(asked.tip)
    study = read_named(request.study_file, request.data_root, request.models, request.priors)
    seed = study.spec.analysis.seed if request.seed is None else request.seed
    settings = Settings(draws=request.draws, chains=request.chains, cores=request.cores, seed=seed)
    if not request.quiet:
        console.print_notices_of_data(study)
    model = named_model(request.models[0])
    require_allowed(study, model)
    sets, _ = sets_of(study, model, request.priors, varied)
    check_nulls(study, model, sets, nulls)
    if tip is not None:
        check_tipping(model, next(iter(sets.values())), *tip)
    with progress(len(sets), request.quiet, "prior set") as reporter:
        found = compare_priors(study, request.models[0], request.priors, varied, settings, asked.refit, reporter)
        reporter.step(f"{model.name}: power-scaling")
        sensitivities = power_scaling(found, settings, asked.refit, reporter)
        reporter.step(f"{model.name}: leave-one-out cross-validation")
        loo = compare_loo(found)
        factors = [item for null in nulls for item in bayes_factors(found, null, asked.odds)]
    tipped = None
    if tip is not None:
        with progress(None, request.quiet, "sceptical prior") as reporter:
            reporter.step(f"{model.name}: ever more sceptical priors of {tip[1]}")
            tipped = tipping(study, request.models[0], *tip, found.main.prior, settings, reporter, found)
    if not request.quiet:
        print_comparison(found)
        print_sensitivities(found, sensitivities)
        print_loo(found, loo)
        print_factors(factors)
        if tipped is not None:
            OUT.print(f"\n[bold]Tipping prior[/bold]\n{escape(tipping_sentence(tipped))}")
    if request.out is not None:
        path = write_comparison(found, request.out, Extras(sensitivities, loo, factors, tipped))
        if not request.quiet:
            ERR.print(f"Page, tables and figures are in {escape(str(request.out))}; the page:", soft_wrap=True)
        typer.echo(path)
    if found.main.diagnostics.status == "do not report":
        raise typer.Exit(NOT_TO_BE_REPORTED)


def print_comparison(comparison: Comparison) -> None:
    """Print how the draws of each prior set came about, and the estimands of the whole sample under every set."""
    quantities = by_quantity(comparison)
    _print_draws(next(iter(quantities.values())))
    for rows in quantities.values():
        if is_main(rows[0].estimate, comparison.study):
            _print_rows(rows, quantity_of(rows[0].estimate, comparison.study), estimates_of(comparison))
    if any(row.estimate.smallest_important is not None for row in comparison.main.rows):
        OUT.print(IMPORTANT_NOTE)
    OUT.print(
        "P(side): probability of the side of no change that the estimate lies on. "
        "Decision: under the main set, then whether it changes. Shift: of the mean, in posterior SDs of the main set; "
        "width: over the main set's; overlap: of prior and posterior; data/prior: precision the data add over the "
        "prior's, with a Monte Carlo error of about 5%; ratios on the log scale."
    )
    if unshown := _unshown(comparison):
        OUT.print(escape(unshown))
    for note in comparison.notes:
        ERR.print(f"[yellow]Note[/yellow]: {escape(note)}")
    for under in comparison.under:
        for reason in under.diagnostics.reasons if under.weights is None else ():
            ERR.print(f"{escape(under.prior)}: {under.diagnostics.status}: {escape(reason)}")


def print_sensitivities(comparison: Comparison, sensitivities: Sequence[Sensitivity]) -> None:
    """Print what power-scaling of the main set says, or why it says nothing."""
    if not sensitivities:
        ERR.print(f"Power-scaling: {comparison.model.name} does not give the density of its outcomes.")
        return
    columns = (Column("estimand", overflow="fold"), right("prior"), right("likelihood"), "diagnosis")
    table = titled(f"Power-scaling of {escape(comparison.main.prior)}", *columns)
    for item, row in zip(sensitivities, comparison.main.rows, strict=True):
        if is_main(row.estimate, comparison.study):
            name = quantity_of(row.estimate, comparison.study)
            table.add_row(escape(name), fixed(item.prior, 3), fixed(item.likelihood, 3), item.said)
    OUT.print(table)
    first = sensitivities[0]
    OUT.print(
        f"Sensitive from {SENSITIVE:g}. Top-level priors alone are scaled. Pareto shapes: prior "
        f"{fixed(first.prior_k, 2)}, "
        f"likelihood {fixed(first.likelihood_k, 2)}.{REFITTED_NOTE if first.refitted else ''}"
    )


def print_loo(comparison: Comparison, rows: Sequence[PriorLoo]) -> None:
    """Print how well the model foretells participants under each prior set, or why that is not known."""
    if not rows:
        ERR.print(f"Leave-one-out: {comparison.model.name} does not give the density of a participant.")
        return
    labels = ("elpd", "SE", "difference", "SE of it", "stacking weight", "largest k", "k too high")
    columns = [Column("prior"), *(right(label) for label in labels), Column("draws")]
    cells = []
    for row in rows:
        own = row is rows[0]
        line = (
            escape(row.prior),
            fixed(row.elpd, 1),
            fixed(row.se, 1),
            "" if own else fixed(row.difference, 2),
            "" if own else fixed(row.difference_se, 2),
            fixed(row.weight, 2),
            fixed(row.k_most, 2),
            f"{row.k_high}",
            row.how,
        )
        cells.append(line)
    title = f"Leave-one-out cross-validation of {rows[0].participants} participants"
    print_parts(title, columns, cells)
    OUT.print(escape(loo_sentence(rows)))


def print_factors(factors: Sequence[BayesFactor]) -> None:
    """Print the Bayes factors of each null under every prior set beside each other."""
    by_null: dict[tuple[str, float], list[BayesFactor]] = {}
    for item in factors:
        by_null.setdefault((item.null, item.value), []).append(item)
    labels = ("prior density", "posterior density", "for the null", "against it", "error", "P(null)")
    for (null, value), items in by_null.items():
        if all(item.refused for item in items):
            continue
        columns = [Column("prior"), *(right(label) for label in labels)]
        cells = []
        for item in items:
            numbers = (item.prior_density, item.posterior_density, item.factor, 1 / item.factor)
            error = "" if item.refused else f"{item.error:.0%}"
            line = (
                escape(item.prior),
                *(significant(number) for number in numbers),
                error,
                probability(item.probability),
            )
            cells.append(line)
        title = f"Bayes factor of {escape(null)} = {with_minus(f'{value:g}')}, prior odds {items[0].prior_odds:g}:1"
        print_parts(title, columns, cells)
    for refused in dict.fromkeys(item.refused for item in factors if item.refused):
        alike = [item for item in factors if item.refused == refused]
        nulls = ", ".join(dict.fromkeys(item.null for item in alike))
        under = dict.fromkeys(item.prior for item in alike)
        every = len(under) > 1 and set(under) == {item.prior for item in factors}
        priors = "any of the sets" if every else ", ".join(under)
        OUT.print(escape(f"No Bayes factor of {nulls} under {priors}: {refused}."))
    if any(not item.refused for item in factors):
        OUT.print(
            "A Bayes factor sets the null against everything else as this prior spreads it: the wider the prior, the "
            "better the null fares. Error: Monte Carlo, relative. P(null): with the prior odds shown."
        )


def _print_draws(rows: Sequence[Compared]) -> None:
    """How the draws of each set came about, which is the same for every quantity."""
    table = titled("Draws of each prior set", Column("prior", overflow="fold"), "draws")
    for row in rows:
        table.add_row(escape(row.estimate.prior), how_drawn(row))
    OUT.print(table)
    OUT.print(
        "Sampled under this set; or another set's, reweighted, with the Pareto shape k of the weights; moment-matched: "
        "moved towards this posterior before."
    )


def _print_rows(rows: list[Compared], name: str, among: Sequence[Estimate]) -> None:
    """One quantity under every prior set."""
    first = rows[0].estimate
    asked = first.smallest_important is not None
    masses = ("below", "inside", "above") if asked else ()
    numbers = ("median", f"{first.ci_prob:.0%} {first.ci_kind.upper()}", "P(side)", *masses)
    ratios = map(right, ("shift", "width", "overlap", "data/prior"))
    columns = [Column("prior"), *map(right, numbers), Column("decision"), *ratios]
    cells = []
    for row in rows:
        own, estimate = row is rows[0], row.estimate
        said = _decision(row.decision.direction, row.decision.importance)
        line = (
            escape(estimate.prior),
            centre(estimate, among),
            interval(estimate, among),
            probability(estimate.p_direction),
            *(probability(mass) for mass in (estimate.below, estimate.inside, estimate.above) if asked),
            said if own else CHANGED[row.changed] * bool(said),
            "" if own else fixed(row.shift, 2),
            "" if own else fixed(row.width_ratio, 2),
            whole_share(row.overlap),
            of_variances(row.data_to_prior),
        )
        cells.append(line)
    print_parts(escape(name), columns, cells)


def _unshown(comparison: Comparison) -> str:
    """What is compared and left to the files: estimands of groups, in other forms and at other visits."""
    by_estimand: dict[str, list[str]] = {}
    for main, *_ in by_quantity(comparison).values():
        if not is_main(main.estimate, comparison.study):
            details = ", ".join(details_of(main.estimate, comparison.study))
            by_estimand.setdefault(main.estimate.estimand, []).append(details)
    if not by_estimand:
        return ""
    said = "; ".join(f"{estimand} ({'; '.join(details)})" for estimand, details in by_estimand.items())
    return (
        f"Compared too, but not printed nor drawn: {said}. With --out DIR, the files in DIR/tables hold them beside "
        "the others."
    )


def _decision(direction: str, importance: str) -> str:
    return ", ".join(word for word in (direction, importance) if word not in ("not asked", "not applicable"))
