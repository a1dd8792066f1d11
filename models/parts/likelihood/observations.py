"""What was observed, as the likelihood takes it."""

from dataclasses import dataclass

import numpy as np

# The status of an outcome.
MISSING, OBSERVED, BELOW, ABOVE = 0, 1, 2, 3
# Their names in a study.
CODES = {"missing": MISSING, "observed": OBSERVED, "below": BELOW, "above": ABOVE}
# As many values of a participant beyond a limit can be integrated over.
MOST_CENSORED = 6


@dataclass(frozen=True, eq=False)
class Observations:
    """What was observed, as the likelihood takes it: sets of participants by their cross-products, and single rows.

    A set holds participants whose measured outcomes are the same ones; nothing of theirs is censored.

    Parameters
    ----------
    count : numpy.ndarray
        Participants of each set, shape ``(set,)``.
    present : numpy.ndarray
        1 where the set has the outcome, shape ``(set, outcome)``.
    set_wells : numpy.ndarray
        Share of the assay's variance in each outcome, shape ``(set, outcome)``: one over the number of wells.
    products : numpy.ndarray
        Cross-products of the design columns and the outcomes, shape ``(set, column + outcome, column + outcome)``.
    columns : numpy.ndarray
        Design columns of each row, shape ``(row, column)``.
    value : numpy.ndarray
        Outcomes, the limit where censored, shape ``(row, outcome)``.
    status : numpy.ndarray
        `MISSING`, `OBSERVED`, `BELOW` or `ABOVE`, shape ``(row, outcome)``.
    row_wells : numpy.ndarray
        As `set_wells`, shape ``(row, outcome)``.
    weight : numpy.ndarray
        How often each row counts, shape ``(row,)``; negative where a probability of inclusion is divided by.
    """

    count: np.ndarray
    present: np.ndarray
    set_wells: np.ndarray
    products: np.ndarray
    columns: np.ndarray
    value: np.ndarray
    status: np.ndarray
    row_wells: np.ndarray
    weight: np.ndarray

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by its name, in the order the likelihood takes them."""
        return {name: np.ascontiguousarray(value, dtype=np.float64) for name, value in vars(self).items()}


def codes_of(names: np.ndarray) -> np.ndarray:
    """Statuses as codes, from their names in a study."""
    return np.asarray(np.vectorize(CODES.__getitem__, otypes=[int])(names))


def read_again(
    measured: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    origin: np.ndarray | float,
    unit: np.ndarray | float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Values and statuses of outcomes drawn anew, whose censored values were set to their limits.

    Parameters
    ----------
    measured : numpy.ndarray
        Outcomes in their own terms, at the limit where censored, NaN where missing.
    lower, upper : numpy.ndarray
        Limits as the likelihood takes them.
    origin, unit : numpy.ndarray or float
        What values are measured from, and the size of their unit.

    Returns
    -------
    value, status : numpy.ndarray
        As the likelihood takes them; 0 where missing.
    """
    # A censored value was set to its limit by this very formula, and is equal to it.
    below, above = measured <= lower * unit + origin, measured >= upper * unit + origin
    missing = np.isnan(measured)
    value = np.where(missing, 0.0, (measured - origin) / unit)
    value = np.where(below, lower, np.where(above, upper, value))
    return value, np.select([missing, below, above], [MISSING, BELOW, ABOVE], OBSERVED)
