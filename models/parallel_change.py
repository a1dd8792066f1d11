"""Do the changes go together? Change of the score on change of the marker, on observed scores.

    y1 - y0 = intercept - parallel * (m1 - m0) + baseline_marker * m0 + baseline_symptom * y0
              + covariates + arm + group + site + e
    e ~ Normal(0, sigma)  or  StudentT(nu, 0, sigma)

    (dm, dy) ~ BivariateNormal(raw_mean, raw_sd, tanh(raw_z))

y is the symptom score, m the base-2 logarithm of the marker, 0 the baseline and 1 the follow-up; predictors are centred
at their means, so that `parallel` is in points per halving of the marker. dm and dy are the two changes in units of
their sample SD from their sample mean: their correlation is the raw one, which papers print. It has parameters of its
own, as if fitted alone, and is not conditional on the baselines, whose regression to the mean it therefore carries.
Group and site effects are partially pooled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.design import make_design, participant_effects, structured_effects
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, HalfNormal, Normal
from cochange.models.parts.graph import pm, pt
from cochange.models.parts.outcome import observe
from cochange.models.parts.predictor import doublings, without_marker_value
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.readings import representatives, residuals, score_readings, some_scores
from cochange.models.parts.selection import Selection, cannot, choose
from cochange.models.parts.symptom import symptom_pair

QUESTION = "Do the changes of marker and symptoms go together?"

ESTIMANDS = {
    "parallel_slope": Estimand(
        "y1 - y0 per halving of the marker, given both baselines and covariates", "points per halving", 0.0, "Q4"
    ),
    "change_correlation": Estimand("corr(m1 - m0, y1 - y0), raw", "correlation", 0.0, "Q4"),
}

PRIOR_VARS = (
    "intercept", "parallel", "baseline_marker", "baseline_symptom", "covariate_effect", "arm_difference", "group_sd",
    "site_sd", "sigma", "nu", "raw_mean", "raw_sd", "raw_z",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `parallel_change`, in points of the scale; those of the raw correlation in SDs of the changes."""

    intercept: Family = prior("points", "mean change of the score")
    parallel: Family = prior("points per halving", "change of the score per halving of the marker")
    baseline_marker: Family = prior("points per doubling", "change of the score per doubling of the baseline marker")
    baseline_symptom: Family = prior("points per point", "change of the score per point of the baseline score")
    covariate: Family = prior("points per SD", "effect of a covariate on the change")
    arm: Family = prior("points", "difference of an arm's change from the control's")
    group_sd: Family = prior("points", "standard deviation of the groups' effects")
    site_sd: Family = prior("points", "standard deviation of the sites' effects")
    sigma: Family = prior("points", "residual standard deviation of the change")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t residuals")
    raw_mean: Family = prior("SDs", "mean of each change, from its sample mean")
    raw_sd: Family = prior("SDs", "standard deviation of each change")
    raw_z: Family = prior("Fisher z", "raw correlation of the changes, on Fisher's z scale")


REFERENCE = Priors(
    intercept=Normal(mean=0, sd=15),
    parallel=Normal(mean=0, sd=2.5),
    baseline_marker=Normal(mean=0, sd=2.5),
    baseline_symptom=Normal(mean=-0.5, sd=0.5),
    covariate=Normal(mean=0, sd=2.5),
    arm=Normal(mean=0, sd=5),
    group_sd=HalfNormal(sd=2),
    site_sd=HalfNormal(sd=2),
    sigma=HalfNormal(sd=12),
    nu=literature.DEGREES_OF_FREEDOM,
    raw_mean=Normal(mean=0, sd=1),
    raw_sd=HalfNormal(sd=2),
    raw_z=Normal(mean=0, sd=0.5),
)

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        intercept=Normal(mean=0, sd=5),
        parallel=Normal(mean=0, sd=0.5),
        baseline_marker=Normal(mean=0, sd=0.5),
        covariate=Normal(mean=0, sd=1),
        arm=Normal(mean=0, sd=1),
        group_sd=HalfNormal(sd=1),
        raw_z=Normal(mean=0, sd=0.1),
    ),
    "literature": replace(
        REFERENCE,
        intercept=literature.SCORE_CHANGE,
        parallel=literature.PARALLEL,
        baseline_marker=Normal(mean=0, sd=1.5, source="symmetric: studies disagree on the sign"),
        covariate=Normal(mean=0, sd=1.5),
        arm=literature.SCORE_ARM,
        sigma=literature.SCORE_CHANGE_SD,
        raw_z=Normal(
            mean=0,
            sd=0.25,
            source="rho of 0.37 between changes of hypersomnia and of IL-1beta (doi:10.1038/tp.2015.104), discounted "
            "because published effects of small studies are inflated",
        ),
    ),
    "diffuse": replace(
        REFERENCE,
        intercept=Normal(mean=0, sd=100),
        parallel=Normal(mean=0, sd=100),
        baseline_marker=Normal(mean=0, sd=100),
        baseline_symptom=Normal(mean=0, sd=10),
        covariate=Normal(mean=0, sd=100),
        arm=Normal(mean=0, sd=100),
        group_sd=HalfNormal(sd=20),
        site_sd=HalfNormal(sd=20),
        sigma=HalfNormal(sd=100),
        raw_mean=Normal(mean=0, sd=10),
        raw_sd=HalfNormal(sd=10),
        raw_z=Normal(mean=0, sd=1.5),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with both scores and measured marker values at both visits."""
    if study.marker is None:
        return cannot(study, "needs a marker, the study declares none")
    if study.scale is None:
        return cannot(study, "needs a symptom score, the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits, the study has one")
    pair = symptom_pair(study)
    marker = without_marker_value(study, tuple(pair))
    narrowed = (
        "The raw correlation of the changes is of measurable values only, whose range is narrower than everyone's."
    )
    notes = (*marker.notes, narrowed) if marker.notes else ()
    reasons = {f"no {study.scale.name} at {visit}": np.isnan(pair[visit]) for visit in pair}
    return choose(study, reasons | marker.left_out, notes)


@dataclass(frozen=True)
class _Columns:
    """Centred predictors and the two changes, shape ``(n,)`` each; the marker in doublings."""

    m0: np.ndarray
    y0: np.ndarray
    marker_change: np.ndarray
    symptom_change: np.ndarray


def _columns(study: Study, used: np.ndarray) -> _Columns:
    pair = symptom_pair(study, used)
    y0, y1 = pair[study.baseline], pair[study.follow_up]
    log_marker = study.data["log_marker"].sel(participant=used, marker=study.marker)
    m0, m1 = (doublings(log_marker.sel(visit=visit)) for visit in pair)
    return _Columns(m0 - m0.mean(), y0 - y0.mean(), m1 - m0, y1 - y0)


def build(study: Study, priors: Priors) -> "pm.Model":
    """The regression of change on change, and the raw correlation.

    Parameters
    ----------
    study : Study
        The study.
    priors : Priors
        One prior set.

    Returns
    -------
    pymc.Model
        Dims ``participant``, ``equation`` (one), ``change`` (marker, symptom) and those of the study's structure.
    """
    prior_of = families(priors)
    used = select(study).used
    design = make_design(study, used)
    columns = _columns(study, used)
    coords = design.coords | {"equation": ["change"], "change": ["marker", "symptom"]}
    with pm.Model(coords=coords, check_bounds=False) as model:
        observed = pm.Data("symptom_change", columns.symptom_change, dims="participant")
        halvings = pm.Data("halvings", columns.marker_change.mean() - columns.marker_change, dims="participant")
        m0 = pm.Data("baseline_marker_column", columns.m0, dims="participant")
        y0 = pm.Data("baseline_score", columns.y0, dims="participant")
        mean = (
            prior_of["intercept"].variable("intercept")
            + prior_of["parallel"].variable("parallel") * halvings
            + prior_of["baseline_marker"].variable("baseline_marker") * m0
            + prior_of["baseline_symptom"].variable("baseline_symptom") * y0
            + structured_effects(design, prior_of, "equation")[0]
        )
        sigma = prior_of["sigma"].variable("sigma")
        observe("change_of_score", mean, sigma, observed, ("participant",), study.spec.analysis.likelihood, prior_of)

        dm = pm.Data("standard_marker_change", _standardise(columns.marker_change), dims="participant")
        dy = pm.Data("standard_symptom_change", _standardise(columns.symptom_change), dims="participant")
        raw_mean = prior_of["raw_mean"].variable("raw_mean", dims="change")
        raw_sd = prior_of["raw_sd"].variable("raw_sd", dims="change")
        raw = pt.tanh(prior_of["raw_z"].variable("raw_z"))
        pm.Normal("raw_marker_change", raw_mean[0], raw_sd[0], observed=dm, dims="participant")
        given_marker = raw_mean[1] + raw * raw_sd[1] * (dm - raw_mean[0]) / raw_sd[0]
        pm.Normal("raw_symptom_change", given_marker, raw_sd[1] * pt.sqrt(1 - raw**2), observed=dy, dims="participant")
    return model


def _standardise(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std(ddof=1)


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw)``."""
    return {"parallel_slope": posterior["parallel"], "change_correlation": xr.ufuncs.tanh(posterior["raw_z"])}


def observed_data(study: Study) -> xr.Dataset:
    """The change of the score, and both changes in their standard deviations, as observed."""
    used = select(study).used
    columns = _columns(study, used)
    outcomes = {
        "change_of_score": columns.symptom_change,
        "raw_marker_change": _standardise(columns.marker_change),
        "raw_symptom_change": _standardise(columns.symptom_change),
    }
    return xr.Dataset(
        {name: ("participant", values) for name, values in outcomes.items()}, coords={"participant": used}
    )


def replicate(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of `observed_data` drawn anew, dims ``(chain, draw, participant)``."""
    used = select(study).used
    change = _drawn(draws, study, np.arange(len(used)), rng)
    raw = xr.ufuncs.tanh(draws["raw_z"])
    first, fresh = (change.copy(data=rng.normal(size=change.shape)) for _ in range(2))
    (mean_m, sd_m), (mean_y, sd_y) = (
        [draws[name].isel(change=index, drop=True) for name in ("raw_mean", "raw_sd")] for index in range(2)
    )
    outcomes = {
        "change_of_score": change,
        "raw_marker_change": mean_m + sd_m * first,
        "raw_symptom_change": mean_y + sd_y * (raw * first + np.sqrt(1 - raw**2) * fresh),
    }
    return xr.Dataset(outcomes).assign_coords(participant=used)


def readings(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Score of new participants at follow-up, given their baseline and the marker at both visits.

    Dims ``(chain, draw, participant)``; the baseline score, which is given, has dim ``participant`` alone.
    """
    used = select(study).used
    return score_readings(study, some_scores(study, used), _drawn(draws, study, representatives(len(used)), rng))


def _drawn(draws: xr.Dataset, study: Study, rows: np.ndarray, rng: np.random.Generator) -> xr.DataArray:
    """Change of the score of some participants, dims ``(chain, draw, participant)``."""
    used = select(study).used
    columns = _columns(study, used)
    predictors = {
        "parallel": columns.marker_change.mean() - columns.marker_change,
        "baseline_marker": columns.m0,
        "baseline_symptom": columns.y0,
    }
    effects = draws.isel(equation=0, drop=True) if "equation" in draws.dims else draws
    mean = draws["intercept"] + participant_effects(effects, make_design(study, used), rows)
    for name, column in predictors.items():
        mean = mean + draws[name] * xr.DataArray(column[rows], dims="participant")
    return mean + residuals(draws["sigma"], draws.get("nu"), mean, rng)


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("parallel_change")
