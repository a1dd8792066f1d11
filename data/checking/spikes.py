"""Constants repeated at the ends of a marker: limits of the assay put in by the laboratory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_COUNT = 5
LEAST_SHARE = 0.05
NEAR = 2.0


@dataclass(frozen=True)
class Spike:
    """A constant repeated among the readings of a visit.

    Attributes
    ----------
    value : float
        The constant, on the scale of the column.
    count : int
        How often it stands there.
    readings : int
        Number of readings at the visit, censored ones included.
    """

    value: float
    count: int
    readings: int

    def __str__(self) -> str:
        return f"{self.value:g} in {self.count} of {self.readings} readings ({self.count / self.readings:.0%})"


def low_spikes(written: npt.NDArray[np.float64], raw: npt.NDArray[np.float64], readings: int) -> tuple[Spike, ...]:
    """Find the constant at the minimum, and a second one near it.

    Parameters
    ----------
    written : ndarray
        Uncensored readings at one visit, on the scale of the column.
    raw : ndarray
        The same readings on the raw scale.
    readings : int
        Number of readings at the visit, censored ones included.

    Returns
    -------
    tuple of Spike
        At most two. A spike holds at least 5 readings and 5% of them; the second is sought up to twice the first, on
        the raw scale, since limits of one assay differ little between plates.
    """
    values, first, counts = np.unique(written, return_index=True, return_counts=True)
    enough = (counts >= LEAST_COUNT) & (counts >= LEAST_SHARE * readings)
    if not len(values) or not enough[0]:
        return ()
    near = enough & (raw[first] <= NEAR * raw[first[0]])
    near[0] = False
    found = [0]
    if near.any():
        found.append(int(np.argmax(np.where(near, counts, 0))))
    return tuple(Spike(float(values[i]), int(counts[i]), readings) for i in found)


def top_spike(written: npt.NDArray[np.float64], readings: int) -> Spike | None:
    """Find a constant at the maximum.

    Parameters
    ----------
    written : ndarray
        Uncensored readings at one visit, on the scale of the column.
    readings : int
        Number of readings at the visit, censored ones included.

    Returns
    -------
    Spike or None
        One that holds at least 5 readings and 5% of them.
    """
    if not len(written):
        return None
    count = int((written == written.max()).sum())
    enough = count >= LEAST_COUNT and count >= LEAST_SHARE * readings
    return Spike(float(written.max()), count, readings) if enough else None
