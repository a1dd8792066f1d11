"""Draws that a page carries along, so that its reader can compute with them."""

import base64
from dataclasses import dataclass

import numpy as np

# Bytes of all draws of a page, before they are written as text, and bytes of a draw.
BUDGET = 260_000
BYTES = 2
MOST, LEAST = 1_000, 250
_STEPS = 2 ** (8 * BYTES) - 1


@dataclass(frozen=True, eq=False)
class Carried:
    """Some of the draws of one quantity, in order of size.

    Attributes
    ----------
    low, step : float
        Each draw is `low` and a whole number of steps, its code.
    codes : numpy.ndarray of uint16
        Shape ``(kept,)``.
    stored : int
        How many draws they were taken from.
    """

    low: float
    step: float
    codes: np.ndarray
    stored: int

    @property
    def values(self) -> np.ndarray:
        """The draws as a reader's browser has them, within half a step of the stored ones."""
        return self.low + self.step * self.codes.astype(np.float64)

    @property
    def text(self) -> str:
        """The codes in base64, low byte first."""
        return base64.b64encode(self.codes.astype("<u2").tobytes()).decode("ascii")


def number_kept(quantities: int) -> int:
    """How many draws of each of so many quantities a page can carry.

    Parameters
    ----------
    quantities : int
        How many there are, each prior set of each counted.
    """
    return max(LEAST, min(MOST, BUDGET // (BYTES * max(1, quantities))))


def carry(draws: np.ndarray, number: int) -> Carried:
    """Thin draws by rank: the middle one of each of `number` equal parts of the sorted draws.

    A share of the kept draws differs from that of all draws by no more than half a part, ``1 / (2 * number)``, and the
    draws within half a step of its limit; leaving out draws by their place in the chain would not ensure that.

    Parameters
    ----------
    draws : numpy.ndarray
        Finite draws of one quantity, any shape.
    number : int
        How many to keep; all where there are no more.
    """
    ordered = np.sort(draws, axis=None).astype(np.float64)
    if number < ordered.size:
        ordered = ordered[((np.arange(number) + 0.5) * ordered.size / number).astype(int)]
    low = float(ordered[0])
    step = (float(ordered[-1]) - low) / _STEPS
    codes = np.rint((ordered - low) / step) if step > 0 else np.zeros(ordered.size)
    return Carried(low, step, codes.astype(np.uint16), draws.size)
