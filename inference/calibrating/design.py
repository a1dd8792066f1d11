"""The study whose design is simulated, and the priors as they stand around a fixed centre."""

from dataclasses import replace

from cochange.data.faults import CochangeError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.built import selection_of
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Normal
from cochange.models.parts.prior_sets import PriorsLike, families

# Priors that a model sets around the data's own centre. In use the truth lies near that centre, whatever it is; drawn
# from the whole of so wide a prior, most values of three studies in ten would lie under the limit of detection.
AROUND_THE_CENTRE = {"marker_mean": 0.4, "score_mean": 5.0, "screening_mean": 0.3, "baseline": 0.4}


class DesignError(CochangeError):
    """The design cannot be simulated for the model."""


def reference_design() -> Study:
    """The design calibrated on where no study is given: that of the synthetic exercise trial, without its covariates.

    116 participants with a PHQ-9 above 9, IL-6 with a limit of detection and MADRS before and after, a fifth lost to
    follow-up and some samples missing. Groups, sites and covariates are left out, so that a fit takes a third of the
    time; a study of one's own brings its own.
    """
    study = read_study(example_path())
    unstructured = {"groups": None, "sites": None, "covariates": type(study.spec.covariates)()}
    data = study.data.drop_vars(["group", "site"])
    return replace(study, spec=study.spec.model_copy(update=unstructured), data=data)


def check_design(model: Model, study: Study) -> None:
    """Refuse a study that the model cannot be fitted to, or whose data it cannot have drawn anew.

    Raises
    ------
    DesignError
        With the reason.
    """
    selection = selection_of(model, study)
    if selection.problem:
        raise DesignError(f"{study.path.name}: {model.name} cannot be fitted to this design: {selection.problem}")
    if model.replicate is not None and model.with_outcomes is None:
        raise DesignError(f"{model.name} cannot take data drawn anew: it has no `with_outcomes`")
    if model.name == "marker_change" and model.with_outcomes is None:
        status = study.data["marker_status"].sel(marker=study.marker)
        if status.isin(["below", "above"]).any():
            raise DesignError(
                f"{study.path.name}: marker_change holds fixed which values are beyond a limit, so that other data "
                "cannot take their place; give --study with a study without limits of detection, or calibrate "
                "joint_change"
            )


def around_the_centre(priors: PriorsLike) -> PriorsLike:
    """The prior set with those of `AROUND_THE_CENTRE` no wider than given there; both draws and fits use it."""
    narrowed = {
        name: replace(family, sd=min(family.sd, AROUND_THE_CENTRE[name]))
        for name, family in families(priors).items()
        if name in AROUND_THE_CENTRE and isinstance(family, Normal)
    }
    return replace(priors, **narrowed)
