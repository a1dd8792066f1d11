"""The symptom model: its log density against SciPy, and its estimands."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.models import symptom_change

CASES = ("example", "plain", "arms", "arms alone", "gaps", "student_t", "without a marker")


def used_rows(case: Any, oracle: Any) -> Any:
    """Both scores and, where there is a marker, a measured baseline value."""
    lower = 0.5 if case.study.spec.marker and case.study.spec.marker[0].lower_limit else 0.0
    complete = (case.table["madrs_0"] != "") & (case.table["madrs_12"] != "")
    if "marker" in case.has:
        complete &= np.array([oracle.reading(cell, lower)[0] == "observed" for cell in case.table["il6_0"]])
    return case.table[complete]


def columns(case: Any, used: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred baseline score, change, and centred baseline marker in doublings (zeros without one)."""
    y0, y1 = (used[column].to_numpy(dtype=float) for column in ("madrs_0", "madrs_12"))
    m0 = np.log2(used["il6_0"].to_numpy(dtype=float)) if "marker" in case.has else np.zeros(len(used))
    return y0 - y0.mean(), y1 - y0, m0 - m0.mean()


def log_likelihood(case: Any, oracle: Any, at: Mapping[str, np.ndarray]) -> float:
    used = used_rows(case, oracle)
    y0, change, m0 = columns(case, used)
    total = 0.0
    for form, has_baseline in enumerate((True, False)):
        mean = at["intercept"][form] + oracle.effects(case, used, at, form) + has_baseline * at["baseline_symptom"] * y0
        if "marker" in case.has:
            mean = mean + at["prognostic"][form] * m0
        residual = (change - mean) / at["sigma"][form]
        of_residual = stats.t(at["nu"][form]) if "nu" in at else stats.norm()
        total += (of_residual.logpdf(residual) - np.log(at["sigma"][form])).sum()
    return total


@pytest.mark.parametrize("name", CASES)
def test_the_log_density_is_that_of_the_formula(cases: Mapping[str, Any], oracle: Any, quick: Mode, name: str) -> None:
    case, priors = cases[name], symptom_change.PRIORS["reference"]
    model = symptom_change.build(case.study, priors)
    logp = model.compile_logp(mode=quick)
    for point, at in oracle.points(model):
        expected = oracle.log_prior(priors, at, model) + log_likelihood(case, oracle, at)
        # PyMC rounds some constants to single precision.
        assert float(logp(point)) == pytest.approx(expected, rel=1e-7)


def test_the_selection_is_that_of_the_oracle(cases: Mapping[str, Any], oracle: Any) -> None:
    for name in CASES:
        used = symptom_change.select(cases[name].study).used.tolist()
        assert used == used_rows(cases[name], oracle)["id"].tolist(), name
    assert len(symptom_change.select(cases["example"].study).used) < len(cases["example"].table)


def test_without_a_marker_there_is_no_prognostic_slope(cases: Mapping[str, Any]) -> None:
    study = cases["without a marker"].study
    model = symptom_change.build(study, symptom_change.PRIORS["reference"])
    assert "prognostic" not in model.named_vars
    assert "prognostic_slope" not in symptom_change.derive(_draws(model), study)


def test_the_likelihood_is_one_value_a_participant_and_form(cases: Mapping[str, Any]) -> None:
    model = symptom_change.build(cases["example"].study, symptom_change.PRIORS["reference"])
    (observed,) = model.observed_RVs
    assert model.named_vars_to_dims[observed.name] == ("form", "participant")
    assert model.coords["form"] == ("ancova", "change score")


def _draws(model: Any) -> xr.Dataset:
    rng = np.random.default_rng(2)
    variables = {}
    for variable in model.free_RVs:
        dims = model.named_vars_to_dims.get(variable.name, ())
        shape = (2, 3, *(len(model.coords[dim]) for dim in dims))
        variables[variable.name] = (("chain", "draw", *dims), np.abs(rng.normal(size=shape)) + 1)
    coords = {dim: list(labels) for dim, labels in model.coords.items() if labels is not None}
    return xr.Dataset(variables, coords=coords)


@pytest.mark.parametrize("name", CASES)
def test_estimands_agree_with_a_calculation_by_participant(cases: Mapping[str, Any], oracle: Any, name: str) -> None:
    case = cases[name]
    model = symptom_change.build(case.study, symptom_change.PRIORS["reference"])
    posterior = _draws(model)
    found = symptom_change.derive(posterior, case.study)
    assert set(found) <= set(symptom_change.ESTIMANDS)
    assert ("arm_difference" in found) == ("arms" in case.has)
    used = used_rows(case, oracle)
    y0, _, m0 = columns(case, used)
    index = {"chain": 1, "draw": 2}
    at = {key: value.isel(index).to_numpy() for key, value in posterior.items()}
    for form, label in enumerate(("ancova", "change score")):
        line = at["intercept"][form] + oracle.effects(case, used, at, form)
        if "marker" in case.has:
            line = line + at["prognostic"][form] * m0
        line = line + (form == 0) * at["baseline_symptom"] * y0
        mean = found["symptom_change"].isel(index).sel(form=label)
        assert float(mean.sel(group="overall")) == pytest.approx(line.mean(), abs=1e-10)
        if "groups" in case.has:
            for level in ("light", "moderate", "vigorous"):
                own = line[(used["intensity"] == level).to_numpy()]
                # At the baselines of its own participants.
                assert float(mean.sel(group=level)) == pytest.approx(own.mean(), abs=1e-10)
        if label == "ancova":
            baseline = used["madrs_0"].to_numpy(dtype=float)
            limit = np.where(baseline > 0, np.floor(baseline / 2) + 0.5, -np.inf)
            of_residual = stats.t(at["nu"][form]) if "nu" in at else stats.norm()
            share = of_residual.cdf((limit - baseline - line) / at["sigma"][form])
            response = found["response_probability"].isel(index)
            assert float(response.sel(group="overall")) == pytest.approx(share.mean(), abs=1e-10)
            if "groups" in case.has:
                light = (used["intensity"] == "light").to_numpy()
                assert float(response.sel(group="light")) == pytest.approx(share[light].mean(), abs=1e-10)
    if "marker" in case.has:
        xr.testing.assert_equal(found["prognostic_slope"], posterior["prognostic"])


def test_remission_is_given_where_the_study_states_a_cut(cases: Mapping[str, Any]) -> None:
    for name, wanted in (("example", True), ("plain", False)):
        study = cases[name].study
        model = symptom_change.build(study, symptom_change.PRIORS["reference"])
        assert ("remission_probability" in symptom_change.derive(_draws(model), study)) == wanted
