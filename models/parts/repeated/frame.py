"""A study as the model of repeated measures takes it: one cell an outcome and visit, and design columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.columns import Columns, averaged_over, contrast_precision, make_columns
from cochange.models.parts.design import OVERALL, Design, arm_label, levels, make_design
from cochange.models.parts.estimand import LN2
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED
from cochange.models.parts.repeated.covariance import Structure, pairs
from cochange.models.parts.visits import Series, marker_series, score_series, visits_of

Kind = Literal["marker", "score"]
Baseline = Literal["covariate", "constrained"]


@dataclass(frozen=True)
class Options:
    """What the study file asks for under ``[analysis.repeated_measures]``, defaults filled in.

    Parameters
    ----------
    kinds : tuple of str
        The outcomes, marker first.
    covariance : str
        Structure over the visits.
    by_arm : bool
        Whether each arm has a covariance of its own.
    baseline : {"covariate", "constrained"}
        Whether baselines are covariates, or outcomes whose means are the same in every arm.
    baseline_by_visit : bool
        Whether baselines as covariates have a slope at each visit.
    covariates_by_visit : tuple of str
        Columns of the covariates with an effect at each visit.
    student_t : bool
        Whether outcomes are Student-t.
    """

    kinds: tuple[Kind, ...]
    covariance: Structure
    by_arm: bool
    baseline: Baseline
    baseline_by_visit: bool
    covariates_by_visit: tuple[str, ...]
    student_t: bool


def options_of(study: Study) -> Options:
    """The options of a study."""
    table = study.spec.analysis.over_visits
    declared: dict[Kind, bool] = {"marker": study.marker is not None, "score": study.scale is not None}
    kinds = tuple(kind for kind, there in declared.items() if there and table.outcomes in ("both", kind))
    usual: Baseline = "covariate" if study.spec.study.design == "observational" else "constrained"
    return Options(
        kinds=kinds,
        covariance=table.covariance,
        by_arm=table.covariance_by_arm and study.spec.arms is not None,
        baseline=table.baseline or usual,
        baseline_by_visit=table.baseline_by_visit,
        covariates_by_visit=table.covariates_by_visit,
        student_t=study.spec.analysis.likelihood == "student_t",
    )


@dataclass(frozen=True, eq=False)
class Cells:
    """The outcomes of each participant, one column an outcome and visit, by visit and within it the marker first.

    Parameters
    ----------
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    names : tuple of str
        Name of each cell, ``"MADRS at week 4"``.
    kind : tuple of str
        ``"marker"`` or ``"score"`` of each cell.
    visit : numpy.ndarray
        Position of its visit among those analysed; the baseline is 0.
    value : numpy.ndarray
        Values from `origin`, the limit where censored, 0 where missing, shape ``(n, cell)``.
    status : numpy.ndarray
        Codes of the likelihood's kernel, shape ``(n, cell)``.
    lower, upper : numpy.ndarray
        Limits of detection from `origin`, infinite where there are none, shape ``(n, cell)``.
    origin : numpy.ndarray
        What values are measured from, in logs of the marker's unit and in points: the participant's baseline where that
        is a covariate, else the outcome's centre, shape ``(n, cell)``.
    """

    participant: np.ndarray
    names: tuple[str, ...]
    kind: tuple[Kind, ...]
    visit: np.ndarray
    value: np.ndarray
    status: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    origin: np.ndarray
    inclusion: None = None

    @property
    def wells(self) -> np.ndarray:
        """Share of the variance between wells in each value: none, a value counts as it stands."""
        return np.zeros(self.value.shape)

    def of(self, rows: np.ndarray) -> "Cells":
        """The cells of some of the participants, by position or mask."""
        by_row = ("participant", "value", "status", "lower", "upper", "origin")
        return replace(self, **{name: getattr(self, name)[rows] for name in by_row})

    def where(self, kind: Kind) -> np.ndarray:
        """Positions of the cells of one outcome, by visit."""
        return np.flatnonzero([own == kind for own in self.kind])


@dataclass(frozen=True, eq=False)
class Frame:
    """The participants the model uses.

    Parameters
    ----------
    options : Options
        What the study file asks for.
    design : Design
        Their covariates, arms, groups and sites.
    visits : tuple of str
        The visits analysed, baseline first.
    cells : Cells
        Their outcomes.
    columns : numpy.ndarray
        Design columns, shape ``(n, column)``; the first is the intercept's.
    blocks : dict of str to slice
        The columns of ``intercept``, ``covariate``, ``arm_effect``, ``group``, ``site``, ``baseline_marker`` (in
        doublings) and ``baseline_score``, those there are.
    from_baseline : mapping of str to bool
        Whether an outcome was measured at baseline, so that it has changes.
    """

    options: Options
    design: Design
    visits: tuple[str, ...]
    cells: Cells
    columns: np.ndarray
    blocks: Mapping[str, slice]
    from_baseline: Mapping[Kind, bool]

    @cached_property
    def covariate_names(self) -> dict[str, list[str]]:
        """Names of the covariate columns with one effect, and of those with one at each visit."""
        names = self.design.covariates["covariate"].values.tolist()
        asked = self.options.covariates_by_visit
        by_visit = [name for name in names if name.removesuffix(" (per SD)") in asked or name.split(": ")[0] in asked]
        return {"covariate": [name for name in names if name not in by_visit], "covariate_by_visit": by_visit}

    @property
    def covariance_arms(self) -> list[str]:
        """The arms with a covariance of their own; one label for everyone together where they share it."""
        return levels(self.design.arm) if self.options.by_arm and self.design.arm is not None else [OVERALL]

    def members(self, arm: str) -> np.ndarray:
        """Who has the covariance of an arm, bool of shape ``(n,)``."""
        if not self.options.by_arm or self.design.arm is None:
            return np.full(len(self.cells.participant), True)
        return np.asarray(self.design.arm == arm)

    def follow_ups(self, kind: Kind) -> np.ndarray:
        """Positions of the cells of an outcome after the baseline."""
        cells = self.cells.where(kind)
        return cells[self.cells.visit[cells] > 0]

    @cached_property
    def coords(self) -> dict[str, list[str]]:
        """Names along every dimension of the model's variables."""
        coords = {name: list(labels) for name, labels in self.covariate_names.items() if labels}
        design = self.design.coords
        coords |= {name: design[name] for name in ("arm_effect", "group", "site") if name in design}
        for level in ("group", "site"):
            if level in coords:
                coords[f"{level}_contrast"] = [str(number) for number in range(1, len(coords[level]))]
        for kind in self.options.kinds:
            for dim, cells in ((f"{kind}_visit", self.cells.where(kind)), (f"{kind}_follow_up", self.follow_ups(kind))):
                coords[dim] = [self.visits[visit] for visit in self.cells.visit[cells]]
        names = self.cells.names
        coords["cell"] = list(names)
        if self.options.by_arm:
            coords["covariance_arm"] = self.covariance_arms
        if len(names) > 1:
            coords["pair"] = [f"{names[row]}, {names[column]}" for row, column in pairs(len(names))]
        spanned = int(np.ptp(self.cells.visit)) + 1
        if spanned > 2:
            coords["lag"] = [str(lag) for lag in range(2, spanned)]
        return coords

    def without(self, participants: Sequence[str]) -> "Frame":
        """The frame without some participants; everything else is measured from where it was."""
        rows = ~np.isin(self.cells.participant, participants)
        arm = None if self.design.arm is None else self.design.arm[rows]
        return replace(
            self, cells=self.cells.of(rows), columns=self.columns[rows], design=replace(self.design, arm=arm)
        )

    def in_each_arm(self) -> dict[str, np.ndarray]:
        """Mean design columns of everyone, and of everyone as if in each arm, shape ``(column,)``."""
        over = averaged_over(self.design, Columns(self.columns, dict(self.blocks), ()))
        arms = [self.design.control, *self.coords.get("arm_effect", ())] if self.design.control else []
        return {group: over[group][1].mean(axis=0) for group in (OVERALL, *map(arm_label, arms))}

    def precision(self, level: str, kind: Kind) -> float:
        """About one over the standard error with which the data tell a contrast between groups or sites."""
        positions = self.cells.where(kind)
        known = self.cells.status[:, positions] == OBSERVED
        some = known.any(axis=1)
        value = self.cells.value[:, positions]
        mean = np.where(known, value, 0.0)[some].sum(axis=1) / known[some].sum(axis=1)
        return contrast_precision(self.columns[some, self.blocks[level]], mean)


def series_of(study: Study) -> dict[Kind, Series]:
    """The series of each outcome the study file asks for, of every participant."""
    read = {"marker": marker_series, "score": score_series}
    return {kind: read[kind](study) for kind in options_of(study).kinds}


def make_cells(series: Mapping[Kind, Series], baseline: Baseline) -> Cells:
    """Lay out the series; an outcome has no cell at a visit where nobody has a value.

    Parameters
    ----------
    series : mapping of str to Series
        By outcome.
    baseline : {"covariate", "constrained"}
        Whether baselines are covariates, so that there are no cells of that visit.
    """
    first = next(iter(series.values()))
    places = [
        (kind, visit)
        for visit in range(1 if baseline == "covariate" else 0, len(first.visits))
        for kind, own in series.items()
        if (own.status[:, visit] != MISSING).any()
    ]

    def stack(name: str) -> np.ndarray:
        return np.stack([getattr(series[kind], name)[:, visit] for kind, visit in places], axis=1)

    status = stack("status")
    own_baseline = np.stack(
        [
            series[kind].value[:, 0] if baseline == "covariate" else np.zeros(len(first.participant))
            for kind, _ in places
        ],
        axis=1,
    )
    centre = np.array([series[kind].centre for kind, _ in places])
    return Cells(
        participant=first.participant,
        names=tuple(f"{series[kind].name} at {first.visits[visit]}" for kind, visit in places),
        kind=tuple(kind for kind, _ in places),
        visit=np.array([visit for _, visit in places]),
        value=np.where(status == MISSING, 0.0, stack("value") - own_baseline),
        status=status,
        lower=stack("lower") - own_baseline,
        upper=stack("upper") - own_baseline,
        origin=own_baseline + centre,
    )


def make_frame(study: Study, used: np.ndarray) -> Frame:
    """Lay out a study for the model of repeated measures.

    Parameters
    ----------
    study : Study
        The study.
    used : numpy.ndarray
        Identifiers of the participants used.
    """
    options, design = options_of(study), make_design(study, used)
    series = {kind: own.of(used) for kind, own in series_of(study).items()}
    from_baseline = {kind: bool((own.status[:, 0] != MISSING).any()) for kind, own in series.items()}
    of_design = make_columns(design)
    columns, blocks = of_design.values, dict(of_design.blocks)
    given = [kind for kind, there in from_baseline.items() if there and options.baseline == "covariate"]
    for kind in given:
        before = series[kind].value[:, 0] / (LN2 if kind == "marker" else 1.0)
        blocks[f"baseline_{kind}"] = slice(columns.shape[1], columns.shape[1] + 1)
        columns = np.concatenate([columns, (before - before.mean())[:, None]], axis=1)
    return Frame(
        options=options,
        design=design,
        visits=visits_of(study),
        cells=make_cells(series, options.baseline),
        columns=columns,
        blocks=blocks,
        from_baseline=from_baseline,
    )


def as_measured(values: np.ndarray, frame: Frame) -> xr.Dataset:
    """Values from `Cells.origin` in logs of the marker's unit and in points, with the study's gaps, by cell.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n, cell)``.
    frame : Frame
        The participants.
    """
    cells = frame.cells
    found = np.where(cells.status == MISSING, np.nan, values) + cells.origin
    return xr.Dataset(
        {name: ("participant", found[:, position]) for position, name in enumerate(cells.names)},
        coords={"participant": cells.participant},
    )
