"""A study as the joint model takes it: outcomes, design columns and the names of dimensions."""

from dataclasses import dataclass

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.design import Design, make_design
from cochange.models.parts.joint.columns import Columns, make_columns
from cochange.models.parts.joint.outcomes import Outcomes, read_outcomes
from cochange.models.parts.joint.structure import Layout

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
    """

    design: Design
    outcomes: Outcomes
    columns: Columns
    layout: Layout

    @property
    def coords(self) -> dict[str, list[str]]:
        """Names along every dimension of the model's variables."""
        markers = list(self.outcomes.markers)
        of_markers = [f"{when} {name}" for when in ("baseline", "change") for name in markers]
        of_score = ["baseline", "change"]
        coords = {name: labels for name, labels in self.design.coords.items() if name != "participant"}
        coords |= {
            "marker": markers,
            "marker_equation": of_markers,
            "score_equation": of_score,
            "equation": [*of_markers, *(f"{when} score" for when in of_score)],
            "of_change": ["change"],
        }
        if len(markers) > 1:
            coords |= {"slope": list(SLOPES), "marker_": markers}
        if self.columns.plates:
            coords["plate"] = list(self.columns.plates)
        if self.outcomes.has_wells:
            coords["duplicated"] = [markers[position] for position in self.outcomes.duplicated]
        return coords


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
    return Frame(design, outcomes, make_columns(design, outcomes), Layout(outcomes.n_markers, outcomes.has_screening))
