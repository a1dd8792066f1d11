"""How far a command has come: a bar on a terminal, lines elsewhere, nothing when hidden."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from cochange.console import ERR
from cochange.data.names import counted
from cochange.inference.progress import Progress as Reporter
from cochange.inference.progress import Silent

# Where lines are kept, as in a file, there is one at the latest by this share of the whole, or after so many seconds.
SHARE = 0.1
SECONDS = 60.0


class Bar:
    """A progress bar over the fits of a run, with the draws of the current one."""

    def __init__(self, bar: Progress, task: TaskID, count: "Count") -> None:
        self._bar, self._task, self._count = bar, task, count

    def step(self, text: str) -> None:
        """Show what is being done."""
        self._bar.update(self._task, description=text, completed=self._count.done)

    def draws(self, done: int, total: int, divergences: int) -> None:
        """Move the bar by the share of draws done."""
        note = f", {divergences} diverged, warm-up included" if divergences else ""
        completed = self._count.done + done / total
        self._bar.update(self._task, completed=completed, status=f"{done}/{total} draws{note}")

    def finished(self) -> None:
        """Count one fit as done."""
        self._count.done += 1
        self._bar.update(self._task, completed=self._count.done, counted=str(self._count), status="")


class Lines:
    """A line now and then, where there is no terminal to draw a bar on: first, last, by each tenth and each minute."""

    def __init__(self, count: "Count") -> None:
        self._count, self._step = count, ""
        self._told, self._at = -1, -SECONDS

    def step(self, text: str) -> None:
        """Print what is being done, where enough is done since the last line."""
        self._step = text
        if self._is_due():
            self._tell(f"{self._count}; {text}")

    def draws(self, done: int, total: int, divergences: int) -> None:
        """Print how far a long fit has come."""
        if self._is_due():
            self._tell(f"{self._count}; {self._step}: {done}/{total} draws")

    def finished(self) -> None:
        """Count one fit as done."""
        self._count.done += 1

    def close(self) -> None:
        """Print the count where the last line did not have it."""
        if self._told not in (-1, self._count.done):
            self._tell(f"{self._count}.")

    def _is_due(self) -> bool:
        done, total = self._count.done, self._count.total
        tenth = total is not None and done > self._told and (done == total or done - self._told >= SHARE * total)
        return self._told < 0 or tenth or monotonic() - self._at >= SECONDS

    def _tell(self, line: str) -> None:
        ERR.print(escape(line))
        self._told, self._at = self._count.done, monotonic()


class Count:
    """How much is done of how much, in words.

    Parameters
    ----------
    total : int or None
        How much there is; None where that is not known before.
    what : str
        What is counted, in the singular.
    """

    def __init__(self, total: int | None, what: str) -> None:
        self.total, self.what, self.done = total, what, 0

    def __str__(self) -> str:
        if self.total is None:
            return f"{self.what}s done: {self.done}"
        return f"{self.done} of {counted(self.total, self.what)} done"


@contextmanager
def progress(total: int | None, hidden: bool, what: str = "fit") -> Iterator[Reporter]:
    """Progress on standard error; arguments as of `Count`, with whether to show nothing."""
    if hidden:
        yield Silent()
        return
    count = Count(total, what)
    if not ERR.is_terminal:
        lines = Lines(count)
        yield lines
        lines.close()
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[counted]}", markup=False),
        TextColumn("{task.fields[status]}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as bar:
        yield Bar(bar, bar.add_task("starting", total=total, counted=str(count), status=""), count)
