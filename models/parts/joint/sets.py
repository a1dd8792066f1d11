"""Participants gathered into sets of the same measured outcomes, and rows for those with a censored one."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from cochange.models.parts.joint.outcomes import Inclusion
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, OBSERVED, Observations


class Measured(Protocol):
    """Outcomes of participants, as `cochange.models.parts.joint.outcomes.Outcomes` describes them."""

    @property
    def names(self) -> Sequence[str]: ...  # noqa: D102

    @property
    def value(self) -> np.ndarray: ...  # noqa: D102

    @property
    def status(self) -> np.ndarray: ...  # noqa: D102

    @property
    def wells(self) -> np.ndarray: ...  # noqa: D102

    @property
    def inclusion(self) -> Inclusion | None: ...  # noqa: D102


def gather(outcomes: Measured, columns: np.ndarray, row_by_row: bool = False) -> Observations:
    """What the likelihood takes.

    Parameters
    ----------
    outcomes : Measured
        The outcomes of the participants used.
    columns : numpy.ndarray
        Their design columns, shape ``(n, column)``.
    row_by_row : bool
        Whether every participant is a row, as Student-t outcomes need and as the density of each one needs; otherwise
        those without a censored outcome enter by their cross-products.

    Returns
    -------
    Observations
        Rows are in the order of the participants where `row_by_row`; the rows that divide by the probability of
        inclusion come after them.
    """
    censored = np.isin(outcomes.status, (BELOW, ABOVE)).any(axis=1)
    single = np.full(len(censored), True) if row_by_row else censored
    rows = np.flatnonzero(single)
    if not row_by_row:
        rows = rows[_order(outcomes, rows)]
    blocks = [(columns[rows], outcomes.value[rows], outcomes.status[rows], outcomes.wells[rows], np.ones(len(rows)))]
    if outcomes.inclusion is not None:
        blocks.append(_of_inclusion(outcomes, columns))
    stacked = [np.concatenate(parts).astype(float) for parts in zip(*blocks, strict=True)]
    return Observations(*_sets(outcomes, columns, ~single), *stacked)


def by_name(parts: Sequence[Observations]) -> list[dict[str, np.ndarray]]:
    """Arrays of each part that shares a covariance, by the names of their data in the graph: numbered if several."""
    return [
        {f"{name}_{position}" if len(parts) > 1 else name: array for name, array in part.arrays.items()}
        for position, part in enumerate(parts, 1)
    ]


def joined(parts: Sequence[Observations]) -> dict[str, np.ndarray]:
    """Every array of all parts by the name of its data in the graph."""
    return {name: array for part in by_name(parts) for name, array in part.items()}


def _order(outcomes: Measured, rows: np.ndarray) -> np.ndarray:
    """An order in which rows of the same statuses follow each other, which share their conditional covariances."""
    keys = np.concatenate([outcomes.status[rows], outcomes.wells[rows]], axis=1)
    return np.lexsort(keys.T)


def _sets(
    outcomes: Measured, columns: np.ndarray, complete: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Count, presence, wells and cross-products of each set."""
    present = (outcomes.status[complete] == OBSERVED).astype(float)
    wells = outcomes.wells[complete] * present
    both = np.concatenate([columns[complete], outcomes.value[complete] * present], axis=1)
    kinds, kind = np.unique(np.concatenate([present, wells], axis=1), axis=0, return_inverse=True)
    n_outcomes = present.shape[1]
    products = np.zeros((len(kinds), both.shape[1], both.shape[1]))
    for index in range(len(kinds)):
        members = both[kind == index]
        products[index] = members.T @ members
    count = np.bincount(kind, minlength=len(kinds)).astype(float)
    return count, kinds[:, :n_outcomes], kinds[:, n_outcomes:], products


def _of_inclusion(
    outcomes: Measured, columns: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows whose density is the probability of inclusion, of participants with the same design columns together."""
    assert outcomes.inclusion is not None
    distinct, times = np.unique(columns, axis=0, return_counts=True)
    status = np.full((len(distinct), len(outcomes.names)), MISSING)
    status[:, outcomes.inclusion.outcome] = ABOVE
    value = np.zeros(status.shape)
    value[:, outcomes.inclusion.outcome] = outcomes.inclusion.threshold
    return distinct, value, status, np.zeros(status.shape), -times.astype(float)
