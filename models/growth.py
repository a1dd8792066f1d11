"""Courses of marker and score over three or more visits, with levels and slopes of each person's own.

    m(t) = level_m + slope_m * g(t) + e_m
    y(t) = level_y + slope_y * g(t) + e_y
    (level_m, level_y, slope_m, slope_y) ~ Normal(means, covariance between persons)
    means of levels = mean + covariates + group + site
    means of slopes = change + covariates + arm + group + site
    (e_m, e_y) ~ Normal(0, covariance within persons), apart at every visit

m is the natural log of the marker, y the symptom score, t the time of a visit: a participant's own where the study has
dates. g runs from 0 at the baseline visit to 1 at the follow-up visit, straight over t or over log2(1 + time since
baseline); a slope is then the change over the study of somebody who keeps to it. Piecewise, there is a slope for each
stretch between knots. Either outcome may stand alone. Every level and slope is correlated with every other, by partial
correlations given those before in the order above, so that the correlation of the two slopes given both levels has a
prior of its own. Randomised arms differ in slopes alone; otherwise arms differ in levels too. Group and site effects
are partially pooled.

The association between persons (do people whose marker falls faster improve faster?) is told apart from that within
persons (is the score of a visit higher when the marker of that visit is above the person's own course?): the first is
the correlation of slopes, the second that of e_m and e_y. One does not follow from the other, and without either
visits or courses the changes of two visits mix them.

Levels and slopes are integrated out: what was observed of a participant is normal, its covariance that between persons
at the participant's times and that within persons on top. That leaves a posterior without a parameter a participant,
which samples well, and those who share their times enter through sufficient statistics. A value beyond a limit of
detection enters as the probability of lying there given everything else of the participant, for which integrals over
at most six values are exact to quadrature; latent levels and slopes would need thousands of draws for the same. Values
that are missing are taken to be missing at random. With Student-t outcomes all that deviates of a participant shares
one precision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, HalfNormal, Normal
from cochange.models.parts.graph import pm, pt
from cochange.models.parts.growth.density import participant_log_density
from cochange.models.parts.growth.derived import derive_growth
from cochange.models.parts.growth.drawn import drawn_arrays
from cochange.models.parts.growth.frame import Frame, make_frame
from cochange.models.parts.growth.gather import gather
from cochange.models.parts.growth.implied import imply
from cochange.models.parts.growth.parameters import growth_parameters
from cochange.models.parts.growth.replicate import new_outcomes, observed_outcomes, replicate_outcomes
from cochange.models.parts.growth.selection import select_growth
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection
from cochange.models.parts.together import Parameters

QUESTION = "How do marker and symptoms run over the visits, and do their slopes go together?"

ESTIMANDS = {
    "geometric_mean_ratio": Estimand("exp(E[m1 - m0]) on the fitted course", "ratio", 1.0, "Q1"),
    "marker_rate": Estimand("exp(E[slope of m]) by unit of time", "ratio", 1.0, "Q1"),
    "arm_ratio": Estimand("ratio of the arm's geometric mean ratio to the control's, adjusted", "ratio", 1.0, "Q1"),
    "symptom_change": Estimand("E[y1 - y0] on the fitted course", "points", 0.0, "Q1"),
    "score_rate": Estimand("E[slope of y] by unit of time", "points", 0.0, "Q1"),
    "arm_difference": Estimand("difference of the arm's change of y from the control's, adjusted", "points", 0.0, "Q1"),
    "baseline_correlation": Estimand("corr(level of m, level of y) between persons", "correlation", 0.0, "Q2"),
    "baseline_slope": Estimand("level of y per doubling of the level of m", "points per doubling", 0.0, "Q2"),
    "prognostic_slope": Estimand(
        "change of y per doubling of the level of m, given the level of y", "points per doubling", 0.0, "Q3"
    ),
    "slope_correlation": Estimand("corr(slope of m, slope of y) between persons", "correlation", 0.0, "Q4"),
    "within_correlation": Estimand("corr(e_m, e_y) at a visit, within persons", "correlation", 0.0, "Q4"),
    "within_slope": Estimand(
        "points of y above a person's course per doubling of m above it, at a visit", "points per doubling", 0.0, "Q4"
    ),
    "change_correlation": Estimand(
        "corr(m1 - m0, y1 - y0) of observed values, given the design", "correlation", 0.0, "Q4"
    ),
    "still_change_correlation": Estimand("the same, had nobody's course a slope", "correlation", None, "Q4"),
    "marker_level_spread": Estimand("SD between persons of the level of m", "log units", None),
    "marker_change_spread": Estimand("SD between persons of the change of m", "log units", None),
    "marker_residual_spread": Estimand("SD of m around a person's own course", "log units", None),
    "marker_level_change_correlation": Estimand("corr(level of m, change of m)", "correlation", 0.0),
    "score_level_spread": Estimand("SD between persons of the level of y", "points", None),
    "score_change_spread": Estimand("SD between persons of the change of y", "points", None),
    "score_residual_spread": Estimand("SD of y around a person's own course", "points", None),
    "score_level_change_correlation": Estimand("corr(level of y, change of y)", "correlation", 0.0),
}  # fmt: skip

PRIOR_VARS = (
    "marker_mean", "score_mean", "marker_change", "score_change", "marker_covariate", "score_covariate", "marker_arm",
    "score_arm", "marker_group_sd", "score_group_sd", "marker_site_sd", "score_site_sd", "marker_level_sigma",
    "score_level_sigma", "marker_change_sigma", "score_change_sigma", "marker_residual_sigma", "score_residual_sigma",
    "levels_z", "level_and_slope_z", "slopes_z", "within_z", "nu",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `growth`: the marker on its natural log, the score in points; changes over the span of the study."""

    marker_mean: Family = prior("log units", "mean log marker at baseline, from the median of the first values")
    score_mean: Family = prior("points", "mean score at baseline, from the median of the first scores")
    marker_change: Family = prior("log units", "mean change of the log marker at the pace of a slope")
    score_change: Family = prior("points", "mean change of the score at the pace of a slope")
    marker_covariate: Family = prior("log units per SD", "effect of a covariate on level and slope of the log marker")
    score_covariate: Family = prior("points per SD", "effect of a covariate on level and slope of the score")
    marker_arm: Family = prior("log units", "difference of an arm's slope of the log marker from the control's")
    score_arm: Family = prior("points", "difference of an arm's slope of the score from the control's")
    marker_group_sd: Family = prior("log units", "standard deviation of the groups' effects on level and slope")
    score_group_sd: Family = prior("points", "standard deviation of the groups' effects on level and slope")
    marker_site_sd: Family = prior("log units", "standard deviation of the sites' effects on level and slope")
    score_site_sd: Family = prior("points", "standard deviation of the sites' effects on level and slope")
    marker_level_sigma: Family = prior("log units", "standard deviation between persons of the log marker's level")
    score_level_sigma: Family = prior("points", "standard deviation between persons of the score's level")
    marker_change_sigma: Family = prior("log units", "standard deviation between persons of a slope of the log marker")
    score_change_sigma: Family = prior("points", "standard deviation between persons of a slope of the score")
    marker_residual_sigma: Family = prior("log units", "standard deviation of the log marker within persons")
    score_residual_sigma: Family = prior("points", "standard deviation of the score within persons")
    levels_z: Family = prior("Fisher z", "correlation of the levels of marker and score")
    level_and_slope_z: Family = prior("Fisher z", "partial correlation of a level with a slope")
    slopes_z: Family = prior("Fisher z", "partial correlation of two slopes, given both levels")
    within_z: Family = prior("Fisher z", "correlation of marker and score of a visit within persons")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t outcomes")


REFERENCE = Priors(
    marker_mean=Normal(mean=0, sd=2.5),
    score_mean=Normal(mean=0, sd=10),
    marker_change=Normal(mean=0, sd=0.5),
    score_change=Normal(mean=0, sd=15),
    marker_covariate=Normal(mean=0, sd=0.5),
    score_covariate=Normal(mean=0, sd=2.5),
    marker_arm=Normal(mean=0, sd=0.5),
    score_arm=Normal(mean=0, sd=5),
    marker_group_sd=HalfNormal(sd=0.3),
    score_group_sd=HalfNormal(sd=2),
    marker_site_sd=HalfNormal(sd=0.3),
    score_site_sd=HalfNormal(sd=2),
    marker_level_sigma=HalfNormal(sd=1.5),
    score_level_sigma=HalfNormal(sd=10),
    marker_change_sigma=HalfNormal(sd=0.7),
    score_change_sigma=HalfNormal(sd=10),
    marker_residual_sigma=HalfNormal(sd=1),
    score_residual_sigma=HalfNormal(sd=7),
    levels_z=Normal(mean=0, sd=0.5),
    level_and_slope_z=Normal(mean=0, sd=0.5),
    slopes_z=Normal(mean=0, sd=0.5),
    within_z=Normal(mean=0, sd=0.5),
    nu=literature.DEGREES_OF_FREEDOM,
)

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        marker_change=Normal(mean=0, sd=0.1),
        score_change=Normal(mean=0, sd=5),
        marker_covariate=Normal(mean=0, sd=0.1),
        score_covariate=Normal(mean=0, sd=1),
        marker_arm=Normal(mean=0, sd=0.1),
        score_arm=Normal(mean=0, sd=1),
        marker_group_sd=HalfNormal(sd=0.1),
        score_group_sd=HalfNormal(sd=1),
        levels_z=Normal(mean=0, sd=0.15),
        slopes_z=Normal(mean=0, sd=0.15),
        within_z=Normal(mean=0, sd=0.15),
    ),
    "literature": replace(
        REFERENCE,
        marker_change=literature.MARKER_CHANGE,
        score_change=literature.SCORE_CHANGE,
        marker_covariate=Normal(mean=0, sd=0.3),
        score_covariate=Normal(mean=0, sd=1.5),
        marker_arm=literature.MARKER_ARM,
        score_arm=literature.SCORE_ARM,
        marker_level_sigma=literature.MARKER_SD,
        score_change_sigma=literature.SCORE_CHANGE_SD,
        marker_residual_sigma=HalfNormal(
            sd=0.6,
            source="half of the variance of ln IL-6, whose SD is 0.7 to 1.2: retest 0.48 at six weeks, PMC3392358",
        ),
        levels_z=Normal(
            mean=0.1,
            sd=0.2,
            source="depressed against controls g 0.61 (0.39 to 0.82), doi:10.1016/j.bbi.2020.02.010; among the "
            "depressed the association is weaker",
        ),
        slopes_z=Normal(
            mean=0,
            sd=0.25,
            source="symmetric; a fall of IL-6 went with a fall of the score (doi:10.1016/j.psychres.2017.03.012), "
            "discounted because only |r| >= 0.18 reaches p < 0.05 at n = 116",
        ),
    ),
    "diffuse": replace(
        REFERENCE,
        marker_mean=Normal(mean=0, sd=10),
        score_mean=Normal(mean=0, sd=100),
        marker_change=Normal(mean=0, sd=10),
        score_change=Normal(mean=0, sd=100),
        marker_covariate=Normal(mean=0, sd=10),
        score_covariate=Normal(mean=0, sd=100),
        marker_arm=Normal(mean=0, sd=10),
        score_arm=Normal(mean=0, sd=100),
        marker_group_sd=HalfNormal(sd=0.6),
        score_group_sd=HalfNormal(sd=5),
        marker_site_sd=HalfNormal(sd=0.6),
        score_site_sd=HalfNormal(sd=5),
        marker_level_sigma=HalfNormal(sd=10),
        score_level_sigma=HalfNormal(sd=100),
        marker_change_sigma=HalfNormal(sd=10),
        score_change_sigma=HalfNormal(sd=100),
        marker_residual_sigma=HalfNormal(sd=10),
        score_residual_sigma=HalfNormal(sd=100),
        # On Fisher's z scale a correlation with every value as likely has a standard deviation of 0.907.
        levels_z=Normal(mean=0, sd=0.9),
        level_and_slope_z=Normal(mean=0, sd=0.9),
        slopes_z=Normal(mean=0, sd=0.9),
        within_z=Normal(mean=0, sd=0.9),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with any value at a visit of known time."""
    return select_growth(study)


def _frame(study: Study) -> Frame:
    return make_frame(study, select(study).used)


def parameters(study: Study) -> Parameters:
    """The parameters the study calls for, which are drawn as one vector a family."""
    return growth_parameters(_frame(study), study.spec.analysis.likelihood == "student_t")


def build(study: Study, priors: Priors) -> "pm.Model":
    """The growth model of marker and score, or of one of them.

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
    # Imported here, for it defines an operation of PyTensor.
    from cochange.models.parts.likelihood.schedules import schedules_logp

    prior_of = families(priors)
    frame = _frame(study)
    together = parameters(study).by_family(prior_of)
    student_t = "nu" in together.places
    observed, _ = gather(frame, row_by_row=student_t)
    with pm.Model(coords=frame.coords, check_bounds=False) as model:
        vector = together.variable(prior_of)
        implied = imply(vector, together, frame, pt)
        nu = vector[together.places["nu"]] if student_t else pt.zeros(())
        data = [pm.Data(name, array) for name, array in observed.arrays.items()]
        pm.Potential("outcomes", schedules_logp(implied.mean, implied.effects, implied.residual, nu, data))
    return model


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw)`` and ``group``, which may name a stretch of time."""
    return derive_growth(posterior, parameters(study), _frame(study))


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
    """The data of the graph had one draw of `replicate` been observed; the centres stay those of the study."""
    return drawn_arrays(outcomes, _frame(study), study.spec.analysis.likelihood == "student_t")


def log_likelihood(posterior: xr.Dataset, study: Study) -> xr.DataArray:
    """Log density of everything observed of a participant, dims ``(chain, draw, participant)``."""
    return participant_log_density(posterior, parameters(study), _frame(study))


def leave_out(study: Study, participants: Sequence[str]) -> dict[str, np.ndarray]:
    """The data of the graph without some participants; everything else is measured from where it was."""
    frame = _frame(study)
    others = frame.some(np.flatnonzero(~np.isin(frame.design.participant, participants)))
    return gather(others, row_by_row=study.spec.analysis.likelihood == "student_t")[0].arrays


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("growth")
