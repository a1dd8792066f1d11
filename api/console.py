"""What the command prints: tables and notices. Tables go to standard output, the rest to standard error."""

import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cochange.data.faults import Notice
from cochange.data.study import Study
from cochange.inference.plan import told_of_same
from cochange.inference.results import Results
from cochange.inference.verdict import Status
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import families, notes
from cochange.reports.labels import VERDICTS
from cochange.reports.numbers import with_minus

# A file or a pipe has no width of its own; tables need more than the 80 columns it would be given.
OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERR = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else 120)


def print_notices(notices: Sequence[Notice]) -> None:
    """Print what the user should check in the data."""
    for notice in notices:
        ERR.print(f"[yellow]Note[/yellow]: {escape(str(notice))}")


def print_notices_of_data(study: Study) -> None:
    """Print the same of a study, but for reasons of leaving, which bear on nothing but what a run tells of those."""
    reason = study.spec.missing_data.reason
    print_notices([notice for notice in study.notices if reason is None or notice.column != reason])


def print_models(models: Sequence[Model]) -> None:
    """Print every model with its question, its estimands and its prior sets."""
    for model in models:
        OUT.print(f"\n[bold]{escape(model.name)}[/bold]  {escape(model.question)}")
        estimands = Table(_names("estimand", model.estimands), "definition", "unit", "question")
        for name, estimand in model.estimands.items():
            estimands.add_row(*map(escape, (name, estimand.meaning, estimand.unit, estimand.question)))
        OUT.print(estimands)
        units = notes(next(iter(model.shipped.values())))
        sets = Table(_names("parameter", units), "unit", *map(escape, model.shipped))
        for parameter, note in units.items():
            values = (with_minus(str(families(priors)[parameter])) for priors in model.shipped.values())
            sets.add_row(parameter, escape(note.unit), *map(escape, values))
        OUT.print(sets)
    OUT.print("\nPriors in points are for a scale of 0 to 60; they are carried to the study's scale by its range.")


def _names(title: str, names: Iterable[str]) -> Column:
    """A column of names, none of which is broken."""
    return Column(title, min_width=max(map(len, names)), overflow="fold")


def print_same(same: Mapping[str, Mapping[str, str]]) -> None:
    """Print which prior sets are another one for a model, under which it is not fitted twice; `same` as of a plan."""
    for said in told_of_same(same):
        ERR.print(f"[yellow]Note[/yellow]: {escape(said)}")


def print_verdict(results: Results) -> None:
    """Print whether the results may be reported, and why not."""
    ERR.print(f"Verdict: {verdict_in_words(results.verdict.status)}")
    print_reasons(results)


def verdict_in_words(status: Status) -> str:
    """A verdict in words, in its colour."""
    colour = {"report": "green", "caution": "yellow", "do not report": "red"}[status]
    return f"[{colour}]{VERDICTS[status]}[/{colour}]"


def print_reasons(results: Results) -> None:
    """Print what a verdict rests on, and which models were not fitted."""
    for reason in results.verdict.reasons:
        ERR.print(f"  {escape(reason)}")
    for model, reason in results.not_fitted.items():
        ERR.print(f"  {model} was not fitted: {escape(reason)}")


def right(name: str) -> Column:
    """A column of numbers."""
    return Column(name, justify="right")


def titled(title: str, *columns: str | Column) -> Table:
    """A table under its title, both on the left."""
    return Table(*columns, title=f"\n[bold]{title}[/bold]", title_justify="left", title_style="")
