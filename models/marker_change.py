"""Did the marker change? Both visits of a log marker, with values beyond a limit of detection as censored.

    (m0, m1) ~ BivariateNormal((mean0, mean1), (sigma0, sigma1), retest)
    mean0 = baseline + covariates + arm + group + site
    mean1 = mean0 + change + covariates + arm + group + site

m is the natural log of the marker, 0 the baseline and 1 the follow-up. A value under a limit enters as the probability
of lying under it, given the other visit's value. Participants with one visit count for that visit. Group and site
effects are partially pooled. With Student-t residuals each participant's pair is a scale mixture of normals: sigma /
sqrt(mixing), mixing ~ Gamma(nu / 2, nu / 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.censoring import MarkerPair, marker_pair
from cochange.models.parts.design import (
    Design,
    arm_contrasts,
    expected_by_group,
    levels,
    make_design,
    participant_effects,
    structured_effects,
)
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, HalfNormal, Normal
from cochange.models.parts.graph import TensorVariable, pm, pt
from cochange.models.parts.pairs import pair_logp, patterns
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.readings import precisions, representatives
from cochange.models.parts.selection import Selection, cannot, choose

QUESTION = "Did the marker change?"

ESTIMANDS = {
    "geometric_mean_ratio": Estimand("exp(E[m1 - m0])", "ratio", 1.0, "Q1"),
    "arm_ratio": Estimand("ratio of the arm's geometric mean ratio to the control's, adjusted", "ratio", 1.0, "Q1"),
}

# Participants with a value at one visit alone, by the visit.
SINGLE = ("baseline_only", "follow_up_only")

PRIOR_VARS = (
    "baseline", "change", "covariate_effect", "arm_difference", "group_sd", "site_sd", "sigma", "retest_z", "nu",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `marker_change`, on the natural log of the marker."""

    baseline: Family = prior("log units", "mean log marker at baseline, from the median of the baseline values")
    change: Family = prior("log units", "mean change of the log marker")
    covariate: Family = prior("log units per SD", "effect of a covariate, on the baseline and on the change")
    arm: Family = prior("log units", "difference of an arm from the control, at baseline and in the change")
    group_sd: Family = prior("log units", "standard deviation of the groups' effects")
    site_sd: Family = prior("log units", "standard deviation of the sites' effects")
    sigma: Family = prior("log units", "standard deviation between participants at each visit")
    retest_z: Family = prior("Fisher z", "retest correlation of the log marker, on Fisher's z scale")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t residuals")


REFERENCE = Priors(
    baseline=Normal(mean=0, sd=2.5),
    change=Normal(mean=0, sd=0.5),
    covariate=Normal(mean=0, sd=0.5),
    arm=Normal(mean=0, sd=0.5),
    group_sd=HalfNormal(sd=0.3),
    site_sd=HalfNormal(sd=0.3),
    sigma=HalfNormal(sd=1.5),
    retest_z=Normal(mean=0.5, sd=0.5),
    nu=literature.DEGREES_OF_FREEDOM,
)

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        change=Normal(mean=0, sd=0.1),
        covariate=Normal(mean=0, sd=0.1),
        arm=Normal(mean=0, sd=0.1),
        group_sd=HalfNormal(sd=0.1),
    ),
    "literature": replace(
        REFERENCE,
        change=literature.MARKER_CHANGE,
        covariate=Normal(mean=0, sd=0.3),
        arm=literature.MARKER_ARM,
        retest_z=Normal(
            mean=0.52,
            sd=0.2,
            source="IL-6 retest ICC 0.48 (0.36 to 0.62) at six weeks, PMC3392358; 0.48 over years, "
            "doi:10.1016/j.cyto.2004.08.008",
        ),
        sigma=literature.MARKER_SD,
    ),
    "diffuse": replace(
        REFERENCE,
        baseline=Normal(mean=0, sd=10),
        change=Normal(mean=0, sd=10),
        covariate=Normal(mean=0, sd=10),
        arm=Normal(mean=0, sd=10),
        group_sd=HalfNormal(sd=2),
        site_sd=HalfNormal(sd=2),
        sigma=HalfNormal(sd=10),
        retest_z=Normal(mean=0, sd=1.5),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with a marker value, measured or censored, at either visit."""
    if study.marker is None:
        return cannot(study, "needs a marker, the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits, the study has one")
    pair = marker_pair(study)
    counts = ", ".join(
        f"{int(np.isin(pair.status[:, visit], ('below', 'above')).sum())} of "
        f"{int((pair.status[:, visit] != 'missing').sum())} values at {name}"
        for visit, name in enumerate((study.baseline, study.follow_up))
    )
    censored = np.isin(pair.status, ("below", "above")).any()
    note = (f"Beyond a limit of detection, and entered as censored: {counts}.",) if censored else ()
    selection = choose(study, {"no marker value at either visit": (pair.status == "missing").all(axis=1)}, note)
    detected = ((pair.status == "observed").sum(axis=0) >= 3).all()
    if not selection.problem and not detected:
        return cannot(study, "fewer than 3 measured marker values at a visit: nothing can be learned of the change")
    return selection


def build(study: Study, priors: Priors) -> "pm.Model":
    """The model of the log marker at both visits.

    Parameters
    ----------
    study : Study
        The study.
    priors : Priors
        One prior set.

    Returns
    -------
    pymc.Model
        Dims ``participant``, ``visit``, ``equation`` (baseline, change) and those of the study's structure.
    """
    prior_of = families(priors)
    used = select(study).used
    design = make_design(study, used)
    pair = marker_pair(study).of(used)
    coords = design.coords | {"visit": [study.baseline, study.follow_up], "equation": ["baseline", "change"]}
    with pm.Model(coords=coords, check_bounds=False) as model:
        effects = structured_effects(design, prior_of, "equation")
        mean0 = pair.centre + prior_of["baseline"].variable("baseline") + effects[0]
        mean1 = mean0 + prior_of["change"].variable("change") + effects[1]
        mean = pt.stack([mean0, mean1], axis=1)
        sd = prior_of["sigma"].variable("sigma", dims="visit")[None, :]
        retest = pt.tanh(prior_of["retest_z"].variable("retest_z"))
        if study.spec.analysis.likelihood == "student_t":
            nu = prior_of["nu"].variable("nu")
            sd = sd / pt.sqrt(pm.Gamma("mixing", nu / 2, nu / 2, dims="participant"))[:, None]
        alike = None if study.spec.analysis.likelihood == "student_t" else _alike(pair, design)
        _observe(pair, mean, pt.broadcast_to(sd, mean.shape), retest, alike)
    return model


def _alike(pair: MarkerPair, design: Design) -> np.ndarray:
    """Label of each participant, the same for those with the same values and the same right-hand side.

    Those measured at both visits have labels of their own: data drawn anew need not be equal where these are.
    """
    columns = [pair.log_value, design.covariates.values, design.arms.values]
    columns += [
        np.searchsorted(levels(labels), labels)[:, None] for labels in (design.group, design.site) if labels is not None
    ]
    label = np.unique(np.concatenate(columns, axis=1), axis=0, return_inverse=True)[1]
    measured = (pair.status == "observed").all(axis=1)
    return np.where(measured, len(label) + np.arange(len(label)), label)


def _observe(
    pair: MarkerPair,
    mean: TensorVariable,
    sd: TensorVariable,
    retest: TensorVariable,
    alike: np.ndarray | None,
) -> None:
    """Pairs with a value at both visits, then single values."""
    model = pm.modelcontext(None)
    rows = _rows(pair)
    for dim, of_dim in rows.items():
        model.add_coord(dim, pair.participant[of_dim])
    if "pair" in rows:
        both = rows["pair"]
        groups = patterns(pair.status[both], None if alike is None else alike[both])
        lower, upper = pair.lower[both], pair.upper[both]
        pm.CustomDist(
            "log_marker",
            mean[both],
            sd[both],
            retest,
            logp=lambda value, mean, sd, retest: pair_logp(value, mean, sd, retest, groups),
            random=lambda mean, sd, retest, rng=None, size=None: _draw_pairs(mean, sd, retest, rng, lower, upper),
            signature="(v),(v),()->(v)",
            observed=pm.Data("pair_values", pair.log_value[both], dims=("pair", "visit")),
            dims=("pair", "visit"),
        )
    for visit, dim in enumerate(SINGLE):
        if dim in rows:
            alone = rows[dim]
            pm.Censored(
                f"log_marker_{dim}",
                pm.Normal.dist(mean[alone, visit], sd[alone, visit]),
                lower=pair.lower[alone, visit],
                upper=pair.upper[alone, visit],
                observed=pm.Data(f"{dim}_values", pair.log_value[alone, visit], dims=dim),
                dims=dim,
            )


def _rows(pair: MarkerPair) -> dict[str, np.ndarray]:
    """Rows with values at both visits and rows with a value at one of them, where there are any."""
    seen = pair.status != "missing"
    rows = {"pair": np.flatnonzero(seen.all(axis=1))}
    rows |= {dim: np.flatnonzero(seen[:, visit] & ~seen[:, 1 - visit]) for visit, dim in enumerate(SINGLE)}
    return {dim: of_dim for dim, of_dim in rows.items() if len(of_dim)}


def _draw_pairs(
    mean: np.ndarray,
    sd: np.ndarray,
    retest: np.ndarray,
    rng: np.random.Generator,
    lower: np.ndarray,
    upper: np.ndarray,
) -> np.ndarray:
    z = rng.normal(size=mean.shape)
    second = retest * z[..., 0] + np.sqrt(1 - retest**2) * z[..., 1]
    return np.clip(mean + sd * np.stack([z[..., 0], second], axis=-1), lower, upper)


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw, group)``."""
    design = make_design(study, select(study).used)
    change = _of_equation(posterior, "change")
    estimands = {"geometric_mean_ratio": xr.ufuncs.exp(expected_by_group(change, design, posterior["change"]))}
    if design.arms.sizes["arm_effect"]:
        estimands["arm_ratio"] = xr.ufuncs.exp(arm_contrasts(change, design))
    return estimands


def _of_equation(draws: xr.Dataset, equation: str) -> xr.Dataset:
    """Draws of the effects on one equation; a study without effects has no dim of equations."""
    return draws.sel(equation=equation, drop=True) if "equation" in draws.dims else draws


def observed_data(study: Study) -> xr.Dataset:
    """The log marker as observed, at the limit where censored."""
    pair = marker_pair(study).of(select(study).used)
    return _by_outcome(_of_visits(pair.log_value), pair, study)


def replicate(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Log marker of the same participants drawn anew, censored at their limits; dims ``(chain, draw, ...)``."""
    pair = marker_pair(study).of(select(study).used)
    values = _drawn(draws, study, np.arange(len(pair.participant)), draws.get("mixing"), rng)
    return _by_outcome(values.clip(_of_visits(pair.lower), _of_visits(pair.upper)), pair, study)


def _of_visits(values: np.ndarray) -> xr.DataArray:
    return xr.DataArray(values, dims=("participant", "visit"))


def _by_outcome(values: xr.DataArray, pair: MarkerPair, study: Study) -> xr.Dataset:
    """Values of all participants at both visits under the names and dims of the graph's outcomes."""
    rows = _rows(pair)
    by_dim = {dim: values.isel(participant=of_dim).rename(participant=dim) for dim, of_dim in rows.items()}
    outcomes = {
        f"log_marker_{dim}": by_dim[dim].isel(visit=visit, drop=True)
        for visit, dim in enumerate(SINGLE)
        if dim in by_dim
    }
    if "pair" in by_dim:
        outcomes["log_marker"] = by_dim["pair"].assign_coords(visit=[study.baseline, study.follow_up])
    return xr.Dataset(outcomes).assign_coords({dim: pair.participant[of_dim] for dim, of_dim in rows.items()})


def readings(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Log marker of new participants at both visits, dims ``(chain, draw, participant)``."""
    values = _drawn(draws, study, representatives(len(select(study).used)), None, rng)
    visits = (study.baseline, study.follow_up)
    at = {f"{study.marker} at {name}": values.isel(visit=visit) for visit, name in enumerate(visits)}
    return xr.Dataset(at)


def _drawn(
    draws: xr.Dataset, study: Study, rows: np.ndarray, mixing: xr.DataArray | None, rng: np.random.Generator
) -> xr.DataArray:
    """Log marker without limits, with the participants' own mixing or, where None, another one.

    Dims ``(chain, draw, participant, visit)``.
    """
    design = make_design(study, select(study).used)
    effects = {name: participant_effects(_of_equation(draws, name), design, rows) for name in ("baseline", "change")}
    mean0 = marker_pair(study).centre + draws["baseline"] + effects["baseline"]
    mean1 = mean0 + draws["change"] + effects["change"]
    spread = (precisions(draws.get("nu"), mean1, rng) if mixing is None else mixing) ** -0.5
    retest = xr.ufuncs.tanh(draws["retest_z"])
    first, fresh = (mean1.copy(data=rng.normal(size=mean1.shape)) for _ in range(2))
    second = retest * first + np.sqrt(1 - retest**2) * fresh
    at = [
        mean + draws["sigma"].sel(visit=visit, drop=True) * spread * z
        for visit, mean, z in ((study.baseline, mean0, first), (study.follow_up, mean1, second))
    ]
    return xr.concat(at, dim="visit").transpose("chain", "draw", "participant", "visit")


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("marker_change")
