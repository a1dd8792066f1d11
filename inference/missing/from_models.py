"""The outcomes of the models whose draws can tell what missing values might have been."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.data.arguments import require
from cochange.data.study import Study, require_study
from cochange.inference.fit import Fit
from cochange.inference.missing.leaving import Leaving, first_after_event
from cochange.inference.missing.outcomes import HELD, Outcomes
from cochange.inference.thinning import evenly
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL, Design
from cochange.models.parts.joint import draws as joint_draws
from cochange.models.parts.joint.draws import flat
from cochange.models.parts.joint.frame import Frame as JointFrame
from cochange.models.parts.joint.frame import make_frame as make_joint_frame
from cochange.models.parts.repeated import draws as repeated_draws
from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.repeated.frame import make_frame as make_repeated_frame

REPEATED, JOINT = "repeated_measures", "joint_change"
# The models that give the joint distribution of everything observed and missing of a participant, the first preferred.
COMPLETING = (REPEATED, JOINT)
# Draws that are taken whatever the study's size.
FEWEST = 400


def require_fitted(fit: object, model: object, study: object) -> None:
    """Refuse what is no fit, no model or no study.

    Raises
    ------
    TypeError
        With how it is made, of the first that is none.
    """
    require(fit, Fit, "fit must be a Fit, as cochange.fit(MODEL, STUDY) gives")
    require(model, Model, "model must be a Model, as cochange.load_model(MODEL) gives")
    require_study(study)


def thinned(draws: xr.Dataset, study: Study, most: int = 0) -> xr.Dataset:
    """As many of the draws, at even steps, as can be held for every participant at once, and `most` at the most."""
    allowed = max(HELD // study.data["row"].size, FEWEST)
    return draws.isel(draw=evenly(draws, min(most, allowed) if most else allowed))


def outcomes_of(draws: xr.Dataset, model: Model, study: Study) -> Outcomes:
    """The outcomes a model was fitted to, and their distribution under draws of its parameters.

    Parameters
    ----------
    draws : xarray.Dataset
        Posterior or prior draws of the parameters, dims ``(chain, draw, ...)``.
    model : Model
        `repeated_measures` or `joint_change`.
    study : Study
        The study.
    """
    used = model.select(study).used
    return _of_repeated(draws, model, study, used) if model.name == REPEATED else _of_joint(draws, model, study, used)


def leaving_by(model: Model, study: Study) -> Leaving:
    """The participants a model is fitted to: what was seen of them, and what is missing since, as in `outcomes_of`."""
    used = model.select(study).used
    if model.name == REPEATED:
        return _leaving_of_repeated(make_repeated_frame(study, used), study)
    return _leaving_of_joint(make_joint_frame(study, used), study)


def _of_repeated(draws: xr.Dataset, model: Model, study: Study, used: np.ndarray) -> Outcomes:
    frame = make_repeated_frame(study, used)
    assert model.parameters is not None
    values = flat(draws)
    implied = repeated_draws.imply_of(values, model.parameters(study), frame)
    baselines = [name for name in frame.blocks if name.startswith("baseline_")]
    shared = next(iter(implied.covariance.values()))
    leaving = _leaving_of_repeated(frame, study)
    return Outcomes(
        **vars(leaving),
        value=frame.cells.value,
        columns=frame.columns,
        in_arm=_in_arm(frame.columns, frame.blocks, frame.design),
        covariates=_covariates(frame.columns, frame.blocks, ("covariate", *baselines)),
        mean=implied.mean,
        covariance={arm: implied.covariance.get(arm, shared) for arm in leaving.arms},
        nu=values.get("nu"),
        from_baseline=frame.options.baseline == "covariate",
        score_origin=_score_origin(frame),
        marker=study.marker,
    )


def _leaving_of_repeated(frame: Frame, study: Study) -> Leaving:
    return Leaving(
        participant=frame.cells.participant,
        arm=_arm(frame.design),
        arms=_arms(frame.design),
        kind=frame.cells.kind,
        visit=frame.cells.visit,
        visits=frame.visits,
        status=frame.cells.status,
        event=first_after_event(study, frame.cells.participant, frame.visits),
    )


def _score_origin(frame: Frame) -> float:
    scores = frame.cells.where("score")
    return float(frame.cells.origin[0, scores[0]]) if len(scores) else 0.0


def _of_joint(draws: xr.Dataset, model: Model, study: Study, used: np.ndarray) -> Outcomes:
    """The analysed marker and the score at two visits; other markers and the screening score tell of the missing."""
    frame = make_joint_frame(study, used)
    assert model.parameters is not None
    values = flat(draws)
    by_arm = joint_draws.imply_by_arm(values, model.parameters(study), frame)
    outcomes, layout = frame.outcomes, frame.layout
    # Wells of a sample enter as in the mean of the samples there are.
    between_wells = (by_arm[0].noise * outcomes.usual_wells)[..., None] * np.eye(len(outcomes.names))
    leaving, columns = _leaving_of_joint(frame, study), frame.columns
    in_arm = _in_arm(columns.values, columns.blocks, frame.design)
    covariance = {
        arm: implied.covariance + between_wells
        for arm in leaving.arms
        for implied, rows in zip(by_arm, frame.alike(in_arm[arm]), strict=True)
        if len(rows)
    }
    return Outcomes(
        **vars(leaving),
        value=outcomes.value,
        columns=columns.values,
        in_arm=in_arm,
        covariates=_covariates(columns.values, columns.blocks, ("covariate",)),
        mean=by_arm[0].mean,
        covariance=covariance,
        nu=values.get("nu"),
        from_baseline=False,
        score_origin=float(outcomes.centre[layout.y0]),
        marker=study.marker,
        changes_alone=frame.arms_apart,
    )


def _leaving_of_joint(frame: JointFrame, study: Study) -> Leaving:
    outcomes, layout, visits = frame.outcomes, frame.layout, (study.baseline, study.follow_up)
    kind, visit = ["other"] * len(outcomes.names), np.zeros(len(outcomes.names), dtype=int)
    own = outcomes.markers.index(study.marker) if study.marker is not None else 0
    kind[own], kind[layout.n_markers + 1 + own] = "marker", "marker"
    kind[layout.y0], kind[layout.y1] = "score", "score"
    visit[layout.n_markers + 1 : layout.y1 + 1] = 1
    return Leaving(
        participant=outcomes.participant,
        arm=_arm(frame.design),
        arms=_arms(frame.design),
        kind=tuple(kind),
        visit=visit,
        visits=visits,
        status=outcomes.status,
        event=first_after_event(study, outcomes.participant, visits),
    )


def _arms(design: Design) -> tuple[str, ...]:
    return (design.control, *design.arms["arm_effect"].values.tolist()) if design.control else (OVERALL,)


def _arm(design: Design) -> np.ndarray:
    return np.full(len(design.participant), OVERALL) if design.arm is None or not design.control else design.arm


def _in_arm(columns: np.ndarray, blocks: Mapping[str, slice], design: Design) -> dict[str, np.ndarray]:
    """Everyone's columns as if in each arm, but for the baselines where those of arms lie apart."""
    if "arm_effect" not in blocks:
        return {OVERALL: columns}
    found = {}
    for position, arm in enumerate(_arms(design), start=-1):
        found[arm] = columns.copy()
        found[arm][:, blocks["arm_effect"]] = design.arms.values.min(axis=0)
        if position >= 0:
            found[arm][:, blocks["arm_effect"].start + position] = design.arms.values[:, position].max()
    return found


def _covariates(columns: np.ndarray, blocks: Mapping[str, slice], names: tuple[str, ...]) -> np.ndarray:
    own = [columns[:, blocks[name]] for name in names if name in blocks]
    # Effects of groups and sites sum to zero: all but one level tell all.
    own += [columns[:, blocks[name]][:, 1:] for name in ("group", "site") if name in blocks]
    found = np.concatenate(own, axis=1) if own else np.zeros((len(columns), 0))
    return np.asarray(found - found.mean(axis=0))
