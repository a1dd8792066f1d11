"""Does the baseline marker foretell symptom change? Change score and ANCOVA side by side, on observed scores.

    y1 - y0 = intercept + prognostic * m0 [+ baseline_symptom * y0] + covariates + arm + group + site + e
    e ~ Normal(0, sigma)  or  StudentT(nu, 0, sigma)

or, of a score counted between the ends of its scale,

    count(y1) ~ BetaBinomial(points of the scale, mean p, precision)
    logit(p) - l0 = intercept + prognostic * m0 + baseline_symptom * l0 + covariates + arm + group + site

y is the symptom score, m the base-2 logarithm of the marker, 0 the baseline and 1 the follow-up; m0 and y0 are centred
at their means. The ANCOVA form has the term in brackets, the change-score form has not; each has parameters of its own,
so that the two stand side by side as if fitted alone. Group and site effects are partially pooled. Without a marker
the prognostic term is left out.

A count is the score's distance from the better end of the scale, l0 the log odds of the baseline count, centred where
it has a coefficient: terms on the right change the log odds, and there is the ANCOVA form alone. Whatever the
likelihood of the other models, the count has this one. Estimands stay in points: means are averaged over participants,
an arm's over all as if each had been in it, and the prognostic slope is the derivative of E[y1] by m0, averaged over
participants.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.bounded import Counts, counted, derive_counted, draw_counted, observe_counted, on_log_odds
from cochange.models.parts.design import (
    arm_contrasts,
    expected_by_group,
    make_design,
    participant_effects,
    structured_effects,
)
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, Gamma, HalfNormal, Normal
from cochange.models.parts.graph import pm, pt
from cochange.models.parts.outcome import observe
from cochange.models.parts.predictor import doublings, without_marker_value
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.readings import representatives, residuals, score_readings, some_scores
from cochange.models.parts.responders import responder_share, thresholds
from cochange.models.parts.selection import Selection, cannot, choose
from cochange.models.parts.symptom import symptom_pair

QUESTION = "Does the baseline marker foretell symptom change?"

FORMS = ["ancova", "change score"]

ESTIMANDS = {
    "symptom_change": Estimand("E[y1 - y0]", "points", 0.0, "Q1"),
    "arm_difference": Estimand("difference of the arm's E[y1 - y0] from the control's, adjusted", "points", 0.0, "Q1"),
    "prognostic_slope": Estimand(
        "y1 - y0 per doubling of the baseline marker, given covariates and, in the ANCOVA form, y0",
        "points per doubling", 0.0, "Q3",
    ),
    "response_probability": Estimand("share whose score falls by half or more", "probability", None),
    "remission_probability": Estimand("share at or under the remission cut at follow-up", "probability", None),
}  # fmt: skip

PRIOR_VARS = (
    "intercept", "prognostic", "baseline_symptom", "covariate_effect", "arm_difference", "group_sd", "site_sd",
    "sigma", "nu", "precision",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `symptom_change`, in points of the scale; those of a counted score in log odds, higher for worse."""

    intercept: Family = prior("points", "mean change of the score")
    prognostic: Family = prior("points per doubling", "change of the score per doubling of the baseline marker")
    baseline_symptom: Family = prior("points per point", "change of the score per point of the baseline score")
    covariate: Family = prior("points per SD", "effect of a covariate on the change")
    arm: Family = prior("points", "difference of an arm's change from the control's")
    group_sd: Family = prior("points", "standard deviation of the groups' effects")
    site_sd: Family = prior("points", "standard deviation of the sites' effects")
    sigma: Family = prior("points", "residual standard deviation of the change")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t residuals")
    log_odds_intercept: Family = prior("log odds", "mean change of a counted score's log odds")
    log_odds_prognostic: Family = prior("log odds per doubling", "their change per doubling of the baseline marker")
    log_odds_baseline_symptom: Family = prior("log odds per log odds", "their change on those of the baseline score")
    log_odds_covariate: Family = prior("log odds per SD", "effect of a covariate on their change")
    log_odds_arm: Family = prior("log odds", "difference of their change in an arm from the control's")
    log_odds_group_sd: Family = prior("log odds", "standard deviation of the groups' effects on them")
    log_odds_site_sd: Family = prior("log odds", "standard deviation of the sites' effects on them")
    precision: Family = prior("precision", "sum of alpha and beta of a counted score's beta-binomial distribution")


REFERENCE = Priors(
    intercept=Normal(mean=0, sd=15),
    prognostic=Normal(mean=0, sd=2.5),
    baseline_symptom=Normal(mean=-0.5, sd=0.5),
    covariate=Normal(mean=0, sd=2.5),
    arm=Normal(mean=0, sd=5),
    group_sd=HalfNormal(sd=2),
    site_sd=HalfNormal(sd=2),
    sigma=HalfNormal(sd=12),
    nu=literature.DEGREES_OF_FREEDOM,
    log_odds_intercept=Normal(mean=0, sd=1),
    log_odds_prognostic=Normal(mean=0, sd=0.17),
    log_odds_baseline_symptom=Normal(mean=-0.5, sd=0.5),
    log_odds_covariate=Normal(mean=0, sd=0.17),
    log_odds_arm=Normal(mean=0, sd=0.33),
    log_odds_group_sd=HalfNormal(sd=0.13),
    log_odds_site_sd=HalfNormal(sd=0.13),
    precision=Gamma(shape=2, rate=0.1),
)

CHANGE_SOURCE = (
    "MADRS under treatment; Regassa trial: about -10 with exercise, 21.5 to 11.2 with internet CBT, "
    "doi:10.1192/bjp.bp.114.160101, doi:10.5281/zenodo.7254845"
)
ARM_SOURCE = (
    "differences of exercise arms from usual care of -2.1 to -4.1 points, either sign allowed, "
    "doi:10.1016/j.ypmed.2016.08.011"
)
# First-order: a logistic curve over a range R rises by R / 4 points per log odds in its middle, 15 on the MADRS.
CARRIED = "carried to log odds first-order: points over 15, the slope of a MADRS score in the middle of its range"

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        intercept=Normal(mean=0, sd=5),
        prognostic=Normal(mean=0, sd=0.5),
        covariate=Normal(mean=0, sd=1),
        arm=Normal(mean=0, sd=1),
        group_sd=HalfNormal(sd=1),
        log_odds_intercept=Normal(mean=0, sd=0.33),
        log_odds_prognostic=Normal(mean=0, sd=0.033),
        log_odds_covariate=Normal(mean=0, sd=0.067),
        log_odds_arm=Normal(mean=0, sd=0.067),
        log_odds_group_sd=HalfNormal(sd=0.067),
    ),
    "literature": replace(
        REFERENCE,
        intercept=Normal(mean=-9, sd=3, source=CHANGE_SOURCE),
        prognostic=literature.PROGNOSTIC,
        covariate=Normal(mean=0, sd=1.5),
        arm=Normal(mean=0, sd=3, source=ARM_SOURCE),
        sigma=literature.SCORE_CHANGE_SD,
        log_odds_intercept=Normal(mean=-0.6, sd=0.2, source=f"{CHANGE_SOURCE}; {CARRIED}"),
        log_odds_prognostic=Normal(mean=0, sd=0.1, source=f"{literature.PROGNOSTIC.source}; {CARRIED}"),
        log_odds_covariate=Normal(mean=0, sd=0.1),
        log_odds_arm=Normal(mean=0, sd=0.2, source=f"{ARM_SOURCE}; {CARRIED}"),
    ),
    "diffuse": replace(
        REFERENCE,
        intercept=Normal(mean=0, sd=100),
        prognostic=Normal(mean=0, sd=100),
        baseline_symptom=Normal(mean=0, sd=10),
        covariate=Normal(mean=0, sd=100),
        arm=Normal(mean=0, sd=100),
        group_sd=HalfNormal(sd=20),
        site_sd=HalfNormal(sd=20),
        sigma=HalfNormal(sd=100),
        log_odds_intercept=Normal(mean=0, sd=6.7),
        log_odds_prognostic=Normal(mean=0, sd=6.7),
        log_odds_baseline_symptom=Normal(mean=0, sd=10),
        log_odds_covariate=Normal(mean=0, sd=6.7),
        log_odds_arm=Normal(mean=0, sd=6.7),
        log_odds_group_sd=HalfNormal(sd=1.3),
        log_odds_site_sd=HalfNormal(sd=1.3),
        precision=Gamma(shape=1, rate=0.01),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with both scores and, where the study has a marker, a measured baseline value."""
    if study.scale is None:
        return cannot(study, "needs a symptom score, the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits, the study has one")
    pair = symptom_pair(study)
    reasons = {f"no {study.scale.name} at {visit}": np.isnan(pair[visit]) for visit in pair}
    if study.marker is None:
        note = "The study declares no marker: its prognostic slope cannot be estimated, the change of the score can."
        return choose(study, reasons, (note,))
    marker = without_marker_value(study, (study.baseline,))
    return choose(study, reasons | marker.left_out, marker.notes)


def _columns(study: Study, used: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Baseline score (of a counted one its log odds), change and baseline marker in doublings; predictors centred."""
    pair = symptom_pair(study, used)
    y0, y1 = pair[study.baseline], pair[study.follow_up]
    m0 = None
    if study.marker is not None:
        m0 = doublings(study.data["log_marker"].sel(participant=used, marker=study.marker, visit=study.baseline))
        m0 = m0 - m0.mean()
    counts = counted(study, used)
    before = y0 if counts is None else counts.log_odds
    return before - before.mean(), y1 - y0, m0


def _forms(counts: Counts | None) -> list[str]:
    return FORMS if counts is None else FORMS[:1]


def build(study: Study, priors: Priors) -> "pm.Model":
    """The two forms of the regression, or that of a counted score.

    Parameters
    ----------
    study : Study
        The study.
    priors : Priors
        One prior set.

    Returns
    -------
    pymc.Model
        Dims ``participant``, ``form`` (ANCOVA, change score; of a counted score ANCOVA alone) and those of the study's
        structure.
    """
    used = select(study).used
    design = make_design(study, used)
    y0, change, m0 = _columns(study, used)
    counts = counted(study, used)
    prior_of = families(priors) if counts is None else on_log_odds(priors)
    forms = _forms(counts)
    dims = ("form", "participant")
    with pm.Model(coords=design.coords | {"form": forms}, check_bounds=False) as model:
        mean = prior_of["intercept"].variable("intercept", dims="form")[:, None]
        mean += structured_effects(design, prior_of, "form")
        if m0 is not None:
            marker = pm.Data("baseline_marker", m0, dims="participant")
            mean += prior_of["prognostic"].variable("prognostic", dims="form")[:, None] * marker
        symptom = pm.Data("baseline_score", y0, dims="participant")
        given_baseline = np.array([[form == "ancova"] for form in forms], dtype=float)
        mean += given_baseline * prior_of["baseline_symptom"].variable("baseline_symptom") * symptom
        observed = pm.Data("change_in_each_form", np.stack([change for _ in forms]), dims=dims)
        if counts is None:
            sigma = prior_of["sigma"].variable("sigma", dims="form")[:, None]
            likelihood = study.spec.analysis.likelihood
            observe("change", pt.as_tensor(mean), sigma, observed, dims, likelihood, prior_of, "form")
        else:
            precision = prior_of["precision"].variable("precision", dims="form")[:, None]
            observe_counted("change", pt.as_tensor(mean), precision, observed, dims, counts)
    return model


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw, form)`` and, for means and shares, ``group``.

    Of a counted score every estimand is an average over participants; the prognostic slope that of the derivative of
    E[y1] by the base-2 log of the baseline marker.
    """
    used = select(study).used
    design = make_design(study, used)
    y0, _, m0 = _columns(study, used)
    line = _line(posterior, y0, m0)
    if (counts := counted(study, used)) is not None:
        mean = posterior["intercept"] + line + participant_effects(posterior, design)
        return derive_counted(posterior, study, design, counts, mean)
    of_baseline = posterior["baseline_symptom"] * (posterior["form"] == "ancova")
    predictors = [(of_baseline, y0)] + ([] if m0 is None else [(posterior["prognostic"], m0)])
    estimands = {"symptom_change": expected_by_group(posterior, design, posterior["intercept"], predictors)}
    if design.arms.sizes["arm_effect"]:
        estimands["arm_difference"] = arm_contrasts(posterior, design)
    if m0 is not None:
        estimands["prognostic_slope"] = posterior["prognostic"]
    ancova, of_ancova = posterior.sel(form="ancova", drop=True), line.sel(form="ancova", drop=True)
    for name, limit in thresholds(study, used).items():
        estimands[name] = responder_share(ancova, design, of_ancova, limit, study.spec.analysis.likelihood)
    return estimands


def _line(draws: xr.Dataset, y0: np.ndarray, m0: np.ndarray | None) -> xr.DataArray:
    """The predictors' part of the mean, dims ``(chain, draw, form, participant)``."""
    line = draws["baseline_symptom"] * (draws["form"] == "ancova") * xr.DataArray(y0, dims="participant")
    return line if m0 is None else line + draws["prognostic"] * xr.DataArray(m0, dims="participant")


def observed_data(study: Study) -> xr.Dataset:
    """The change of the score as observed, once for each form."""
    used = select(study).used
    _, change, _ = _columns(study, used)
    forms = _forms(counted(study, used))
    values = np.stack([change for _ in forms])
    return xr.Dataset({"change": (("form", "participant"), values)}, coords={"form": forms, "participant": used})


def replicate(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Change of the score of the same participants drawn anew, dims ``(chain, draw, form, participant)``."""
    used = select(study).used
    change = _drawn(draws, study, np.arange(len(used)), rng)
    return xr.Dataset({"change": change.assign_coords(participant=used)})


def readings(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Score of new participants at follow-up by the ANCOVA form, given their baseline.

    Dims ``(chain, draw, participant)``; the baseline score, which is given, has dim ``participant`` alone.
    """
    used = select(study).used
    change = _drawn(draws.sel(form=["ancova"]), study, representatives(len(used)), rng)
    return score_readings(study, some_scores(study, used), change.isel(form=0, drop=True))


def _drawn(draws: xr.Dataset, study: Study, rows: np.ndarray, rng: np.random.Generator) -> xr.DataArray:
    """Change of the score of some participants, dims ``(chain, draw, form, participant)``."""
    used = select(study).used
    y0, _, m0 = _columns(study, used)
    line = _line(draws, y0[rows], None if m0 is None else m0[rows])
    mean = draws["intercept"] + line + participant_effects(draws, make_design(study, used), rows)
    if (counts := counted(study, used)) is not None:
        return draw_counted(mean, draws["precision"], replace(counts, baseline=counts.baseline[rows]), rng)
    return mean + residuals(draws["sigma"], draws.get("nu"), mean, rng)


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("symptom_change")
