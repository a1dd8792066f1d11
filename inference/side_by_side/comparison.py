"""Several finished runs side by side: rows of the same quantity together, and all that differs between the runs."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cochange.inference.estimates import Decision, Estimate
from cochange.inference.side_by_side.differences import Difference, differences
from cochange.inference.side_by_side.kin import data_families, is_of_one_study, kinship
from cochange.inference.side_by_side.quantities import Quantity, conditions, quantity_of
from cochange.inference.side_by_side.stored import StoredRun, read_runs


@dataclass(frozen=True, eq=False)
class Row:
    """One estimate of one run among those of the same quantity.

    Attributes
    ----------
    run : StoredRun
        Its run.
    decision : Decision
        What may be said, with the estimate.
    shift, shift_mcse : float or None
        Posterior mean less that of the first row of the same model, form and group on the same data, in posterior
        standard deviations of that row, and its Monte Carlo standard error; None for the first row, where nothing is
        on the same data, and where either fit may not be reported.
    """

    run: StoredRun
    decision: Decision
    shift: float | None
    shift_mcse: float | None

    @property
    def estimate(self) -> Estimate:
        """The estimate."""
        return self.decision.estimate

    @property
    def line(self) -> tuple[str, str | None, str | None, str]:
        """Model, form, visit and group: rows that agree in them stand together."""
        row = self.estimate
        return row.model, row.form, row.visit, row.group


@dataclass(frozen=True, eq=False)
class Group:
    """Every row of one quantity.

    Attributes
    ----------
    quantity : Quantity
        What is estimated.
    rows : tuple of Row
        By model, form and group, then by run, its main prior first.
    flags : tuple of str
        What its rows differ in that leaves the quantity the same, as sentences.
    apart : tuple of str
        Why rows of the same estimand stand elsewhere, as sentences.
    """

    quantity: Quantity
    rows: tuple[Row, ...]
    flags: tuple[str, ...]
    apart: tuple[str, ...]

    @property
    def runs(self) -> tuple[StoredRun, ...]:
        """The runs its rows are from."""
        return tuple({id(row.run): row.run for row in self.rows}.values())


@dataclass(frozen=True, eq=False)
class SideBySide:
    """Several runs side by side.

    Attributes
    ----------
    runs : tuple of StoredRun
        The runs, in the order given.
    groups : tuple of Group
        One a quantity, by question and in the order of the runs.
    differences : tuple of Difference
        What differs between the runs.
    kinship : tuple of str
        Which runs are of the same data or the same study, as sentences.
    one_study : bool
        Whether all the runs are of one study.
    """

    runs: tuple[StoredRun, ...]
    groups: tuple[Group, ...]
    differences: tuple[Difference, ...]
    kinship: tuple[str, ...]
    one_study: bool


def compare(directories: Sequence[Path | str]) -> SideBySide:
    """Put the stored results of several runs side by side; nothing is sampled.

    Parameters
    ----------
    directories : sequence of path
        Two or more run directories, of one study or of several.

    Returns
    -------
    SideBySide

    Raises
    ------
    InputError
        With every fault of every directory.
    TypeError
        If the directories are not several in a list, or one is no path.

    Notes
    -----
    Estimates of different studies are not pooled; `cochange.pool` does that, from published estimates.
    """
    runs = read_runs(directories)
    return SideBySide(
        runs=runs,
        groups=groups_of(runs),
        differences=differences(runs),
        kinship=tuple(kinship(runs)),
        one_study=is_of_one_study(runs),
    )


def groups_of(runs: Sequence[StoredRun]) -> tuple[Group, ...]:
    """The rows of all runs by quantity.

    Parameters
    ----------
    runs : sequence of StoredRun
        The runs.
    """
    found: dict[Quantity, list[tuple[StoredRun, Decision]]] = {}
    questions: dict[Quantity, str] = {}
    for run in runs:
        for decision in run.decisions:
            quantity = quantity_of(decision.estimate, run)
            found.setdefault(quantity, []).append((run, decision))
            questions.setdefault(quantity, decision.estimate.question or "Q9")
    families = dict(zip(map(id, runs), data_families(runs), strict=True))
    # Quantities of one estimand next to each other, at the place of the first.
    order = {quantity.estimand: place for place, quantity in reversed(list(enumerate(found)))}
    ordered = sorted(found, key=lambda quantity: (questions[quantity], order[quantity.estimand]))
    whose = {quantity: list(dict.fromkeys(run.label for run, _ in rows)) for quantity, rows in found.items()}
    return tuple(
        Group(quantity, rows := tuple(_rows(found[quantity], families)), _flags(rows), tuple(_apart(quantity, whose)))
        for quantity in ordered
    )


def _rows(found: Sequence[tuple[StoredRun, Decision]], families: dict[int, int]) -> Iterator[Row]:
    by_line: dict[tuple[str, str | None, str | None, str], list[Row]] = {}
    for run, decision in found:
        row = Row(run, decision, None, None)
        by_line.setdefault(row.line, []).append(row)
    for rows in by_line.values():
        firsts: dict[int, Row] = {}
        for row in rows:
            first = firsts.setdefault(families[id(row.run)], row)
            yield row if row is first else Row(row.run, row.decision, *_shift(row.decision, first.decision))


def _shift(decision: Decision, first: Decision) -> tuple[float | None, float | None]:
    row, other = decision.estimate, first.estimate
    if not (decision.settled and first.settled and other.sd > 0):
        return None, None
    return (row.mean - other.mean) / other.sd, math.hypot(row.mcse_mean, other.mcse_mean) / other.sd


def _flags(rows: Sequence[Row]) -> tuple[str, ...]:
    """In what the rows differ that leaves the quantity the same."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        for name, value in conditions(row.estimate, row.run).items():
            labels = found.setdefault(name, {}).setdefault(value, [])
            if row.run.label not in labels:
                labels.append(row.run.label)
    return tuple(
        f"{name}: {'; '.join(f'{value} in {", ".join(labels)}' for value, labels in values.items())}."
        for name, values in found.items()
        if len(values) > 1
    )


def _apart(quantity: Quantity, whose: dict[Quantity, list[str]]) -> Iterator[str]:
    """Why rows of the same estimand stand elsewhere."""
    for other, labels in whose.items():
        # A run that has both says so itself: several markers of one run, say.
        elsewhere = [label for label in labels if label not in whose[quantity]]
        if other.estimand == quantity.estimand and elsewhere:
            said = [
                f"{name} '{getattr(other, name)}' in place of '{getattr(quantity, name)}'"
                for name in quantity.unlike(other)
            ]
            yield f"Kept apart from {quantity.estimand} of {', '.join(elsewhere)}: {', '.join(said)}."
