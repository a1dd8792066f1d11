"""What `cochange compare` does and prints."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Column, Table

from cochange.console import ERR, OUT, right, titled
from cochange.data.faults import Fault, InputError
from cochange.data.names import counted
from cochange.inference.side_by_side.comparison import Group, SideBySide, compare
from cochange.reports.labels import VERDICTS, is_main, listed
from cochange.reports.numbers import ABSENT, centre, interval, probability
from cochange.reports.plots.side_by_side import interval_in_short
from cochange.reports.side_by_side.document import check_out, write_side_by_side
from cochange.reports.side_by_side.sections import (
    designs,
    panels_of,
    said_of,
    shift_of,
    title_of_group,
    unreportable,
)
from cochange.work import NOT_TO_BE_REPORTED


def compare_runs(directories: Sequence[Path], out: Path | None, quiet: bool) -> None:
    """Read the runs, print the tables, and write page, tables and figures.

    Parameters
    ----------
    directories : sequence of Path
        Run directories.
    out : Path or None
        Folder to write to; None to write nothing.
    quiet : bool
        Print the path of the page alone.

    Raises
    ------
    InputError
        With every fault of every directory, or if `out` holds a run.
    typer.Exit
        With code 3 where the results of a run must not be reported.
    """
    found = _found(directories, out)
    if not quiet:
        print_side_by_side(found)
    if out is not None:
        typer.echo(write_side_by_side(found, out))
    if any(run.verdict.status == "do not report" for run in found.runs):
        raise typer.Exit(NOT_TO_BE_REPORTED)


def _found(directories: Sequence[Path], out: Path | None) -> SideBySide:
    """The comparison; what is wrong with the runs and with the folder for it is told together."""
    faults: list[Fault] = []
    try:
        if out is not None:
            check_out(out)
    except InputError as error:
        faults += error.faults
    try:
        found = compare(directories)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return found


def print_side_by_side(comparison: SideBySide) -> None:
    """Print the runs, every quantity of the whole sample, and what differs."""
    OUT.print(_runs(comparison))
    for group in comparison.groups:
        _print_group(group)
    OUT.print(_differences(comparison))
    for text in (*comparison.kinship, *designs(comparison.runs)):
        OUT.print(escape(text))
    if not comparison.one_study:
        OUT.print("These are different studies: nothing is pooled here; `cochange pool` does that.")
    for text in unreportable(comparison.runs):
        ERR.print(f"[red]{escape(text)}[/red]")


def _runs(comparison: SideBySide) -> Table:
    table = titled("The runs", "run", "study", "design", right("participants"), "data", "verdict")
    for run in comparison.runs:
        spec = run.study.spec.study
        data = "SYNTHETIC" if run.synthetic else "as given"
        number = str(run.study.data.sizes["participant"])
        table.add_row(escape(run.label), escape(spec.title), spec.design, number, data, VERDICTS[run.verdict.status])
    return table


def _print_group(group: Group) -> None:
    panels = {label: rows for label, rows in panels_of(group).items() if is_main(rows[0].estimate, rows[0].run.study)}
    among = [row.estimate for row in group.rows]
    for label, rows in panels.items():
        title = f"{escape(title_of_group(group))} \\[{group.quantity.unit}]\n{escape(label)}"
        # A column keeps the cells it was given: each table has columns of its own.
        numbers = (right("median"), "interval", right("P(side)"), "says", right("shift, SDs"))
        table = titled(title, Column("run", overflow="fold"), "prior", *numbers)
        for row in rows:
            chance = probability(row.estimate.p_direction) if row.decision.settled else ABSENT
            limits = f"{interval(row.estimate, among)} ({interval_in_short(row)})"
            cells = (centre(row.estimate, among), limits, chance, said_of(row), shift_of(row))
            table.add_row(escape(row.run.label), escape(row.estimate.prior), *cells)
        OUT.print(table)
    if panels:
        for text in (*group.flags, *group.apart):
            OUT.print(f"[yellow]Note[/yellow]: {escape(text)}")


def _differences(comparison: SideBySide) -> Table | str:
    if not comparison.differences:
        return f"\nNothing recorded of {listed([run.label for run in comparison.runs])} differs."
    columns = (Column(escape(run.label), overflow="fold") for run in comparison.runs)
    # Different studies have different study files, key by key.
    elsewhere = () if comparison.one_study else ("study file", "priors")
    shown = [item for item in comparison.differences if item.kind not in elsewhere]
    rest = len(comparison.differences) - len(shown)
    note = f"and {counted(rest, 'key')} of the study files and prior values, which --out lists" if rest else None
    table = titled("What differs", "", Column("item", overflow="fold"), *columns)
    table.caption = note
    kind = ""
    for item in shown:
        table.add_row("" if item.kind == kind else item.kind, escape(item.item), *map(escape, item.by_run))
        kind = item.kind
    return table
