"""The design of a planned study: how many take part, how many are lost, and what the assay can measure."""

import numpy as np
import numpy.typing as npt
import xarray as xr

from cochange.data.faults import Fault, InputError
from cochange.data.simulation.skeleton import ORDER_SEED, participant_names
from cochange.data.study import Study

OF_SAMPLES = ("participant", "visit", "marker")


def of_size(study: Study, participants: int) -> Study:
    """A study of like participants, in another number: its own in a random order, from the first again at the end.

    The order goes through the arms in turn, so that any number of participants keeps the ratio of the study's arms.
    Everybody has every value, from a single well and within the limits, which stay: a value that is missing, or beyond
    its limit, is the median of its visit and marker. Outcomes are drawn anew in a plan; what counts are the columns of
    the design, the limits, and the centres that priors are placed around.

    Parameters
    ----------
    study : Study
        A study with data.
    participants : int
        How many take part.
    """
    own = study.data.sizes["participant"]
    random, arms = np.random.default_rng(ORDER_SEED), _members_of_arms(study)
    drawn = np.concatenate([random.permutation(members) for members in arms])
    # Those of an arm stand evenly spaced between 0 and 1, whatever their number.
    place = np.concatenate([(np.arange(len(members)) + 0.5) / len(members) for members in arms])
    order = drawn[np.argsort(place, kind="stable")]
    data = study.data.isel(participant=order[np.arange(participants) % own])
    data = data.assign_coords(participant=participant_names(participants))
    measured = data["log_marker"].where(data["marker_status"] == "observed")
    # The median of all values, censored ones at their limits, as long as fewer than half of them are.
    middle = study.data["log_marker"].median("participant")
    log_marker = measured.fillna(middle).fillna(middle.max("visit"))
    data = data.assign(
        log_marker=log_marker,
        marker_value=np.exp(log_marker),
        marker_status=xr.full_like(data["marker_status"], "observed"),
        wells=xr.ones_like(data["wells"]),
        well_squares=xr.zeros_like(data["well_squares"]),
    )
    if "symptom" in data:
        data["symptom"] = data["symptom"].fillna(study.data["symptom"].median("participant"))
    if "screening" in data:
        data["screening"] = data["screening"].fillna(study.data["screening"].median())
    return study.with_data(data, f"participants {participants}")


def with_lower_limit(study: Study, limit: float) -> Study:
    """The study with another lower limit of detection of its analysed marker, in the unit of analysis."""
    lower = study.data["lower_limit"].where(study.data["marker"] != study.marker, limit)
    return study.with_data(study.data.assign(lower_limit=lower), f"lower limit {limit!r}")


def without_limits(study: Study) -> Study:
    """The study with an assay that measures everything."""
    nothing = xr.full_like(study.data["lower_limit"], np.nan)
    return study.with_data(study.data.assign(lower_limit=nothing, upper_limit=nothing), "no limits")


def beyond_limits_censored(study: Study) -> Study:
    """The study with the values beyond their limits as an assay reports them."""
    data = study.data
    below, above = data["marker_value"] < data["lower_limit"], data["marker_value"] > data["upper_limit"]
    value = data["marker_value"].where(~below, data["lower_limit"]).where(~above, data["upper_limit"])
    status = np.where(below, "below", np.where(above, "above", data["marker_status"]))
    censored = {"marker_value": value, "log_marker": np.log(value), "marker_status": (OF_SAMPLES, status)}
    return study.with_data(data.assign(censored), "censored")


def with_dropout(study: Study, share: float) -> Study:
    """The study with a share of the participants, of each arm alike, lost after the baseline visit.

    Raises
    ------
    InputError
        If the share is not between 0 and 1, or would leave nobody.
    """
    n = study.data.sizes["participant"]
    lost = round(n * share) if 0 <= share < 1 else n
    if lost >= n:
        action = "write 20% as 0.2"
        raise InputError([Fault("the plan", None, "dropout", "a share from 0 to under 1", f"{share:g}", action)])
    place = np.zeros(n)
    for own in _members_of_arms(study):
        # Those of an arm stand evenly spaced between 0 and 1 in a random order: the least of all are lost.
        place[own] = (np.random.default_rng(ORDER_SEED).permutation(len(own)) + 0.5) / len(own)
    gone = xr.DataArray(np.argsort(np.argsort(place, kind="stable"), kind="stable") < lost, dims="participant")
    visits = list(study.spec.data.visits)
    later = xr.DataArray(np.arange(len(visits)) > visits.index(study.baseline), dims="visit")
    absent = gone & later
    data = study.data
    status = np.where(absent.to_numpy()[:, :, None], "missing", data["marker_status"])
    changed = {"marker_status": data["marker_status"].copy(data=status), "wells": data["wells"].where(~absent, 0)}
    changed |= {name: data[name].where(~absent) for name in ("marker_value", "log_marker", "symptom") if name in data}
    return study.with_data(data.assign(changed), f"dropout {share!r}")


def _members_of_arms(study: Study) -> list[npt.NDArray[np.intp]]:
    """The positions of the participants of each arm; of all of them without arms."""
    n = study.data.sizes["participant"]
    arms = study.data["arm"].values.astype(str) if "arm" in study.data.coords else np.full(n, "")
    return [np.flatnonzero(arms == arm) for arm in np.unique(arms)]
