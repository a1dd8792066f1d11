"""What the command prints: tables, notices and progress. Tables go to standard output, the rest to standard error."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from cochange.data.faults import Notice
from cochange.inference.estimates import Estimate
from cochange.inference.progress import Progress as Reporter
from cochange.inference.progress import Silent
from cochange.inference.results import Results
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import families, notes

# A file or a pipe has no width of its own; tables need more than the 80 columns it would be given.
OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERR = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 120)


class Bar:
    """A progress bar over the fits of a run, with the draws of the current one."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task = bar, task
        self._done = 0

    def step(self, text: str) -> None:
        """Show what is being done."""
        self._bar.update(self._task, description=text, completed=self._done)

    def draws(self, done: int, total: int, divergences: int) -> None:
        """Move the bar by the share of draws done."""
        note = f", {divergences} diverged, warm-up included" if divergences else ""
        self._bar.update(self._task, completed=self._done + done / total, status=f"{done}/{total} draws{note}")

    def finished(self) -> None:
        """Count one fit as done."""
        self._done += 1
        self._bar.update(self._task, completed=self._done, done=self._done, status="")


class Lines:
    """One line for each step, where there is no terminal to draw a bar on."""

    def __init__(self, fits: int, what: str) -> None:
        self._fits, self._what, self._done = fits, what, 0

    def step(self, text: str) -> None:
        """Print what is being done."""
        ERR.print(f"{self._done} of {self._fits} {self._what} done; {escape(text)}")

    def draws(self, done: int, total: int, divergences: int) -> None:
        """Print nothing."""

    def finished(self) -> None:
        """Count one fit as done."""
        self._done += 1


@contextmanager
def progress(fits: int, hidden: bool, what: str = "fits") -> Iterator[Reporter]:
    """Progress on standard error over as many fits: a bar on a terminal, lines elsewhere, nothing when hidden."""
    if hidden:
        yield Silent()
        return
    if not ERR.is_terminal:
        yield Lines(fits, what)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn(f"{{task.fields[done]}} of {{task.total:.0f}} {what} done"),
        TextColumn("{task.fields[status]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as bar:
        yield Bar(bar, bar.add_task("starting", total=fits, done=0, status=""))


def print_notices(notices: Sequence[Notice]) -> None:
    """Print what the user should check in the data."""
    for notice in notices:
        ERR.print(f"[yellow]Note[/yellow]: {escape(str(notice))}")


def print_models(models: Sequence[Model]) -> None:
    """Print every model with its question, its estimands and its prior sets."""
    for model in models:
        OUT.print(f"\n[bold]{model.name}[/bold]  {model.question}")
        estimands = Table("estimand", "definition", "unit", "question")
        for name, estimand in model.estimands.items():
            estimands.add_row(name, escape(estimand.meaning), estimand.unit, estimand.question)
        OUT.print(estimands)
        sets = Table("parameter", "unit", *model.shipped)
        units = notes(next(iter(model.shipped.values())))
        for parameter, note in units.items():
            values = (str(families(priors)[parameter]) for priors in model.shipped.values())
            sets.add_row(parameter, note.unit, *values)
        OUT.print(sets)
    OUT.print("\nPriors in points are for a scale of 0 to 60; they are carried to the study's scale by its range.")


def print_estimates(results: Results) -> None:
    """Print every estimate of a run, the prior sets of each estimand together."""
    first = results.estimates[0]
    interval = f"{first.ci_prob:.0%} {first.ci_kind.upper()}"
    whole = Column("estimand", overflow="fold")
    table = Table(whole, "unit", "group", "prior", right("median"), interval, right("P(direction)"))
    order = {prior: position for position, prior in enumerate(dict.fromkeys(row.prior for row in results.estimates))}
    rows = sorted(
        results.estimates, key=lambda row: (row.model, row.estimand, row.form or "", row.group, order[row.prior])
    )
    for row in rows:
        details = [detail for detail in (row.form, row.visit and f"at {row.visit}") if detail]
        name = f"{row.estimand} ({', '.join(details)})" if details else row.estimand
        limits = f"{row.lower:.3g} to {row.upper:.3g}"
        table.add_row(name, row.unit, escape(row.group), row.prior, f"{row.median:.3g}", limits, _direction(row))
    OUT.print(table)
    print_verdict(results)


def print_verdict(results: Results) -> None:
    """Print whether the results may be reported, and why not."""
    colour = {"report": "green", "caution": "yellow", "do not report": "red"}[results.verdict.status]
    ERR.print(f"Verdict: [{colour}]{results.verdict.status}[/{colour}]")
    for reason in results.verdict.reasons:
        ERR.print(f"  {escape(reason)}")
    for model, reason in results.not_fitted.items():
        ERR.print(f"  {model} was not fitted: {escape(reason)}")


def _direction(row: Estimate) -> str:
    return "" if row.p_direction is None else f"{row.p_direction:.3f} {row.side}"


def right(name: str) -> Column:
    """A column of numbers."""
    return Column(name, justify="right")


def titled(title: str, *columns: str | Column) -> Table:
    """A table under its title, both on the left."""
    return Table(*columns, title=f"\n[bold]{title}[/bold]", title_justify="left", title_style="")
