"""What `cochange fit` prints: the estimates, what their signs mean, and how far they can be relied on."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.markup import escape
from rich.table import Column

from cochange.console import ERR, OUT, print_reasons, right, verdict_in_words
from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.labels import DESCRIBED, listed, quoted
from cochange.reports.left_out import without
from cochange.reports.numbers import probability, side_of, significant, with_interval
from cochange.reports.sentences import signs
from cochange.reports.set_words import character
from cochange.wide_tables import print_parts

# What follows the verdict, by its code.
BECAUSE = {
    "report": "the chains agree, and no rule of caution applies to the data",
    "caution": "read it with what is said below",
    "do not report": "not usable",
}
IMPORTANT = "Against the smallest important difference"
MASSES = ("below", "inside", "above")
type Cell = Callable[[Estimate], str]


def print_estimates(results: Results) -> None:
    """Print every estimate of a run, the prior sets of each together, and what they are to be read with."""
    rows = _in_order(results.estimates)
    for model in dict.fromkeys(row.model for row in rows):
        for line in _about(model, results):
            OUT.print(escape(line))
        _print_rows([row for row in rows if row.model == model], rows)
    for line in _notes(rows, results):
        OUT.print(escape(line))
    status = results.verdict.status
    ERR.print(f"Verdict: {verdict_in_words(status)}: {BECAUSE[status]}.")
    if said := without(results):
        ERR.print(escape(said))
    print_reasons(results)


def _in_order(rows: Sequence[Estimate]) -> list[Estimate]:
    priors = list(dict.fromkeys(row.prior for row in rows))
    quantities = list(dict.fromkeys(row.quantity for row in rows))

    def place(row: Estimate) -> tuple[str, str, int, int]:
        return row.model, row.estimand, quantities.index(row.quantity), priors.index(row.prior)

    return sorted(rows, key=place)


def _print_rows(rows: Sequence[Estimate], among: Sequence[Estimate]) -> None:
    """The estimates of one model: under one prior set a line for each, under several a column for each set."""
    priors = list(dict.fromkeys(row.prior for row in rows))
    median = f"median ({rows[0].ci_prob:.0%} {rows[0].ci_kind.upper()})"
    judged = [row for row in rows if row.smallest_important is not None]
    if len(priors) == 1:
        lines = [
            (escape(_name(row)), escape(row.unit), with_interval(row, among), _side(row), _mcse(row)) for row in rows
        ]
        print_parts(
            escape(rows[0].model), [Column("estimand"), Column("unit"), *map(right, (median, "P(side)", "MCSE"))], lines
        )
        masses = [(escape(_name(row)), _smallest(row), *_masses(row)) for row in judged]
        print_parts(IMPORTANT, [Column("estimand"), *map(right, ("smallest", *MASSES))], masses)
        return
    sided = [row for row in rows if row.null is not None]
    _print_side_by_side(
        f"{rows[0].model}: {median}", rows, priors, lambda row: with_interval(row, among), {"unit": _unit}
    )
    _print_side_by_side("P(side)", sided, priors, _side)
    in_one = f"{IMPORTANT}: {' / '.join(MASSES)}"
    _print_side_by_side(in_one, judged, priors, lambda row: " / ".join(_masses(row)), {"smallest": _smallest})


def _print_side_by_side(
    title: str, rows: Sequence[Estimate], priors: Sequence[str], cell: Cell, beside: Mapping[str, Cell] | None = None
) -> None:
    """A line for each quantity, a column for each prior set; `beside` are columns that all sets share."""
    beside = beside or {}
    by_quantity: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows:
        shared = (escape(_name(row)), *(escape(of(row)) for of in beside.values()))
        by_quantity.setdefault(shared, {})[row.prior] = cell(row)
    columns = [Column("estimand"), *map(Column, beside), *(right(escape(prior)) for prior in priors)]
    print_parts(
        escape(title),
        columns,
        [(*shared, *(own.get(prior, "") for prior in priors)) for shared, own in by_quantity.items()],
    )


def _unit(row: Estimate) -> str:
    return row.unit


def _side(row: Estimate) -> str:
    return "" if row.null is None else side_of(row)


def _mcse(row: Estimate) -> str:
    return significant(row.mcse_mean, 2)


def _masses(row: Estimate) -> tuple[str, ...]:
    return tuple(map(probability, (row.below, row.inside, row.above)))


def _smallest(row: Estimate) -> str:
    return f"{'factor ' * (row.unit == 'ratio')}{row.smallest_important:g}"


def _name(row: Estimate) -> str:
    """An estimand as results.json names it, with what tells its rows apart."""
    group = "" if row.group == OVERALL else row.group
    details = [detail for detail in (row.form, row.marker, row.visit and f"at {row.visit}", group) if detail]
    return f"{row.estimand} ({', '.join(details)})" if details else row.estimand


def _about(model: str, results: Results) -> Iterator[str]:
    """Who was used, what was adjusted for, and under which priors."""
    selection, spec = results.selections[model], results.study.spec
    used = len(selection.used)
    yield f"{model} uses {used} of {used + len(selection.left_out)} participants."
    names = [*spec.covariates.numeric, *spec.covariates.categorical]
    pooled = [table.column for table in (spec.groups, spec.sites) if table is not None]
    if model in DESCRIBED:
        said = [f"the covariates {listed(names)}" if names else "no covariates"]
        said += [f"differences between the levels of {listed(pooled)}, partially pooled"] if pooled else []
        adjusted = f"Adjusted for {' and '.join(said)}"
        yield f"{adjusted}; `cochange models --model {model}` says which baselines an estimand is given."
    else:
        yield "What it adjusts for its own file says."
    sets = dict.fromkeys(row.prior for row in results.estimates if row.model == model)
    worded = [f"{quoted(name)} ({character(name, results, model, own='your own')})" for name in sets]
    yield f"Prior set{'s' * (len(worded) > 1)}: {listed(worded)}; `cochange priors` prints the values."


def _monte_carlo(rows: Sequence[Estimate]) -> str:
    if len({row.prior for row in rows}) == 1:
        return "MCSE: Monte Carlo standard error of the posterior mean."
    most = max((row.mcse_mean / row.sd for row in rows if row.sd), default=0.0)
    return f"Monte Carlo standard errors of the posterior means are at most {most:.1%} of the posterior SDs."


def _notes(rows: Sequence[Estimate], results: Results) -> Iterator[str]:
    yield "P(side): probability of the side of no change or no association that the estimate lies on."
    yield _monte_carlo(rows)
    if any(row.smallest_important is not None for row in rows):
        yield (
            "Below, inside, above: probability of a value beyond the smallest important difference on the low side, "
            "within it, and beyond it on the high side."
        )
    else:
        yield "No smallest important difference is declared ([estimand.smallest_important] in the study file)."
    meant = {(row.estimand, row.marker, signs(row, results.study)): None for row in rows}
    for name, marker, said in meant:
        if said:
            yield f"{name}{f' ({marker})' if marker else ''}: {said}."
