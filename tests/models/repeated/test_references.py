"""Published analyses of public data: SAS and brms.mmrm on `fev_data`, rbmi's antidepressant trial.

Which estimate is compared is said with each. A maximum of the likelihood is compared to the digits printed; posteriors
under the diffuse prior set in Monte Carlo standard errors.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
import xarray as xr
from scipy import optimize

from cochange.data.study import Study
from cochange.models import repeated_measures
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.likelihood.joint import joint_logp
from cochange.models.parts.likelihood.kernel import likelihood
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.models.parts.repeated.covariance import unstructured_factor

# HAMA enters as a marker: its tenth is the natural log of what the file gives.
TENTH = 10


@pytest.fixture(scope="module")
def posterior() -> Callable[[Study], xr.Dataset]:
    """Draws of the parameters under the diffuse set."""

    def draw(study: Study) -> xr.Dataset:
        priors: Any = prior_sets("repeated_measures", repeated_measures.PRIORS, study)["diffuse"]
        compiled = nutpie.compile_pymc_model(repeated_measures.build(study, priors))
        tree = nutpie.sample(compiled, draws=2500, tune=1000, chains=4, cores=2, seed=3, progress_bar=False)
        assert int(tree["sample_stats"]["diverging"].sum()) == 0
        named = repeated_measures.parameters(study).by_family(families(priors))
        return named.named(tree["posterior"].to_dataset(), families(priors))

    return draw


def test_the_likelihood_has_its_maximum_where_sas_has_it(fev: Study, sas_columns: Any) -> None:
    """PROC MIXED, METHOD=ML: FEV1 = ARMCD SEX, the same mean at all visits, unstructured; no baseline."""
    columns, cells = sas_columns(fev)
    observed = gather(cells, columns).arrays
    lower = np.tril_indices(4)
    # The baseline is no outcome: its column of the covariance stands apart and nothing of it is missing or modelled.
    observed["present"][:, 0] = 0

    def negative(vector: np.ndarray) -> tuple[float, np.ndarray]:
        mean, factor = np.zeros((3, 5)), np.zeros((4, 4))
        mean[:, 1:] = vector[:3, None]
        factor[lower] = vector[3:]
        covariance = np.eye(5)
        covariance[1:, 1:] = factor @ factor.T
        total, to_mean, to_covariance, *_ = likelihood(mean, covariance, np.zeros(5), 0.0, *observed.values())
        inner = to_covariance[1:, 1:]
        gradient = np.concatenate([to_mean[:, 1:].sum(axis=1), ((inner + inner.T) @ factor)[lower]])
        return -total, -gradient

    start = np.concatenate([[0.0, 0.0, 0.0], np.diag([9.0, 6.0, 5.0, 12.0])[lower]])
    found = optimize.minimize(negative, start, jac=True, method="BFGS", options={"gtol": 1e-6, "maxiter": 2000})
    intercept, *effects = found.x[:3]
    factor = np.zeros((4, 4))
    factor[lower] = found.x[3:]
    assert np.abs(found.jac).max() < 1e-5
    assert 2 * found.fun == pytest.approx(3668.4, abs=0.05)
    np.testing.assert_allclose(effects, [3.8276, -0.1382], atol=6e-5)
    # SAS stops a little short of the maximum: its printed values have a deviance 0.0003 above it at most.
    centre = float(cells.origin[0, 1])
    printed = [108.47, 45.3437, 39.9182, -2.7522, 0.5131, 24.4259, -47.0863, -13.3892, 18.5366, 152.04]
    assert intercept + centre == pytest.approx(41.0840, abs=1e-3)
    np.testing.assert_allclose((factor @ factor.T)[lower], printed, rtol=2e-3)
    of_sas = np.zeros((4, 4))
    of_sas[lower] = printed
    of_sas = of_sas + np.tril(of_sas, -1).T
    at_sas = np.concatenate([[41.0840 - centre, 3.8276, -0.1382], np.linalg.cholesky(of_sas)[lower]])
    assert 0 <= 2 * (negative(at_sas)[0] - found.fun) < 3e-4


@pytest.mark.slow
def test_the_treatment_effect_is_that_of_sas(fev: Study, sas_columns: Any, agrees: Callable[..., None]) -> None:
    """PROC MIXED, METHOD=REML, of the same model: TRT 3.8265 (0.6421); posterior mean and SD under flat priors."""
    columns, cells = sas_columns(fev)
    observed = gather(cells, columns).arrays
    observed["present"][:, 0] = 0
    with pm.Model() as model:
        effects = pm.Normal("effects", 0, 100, shape=3)
        sd = pm.HalfNormal("sd", 100, shape=4)
        share = pm.Beta("share", 1, 1, shape=6)
        factor = sd[:, None] * unstructured_factor(2 * share - 1, 4, pt)
        covariance = pt.set_subtensor(pt.eye(5)[1:, 1:], factor @ factor.T)
        mean = effects[:, None] * np.array([0.0, 1, 1, 1, 1])
        pm.Potential("outcomes", joint_logp(mean, covariance, pt.zeros(5), pt.zeros(()), list(observed.values())))
    tree = nutpie.sample(nutpie.compile_pymc_model(model), draws=2500, chains=4, cores=2, seed=1, progress_bar=False)
    draws = tree["posterior"]["effects"]
    agrees(draws[..., 1], 3.8265, 0.6421, (5e-5, 5e-5))


@pytest.mark.slow
def test_contrasts_by_visit_are_those_of_brms(
    fev: Study, posterior: Callable[[Study], xr.Dataset], agrees: Callable[..., None]
) -> None:
    """brms.mmrm, vignette on `fev_data`: change = FEV1_BL + ARMCD:AVISIT + AVISIT + RACE + SEX, unstructured.

    Posterior means and SDs printed with two decimals; their own Monte Carlo error is taken for that of 4,000 draws.
    """
    draws = posterior(fev)
    contrast = repeated_measures.derive(draws, fev)["arm_difference"].sel(group="TRT versus PBO")
    published: Mapping[str, tuple[float, float]] = {
        "VIS1": (3.98, 1.07), "VIS2": (3.93, 0.83), "VIS3": (2.98, 0.68), "VIS4": (4.41, 1.68),
    }  # fmt: skip
    for visit, (mean, sd) in published.items():
        error = np.hypot(sd / np.sqrt(4000), 0.005), np.hypot(sd / np.sqrt(8000), 0.005)
        agrees(contrast.sel(visit=visit), mean, sd, error)
    agrees(draws["score_on_score"] + 0, -0.84, 0.03, (0.005, 0.005))
    sigma = np.log(draws["score_sigma"]).mean(("chain", "draw")).to_numpy()
    np.testing.assert_allclose(sigma, [1.83, 1.59, 1.33, 2.28], atol=0.02)


@pytest.mark.slow
def test_contrasts_by_visit_are_those_of_the_antidepressant_trial(
    with_hama: Callable[[str], Study], posterior: Callable[[Study], xr.Dataset], agrees: Callable[..., None]
) -> None:
    """Missing at random: HAMD-17 change = BASVAL * VISIT + THERAPY * VISIT, REML by nlme, placebo minus drug."""
    study = with_hama("score")
    contrast = repeated_measures.derive(posterior(study), study)["arm_difference"].sel(group="DRUG versus PLACEBO")
    published = {"4": (-0.092, 0.683), "5": (1.403, 0.924), "6": (2.225, 1.000), "7": (2.802, 1.114)}
    for visit, (mean, se) in published.items():
        agrees(-contrast.sel(visit=visit), mean, se, (5e-4, 5e-4))


@pytest.mark.slow
def test_two_outcomes_at_once_are_those_of_restricted_maximum_likelihood(
    with_hama: Callable[[str], Study],
    posterior: Callable[[Study], xr.Dataset],
    realdata: Path,
    agrees: Callable[..., None],
) -> None:
    """HAMD-17 and HAMA together, both on the baseline HAMD-17 and the arm at each visit; no published estimate."""
    study = with_hama("both")
    draws = posterior(study)
    derived = repeated_measures.derive(draws, study)
    effects, errors, correlation = restricted_maximum(realdata)
    score = derived["arm_difference"].sel(group="DRUG versus PLACEBO")
    marker = np.log(derived["arm_ratio"].sel(group="DRUG versus PLACEBO")) * TENTH
    together = derived["change_correlation_given_baseline"].sel(group="overall")
    for position, visit in enumerate(("4", "5", "6", "7")):
        agrees(marker.sel(visit=visit), effects[2 * position], errors[2 * position])
        agrees(score.sel(visit=visit), effects[2 * position + 1], errors[2 * position + 1])
        # Uniform partial correlations of eight cells draw large correlations a little towards zero: by 0.01 to 0.02
        # here, which is less than a posterior SD.
        own = together.sel(visit=visit)
        under = correlation[2 * position, 2 * position + 1] - float(own.mean())
        assert 0 < under < float(own.std())


def restricted_maximum(realdata: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects of the drug, their standard errors and the correlations, HAMA before HAMD-17 at each visit."""
    table = pd.read_csv(realdata / "rbmi_antidepressant" / "antidepressant_data.csv")
    names = ["HAMATOTL", "HAMDTL17"]
    wide = table.pivot_table(index="PATIENT", columns="VISIT", values=names).swaplevel(axis=1)
    wide = wide[[(visit, name) for visit in (4, 5, 6, 7) for name in names]].to_numpy()
    people = table.groupby("PATIENT")[["BASVAL", "THERAPY"]].first()
    before = people["BASVAL"].to_numpy()
    columns = np.column_stack([np.ones(len(wide)), before - before.mean(), people["THERAPY"] == "DRUG"]).astype(float)
    size = wide.shape[1]
    lower = np.tril_indices(size)
    seen = ~np.isnan(wide)
    patterns = [(np.flatnonzero(kind), (seen == kind).all(axis=1)) for kind in np.unique(seen, axis=0)]

    def covariance_of(vector: np.ndarray) -> np.ndarray:
        factor = np.zeros((size, size))
        factor[lower] = vector
        factor[np.diag_indices(size)] = np.exp(np.diag(factor))
        return factor @ factor.T

    def solve(covariance: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        information, score, total = np.zeros((3 * size, 3 * size)), np.zeros(3 * size), 0.0
        for here, who in patterns:
            inner = covariance[np.ix_(here, here)]
            place = np.eye(size)[here]
            value, own = wide[who][:, here], columns[who]
            precision = np.linalg.inv(inner)
            information += np.kron(own.T @ own, place.T @ precision @ place)
            score += (own.T @ value @ precision @ place).ravel()
            total -= 0.5 * (len(value) * np.linalg.slogdet(inner)[1] + np.einsum("ni,ij,nj", value, precision, value))
        effects = np.linalg.solve(information, score)
        return total + 0.5 * score @ effects - 0.5 * np.linalg.slogdet(information)[1], effects, information

    start = np.linalg.cholesky(15 * np.ones((size, size)) + 20 * np.eye(size))
    start[np.diag_indices(size)] = np.log(np.diag(start))
    found = optimize.minimize(lambda vector: -solve(covariance_of(vector))[0], start[lower], method="BFGS")
    covariance = covariance_of(found.x)
    _, effects, information = solve(covariance)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    sd = np.sqrt(np.diag(covariance))
    return effects[-size:], errors[-size:], covariance / np.outer(sd, sd)
