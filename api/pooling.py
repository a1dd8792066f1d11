"""What `cochange pool` does: pool published estimates, print them, and write the lines of a prior set."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Column, Table

from cochange.console import OUT, print_notices, right
from cochange.data.faults import Fault, InputError
from cochange.data.published_table import read_published
from cochange.data.specification.kinds import DecimalMark
from cochange.inference.files import write_whole
from cochange.inference.pooling.parameters import prior_set_lines
from cochange.inference.pooling.pool import MASS, Pooled, Summary, pool, summary
from cochange.reports.numbers import with_minus

MEANINGS: Mapping[str, str] = {
    "mean": "mean over studies",
    "heterogeneity": "SD between studies",
    "new_study": "effect in a new study",
    "i_squared": "I squared",
}
# What an estimate on a scale of its own stands for, and how it gets there: medians and intervals go along.
STANDS_FOR: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "log": ("ratio", math.exp),
    "fisher z": ("correlation", math.tanh),
}
COLUMNS_NOTE = (
    "Given all: median of the effect in that study after it is drawn towards the mean of all, the more so the larger "
    "its SE is beside the SD between studies."
)
I_SQUARED_NOTE = (
    "I squared: share of the variance of a typical estimate that lies between studies; the rest is its standard error."
)


@dataclass(frozen=True, kw_only=True)
class PoolRequest:
    """What was asked on the command line; the attributes are the options."""

    table: Path | None
    quantity: str | None
    prior: str
    weight: float
    unit_sd: float | None
    parameters: tuple[str, ...]
    name: str
    decimal: DecimalMark
    out: Path | None


def run(request: PoolRequest) -> None:
    """Pool, print, and write the lines where a file is asked for; the last thing printed is the lines or their path."""
    if request.out is not None and request.out.exists():
        required, action = "a new file for the lines", "give another name with --out"
        raise InputError([Fault(request.out.name, None, None, required, "one that is there", action)])
    pooled = pool(
        read_published(request.table, request.decimal),
        request.quantity,
        request.prior,
        request.weight,
        request.unit_sd,
        request.parameters,
    )
    lines = prior_set_lines(request.name, pooled.parameters, pooled.new_study.family)
    print_notices(pooled.notices)
    print_pooled(pooled)
    if request.out is None:
        typer.echo("\n".join(["", *lines]))
        return
    text = "\n".join([*lines, ""])
    typer.echo(write_whole(request.out, lambda passing: passing.write_text(text, encoding="utf-8")))


def print_pooled(pooled: Pooled) -> None:
    """Print the estimates, what they say together, and what a prior made of them is worth."""
    first = pooled.table.estimates[0]
    unit = first.unit or "the unit of the estimates"
    title = f"{first.quantity or 'Published estimates'}, in {unit}" + (f" ({first.scale})" * (first.scale == "log"))
    OUT.print(f"\n[bold]{escape(title)}[/bold]")
    OUT.print(_estimates(pooled))
    OUT.print(COLUMNS_NOTE)
    for note in dict.fromkeys(item.note for item in pooled.table.estimates if item.note):
        studies = dict.fromkeys(item.study for item in pooled.table.estimates if item.note == note)
        OUT.print(escape(f"Note of the table on {', '.join(studies)}: {note.removesuffix('.')}."))
    values = with_minus(f"mean {pooled.priors.mean}, heterogeneity {pooled.priors.heterogeneity}")
    OUT.print(f"Prior set {pooled.prior}: {values}; one participant contributes with an SD of {pooled.unit_sd:.3g}.")
    table = Table("", right("mean"), right("SD"), right("median"), right(f"{MASS:.0%} ETI"))
    for name, found in pooled.summaries.items():
        numbers = (with_minus(f"{value:.3g}") for value in (found.mean, found.sd, found.median))
        table.add_row(MEANINGS[name], *numbers, _limits(found))
        if first.scale in STANDS_FOR and name in ("mean", "new_study"):
            what, convert = STANDS_FOR[first.scale]
            middle, lower, upper = (
                with_minus(f"{convert(value):.3g}") for value in (found.median, found.lower, found.upper)
            )
            table.add_row(f"  as a {what}", "", "", middle, f"{lower} to {upper}")
    OUT.print(table)
    if "i_squared" in pooled.summaries:
        OUT.print(I_SQUARED_NOTE)
    made = pooled.new_study
    worth = Table("prior for a new study", "distribution", right("worth participants (ELIR)"))
    worth.add_row("exact predictive", "mixture over the SD between studies", f"{made.ess_predictive:.1f}")
    worth.add_row("nearest normal", with_minus(str(made.normal)), f"{made.ess_normal:.1f}")
    if made.family is not made.normal:
        worth.add_row("robust, as below", with_minus(str(made.family)), f"{made.ess:.1f}")
    OUT.print(worth)


def _estimates(pooled: Pooled) -> Table:
    numbers = (right("estimate"), right("SE"), right("given all"))
    table = Table("study", "population", "treatment", *numbers, Column("source", overflow="fold", ratio=1))
    for index, item in enumerate(pooled.table.estimates):
        drawn = summary(pooled.posterior.effect(index))
        values = (with_minus(f"{value:.3g}") for value in (item.estimate, item.se, drawn.median))
        texts = (escape(text) for text in (item.study, item.population, item.treatment))
        table.add_row(*texts, *values, escape(item.source))
    return table


def _limits(found: Summary) -> str:
    return with_minus(f"{found.lower:.3g} to {found.upper:.3g}")
