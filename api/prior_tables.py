"""What `cochange priors` prints: every prior set in words, and what it implies before the data."""

import math
from collections.abc import Iterator, Sequence

from rich.markup import escape
from rich.table import Column, Table

from cochange.console import ERR, OUT, print_same, right, titled
from cochange.data.names import listed_names
from cochange.data.study import Study, require_study
from cochange.inference.plan import make_plan
from cochange.inference.predictive import PRIOR_DRAWS
from cochange.inference.prior_terms import PriorTerms, Quantity, by_model, prior_terms
from cochange.inference.prior_words import in_words, source_in_words
from cochange.models.parts.prior_sets import NAMES, SCALE_RANGE, families, notes
from cochange.progress import progress
from cochange.reports.numbers import ABSENT, significant, with_minus
from cochange.reports.too_wide import ADVICE, too_wide
from cochange.wide_tables import in_parts


def priors(
    study: Study,
    models: str | Sequence[str] = (),
    priors: str | Sequence[str] = (),
    seed: int | None = None,
    quiet: bool = False,
) -> tuple[PriorTerms, ...]:
    """Print the prior sets of a study's models in words and in what they imply; nothing is fitted.

    Parameters
    ----------
    study : Study
        From `cochange.read_study`.
    models : str or sequence of str, optional
        Names or model files; those of the study file by default, or every model that ships.
    priors : str or sequence of str, optional
        Prior sets; those of the study file by default, or every set there is.
    seed : int, optional
        Seed; the study file's by default.
    quiet : bool
        Print nothing.

    Returns
    -------
    tuple of PriorTerms
        What was printed, a value for each model and prior set.

    Raises
    ------
    ContractError
        If a model file does not meet the contract.
    InputError
        If there is no such model, or a prior set names what no model has.
    NothingToFitError
        If the study allows none of the models.
    TypeError
        If `study` is none, such as its path.
    """
    require_study(study)
    models, priors = listed_names(models, "models"), listed_names(priors, "priors")
    plan = make_plan(study, models, priors)
    with progress(plan.n_sets, hidden=quiet, what="prior set") as reporter:
        terms = prior_terms(study, models, priors, seed, reporter)
    if not quiet:
        for sets in by_model(terms).values():
            print_terms(sets, study)
        for line in _carried(study):
            OUT.print(f"\n{escape(line)}")
        print_same(plan.same)
        for name, reason in plan.not_fitted.items():
            OUT.print(f"\n[bold]{escape(name)}[/bold] cannot be fitted to this study: {escape(reason)}")
    return terms


def print_terms(sets: Sequence[PriorTerms], study: Study) -> None:
    """Print the prior sets of one model: the first in full, of the others what differs from it."""
    first = sets[0]
    OUT.print(f"\n[bold]{escape(first.model)}[/bold]")
    for item in sets:
        own = study.spec.analysis.prior_sets.get(item.prior)
        base = None if own is None else str(own.get("base", NAMES[0]))
        for block in _in_words(item, None if item is first else first, base):
            OUT.print(block)
    unused = [name for name in notes(first.priors) if name not in first.parameters]
    if unused:
        OUT.print(f"\nPriors this study does not call for: {', '.join(unused)}.")
    print_implied(sets)


def print_implied(sets: Sequence[PriorTerms]) -> None:
    """Print what prior sets of one model imply, side by side."""
    for part in _implied(sets):
        OUT.print(part)
    said = f"Medians, and the central 95% in brackets, of {PRIOR_DRAWS:,} draws from each set."
    if any(item.readings for item in sets):
        said += " Readings are those of a new participant, without limits of detection."
    if any(quantity.name.startswith("response_probability") for item in sets for quantity in item.estimands):
        said += (
            " response_probability is the share of a population with the baseline scores of the study, which the "
            "prior leaves uncertain, so with an interval; the share of new participants with such a fall is averaged "
            "over that. Where baseline scores are drawn too, it is the share of those whose score lies on the scale."
        )
    if any(quantity.name.startswith("regression_to_mean") for item in sets for quantity in item.estimands):
        said += (
            " Parameters are of everyone who was screened, changes and shares of those included: selection and "
            "regression to the mean set the two apart."
        )
    OUT.print(said)
    if told := [text for item in sets if (text := _too_wide(item))]:
        ERR.print(f"[yellow]Note[/yellow]: {escape(' '.join([*told, ADVICE]))}")


def _too_wide(terms: PriorTerms) -> str:
    shares = [item.value for item in terms.shares if item.of_impossible]
    ratios = [item.upper / item.lower if item.lower > 0 else math.inf for item in terms.readings if item.positive]
    return too_wide(terms.model, terms.prior, shares, ratios)


def _carried(study: Study) -> Iterator[str]:
    """Why values of shipped sets are not those that `cochange models` prints."""
    if (scale := study.scale) is None:
        return
    points, worse = scale.upper - scale.lower, scale.direction == "higher is worse"
    if points == SCALE_RANGE and worse:
        yield f"Priors in points are as they ship: for a scale of {SCALE_RANGE:g} points, which {scale.name} has."
        return
    factor = points / SCALE_RANGE
    turned = "" if worse else " and, since higher is better, change the sign of their means"
    yield (
        f"Shipped sets are written for a scale of {SCALE_RANGE:g} points. {scale.name} has {points:g}: their priors in "
        f"points, means and SDs alike, are multiplied by {points:g}/{SCALE_RANGE:g} = {factor:.3g}{turned}, those per "
        "point divided by it. Values that a set of your own gives stand as the study file has them."
    )


def _in_words(terms: PriorTerms, like: PriorTerms | None, base: str | None) -> Iterator[Table | str]:
    of_parameter, note_of = families(terms.priors), notes(terms.priors)
    before = {} if like is None else families(like.priors)
    shown = [name for name in terms.parameters if before.get(name) != of_parameter[name]]
    begun = "" if base is None else f", your own, begun with {escape(base)}"
    if like is not None and not shown:
        yield f"\n[bold]{escape(terms.prior)}[/bold]{begun}: as {escape(like.prior)}."
        return
    table = titled(f"{escape(terms.prior)}{begun}", "parameter", "what it is", "prior")
    for name in shown:
        said = with_minus(in_words(of_parameter[name], note_of[name]))
        table.add_row(name, escape(note_of[name].meaning), escape(said))
    yield table
    for name in shown:
        if source := source_in_words(of_parameter[name]):
            yield f"  Source of {name}: {escape(source)}."
    if like is not None and len(shown) < len(terms.parameters):
        yield f"  Everything else as {escape(like.prior)}."


def _implied(sets: Sequence[PriorTerms]) -> Iterator[Table]:
    """Implied terms, a column for each set."""
    columns = [Column("quantity"), Column("unit"), *(right(escape(item.prior)) for item in sets)]
    rows = []
    for kind in ("estimands", "readings"):
        quantities: list[Sequence[Quantity]] = list(zip(*(getattr(item, kind) for item in sets), strict=True))
        rows += [[escape(row[0].name), escape(row[0].unit), *map(_spread, row)] for row in quantities]
    for shares in zip(*(item.shares for item in sets), strict=True):
        rows.append(
            [
                escape(shares[0].name),
                "share",
                *(ABSENT if math.isnan(share.value) else f"{share.value:.3g}" for share in shares),
            ]
        )
    return in_parts("What they imply before the data", columns, rows, OUT.width)


def _spread(quantity: Quantity) -> str:
    """The median and the central 95%: to three digits on a ratio scale, elsewhere to about a hundredth of the width."""
    numbers = quantity.median, quantity.lower, quantity.upper
    width = quantity.upper - quantity.lower
    if quantity.positive or not 0 < width < math.inf:
        median, lower, upper = map(significant, numbers)
    else:
        decimals = max(0, 1 - math.floor(math.log10(width / 3)))
        # Adding zero makes a zero of minus zero.
        median, lower, upper = (f"{round(number, decimals) + 0.0:.{decimals}f}" for number in numbers)
    return with_minus(f"{median} ({lower} to {upper})")
