"""A study as the growth model takes it: readings, their times, design columns and the names of dimensions."""

from dataclasses import dataclass, replace

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.columns import Columns, averaged_over, contrast_precision, make_columns
from cochange.models.parts.design import Design, make_design
from cochange.models.parts.growth.course import Course, course_of, times_of
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED
from cochange.models.parts.selection import LEAST_MEASURED
from cochange.models.parts.visits import Series, marker_series, score_series

MARKER, SCORE = "marker", "score"
# An outcome measured at fewer visits tells nothing of its slope's spread apart from its residual's.
LEAST_VISITS = 3


@dataclass(frozen=True, eq=False)
class Frame:
    """The participants a growth model uses.

    Parameters
    ----------
    design : Design
        Their covariates, arms, groups and sites.
    columns : Columns
        Their design columns.
    series : dict of str to Series
        Their readings of the outcomes analysed: ``marker``, ``score`` or both, in this order.
    time : numpy.ndarray
        Times of the visits, shape ``(n, visit)``, NaN where unknown; readings there are missing.
    course : Course
        The course of the outcomes.
    randomised : bool
        Whether arms were randomised: then they differ in slopes alone.
    """

    design: Design
    columns: Columns
    series: dict[str, Series]
    time: np.ndarray
    course: Course
    randomised: bool

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes analysed."""
        return tuple(self.series)

    @property
    def equations(self) -> list[str]:
        """Level and slopes: each is an equation of every outcome."""
        return ["level", *self.course.pieces]

    @property
    def basis(self) -> np.ndarray:
        """Terms of time at every visit, shape ``(n, visit, equation)``; 0 at unknown times."""
        return np.nan_to_num(self.course.basis(self.time), nan=0.0) * ~np.isnan(self.time)[..., None]

    @property
    def value(self) -> np.ndarray:
        """Readings from the centres of their outcomes, shape ``(n, visit, outcome)``."""
        return np.stack([own.value for own in self.series.values()], axis=-1)

    @property
    def status(self) -> np.ndarray:
        """Codes of the likelihood's kernel, shape ``(n, visit, outcome)``."""
        return np.stack([own.status for own in self.series.values()], axis=-1)

    @property
    def coords(self) -> dict[str, list[str]]:
        """Names along every dimension of the model's variables."""
        coords = {name: labels for name, labels in self.design.coords.items() if name != "participant"}
        coords |= {"equation": self.equations, "piece": self.course.pieces}
        for level in ("group", "site"):
            if level in coords:
                coords[f"{level}_contrast"] = [str(number) for number in range(1, len(coords[level]))]
        coords |= {pair: list(labels) for pair, labels in self.pairs.items()}
        return coords

    @property
    def effects(self) -> list[tuple[str, str]]:
        """Equation and outcome of every random effect: levels first, then slopes."""
        return [(equation, outcome) for equation in self.equations for outcome in self.outcomes]

    @property
    def pairs(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Pairs of random effects that are correlated, by kind and name: positions of the second and the first."""
        kinds: dict[str, dict[str, tuple[int, int]]] = {"levels": {}, "level_and_slope": {}, "slopes": {}}
        for second, (equation, outcome) in enumerate(self.effects):
            for first, (before, other) in enumerate(self.effects[:second]):
                kind = "slopes" if before != "level" else "levels" if equation == "level" else "level_and_slope"
                kinds[kind][f"{outcome} {equation}, {other} {before}"] = (second, first)
        return {kind: pairs for kind, pairs in kinds.items() if pairs}

    def precision(self, level: str, outcome: str, equation: str) -> float:
        """About one over the standard error with which the data tell a contrast between the levels of a factor.

        Parameters
        ----------
        level : str
            ``group`` or ``site``.
        outcome, equation : str
            What the levels act on.
        """
        own = self.series[outcome]
        measured = own.status == OBSERVED
        known = measured.any(axis=1)
        first, last = measured.argmax(axis=1), measured.shape[1] - 1 - measured[:, ::-1].argmax(axis=1)
        rows = np.arange(len(measured))
        summary = own.value[rows, first]
        if equation != "level":
            known, summary = known & (first < last), own.value[rows, last] - summary
        return contrast_precision(self.columns.values[known, self.columns.blocks[level]], summary[known])

    def some(self, rows: np.ndarray) -> "Frame":
        """The frame of some of the participants, everything measured from where it was."""
        who = self.design.participant[rows]
        return replace(
            self,
            design=replace(self.design, participant=who),
            columns=replace(self.columns, values=self.columns.values[rows]),
            series={name: own.of(who) for name, own in self.series.items()},
            time=self.time[rows],
        )

    def averaged_over(self) -> dict[str, np.ndarray]:
        """By group, the mean of the design columns of those averaged over, as `columns.averaged_over`."""
        return {name: own[who].mean(axis=0) for name, (who, own) in averaged_over(self.design, self.columns).items()}


def outcomes_of(study: Study) -> dict[str, Series]:
    """Marker and score of every participant at every visit analysed, readings without a time missing.

    Those that are measured too seldom to tell slopes from residuals are not among them.
    """
    known = ~np.isnan(times_of(study))
    found = {}
    for name, read, declared in ((MARKER, marker_series, study.marker), (SCORE, score_series, study.scale)):
        if declared is None:
            continue
        own = read(study)
        own = own.only(known)
        if ((own.status == OBSERVED).sum(axis=0) >= LEAST_MEASURED).sum() >= LEAST_VISITS:
            found[name] = own
    return found


def make_frame(study: Study, used: np.ndarray) -> Frame:
    """Lay out a study for the growth model.

    Parameters
    ----------
    study : Study
        The study.
    used : numpy.ndarray
        Identifiers of the participants used.
    """
    design = make_design(study, used)
    everyone = study.data["participant"].values.astype(str).tolist()
    rows = np.array([everyone.index(who) for who in used], dtype=int)
    return Frame(
        design=design,
        columns=make_columns(design),
        series={name: own.of(used) for name, own in outcomes_of(study).items()},
        time=times_of(study)[rows],
        course=course_of(study),
        randomised=study.spec.study.design == "randomised",
    )


def has_any(series: dict[str, Series]) -> np.ndarray:
    """Who has a reading, measured or censored, of any of the outcomes."""
    return np.stack([(own.status != MISSING).any(axis=1) for own in series.values()]).any(axis=0)
