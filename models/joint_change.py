"""All four questions at once: marker and score before and after, on true scores, from everyone with any outcome.

    m0      = mean_m + covariates + group + site + e1
    y0      = mean_y + covariates + group + site + b * [m0] + e2
    m1 - m0 = change_m + covariates + arm + group + site + a_m * [m0] + a_y * [y0] + e3
    y1 - y0 = change_y + covariates + arm + group + site + c_m * [m0] + c_y * [y0] - parallel * e3 + e4
    e1 ... e4 ~ Normal(0, sigma)

    observed = true + error;  reliability = var(m0) / (var(m0) + var(error)), likewise for y0
    corr(error of m, error of y) = state, at the same visit
    screening = mean_s + slope_s * (y0 + state_s * error of y0) + e5,  observed only above its threshold

m is the natural log of a marker, y the symptom score, 0 the baseline and 1 the follow-up; [m0] and [y0] are the
deviations from what the design expects of the participant. b and c_m are in points per doubling of the marker and
parallel in points per halving: beside them [m0] and e3 count in doublings, over ln 2. c_m is given y0 and covariates;
parallel is given both baselines, for e3 is what they leave of the marker's change. Effects of the design are those on
the whole change. Randomised arms differ in the changes alone; otherwise arms differ in baselines too, and [m0] and [y0]
are deviations from those of the arm. Where it is asked who benefits, each arm has a c_m of its own. Group and site
effects are partially pooled.

Four layers lie over the true scores. Measurement: the reliabilities have informative priors, since one sample a visit
hardly tells of them; switched off, observed scores are taken as true. Several wells of a sample tell of the variance
between wells, which comes on top of the error and is no part of the reliability. Assay: a value beyond a limit enters
as the probability of lying there given everything else of the participant; plates shift the samples on them. Missing
values: whatever was observed of a participant is used, the rest is taken to be missing at random. Inclusion: the
screening score, or the baseline score itself, is truncated at its threshold; parameters are those of the people
screened, mean changes and shares of responders those of the people included. With several markers every m stands for a
vector, residuals of the markers are correlated, and the slopes b, c_m and parallel are partially pooled. With Student-t
outcomes all outcomes of a participant share one precision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Beta, Family, HalfNormal, Normal
from cochange.models.parts.graph import TensorVariable, pm, pt
from cochange.models.parts.joint.density import observations_of, participant_log_density, total_logp
from cochange.models.parts.joint.derived import derive_joint
from cochange.models.parts.joint.drawn import drawn_arrays
from cochange.models.parts.joint.frame import Frame, make_frame
from cochange.models.parts.joint.implied import imply
from cochange.models.parts.joint.parameters import joint_parameters
from cochange.models.parts.joint.replicate import new_outcomes, observed_outcomes, replicate_outcomes
from cochange.models.parts.joint.selection import select_joint
from cochange.models.parts.joint.sets import joined
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection
from cochange.models.parts.together import Parameters

QUESTION = "How do marker and symptoms change, and how do their changes go together?"

ESTIMANDS = {
    "geometric_mean_ratio": Estimand("exp(E[m1 - m0])", "ratio", 1.0, "Q1"),
    "arm_ratio": Estimand("ratio of the arm's geometric mean ratio to the control's, adjusted", "ratio", 1.0, "Q1"),
    "symptom_change": Estimand("E[y1 - y0]", "points", 0.0, "Q1"),
    "arm_difference": Estimand("difference of the arm's E[y1 - y0] from the control's, adjusted", "points", 0.0, "Q1"),
    "baseline_correlation": Estimand("corr(m0, y0) of true scores, given the design", "correlation", 0.0, "Q2"),
    "baseline_slope": Estimand("y0 per doubling of the true baseline marker", "points per doubling", 0.0, "Q2"),
    "prognostic_slope": Estimand(
        "y1 - y0 per doubling of the true baseline marker, given y0 and covariates", "points per doubling", 0.0, "Q3"
    ),
    "parallel_slope": Estimand(
        "y1 - y0 per halving of the true marker, given both baselines and covariates", "points per halving", 0.0, "Q4"
    ),
    "change_correlation": Estimand(
        "corr(m1 - m0, y1 - y0) of observed scores, given the design", "correlation", 0.0, "Q4"
    ),
    "response_probability": Estimand("share whose score falls by half or more", "probability", None),
    "remission_probability": Estimand("share at or under the remission cut", "probability", None),
    "benefit_slope": Estimand(
        "the arm's prognostic slope less the control's: how the difference between the arms goes with the marker",
        "points per doubling",
        0.0,
        "Q3",
    ),
    "arm_difference_given_marker": Estimand(
        "arm_difference less what parallel_slope foretells from the arms' difference on the marker",
        "points",
        0.0,
        "Q4",
    ),
    "regression_to_mean": Estimand("E[y1 - y0] of those included, had no true score changed", "points", None),
    "marker_reliability": Estimand(
        "true share of the variance of a baseline marker value, apart from that between wells", "share", None
    ),
    "score_reliability": Estimand("share of the variance of a baseline score that is true", "share", None),
    "state_correlation": Estimand("corr(error of marker, error of score) at a visit", "correlation", None),
}

PRIOR_VARS = (
    "marker_mean", "score_mean", "marker_change", "score_change", "baseline_slope", "marker_on_marker",
    "marker_on_score", "prognostic", "score_on_score", "parallel", "baseline_slope_centre", "prognostic_centre",
    "parallel_centre", "slope_spread", "baseline_markers", "marker_changes", "marker_covariate", "score_covariate",
    "marker_arm", "score_arm", "marker_arm_baseline", "score_arm_baseline", "benefit", "marker_group_sd",
    "score_group_sd", "marker_site_sd", "score_site_sd", "marker_sigma", "score_sigma", "marker_change_sigma",
    "score_change_sigma", "marker_reliability", "score_reliability", "state_z", "well_sd", "plate_sd",
    "screening_mean", "screening_slope", "screening_state", "screening_sd", "nu",
)  # fmt: skip

FACTORS = ("baseline_markers", "marker_changes")
CORRELATION_ETA = 2


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `joint_change`: the marker on its natural log, the score in points."""

    marker_mean: Family = prior("log units", "mean log marker at baseline, from the median of the baseline values")
    score_mean: Family = prior("points", "mean score at baseline, from the median of the baseline scores")
    marker_change: Family = prior("log units", "mean change of the log marker")
    score_change: Family = prior("points", "mean change of the score")
    baseline_slope: Family = prior("points per doubling", "baseline score per doubling of the baseline marker")
    marker_on_marker: Family = prior("log units per log unit", "change of the marker on its own baseline")
    marker_on_score: Family = prior("log units per point", "change of the marker on the baseline score")
    prognostic: Family = prior("points per doubling", "change of the score per doubling of the baseline marker")
    score_on_score: Family = prior("points per point", "change of the score on its own baseline")
    parallel: Family = prior("points per halving", "change of the score per halving of the marker")
    slope_spread: Family = prior("points", "standard deviation between several markers of each of the three slopes")
    marker_covariate: Family = prior("log units per SD", "effect of a covariate on the log marker and its change")
    score_covariate: Family = prior("points per SD", "effect of a covariate on the score and its change")
    marker_arm: Family = prior("log units", "difference of an arm's marker change from the control's")
    score_arm: Family = prior("points", "difference of an arm's score change from the control's")
    marker_arm_baseline: Family = prior("log units", "an arm's baseline marker less the control's, if not randomised")
    score_arm_baseline: Family = prior("points", "an arm's baseline score less the control's, if not randomised")
    benefit: Family = prior("points per doubling", "difference of an arm's prognostic slope from the control's")
    marker_group_sd: Family = prior("log units", "standard deviation of the groups' effects on marker and its change")
    score_group_sd: Family = prior("points", "standard deviation of the groups' effects on score and its change")
    marker_site_sd: Family = prior("log units", "standard deviation of the sites' effects on marker and its change")
    score_site_sd: Family = prior("points", "standard deviation of the sites' effects on score and its change")
    marker_sigma: Family = prior("log units", "standard deviation of the true baseline marker")
    score_sigma: Family = prior("points", "residual standard deviation of the true baseline score")
    marker_change_sigma: Family = prior("log units", "residual standard deviation of the true change of the marker")
    score_change_sigma: Family = prior("points", "residual standard deviation of the true change of the score")
    marker_reliability: Family = prior("share", "reliability of a marker value, apart from variance between wells")
    score_reliability: Family = prior("share", "reliability of one score")
    state_z: Family = prior("Fisher z", "correlation of the errors of marker and score at a visit, on Fisher's z scale")
    well_sd: Family = prior("log units", "standard deviation between wells of one sample")
    plate_sd: Family = prior("log units", "standard deviation of the plates' shifts of the log marker")
    screening_mean: Family = prior("SDs", "mean screening score before inclusion, from the mean of those included")
    screening_slope: Family = prior("SDs per point", "screening score per point of the baseline score")
    screening_state: Family = prior("share", "part of the baseline score's error that the screening score shares")
    screening_sd: Family = prior("SDs", "residual standard deviation of the screening score")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t outcomes")


REFERENCE = Priors(
    marker_mean=Normal(mean=0, sd=2.5),
    score_mean=Normal(mean=0, sd=10),
    marker_change=Normal(mean=0, sd=0.5),
    score_change=Normal(mean=0, sd=15),
    baseline_slope=Normal(mean=0, sd=2.5),
    marker_on_marker=Normal(mean=-0.2, sd=0.4),
    marker_on_score=Normal(mean=0, sd=0.03),
    prognostic=Normal(mean=0, sd=2.5),
    score_on_score=Normal(mean=-0.2, sd=0.4),
    parallel=Normal(mean=0, sd=2.5),
    slope_spread=HalfNormal(sd=1),
    marker_covariate=Normal(mean=0, sd=0.5),
    score_covariate=Normal(mean=0, sd=2.5),
    marker_arm=Normal(mean=0, sd=0.5),
    score_arm=Normal(mean=0, sd=5),
    marker_arm_baseline=Normal(mean=0, sd=1),
    score_arm_baseline=Normal(mean=0, sd=10),
    benefit=Normal(mean=0, sd=1.25),
    marker_group_sd=HalfNormal(sd=0.3),
    score_group_sd=HalfNormal(sd=2),
    marker_site_sd=HalfNormal(sd=0.3),
    score_site_sd=HalfNormal(sd=2),
    marker_sigma=HalfNormal(sd=1.5),
    score_sigma=HalfNormal(sd=10),
    marker_change_sigma=HalfNormal(sd=0.7),
    score_change_sigma=HalfNormal(sd=10),
    marker_reliability=Beta(
        alpha=5.5,
        beta=4.5,
        source="IL-6 retest 0.48 (0.36 to 0.62) at six weeks, PMC3392358, 0.48 over years, "
        "doi:10.1016/j.cyto.2004.08.008, 0.73 in a small set, PMC3185107",
    ),
    score_reliability=Beta(
        alpha=16, beta=4, source="MADRS between raters 0.93, doi:10.1192/bjp.bp.106.032532, lower from day to day"
    ),
    state_z=Normal(mean=0, sd=0.2),
    well_sd=HalfNormal(sd=0.2, source="CV within an IL-6 assay 6 to 9%, between assays 7 to 15%"),
    plate_sd=HalfNormal(sd=0.2, source="CV between IL-6 assays 7 to 15%"),
    screening_mean=Normal(mean=-0.5, sd=1),
    screening_slope=Normal(mean=0.1, sd=0.1),
    screening_state=Beta(alpha=1, beta=1),
    screening_sd=HalfNormal(sd=1.5),
    nu=literature.DEGREES_OF_FREEDOM,
)

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        marker_change=Normal(mean=0, sd=0.1),
        score_change=Normal(mean=0, sd=5),
        baseline_slope=Normal(mean=0, sd=0.5),
        prognostic=Normal(mean=0, sd=0.5),
        parallel=Normal(mean=0, sd=0.5),
        marker_covariate=Normal(mean=0, sd=0.1),
        score_covariate=Normal(mean=0, sd=1),
        marker_arm=Normal(mean=0, sd=0.1),
        score_arm=Normal(mean=0, sd=1),
        benefit=Normal(mean=0, sd=0.25),
        marker_group_sd=HalfNormal(sd=0.1),
        score_group_sd=HalfNormal(sd=1),
    ),
    "literature": replace(
        REFERENCE,
        marker_change=literature.MARKER_CHANGE,
        score_change=literature.SCORE_CHANGE,
        baseline_slope=Normal(
            mean=0.6,
            sd=1,
            source="depressed against controls g 0.61 (0.39 to 0.82), doi:10.1016/j.bbi.2020.02.010; among the "
            "depressed the association is weaker",
        ),
        prognostic=literature.PROGNOSTIC,
        parallel=literature.PARALLEL,
        marker_covariate=Normal(mean=0, sd=0.3),
        score_covariate=Normal(mean=0, sd=1.5),
        marker_arm=literature.MARKER_ARM,
        score_arm=literature.SCORE_ARM,
        benefit=literature.BENEFIT,
        marker_sigma=literature.MARKER_SD,
        marker_reliability=Beta(
            alpha=24,
            beta=26,
            source="IL-6 retest 0.48 (0.36 to 0.62) at six weeks, PMC3392358, 0.48 over years, "
            "doi:10.1016/j.cyto.2004.08.008",
        ),
        score_change_sigma=literature.SCORE_CHANGE_SD,
    ),
    "diffuse": replace(
        REFERENCE,
        marker_mean=Normal(mean=0, sd=10),
        score_mean=Normal(mean=0, sd=100),
        marker_change=Normal(mean=0, sd=10),
        score_change=Normal(mean=0, sd=100),
        baseline_slope=Normal(mean=0, sd=10),
        marker_on_marker=Normal(mean=0, sd=1),
        marker_on_score=Normal(mean=0, sd=0.1),
        prognostic=Normal(mean=0, sd=10),
        score_on_score=Normal(mean=0, sd=1),
        parallel=Normal(mean=0, sd=10),
        slope_spread=HalfNormal(sd=10),
        marker_covariate=Normal(mean=0, sd=10),
        score_covariate=Normal(mean=0, sd=100),
        marker_arm=Normal(mean=0, sd=10),
        score_arm=Normal(mean=0, sd=100),
        marker_arm_baseline=Normal(mean=0, sd=10),
        score_arm_baseline=Normal(mean=0, sd=100),
        benefit=Normal(mean=0, sd=10),
        marker_group_sd=HalfNormal(sd=0.6),
        score_group_sd=HalfNormal(sd=5),
        marker_site_sd=HalfNormal(sd=0.6),
        score_site_sd=HalfNormal(sd=5),
        marker_sigma=HalfNormal(sd=10),
        score_sigma=HalfNormal(sd=100),
        marker_change_sigma=HalfNormal(sd=10),
        score_change_sigma=HalfNormal(sd=100),
        state_z=Normal(mean=0, sd=0.5),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with any outcome; those not above the threshold of inclusion are left out."""
    return select_joint(study)


# A study does not change, and draws of many fits ask for the same frame again and again.
@lru_cache(maxsize=4)
def _frame(study: Study) -> Frame:
    return make_frame(study, select(study).used)


@lru_cache(maxsize=4)
def parameters(study: Study) -> Parameters:
    """The parameters the study calls for, which are drawn as one vector a family."""
    analysis = study.spec.analysis
    return joint_parameters(_frame(study), analysis.measurement == "on", analysis.likelihood == "student_t")


def build(study: Study, priors: Priors) -> "pm.Model":
    """The joint model of markers and score.

    Parameters
    ----------
    study : Study
        The study.
    priors : Priors
        One prior set.

    Returns
    -------
    pymc.Model
        One vector of parameters a family of priors; no variable has the size of the sample.
    """
    prior_of = families(priors)
    frame = _frame(study)
    together = parameters(study).by_family(prior_of)
    student_t = "nu" in together.places
    observed = observations_of(frame.outcomes, frame.columns.values, frame, row_by_row=student_t)
    with pm.Model(coords=frame.coords, check_bounds=False) as model:
        vector = together.variable(prior_of)
        implied = imply(vector, together, frame, _factors(frame), pt)
        nu = vector[together.places["nu"]] if student_t else pt.zeros(())
        pm.Potential("outcomes", total_logp(implied, nu, observed))
        if frame.outcomes.has_wells:
            _observe_wells(vector @ together.pick("well_sd"), frame)
    return model


def _factors(frame: Frame) -> tuple[TensorVariable, TensorVariable] | None:
    """Cholesky factors of the residual correlations of several markers."""
    if len(frame.outcomes.markers) == 1:
        return None
    baselines, changes = (
        pm.LKJCorr(name, n=len(frame.outcomes.markers), eta=CORRELATION_ETA, dims=("marker", "marker_"))
        for name in FACTORS
    )
    return baselines, changes


def _observe_wells(sd: TensorVariable, frame: Frame) -> None:
    """Sums of squares between wells, which over their variance have a chi-square distribution."""
    squares, degrees = (
        array[frame.outcomes.duplicated] for array in (frame.outcomes.well_squares, frame.outcomes.well_degrees)
    )
    observed = pm.Data("squares", squares)
    pm.Gamma("well_squares", degrees / 2, 1 / (2 * pt.sqr(sd)), observed=observed, dims="duplicated")


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw)``, ``marker`` where there are several, and ``group``."""
    return derive_joint(posterior, study, parameters(study), _frame(study))


def observed_data(study: Study) -> xr.Dataset:
    """The outcomes as observed, at the limit where censored and NaN where missing, with dim ``participant``."""
    return observed_outcomes(_frame(study))


def replicate(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Outcomes of the same participants drawn anew, dims ``(chain, draw, participant)``, censored as they were."""
    return replicate_outcomes(draws, parameters(study), _frame(study), rng)


def readings(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Outcomes of new participants, dims ``(chain, draw, participant)``."""
    return new_outcomes(draws, parameters(study), _frame(study), rng)


def with_outcomes(outcomes: xr.Dataset, study: Study) -> dict[str, np.ndarray]:
    """The data of the graph had one draw of `replicate` been observed; the centre stays that of the study."""
    return drawn_arrays(outcomes, _frame(study), study.spec.analysis.likelihood == "student_t")


def log_likelihood(posterior: xr.Dataset, study: Study) -> xr.DataArray:
    """Log density of everything observed of a participant, dims ``(chain, draw, participant)``."""
    return participant_log_density(posterior, parameters(study), _frame(study))


def leave_out(study: Study, participants: Sequence[str]) -> dict[str, np.ndarray]:
    """The data of the graph without some participants; everything else is measured from where it was."""
    frame = _frame(study)
    others = ~np.isin(frame.outcomes.participant, participants)
    remaining = frame.outcomes.of(frame.outcomes.participant[others])
    row_by_row = study.spec.analysis.likelihood == "student_t"
    return joined(observations_of(remaining, frame.columns.values[others], frame, row_by_row))


def without_change(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset | None:
    """Outcomes of the same participants had no true score changed, as `replicate`.

    None where observed scores are taken as true: without change they would be the same twice.
    """
    if study.spec.analysis.measurement == "off":
        return None
    return replicate_outcomes(draws, parameters(study), _frame(study), rng, changed=False)


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("joint_change")
