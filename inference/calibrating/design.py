"""The study whose design is simulated, and the priors as they stand around a fixed centre."""

from dataclasses import replace

import numpy as np

from cochange.data.faults import CochangeError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.simulation.planned import of_size, with_dropout, without_limits
from cochange.data.specification.tables import TimeTable
from cochange.data.study import Study
from cochange.inference.built import selection_of
from cochange.inference.plan import OF_MANY_VISITS
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Normal
from cochange.models.parts.prior_sets import PriorsLike, families

# Priors that shipped models set around the data's own centre. In use the truth lies near that centre, whatever it is;
# drawn from the whole of so wide a prior, most values of three studies in ten would lie under the limit of detection.
# In a model of one's own a parameter of such a name may be anything.
AROUND_THE_CENTRE = {"marker_mean": 0.4, "score_mean": 5.0, "screening_mean": 0.3, "baseline": 0.4}


class DesignError(CochangeError):
    """The design cannot be simulated for the model."""


def reference_design(model: str) -> Study:
    """The design that a model is calibrated on where no study is given.

    That of the synthetic exercise trial: 116 participants with a PHQ-9 above 9, IL-6 with a limit of detection and
    MADRS before and after, a fifth lost to follow-up and some samples missing. Groups, sites and covariates are left
    out, so that a fit takes a third of the time; a study of one's own brings its own. Models of many visits have every
    second participant at three visits, and `marker_change`, which holds fixed what is beyond a limit, an assay without
    limits.

    Parameters
    ----------
    model : str
        Name of the model.
    """
    study = read_study(example_path())
    unstructured = {"groups": None, "sites": None, "covariates": type(study.spec.covariates)()}
    data = study.data.drop_vars(["group", "site"])
    study = replace(study, spec=study.spec.model_copy(update=unstructured), data=data)
    if model in OF_MANY_VISITS:
        return _at_three_visits(study)
    if model == "marker_change":
        return without_limits(with_dropout(of_size(study, study.data.sizes["participant"]), 0.2))
    return study


def _at_three_visits(study: Study) -> Study:
    """Every second participant, with the follow-up values also 6 weeks after baseline, where half of the lost leave.

    A value beyond a limit costs an integral in as many dimensions as the participant has of them: four visits of
    everybody take ten times as long, and ranks are even or not at any size.
    """
    before, after = study.baseline, study.follow_up
    visits, weeks = (before, "6 weeks", after), (0.0, 6.0, 12.0)
    data = study.data.isel(participant=slice(None, None, 2)).sel(visit=[before, after, after])
    data = data.assign_coords(visit=np.array(visits))
    lost = data["symptom"].sel(visit=after, drop=True).isnull()
    seen_later = lost & (lost.cumsum("participant") % 2 == 1) & (data["visit"] == visits[1])
    at_baseline = data.sel(visit=before, drop=True)
    for name in ("symptom", "log_marker", "marker_value", "marker_status", "wells"):
        data[name] = data[name].where(~seen_later, at_baseline[name]).transpose(*study.data[name].dims)
    tables = {
        "data": study.spec.data.model_copy(update={"visits": visits}),
        "time": TimeTable(unit="weeks", visits=weeks),
    }
    return replace(study.with_data(data, "three visits"), spec=study.spec.model_copy(update=tables))


def check_design(model: Model, study: Study) -> None:
    """Refuse a study that the model cannot be fitted to, or whose data it cannot have drawn anew.

    Raises
    ------
    DesignError
        With the reason.
    """
    selection = selection_of(model, study)
    if selection.problem:
        # Where nobody is left out there are no reasons for it to be told in brackets.
        problem = selection.problem.removesuffix(" ()")
        raise DesignError(f"{study.path.name}: {model.name} cannot be fitted to this design: {problem}")
    if model.name == "marker_change" and model.with_outcomes is None:
        status = study.data["marker_status"].sel(marker=study.marker)
        if status.isin(["below", "above"]).any():
            raise DesignError(
                f"{study.path.name}: marker_change holds fixed which values are beyond a limit, so that other data "
                "cannot take their place; give --study with a study without limits of detection, or calibrate "
                "joint_change"
            )


def around_the_centre(model: Model, priors: PriorsLike) -> PriorsLike:
    """The prior set with its `centred` ones no wider than `AROUND_THE_CENTRE` has them; both draws and fits use it."""
    return replace(
        priors,
        **{
            name: replace(family, sd=min(family.sd, AROUND_THE_CENTRE[name]))
            for name, family in centred(model, priors).items()
        },
    )


def centred(model: Model, priors: PriorsLike) -> dict[str, Normal]:
    """The priors that a model sets around the data's own centre, by parameter; none of a statistician's own model."""
    prior_of = families(priors) if model.ships else {}
    found = {name: prior_of[name] for name in AROUND_THE_CENTRE if name in prior_of}
    return {name: family for name, family in found.items() if isinstance(family, Normal)}
