"""A study as the joint model takes it: outcomes, design columns and the names of dimensions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.columns import Columns, averaged_over, contrast_precision, make_columns
from cochange.models.parts.design import Design, make_design
from cochange.models.parts.joint.outcomes import Outcomes, read_outcomes
from cochange.models.parts.joint.structure import Layout
from cochange.models.parts.likelihood.observations import OBSERVED

SLOPES = ("baseline_slope", "prognostic", "parallel")


@dataclass(frozen=True, eq=False)
class Frame:
    """The participants a joint model uses.

    Parameters
    ----------
    design : Design
        Their covariates, arms, groups and sites.
    outcomes : Outcomes
        Their outcomes.
    columns : Columns
        Their design columns.
    layout : Layout
        Where each equation and outcome stands.
    benefit : bool
        Whether arms differ in the slope of the score's change on the baseline markers.
    """

    design: Design
    outcomes: Outcomes
    columns: Columns
    layout: Layout
    benefit: bool = False

    @property
    def contrasts(self) -> list[str]:
        """Each arm against the control."""
        return [f"{level} versus {self.design.control}" for level in self.design.arms["arm_effect"].values]

    @property
    def arms_apart(self) -> bool:
        """Whether arms differ before treatment too, as those that were not randomised may."""
        return "arm_baseline" in self.columns.blocks

    @cached_property
    def arms(self) -> list[np.ndarray]:
        """Design columns of each arm with a covariance of its own; a single one at the average of all arms otherwise.

        Each of shape ``(arm_effect,)``, the control's first.
        """
        if not self.benefit:
            return [np.zeros(self.design.arms.sizes["arm_effect"])]
        return list(np.unique(self.design.arms.values, axis=0))

    @property
    def arm_shares(self) -> np.ndarray:
        """Share of the participants that has the covariance of each of `arms`."""
        return np.array([len(rows) for rows in self.alike(self.columns.values)]) / len(self.columns.values)

    def alike(self, columns: np.ndarray) -> Iterator[np.ndarray]:
        """Positions of those who share a covariance, in the order of `arms`.

        Parameters
        ----------
        columns : numpy.ndarray
            Design columns, shape ``(n, column)``.
        """
        for arm in self.arms:
            own = columns[:, self.columns.blocks["arm_effect"]] if self.benefit else np.zeros((len(columns), 0))
            yield np.flatnonzero((own == arm[: own.shape[1]]).all(axis=1))

    @property
    def coords(self) -> dict[str, list[str]]:
        """Names along every dimension of the model's variables."""
        markers = list(self.outcomes.markers)
        of_markers = [f"{when} {name}" for when in ("baseline", "change") for name in markers]
        coords = {name: labels for name, labels in self.design.coords.items() if name != "participant"}
        coords |= {
            "marker": markers,
            "marker_equation": of_markers,
            "score_equation": ["baseline", "change"],
            "of_change": ["change"],
        }
        if len(markers) > 1:
            coords |= {"slope": list(SLOPES), "marker_": markers}
        if self.columns.plates:
            coords["plate"] = list(self.columns.plates)
        for level in ("group", "site", "plate"):
            if level in coords:
                coords[f"{level}_contrast"] = [str(number) for number in range(1, len(coords[level]))]
        if self.outcomes.has_wells:
            coords["duplicated"] = [markers[position] for position in self.outcomes.duplicated]
        return coords

    def precision(self, level: str, equation: int) -> float:
        """About one over the standard error with which the data tell a contrast between the levels of a factor.

        Parameters
        ----------
        level : str
            ``group``, ``site`` or ``plate``.
        equation : int
            Position of the equation that the levels act on.
        """
        outcomes = self.outcomes
        measured = outcomes.status == OBSERVED
        value, known = outcomes.value[:, equation], measured[:, equation]
        if equation > self.layout.y0:
            before = equation - self.layout.n_markers - 1
            value, known = value - outcomes.value[:, before], known & measured[:, before]
        levels = self.columns.values[:, self.columns.blocks["plate_baseline" if level == "plate" else level]]
        return contrast_precision(levels[known], value[known])

    def averaged_over(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By group, who is averaged over and with which design columns, as `columns.averaged_over`."""
        return averaged_over(self.design, self.columns)


def make_frame(study: Study, used: np.ndarray) -> Frame:
    """Lay out a study for the joint model.

    Parameters
    ----------
    study : Study
        The study.
    used : numpy.ndarray
        Identifiers of the participants used.
    """
    design = make_design(study, used)
    outcomes = read_outcomes(study).of(used)
    columns = make_columns(design, outcomes.plate, own_baselines=study.spec.study.design != "randomised")
    layout = Layout(outcomes.n_markers, outcomes.has_screening)
    benefit = study.spec.analysis.benefit_by_marker and "arm_effect" in columns.blocks
    return Frame(design, outcomes, columns, layout, benefit)
