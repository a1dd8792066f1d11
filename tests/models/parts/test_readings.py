"""Readings of new participants against the formula of their model, at parameters held fixed."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import special, stats

from cochange.data.study import Study
from cochange.models.parts.contract import load_model
from cochange.models.parts.readings import AT_MOST

DRAWS = 2000
LN2 = np.log(2)
# A largest of some hundred standard normal values lies beyond 5 once in ten thousand times.
FAR = 5.0

Draw = Callable[..., xr.Dataset]


@pytest.fixture
def read_anew() -> Draw:
    """Readings of a model at fixed parameters: one value each, values by label of one dim, or an array of draws."""

    def draw(model: str, study: Study, **parameters: Any) -> xr.Dataset:
        fixed = {}
        for name, value in parameters.items():
            if isinstance(value, xr.DataArray):
                fixed[name] = value
            elif isinstance(value, tuple):
                dim, values = value
                coords = {dim: list(values)}
                tiled = np.tile(list(values.values()), (1, DRAWS, 1))
                fixed[name] = xr.DataArray(tiled, dims=("chain", "draw", dim), coords=coords)
            else:
                fixed[name] = xr.DataArray(np.full((1, DRAWS), float(value)), dims=("chain", "draw"))
        found = load_model(model).readings
        assert found is not None
        return found(xr.Dataset(fixed), study, np.random.default_rng(3))

    return draw


def of(form: float) -> tuple[str, dict[str, float]]:
    return "form", {"ancova": form, "change score": 99.0}


def table_of(study: Study) -> pd.DataFrame:
    return pd.read_csv(study.path.parent / study.spec.data.file)


def furthest(values: xr.DataArray, mean: Any, sd: Any) -> float:
    """The furthest that mean and SD of a participant's values lie from the true ones, in standard errors."""
    drawn = values.isel(chain=0).transpose("participant", "draw").to_numpy()
    of_mean = (drawn.mean(axis=1) - mean) / (sd / np.sqrt(DRAWS))
    of_sd = (drawn.std(axis=1) / sd - 1) * np.sqrt(2 * DRAWS)
    return float(max(np.abs(of_mean).max(), np.abs(of_sd).max()))


def test_the_marker_at_both_visits(make_study: Any, read_anew: Draw) -> None:
    study = make_study(has=("marker",), marker={"lower_limit": 1.0})
    sigma = "visit", {"before": 0.8, "after": 0.6}
    found = read_anew("marker_change", study, baseline=0.3, change=-0.2, sigma=sigma, retest_z=np.arctanh(0.5))
    before, after = found["IL-6 at before"], found["IL-6 at after"]
    centre = np.log(table_of(study)["il6_0"].clip(lower=1.0).median())
    assert furthest(before, centre + 0.3, 0.8) < FAR
    assert furthest(after, centre + 0.1, 0.6) < FAR
    correlation = np.corrcoef(before.to_numpy().ravel(), after.to_numpy().ravel())[0, 1]
    assert correlation == pytest.approx(0.5, abs=FAR * 0.75 / np.sqrt(before.size))
    assert float(before.min()) < 0


def test_student_t_pairs_share_their_precision(make_study: Any, read_anew: Draw) -> None:
    study = make_study(has=("marker",), analysis={"likelihood": "student_t"})
    sigma = "visit", {"before": 0.8, "after": 0.6}
    found = read_anew("marker_change", study, baseline=0, change=0, sigma=sigma, retest_z=0, nu=4)
    centre = np.log(table_of(study)["il6_0"].median())
    z = [(found[f"IL-6 at {visit}"].to_numpy().ravel() - centre) / sd for visit, sd in sigma[1].items()]
    n = z[0].size
    expected = 2 * stats.t.sf(3, 4)
    for values in z:
        assert (np.abs(values) > 3).mean() == pytest.approx(expected, abs=FAR * np.sqrt(expected / n))
    # Of two independent ones the share would be the square.
    both = stats.multivariate_t(shape=np.eye(2), df=4)
    inside = both.cdf([3, 3], lower_limit=[-3, -3])
    together = 2 * expected - (1 - inside)
    assert together > 4 * expected**2
    far = (np.abs(z[0]) > 3) & (np.abs(z[1]) > 3)
    assert far.mean() == pytest.approx(together, abs=FAR * np.sqrt(together / n))


def test_the_score_given_its_baseline(make_study: Any, read_anew: Draw) -> None:
    study = make_study()
    values = {"intercept": of(-8), "baseline_symptom": -0.3, "prognostic": of(1.5), "sigma": of(4)}
    found = read_anew("symptom_change", study, **values)
    table = table_of(study)
    y0, m0 = table["madrs_0"], np.log2(table["il6_0"])
    mean = y0 - 8 - 0.3 * (y0 - y0.mean()) + 1.5 * (m0 - m0.mean())
    assert furthest(found["MADRS at after"], mean, 4) < FAR
    np.testing.assert_array_equal(found["MADRS at before"], y0)


def test_a_large_study_lends_some_of_its_participants(make_study: Any, make_people: Any, read_anew: Draw) -> None:
    study = make_study(make_people(n=250), has=("symptom", "covariates"))
    effects = xr.DataArray(
        np.tile([2.0, -3.0], (1, DRAWS, 2, 1)),
        dims=("chain", "draw", "form", "covariate"),
        coords={"form": ["ancova", "change score"], "covariate": ["age (per SD)", "sex: male"]},
    )
    values = {"intercept": of(-8), "baseline_symptom": 0, "sigma": of(4)}
    found = read_anew("symptom_change", study, covariate_effect=effects, **values)
    assert found.sizes["participant"] == AT_MOST
    table = table_of(study)
    age, male = (table["age"] - table["age"].mean()) / table["age"].std(), (table["sex"] == "male").astype(float)
    mean = table["madrs_0"] - 8 + 2 * age - 3 * (male - male.mean())
    rows = table["id"].isin(found["participant"].values)
    assert furthest(found["MADRS at after"], mean[rows], 4) < FAR


def test_a_counted_score_is_beta_binomial(make_study: Any, read_anew: Draw) -> None:
    study = make_study(has=("symptom",), symptom={"distribution": "beta_binomial"})
    one = {"intercept": -0.8, "precision": 12.0}
    found = read_anew(
        "symptom_change",
        study,
        baseline_symptom=-0.4,
        **{name: ("form", {"ancova": value}) for name, value in one.items()},
    )
    y0 = table_of(study)["madrs_0"]
    before = np.log((y0 + 0.5) / (60 - y0 + 0.5))
    p = special.expit(before - 0.8 - 0.4 * (before - before.mean())).to_numpy()
    count = stats.betabinom(60, 12 * p, 12 * (1 - p))
    drawn = found["MADRS at after"]
    assert furthest(drawn, count.mean(), count.std()) < FAR
    assert set(np.unique(drawn)) <= set(range(61))


def test_the_score_given_both_changes(make_study: Any, read_anew: Draw) -> None:
    study = make_study()
    found = read_anew(
        "parallel_change", study, intercept=-8, parallel=-2, baseline_marker=1, baseline_symptom=-0.3, sigma=4
    )
    table = table_of(study)
    y0, m0, m1 = table["madrs_0"], np.log2(table["il6_0"]), np.log2(table["il6_12"])
    halvings = (m0 - m1) - (m0 - m1).mean()
    mean = y0 - 8 - 2 * halvings + (m0 - m0.mean()) - 0.3 * (y0 - y0.mean())
    assert furthest(found["MADRS at after"], mean, 4) < FAR


JOINT: Mapping[str, float] = {
    "score_mean": 1, "score_change": -8, "score_sigma": 5, "score_change_sigma": 4, "score_on_score": -0.3,
    "score_reliability": 0.8,
}  # fmt: skip
JOINT_OF_MARKER: Mapping[str, float] = {
    "marker_mean": 0.2, "marker_change": -0.3, "marker_sigma": 0.7, "marker_change_sigma": 0.5,
    "marker_on_marker": -0.4, "marker_on_score": 0.02, "baseline_slope": 1.5, "prognostic": -1, "parallel": 2,
    "marker_reliability": 0.6, "state_z": 0.3,
}  # fmt: skip


def test_the_joint_model_gives_marker_and_score_without_limits_and_gaps(
    make_study: Any, make_people: Any, read_anew: Draw
) -> None:
    table = make_people()
    table.loc[::5, "il6_12"] = np.nan
    study = make_study(table, marker={"lower_limit": 1.0})
    of_marker = {name: ("marker", {"IL-6": value}) for name, value in JOINT_OF_MARKER.items()}
    found = read_anew("joint_change", study, **JOINT, **of_marker)
    names = ("IL-6 at before", "MADRS at before", "IL-6 at after", "MADRS at after")
    drawn = np.stack([found[name].to_numpy().ravel() for name in names])
    assert not np.isnan(drawn).any()
    assert drawn[0].min() < 0

    # The paths written out by hand: each residual's weight in m0, y0, m1 and y1, the slopes taken to log units.
    j = {**JOINT, **JOINT_OF_MARKER}
    b, c, d = (j[name] / LN2 for name in ("baseline_slope", "prognostic", "parallel"))
    m0, y0 = np.array([1, 0, 0, 0]), np.array([b, 1, 0, 0])
    dm = j["marker_on_marker"] * m0 + j["marker_on_score"] * y0 + np.array([0, 0, 1, 0])
    dy = c * m0 + j["score_on_score"] * y0 + np.array([0, 0, -d, 1])
    residuals = [j[name] for name in ("marker_sigma", "score_sigma", "marker_change_sigma", "score_change_sigma")]
    true = np.stack([m0, y0, m0 + dm, y0 + dy]) * residuals
    covariance = true @ true.T
    errors = [
        covariance[i, i] * (1 - j[name]) / j[name] for i, name in enumerate(("marker_reliability", "score_reliability"))
    ]
    shared = np.tanh(j["state_z"]) * np.sqrt(errors[0] * errors[1])
    covariance += np.kron(np.eye(2), [[errors[0], shared], [shared, errors[1]]])
    centre = np.log(table["il6_0"].clip(lower=1.0).median()), table["madrs_0"].median()
    mean = np.array([centre[0] + 0.2, centre[1] + 1, centre[0] - 0.1, centre[1] - 7])

    n = drawn.shape[1]
    sd = np.sqrt(np.diag(covariance))
    assert np.abs((drawn.mean(axis=1) - mean) / sd * np.sqrt(n)).max() < FAR
    correlation = covariance / np.outer(sd, sd)
    spread = np.sqrt(1 + correlation**2)
    assert np.abs((np.cov(drawn) - covariance) / np.outer(sd, sd) / spread * np.sqrt(n)).max() < FAR
