"""How parameters in one vector make up the coefficients of design columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import helmert


@dataclass(frozen=True, eq=False)
class Coefficients:
    """How the parameters make up the coefficients of the design columns, flattened from ``(column, equation)``.

    The coefficients are ``vector @ fixed + (vector @ spread) * (vector @ standard)``: partially pooled effects are a
    standard deviation times standard normal effects from which the mean of all levels is taken, scaled back to a
    variance of one.

    Parameters
    ----------
    fixed, spread, standard : numpy.ndarray
        Shape ``(parameter, column * equation)``.
    """

    fixed: np.ndarray
    spread: np.ndarray
    standard: np.ndarray

    def of(self, vector: Any, shape: tuple[int, int]) -> Any:
        """The coefficients, shape ``(..., column, equation)``.

        Parameters
        ----------
        vector : array
            The parameters, a variable of a graph or draws with shape ``(draw, parameter)``.
        shape : tuple of int
            Number of columns and of equations.
        """
        flattened = vector @ self.fixed
        if self.spread.any():
            flattened = flattened + (vector @ self.spread) * (vector @ self.standard)
        return flattened.reshape(shape if vector.ndim == 1 else (-1, *shape))


def pool(
    placed: dict[str, np.ndarray], sd: np.ndarray, standard: np.ndarray, block: slice, positions: np.ndarray
) -> None:
    """Place partially pooled effects, which sum to zero and have the standard deviation `sd` each.

    Parameters
    ----------
    placed : dict of str to numpy.ndarray
        The arrays of `Coefficients`, shape ``(parameter, column, equation)``; filled in.
    sd, standard : numpy.ndarray
        Positions of the parameters, shapes ``(equation,)`` and ``(equation, level - 1)``.
    block : slice
        The columns of the levels.
    positions : numpy.ndarray
        Positions of the equations.
    """
    n_levels = standard.shape[1] + 1
    contrasts = helmert(n_levels) * np.sqrt(n_levels / (n_levels - 1))
    for equation, position in enumerate(positions):
        placed["spread"][sd[equation], block, position] = 1
        placed["standard"][standard[equation], block, position] = contrasts
