"""Mean courses over time, as the model has them and as they were observed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.models.parts.design import OVERALL, arm_label, levels
from cochange.models.parts.growth.frame import MARKER, Frame
from cochange.models.parts.growth.implied import imply
from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING
from cochange.models.parts.together import Parameters


def mean_courses(
    draws: xr.Dataset, parameters: Parameters, frame: Frame, times: np.ndarray
) -> Mapping[str, xr.DataArray]:
    """Draws of the mean course of each outcome, in points, and of a marker as the geometric mean in its unit.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.
    times : numpy.ndarray
        Times, shape ``(time,)``, in the unit of the course.

    Returns
    -------
    mapping of str to xarray.DataArray
        By outcome, dims ``(chain, draw, group, time)``: of the whole sample, of groups, and of arms as if everyone had
        been in them.
    """
    implied = imply(parameters.vector(flat(draws)), parameters, frame, np)
    over = frame.averaged_over()
    means = np.stack([columns @ implied.mean for columns in over.values()], axis=1)
    by_equation = means.reshape(*means.shape[:2], -1, len(frame.outcomes))
    courses = np.einsum("tk,sgko->sgto", frame.course.basis(times), by_equation)
    coords = {"group": list(over), "time": times.tolist()}
    found = {}
    for number, (outcome, own) in enumerate(frame.series.items()):
        course = courses[..., number] + own.centre
        found[outcome] = unflat(np.exp(course) if outcome == MARKER else course, draws, coords)
    return found


@dataclass(frozen=True)
class Seen:
    """What was observed of a group at a visit.

    Parameters
    ----------
    group, visit : str
        Of whom and when.
    time : float
        Mean time of the visit.
    n : int
        How many have a value.
    value : float
        Mean of a score; of a marker the median, which values beyond a limit leave as it is while they are fewer than
        half. NaN where they are not.
    """

    group: str
    visit: str
    time: float
    n: int
    value: float


def observed_courses(frame: Frame) -> Mapping[str, tuple[Seen, ...]]:
    """Observed means by outcome, for the whole sample and for each group and arm, at visits with any value."""
    everyone = np.full(len(frame.time), True)
    members = {OVERALL: everyone}
    if frame.design.group is not None:
        members |= {level: frame.design.group == level for level in levels(frame.design.group)}
    if frame.design.arm is not None and "arm_effect" in frame.columns.blocks:
        members |= {arm_label(level): frame.design.arm == level for level in levels(frame.design.arm)}
    found = {}
    for outcome, own in frame.series.items():
        seen = []
        for group, member in members.items():
            for number, visit in enumerate(own.visits):
                who = member & (own.status[:, number] != MISSING)
                if not who.any():
                    continue
                values = own.value[who, number]
                average = np.mean(values) + own.centre
                if outcome == MARKER:
                    beyond = np.isin(own.status[who, number], (BELOW, ABOVE)).mean()
                    average = np.exp(np.median(values) + own.centre) if beyond < 0.5 else np.nan
                time = float(frame.time[who, number].mean())
                seen.append(Seen(group, visit, time, int(who.sum()), float(average)))
        found[outcome] = tuple(seen)
    return found
