"""The outcomes of every participant and their distribution, draw by draw, whatever model they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cochange.inference.missing.leaving import Leaving

# Numbers of one kind held at a time: one for each draw, participant and visit.
HELD = 20_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcomes(Leaving):
    """Outcomes that are normal, or Student-t together, given the design; everything is measured from a fixed origin.

    Parameters
    ----------
    value : numpy.ndarray
        Logs of the marker and points of the score, the limit where censored, 0 where missing, shape ``(n, cell)``.
    columns : numpy.ndarray
        Design columns, shape ``(n, column)``.
    in_arm : mapping of str to numpy.ndarray
        The same columns had everyone been in an arm, by arm; where arms differ before treatment too, had everyone
        changed as in that arm from the baselines of their own.
    covariates : numpy.ndarray
        Columns that the arms' contrasts are adjusted for, centred, shape ``(n, covariate)``.
    mean : numpy.ndarray
        Coefficients of the columns, shape ``(draw, column, cell)``.
    covariance : mapping of str to numpy.ndarray
        Covariance given the design by arm, shape ``(draw, cell, cell)``.
    nu : numpy.ndarray or None
        Degrees of freedom, shape ``(draw,)``; None where outcomes are normal.
    from_baseline : bool
        Whether values are changes from the participant's own baseline, which then has no cell.
    score_origin : float
        What scores are measured from, where they are no changes.
    marker : str or None
        The marker analysed.
    changes_alone : bool
        Whether arms are compared by their changes alone, not at the same baselines: they differ before treatment too.
    """

    value: np.ndarray
    columns: np.ndarray
    in_arm: Mapping[str, np.ndarray]
    covariates: np.ndarray
    mean: np.ndarray
    covariance: Mapping[str, np.ndarray]
    nu: np.ndarray | None
    from_baseline: bool
    score_origin: float
    marker: str | None
    changes_alone: bool = False

    @property
    def n_draws(self) -> int:
        """How many draws there are."""
        return len(self.mean)

    def of_draws(self, which: slice | np.ndarray) -> "Outcomes":
        """The same with some of the draws."""
        # Arms that share a covariance go on sharing it.
        some = {id(own): own[which] for own in self.covariance.values()}
        return replace(
            self,
            mean=self.mean[which],
            covariance={arm: some[id(own)] for arm, own in self.covariance.items()},
            nu=None if self.nu is None else self.nu[which],
        )
