"""The log density of the growth model against SciPy, for every structure of a study."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode

from cochange.inference.compiled import draw_priors, named_draws
from cochange.models import growth
from cochange.models.parts.contract import load_model

BOTH = ("marker", "score")
DESIGN = ("arms", "groups", "sites", "covariates")
KNOT = {"course": "piecewise", "knots": [5]}
CASES: Mapping[str, dict[str, Any]] = {
    "both outcomes": {},
    "the score alone": {"has": ("score",)},
    "the marker alone, limits": {"has": ("marker",), "limit": -0.1},
    "logarithmic": {"course": {"course": "log"}, "missing": 0.2},
    "piecewise": {"course": KNOT, "missing": 0.2},
    "piecewise, the score alone": {"has": ("score",), "course": KNOT},
    "piecewise, two knots, own times": {
        "has": (*BOTH, "dates"), "course": {"course": "piecewise", "knots": [3, 8]}, "missing": 0.2, "limit": -0.1,
    },
    "logarithmic, own times, arms": {"has": (*BOTH, "dates", "arms"), "course": {"course": "log"}},
    "gaps": {"missing": 0.3},
    "limits and gaps": {"missing": 0.1, "limit": 0.1},
    "own times": {"has": (*BOTH, "dates"), "missing": 0.1, "limit": -0.3},
    "design": {"has": (*BOTH, *DESIGN), "missing": 0.1},
    "arms that were not randomised": {"has": (*BOTH, "arms"), "design": "observational"},
    "student_t": {"student_t": True, "missing": 0.2},
    "student_t, own times": {"student_t": True, "has": (*BOTH, "dates", "groups")},
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(make_case: Any, make_table: Any, spoil: Any) -> dict[str, Any]:
    made = {}
    for number, (name, keys) in enumerate(CASES.items()):
        own = dict(keys)
        limit, missing = own.pop("limit", -np.inf), own.pop("missing", 0.0)
        table = make_table(40, number, jitter=4.0 if "dates" in own.get("has", ()) else 0.0)
        made[name] = make_case(spoil(table, limit, missing, number), **own)
    return made


def drawn(case: Any, n: int = 3) -> tuple[Any, xr.Dataset]:
    """The graph of a study, and parameters drawn from its sceptical prior, whose effects are small."""
    priors = growth.PRIORS["sceptical"]
    model = growth.build(case.study, priors)
    return model, draw_priors(model, load_model("growth"), case.study, priors, n, 5)


def named(draws: xr.Dataset, number: int) -> dict[str, np.ndarray]:
    one = draws.isel(chain=0, draw=number)
    return {str(name): one[name].to_numpy() for name in one.data_vars}


@pytest.mark.parametrize("name", CASES)
def test_the_density_of_each_participant_is_scipys(name: str, cases: dict[str, Any], formula: Any) -> None:
    case = cases[name]
    _, draws = drawn(case)
    found = growth.log_likelihood(draws, case.study)
    assert found["participant"].values.tolist() == case.table["id"].tolist()
    censored = (formula(case).readings()[0] == "below").sum(axis=(1, 2))
    # Up to two censored values in closed form; more by quadrature here and by random points in SciPy.
    within = np.where(censored <= 1, 1e-8, np.where(censored == 2, 1e-6, 2e-3))
    for number in range(3):
        expected = formula(case).log_density(named(draws, number))
        error = np.abs(found.isel(chain=0, draw=number).to_numpy() - expected)
        assert (error <= within * np.maximum(1, np.abs(expected))).all(), (error / within).max()
    if "limits" in name:
        assert {0, 1, 2} <= set(censored.tolist())


@pytest.mark.parametrize("name", CASES)
def test_the_density_of_the_graph_is_scipys_of_all_and_of_those_left(
    name: str, cases: dict[str, Any], formula: Any, quick: Mode
) -> None:
    case, priors = cases[name], growth.PRIORS["sceptical"]
    model = growth.build(case.study, priors)
    logp = model.compile_logp(vars=model.potentials, mode=quick)
    variables = model.unobserved_value_vars
    values = model.compile_fn(variables, inputs=model.value_vars, mode=quick)
    rng = np.random.default_rng(7)
    point = {key: own + rng.normal(0, 0.2, own.shape) for key, own in model.initial_point().items()}
    vectors = {variable.name: own for variable, own in zip(variables, values(point), strict=True)}
    draws = xr.Dataset({key: (("chain", "draw", f"_{key}"), own[None, None]) for key, own in vectors.items()})
    at = named_draws(load_model("growth"), case.study, draws, priors)
    expected = formula(case).log_density(named(at, 0))
    assert float(logp(point)) == pytest.approx(expected.sum(), rel=1e-4)
    left = [0, 7, 30]
    pm.set_data(growth.leave_out(case.study, case.table["id"].iloc[left].tolist()), model=model)
    assert float(logp(point)) == pytest.approx(np.delete(expected, left).sum(), rel=1e-4)
