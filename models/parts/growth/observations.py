"""What was observed over the visits, as the likelihood takes it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Schedules:
    """What was observed at which times: by schedule, sets of participants by their cross-products, and single rows.

    A cell is one outcome at one visit; cells stand visit by visit. Sets and rows stand schedule by schedule.

    Parameters
    ----------
    basis : numpy.ndarray
        Terms of time, shape ``(schedule, visit, term)``.
    set_start, row_start : numpy.ndarray
        Where the sets and the rows of each schedule begin, and where the last ones end, shape ``(schedule + 1,)``.
    count : numpy.ndarray
        Participants of each set, shape ``(set,)``.
    present : numpy.ndarray
        1 where the set has the cell, shape ``(set, cell)``.
    products : numpy.ndarray
        Cross-products of design columns and cells, shape ``(set, column + cell, column + cell)``.
    columns : numpy.ndarray
        Design columns of each row, shape ``(row, column)``.
    value : numpy.ndarray
        Cells, the limit where censored, shape ``(row, cell)``.
    status : numpy.ndarray
        `MISSING`, `OBSERVED`, `BELOW` or `ABOVE` of the kernel, shape ``(row, cell)``.
    weight : numpy.ndarray
        How often each row counts, shape ``(row,)``.
    """

    basis: np.ndarray
    set_start: np.ndarray
    row_start: np.ndarray
    count: np.ndarray
    present: np.ndarray
    products: np.ndarray
    columns: np.ndarray
    value: np.ndarray
    status: np.ndarray
    weight: np.ndarray

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by its name, in the order the likelihood takes them."""
        return {name: np.ascontiguousarray(value, dtype=np.float64) for name, value in vars(self).items()}
