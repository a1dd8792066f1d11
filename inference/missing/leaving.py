"""When each participant was last seen, and what is missing after that or after their intercurrent event."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.design import OVERALL
from cochange.models.parts.likelihood.observations import MISSING
from cochange.models.parts.repeated.frame import Kind, make_cells
from cochange.models.parts.visits import marker_series, score_series, visits_of


@dataclass(frozen=True, eq=False, kw_only=True)
class Leaving:
    """What was seen of participants, and what is missing since.

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
    status : numpy.ndarray
        Codes of the likelihood's kernel, shape ``(n, cell)``.
    event : numpy.ndarray
        Position of the first visit after a participant's intercurrent event, the number of visits where none is known,
        shape ``(n,)``.
    """

    participant: np.ndarray
    arm: np.ndarray
    arms: tuple[str, ...]
    kind: tuple[str, ...]
    visit: np.ndarray
    visits: tuple[str, ...]
    status: np.ndarray
    event: np.ndarray

    @property
    def has_reference(self) -> bool:
        """Whether there is a reference arm: the control."""
        return self.arms != (OVERALL,)

    @property
    def reference(self) -> str:
        """The control arm."""
        return self.arms[0]

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


def leaving_of(study: Study) -> Leaving:
    """Everyone in the data file, by the analysed marker and the score, whomever a model uses."""
    declared: dict[Kind, bool] = {"marker": study.marker is not None, "score": study.scale is not None}
    read = {"marker": marker_series, "score": score_series}
    cells = make_cells({kind: read[kind](study) for kind, there in declared.items() if there}, "constrained")
    arm = np.full(len(cells.participant), OVERALL)
    arms: tuple[str, ...] = (OVERALL,)
    if "arm" in study.data.coords:
        arm = study.data["arm"].to_numpy().astype(str)
        arms = tuple(map(str, study.data["arm"].attrs["levels"]))
    visits = visits_of(study)
    return Leaving(
        participant=cells.participant,
        arm=arm,
        arms=arms,
        kind=cells.kind,
        visit=cells.visit,
        visits=visits,
        status=cells.status,
        event=first_after_event(study, cells.participant, visits),
    )


def first_after_event(study: Study, participant: np.ndarray, visits: tuple[str, ...]) -> np.ndarray:
    """Position among the visits analysed of the first after each participant's event; after all where there is none."""
    found = np.full(len(participant), len(visits))
    if "event_visit" not in study.data:
        return found
    order = {name: position for position, name in enumerate(study.spec.data.visits)}
    analysed = np.array([order[name] for name in visits])
    names = study.data["event_visit"].sel(participant=participant).values.astype(str)
    for row in np.flatnonzero(names != ""):
        # A baseline stands before every event.
        found[row] = max(int((analysed < order[names[row]]).sum()), 1)
    return found
