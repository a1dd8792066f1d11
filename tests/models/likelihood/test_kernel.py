"""The log density and its gradients against SciPy, and sets of participants against the same ones row by row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, OBSERVED, Observations

Make = Callable[..., Any]


@dataclass(frozen=True)
class Layer:
    """Chances of an outcome to be missing, observed, below and above its limit; wells and weights to choose from."""

    chances: tuple[float, float, float, float] = (0, 1, 0, 0)
    wells: tuple[float, ...] = (0.0,)
    weights: tuple[float, ...] = (1.0,)


LAYERS = {
    "measured": Layer(),
    "missing": Layer((0.4, 0.6, 0, 0)),
    "below": Layer((0, 0.7, 0.3, 0)),
    "above": Layer((0, 0.7, 0, 0.3)),
    "nothing measured": Layer((0.5, 0, 0.25, 0.25)),
    "wells": Layer(wells=(1.0, 0.5, 1 / 3)),
    "weights": Layer(weights=(1.0, 2.5, -1.0)),
    "all": Layer((0.2, 0.4, 0.2, 0.2), (0.0, 1.0, 0.5), (1.0, 2.0, -0.7)),
}


def rows_of(layer: Layer, rows: Make, seed: int, at: Any, n: int) -> Observations:
    return rows(seed, at, layer.chances, n, layer.wells, layer.weights)


def largest_error(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> float:
    """Over all gradients, relative to the largest element of each."""
    assert found.keys() == expected.keys()
    return max(np.abs(found[name] - slope).max() / (1 + np.abs(slope).max()) for name, slope in expected.items())


@pytest.mark.parametrize("nu", [0.0, 2.5, 6.0, 200.0])
@pytest.mark.parametrize("layer", LAYERS)
def test_the_log_density_of_each_row_is_that_of_scipy(
    layer: str, nu: float, parameters: Make, rows: Make, reference: Any
) -> None:
    at = parameters(len(layer), nu=nu)
    observations = rows_of(LAYERS[layer], rows, 3, at, 12)
    total, *_, by_row = at.kernel(observations)
    expected = reference.log_density(at, observations)
    np.testing.assert_allclose(by_row, expected, rtol=0, atol=1e-9)
    assert total == pytest.approx(observations.weight @ expected, abs=1e-8)


@pytest.mark.parametrize(("nu", "n"), [(0.0, 12), (5.0, 3)])
@pytest.mark.parametrize("layer", LAYERS)
def test_the_gradients_are_differences_of_the_density_of_scipy(
    layer: str, nu: float, n: int, parameters: Make, rows: Make, reference: Any
) -> None:
    at = parameters(1, outcomes=3, columns=2 if n > 3 else 1, nu=nu)
    observations = rows_of(LAYERS[layer], rows, 11, at, n)
    slopes = reference.slopes(lambda moved: observations.weight @ reference.log_density(moved, observations), at)
    assert largest_error(reference.gradients(at.kernel(observations)), slopes) < 1e-7


@pytest.mark.parametrize("nu", [2.5, 30.0])
def test_the_gradients_of_student_t_outcomes_are_differences_of_their_own_density(
    nu: float, parameters: Make, rows: Make, reference: Any
) -> None:
    """Many rows: the density itself is SciPy's, as tested above."""
    at = parameters(4, nu=nu)
    observations = rows_of(LAYERS["all"], rows, 5, at, 60)
    slopes = reference.slopes(lambda moved: moved.kernel(observations)[0], at)
    assert largest_error(reference.gradients(at.kernel(observations)), slopes) < 1e-7


@pytest.mark.parametrize("nu", [0.0, 4.0])
def test_three_censored_outcomes_agree_as_far_as_their_quadrature(
    nu: float, parameters: Make, reference: Any, three_censored: Make
) -> None:
    at = parameters(8, outcomes=4, nu=nu)
    observations = three_censored(at)
    total, *_ = results = at.kernel(observations)
    if not nu:
        np.testing.assert_allclose(results[-1], reference.log_density(at, observations), atol=2e-5)
    slopes = reference.slopes(lambda moved: moved.kernel(observations)[0], at)
    assert np.isfinite(total)
    assert largest_error(reference.gradients(results), slopes) < 1e-3


@pytest.fixture
def three_censored() -> Make:
    """One outcome measured, three at their limits, near the middle."""

    def make(at: Any) -> Observations:
        status = [[OBSERVED, BELOW, ABOVE, BELOW], [ABOVE, ABOVE, OBSERVED, ABOVE], [BELOW, MISSING, BELOW, ABOVE]]
        columns, wide = np.array([[1, 0.3], [1, -0.8], [1, 1.1]]), np.zeros((3, 4))
        value = columns @ at.mean + np.array([[0.2, 0.3, -0.4, 0.1], [-0.5, -0.2, 0.4, 0.1], [0.6, 0, 0.2, -0.3]])
        none = {"count": np.zeros(0), "present": wide[:0], "set_wells": wide[:0], "products": np.zeros((0, 6, 6))}
        return Observations(**none, columns=columns, value=value, status=np.array(status, dtype=float),
                            row_wells=wide, weight=np.array([1.0, 2.0, -1.0]))  # fmt: skip

    return make


def with_sets(observations: Observations, single: np.ndarray) -> Observations:
    """The same participants, those not `single` gathered by what they have; only what is present enters."""
    present = (observations.status == OBSERVED).astype(float)
    keys = np.concatenate([present, observations.row_wells * present], axis=1)
    count, sets, products = [], [], []
    for key in np.unique(keys[~single], axis=0):
        members = ~single & (keys == key).all(axis=1)
        both = np.concatenate([observations.columns, observations.value * present], axis=1)[members]
        count.append(members.sum())
        sets.append(key)
        products.append(both.T @ both)
    has, wells = np.split(np.array(sets), 2, axis=1)
    kept = ("columns", "value", "status", "row_wells", "weight")
    rest = {name: getattr(observations, name)[single] for name in kept}
    return Observations(np.array(count), has, wells, np.array(products), **rest)


def assert_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    """Log density and gradients to 1e-9 of the largest element."""
    for left, right in zip(one[:5], other[:5], strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=1e-9 * np.abs(right).max())


@pytest.mark.parametrize("seed", range(8))
def test_sets_agree_with_their_participants_row_by_row(seed: int, parameters: Make, rows: Make) -> None:
    outcomes, columns = 2 + seed % 5, 1 + seed % 3
    at = parameters(seed, outcomes, columns)
    observations = rows(seed, at, (0.3, 0.7, 0, 0), 40, (1.0, 0.5, 0.0))
    gathered = with_sets(observations, np.full(40, False))
    assert len(gathered.count) > 1
    assert len(gathered.weight) == 0
    assert_same(at.kernel(gathered), at.kernel(observations))


@pytest.mark.parametrize("seed", range(8))
def test_a_mixture_of_sets_and_rows_agrees_with_rows(seed: int, parameters: Make, rows: Make) -> None:
    at = parameters(seed, 4, 2)
    observations = rows(seed, at, (0.2, 0.6, 0.1, 0.1), 40, (1.0, 0.5))
    censored = np.isin(observations.status, (BELOW, ABOVE)).any(axis=1)
    single = censored | (np.arange(40) % 4 == 0)
    weight = np.where(censored, np.random.default_rng(seed).choice([1.0, 2.0, -1.0], 40), 1.0)
    observations = replace(observations, weight=weight)
    mixed = with_sets(observations, single)
    assert 0 < mixed.count.sum() < 40
    assert_same(at.kernel(mixed), at.kernel(observations))


@pytest.mark.parametrize("nu", [0.0, 4.0])
def test_the_order_of_rows_does_not_matter(nu: float, parameters: Make, rows: Make) -> None:
    """Neighbours with the same statuses share their matrices."""
    at = parameters(3, nu=nu)
    observations = rows_of(LAYERS["all"], rows, 6, at, 40)
    order = np.lexsort(np.concatenate([observations.status, observations.row_wells], axis=1).T)
    kept = ("columns", "value", "status", "row_wells", "weight")
    ordered = replace(observations, **{name: getattr(observations, name)[order] for name in kept})
    assert_same(at.kernel(ordered), at.kernel(observations))
    np.testing.assert_allclose(at.kernel(ordered)[-1], at.kernel(observations)[-1][order], rtol=1e-12)


@pytest.mark.parametrize("nu", [0.0, 4.0])
def test_who_has_nothing_observed_adds_nothing(nu: float, parameters: Make, rows: Make) -> None:
    at = parameters(1, nu=nu)
    observations = rows(1, at, (1, 0, 0, 0), 2)
    wide, products = np.zeros((1, 4)), np.zeros((1, 6, 6))
    products[0, :2, :2] = [[3, 1], [1, 2]]
    results = at.kernel(replace(observations, count=np.array([3.0]), present=wide, set_wells=wide, products=products))
    for result in results:
        np.testing.assert_array_equal(result, np.zeros(np.shape(result)))


def test_student_t_outcomes_approach_normal_ones(parameters: Make, rows: Make) -> None:
    normal, student = parameters(2), parameters(2, nu=1000.0)
    observations = rows_of(LAYERS["all"], rows, 2, normal, 30)
    np.testing.assert_allclose(student.kernel(observations)[-1], normal.kernel(observations)[-1], atol=0.02)


def one_below(parameters: Make, rows: Make, nu: float, limit: float = -0.3) -> tuple[float, float]:
    """Log probability to be below a limit, and the same of SciPy."""
    at = replace(parameters(1, outcomes=1, columns=1, nu=nu), covariance=np.eye(1), mean=np.zeros((1, 1)))
    observations = replace(rows(1, at, (0, 0, 1, 0), 1), value=np.full((1, 1), limit))
    return at.kernel(observations)[0], stats.t.logcdf(limit, nu)


@pytest.mark.parametrize(("nu", "allowed"), [(1.0, 5e-5), (2.0, 2e-8), (4.0, 1e-11), (50.0, 1e-11), (1000.0, 1e-11)])
def test_the_probability_below_a_limit_is_that_of_student_t(
    nu: float, allowed: float, parameters: Make, rows: Make
) -> None:
    """The 72 precisions stand too far apart for very few and for very many degrees of freedom."""
    for limit in (-3.0, -0.3, 2.0):
        found, expected = one_below(parameters, rows, nu, limit)
        assert found == pytest.approx(expected, abs=allowed)


@pytest.mark.parametrize("nu", [1e4, 1e5])
def test_many_degrees_of_freedom_keep_their_probability(nu: float, parameters: Make, rows: Make) -> None:
    found, expected = one_below(parameters, rows, nu)
    assert found == pytest.approx(expected, abs=1e-6)


def broken(at: Any) -> list[Any]:
    """Not positive definite, or not finite."""
    moved = []
    for name in ("mean", "covariance", "noise"):
        for value in (np.nan, np.inf):
            array = getattr(at, name).copy()
            array.flat[0] = value
            moved.append(replace(at, **{name: array}))
    singular = np.ones(at.covariance.shape)
    for covariance in (-at.covariance, singular, at.covariance - 10 * np.diag([0.0, 0, 0, 1])):
        moved.append(replace(at, covariance=covariance))
    return [*moved, replace(at, nu=np.nan), replace(at, nu=np.inf)]


def test_improper_parameters_have_no_density(parameters: Make, rows: Make) -> None:
    at = parameters(2, nu=4.0)
    observations = rows_of(LAYERS["all"], rows, 4, at, 6)
    for case in broken(at):
        total, *gradients, by_row = case.kernel(observations)
        assert total == -np.inf
        assert (by_row == -np.inf).all()
        assert all((np.asarray(gradient) == 0).all() for gradient in gradients)


def test_a_covariance_that_is_almost_singular_is_proper_or_not(parameters: Make, rows: Make) -> None:
    """As far away as a sampler may step; it needs a density, or none."""
    rng = np.random.default_rng(0)
    for _ in range(30):
        few = rng.normal(size=(6, 2))
        at = replace(parameters(1, outcomes=6), covariance=few @ few.T + 1e-9 * np.diag(rng.uniform(0.5, 2, 6)))
        status = np.array([[BELOW, ABOVE, BELOW, OBSERVED, OBSERVED, OBSERVED]], dtype=float)
        observations = replace(rows(2, at, (0, 1, 0, 0), 1), status=status)
        assert not np.isnan(at.kernel(observations)[0])
