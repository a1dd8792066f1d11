"""Means and covariances of the joint model, from its paths to the observed scores.

Equations stand in the order baseline markers, baseline score, changes of the markers, change of the score; outcomes in
the order baseline markers, baseline score, follow-up markers, follow-up score, and the screening score. Everything here
is written for arrays and for variables of a graph alike; arrays may have a leading axis of draws.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cochange.models.parts.estimand import LN2


@dataclass(frozen=True)
class Layout:
    """Where each equation and outcome stands.

    Parameters
    ----------
    n_markers : int
        Number of markers.
    screening : bool
        Whether the screening score is an outcome.
    """

    n_markers: int
    screening: bool = False

    @property
    def size(self) -> int:
        """Number of equations, and of outcomes without the screening score."""
        return 2 * self.n_markers + 2

    @property
    def m0(self) -> np.ndarray:
        """Positions of the baseline markers."""
        return np.arange(self.n_markers)

    @property
    def y0(self) -> int:
        """Position of the baseline score."""
        return self.n_markers

    @property
    def m1(self) -> np.ndarray:
        """Positions of the follow-up markers, and of the equations of their change."""
        return self.n_markers + 1 + self.m0

    @property
    def y1(self) -> int:
        """Position of the follow-up score, and of the equation of its change."""
        return 2 * self.n_markers + 1

    @property
    def equations(self) -> dict[str, np.ndarray]:
        """Positions of the equations of the markers, and of those of the score, baseline before change."""
        return {"marker": np.concatenate([self.m0, self.m1]), "score": np.array([self.y0, self.y1])}

    @cached_property
    def baseline_and_change(self) -> np.ndarray:
        """Sums that turn equations into outcomes: the follow-up is the baseline and the change."""
        sums = np.eye(self.size)
        sums[self.m1, self.m0] = 1
        sums[self.y1, self.y0] = 1
        return sums

    @cached_property
    def same_visit(self) -> np.ndarray:
        """1 for two different outcomes of the same visit."""
        visit = np.arange(self.size) > self.y0
        return (visit[:, None] == visit[None, :]).astype(float) - np.eye(self.size)

    def together(self, of_baselines: Any, of_changes: Any) -> Any:
        """One Cholesky factor of the residual correlations of all equations from those of the markers' two."""
        baselines, changes = (np.eye(self.size)[positions] for positions in (self.m0, self.m1))
        scores = np.diag(np.isin(np.arange(self.size), (self.y0, self.y1)).astype(float))
        return baselines.T @ of_baselines @ baselines + changes.T @ of_changes @ changes + scores

    def place(self, row: np.ndarray | int, column: np.ndarray | int, factor: float = 1.0) -> np.ndarray:
        """One flattened matrix a coefficient, with `factor` where the coefficient stands."""
        rows, columns = np.broadcast_arrays(np.atleast_1d(row), np.atleast_1d(column))
        placed = np.zeros((len(rows), self.size, self.size))
        placed[np.arange(len(rows)), rows, columns] = factor
        return placed.reshape(len(rows), -1)


def loadings(layout: Layout, slopes: Any, paths: Any) -> Any:
    """How the residuals of the equations make up the true scores.

    Parameters
    ----------
    layout : Layout
        The layout.
    slopes : array
        Points of y0 and of y1 - y0 per doubling of each baseline marker, then per halving of each marker, shape
        ``(..., 3 * marker)``.
    paths : array
        Change of each marker per log unit of its baseline, and per point of the baseline score, then change of the
        score per point of the baseline score, shape ``(..., 2 * marker + 1)``.

    Returns
    -------
    array
        Shape ``(..., outcome, equation)``.
    """
    k = layout.n_markers
    shape = (layout.size, layout.size) if slopes.ndim == 1 else (-1, layout.size, layout.size)
    nowhere = np.zeros((k, layout.size**2))
    of_slopes = [layout.place(row, layout.m0, 1 / LN2) for row in (layout.y0, layout.y1)]
    of_changes = np.concatenate([nowhere, nowhere, layout.place(layout.y1, layout.m1, -1 / LN2)])
    of_paths = [
        layout.place(layout.m1, layout.m0),
        layout.place(layout.m1, np.full(k, layout.y0)),
        layout.place(layout.y1, layout.y0),
    ]
    carried = layout.baseline_and_change - np.eye(layout.size)
    between = slopes @ np.concatenate([*of_slopes, nowhere]) + paths @ np.concatenate(of_paths)
    steps = carried + between.reshape(shape)
    # No path is longer than two: the changes lead nowhere.
    through = np.eye(layout.size) + steps + steps @ steps
    return through + through @ (slopes @ of_changes).reshape(shape)


def true_covariance(loadings: Any, sd: Any, factor: Any | None = None) -> Any:
    """Covariance of the true scores given the design.

    Parameters
    ----------
    loadings : array
        From `loadings`.
    sd : array
        Residual standard deviations of the equations.
    factor : array, optional
        Cholesky factor of the residual correlations, for several markers.
    """
    root = loadings * sd[..., None, :]
    if factor is not None:
        root = root @ factor
    return root @ root.mT


def error_covariance(layout: Layout, true: Any, reliability: Any, state: Any, xp: Any) -> Any:
    """Covariance of the measurement errors, the same at both visits.

    Parameters
    ----------
    layout : Layout
        The layout.
    true : array
        Covariance of the true scores.
    reliability : array
        Share of the variance of an observed baseline value that is true, markers then score; wells are apart.
    state : array
        Correlation of each marker's error with the score's at the same visit.
    """
    variance = (true * np.eye(layout.size)).sum(axis=-1)[..., : layout.n_markers + 1] * (1 - reliability) / reliability
    shared = xp.sqrt(variance) * xp.concatenate([state, xp.ones_like(state[..., :1])], axis=-1)
    both, shared = xp.concatenate([variance, variance], axis=-1), xp.concatenate([shared, shared], axis=-1)
    together = shared[..., :, None] * shared[..., None, :] * layout.same_visit
    return together + both[..., :, None] * np.eye(layout.size)


def with_screening(layout: Layout, slope: Any) -> Any:
    """Adds the screening score to the outcomes, `slope` times the baseline score.

    Parameters
    ----------
    layout : Layout
        The layout.
    slope : array
        SDs of the screening score per point of the baseline score, shape ``(..., 1)``.
    """
    last = np.zeros((layout.size + 1, layout.size))
    last[-1, layout.y0] = 1
    return np.eye(layout.size + 1, layout.size) + slope[..., None] * last
