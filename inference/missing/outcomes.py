"""The outcomes of every participant and their distribution, draw by draw, whatever model they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from cochange.models.parts.design import OVERALL
from cochange.models.parts.likelihood.observations import MISSING

# Numbers of one kind held at a time: one for each draw, participant and visit.
HELD = 20_000_000


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Outcomes that are normal, or Student-t together, given the design; everything is measured from a fixed origin.

    Parameters
    ----------
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    arm : numpy.ndarray
        Their arms, all `OVERALL` where there is one, shape ``(n,)``.
    arms : tuple of str
        The arms, the control first.
    kind : tuple of str
        ``"marker"`` or ``"score"`` of each cell, which is an outcome at a visit.
    visit : numpy.ndarray
        Position of the visit of each cell among those analysed, shape ``(cell,)``; the baseline is 0.
    visits : tuple of str
        Their names.
    value : numpy.ndarray
        Logs of the marker and points of the score, the limit where censored, 0 where missing, shape ``(n, cell)``.
    status : numpy.ndarray
        Codes of the likelihood's kernel, shape ``(n, cell)``.
    event : numpy.ndarray
        Position of the first visit after a participant's intercurrent event, the number of visits where none is known,
        shape ``(n,)``.
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

    participant: np.ndarray
    arm: np.ndarray
    arms: tuple[str, ...]
    kind: tuple[str, ...]
    visit: np.ndarray
    visits: tuple[str, ...]
    value: np.ndarray
    status: np.ndarray
    event: np.ndarray
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
    def has_reference(self) -> bool:
        """Whether there is a reference arm: the control."""
        return self.arms != (OVERALL,)

    @property
    def reference(self) -> str:
        """The control arm."""
        return self.arms[0]

    @property
    def n_draws(self) -> int:
        """How many draws there are."""
        return len(self.mean)

    @cached_property
    def last_seen(self) -> np.ndarray:
        """Position of the last visit at which anything was observed, shape ``(n,)``; the baseline at least."""
        seen = (self.status != MISSING) * (self.visit + 1)
        return np.asarray(np.maximum(seen.max(axis=1) - 1, 0))

    @cached_property
    def until(self) -> np.ndarray:
        """Position of the last visit before what a rule says holds, shape ``(n,)``.

        The last before the intercurrent event where that is known, else that at which the participant was last seen.
        """
        return np.asarray(np.where(self.event < len(self.visits), self.event - 1, self.last_seen))

    @cached_property
    def after(self) -> np.ndarray:
        """The missing cells after that, bool of shape ``(n, cell)``."""
        return np.asarray((self.visit > self.until[:, None]) & (self.status == MISSING))

    @cached_property
    def left(self) -> np.ndarray:
        """Who has any, bool of shape ``(n,)``: who was last seen before the last visit, unless events are known."""
        return np.asarray(self.after.any(axis=1))

    def cells_of(self, kind: str) -> np.ndarray:
        """Positions of the cells of an outcome after the baseline, by visit."""
        return np.flatnonzero([own == kind and visit > 0 for own, visit in zip(self.kind, self.visit, strict=True)])

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
