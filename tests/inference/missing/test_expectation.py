"""What scenarios add to the means of the arms, against least squares and loops over participants and draws."""

from typing import Any, get_args

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.data.specification.tables import Imputed
from cochange.inference.missing.expectation import moved, standardised
from cochange.inference.missing.standardising import bootstrap_weights, standardise
from cochange.inference.missing.strategies import Rule, Scenario, everyone

SEED = 7


def rules_of(own: Any) -> np.ndarray:
    return np.where(own.left, 0, -1)


def adjusted_means(weights: np.ndarray, added: np.ndarray, own: Any) -> np.ndarray:
    """Weighted least squares of one draw, by `numpy.linalg.lstsq`: the arms' means at the covariates' means."""
    indicators = (own.arm[:, None] == np.array(own.arms)).astype(float)
    sizes = indicators @ indicators.sum(axis=0)
    root = np.sqrt(weights * sizes)[:, None]
    design = np.column_stack([indicators, own.covariates])
    return np.linalg.lstsq(root * design, root * added)[0][: len(own.arms)]


@pytest.mark.parametrize(
    "case",
    [
        {}, {"by_arm": True}, {"by_arm": True, "arms": ("C", "T", "U")}, {"kinds": ("score",)},
        {"by_arm": True, "events": True, "n": 40},
    ],
)  # fmt: skip
@pytest.mark.parametrize("strategy", get_args(Imputed))
def test_a_strategy_adds_what_it_changes_in_expectations(strategy: Any, case: Any, outcomes: Any, hand: Any) -> None:
    own = outcomes(**case)
    scenario = Scenario("shifted", (Rule(strategy, score=1.5, marker=0.2),))
    found = moved(scenario, rules_of(own), own, np.random.default_rng(SEED))
    weights = bootstrap_weights(own, own.n_draws, np.random.default_rng(SEED))
    for draw in range(own.n_draws):
        added = np.zeros(own.value.shape)
        for who in np.flatnonzero(own.left):
            cells, centre, _ = hand.given(strategy, own, who, draw)
            _, at_random, _ = hand.given("missing at random", own, who, draw)
            later = own.visit[cells] > hand.holds_after(own, who)
            delta = np.array([{"score": 1.5, "marker": 0.2}[own.kind[cell]] for cell in cells])
            added[who, cells] = centre - at_random + delta * later
        np.testing.assert_allclose(found.mean[draw], adjusted_means(weights[draw], added, own), atol=1e-9)


def test_a_delta_adds_itself_times_what_a_unit_adds(outcomes: Any) -> None:
    own = outcomes()
    unit = moved(everyone("missing at random"), rules_of(own), own, np.random.default_rng(SEED))
    assert not unit.mean.any()
    for arm, position in (("C", 0), ("T", 1)):
        scenario = Scenario("shifted", (Rule(score=-3.0, arms=(arm,)),))
        rules = np.where(own.left & (own.arm == arm), 0, -1)
        found = moved(scenario, rules, own, np.random.default_rng(SEED)).mean
        scores = own.cells_of("score")
        np.testing.assert_allclose(found[..., scores], -3 * unit.per_unit[:, :, position, scores])
        assert not found[..., own.cells_of("marker")].any()


def test_jumping_to_reference_leaves_of_the_contrast_the_share_that_stayed(outcomes: Any) -> None:
    """The arms share a covariance: what is lost of a contrast is the contrast times the share of the arm that left."""
    own = outcomes()
    found = moved(everyone("jump to reference"), rules_of(own), own, np.random.default_rng(SEED))
    last = own.cells_of("score")[-1]
    contrast = own.mean[:, 2, last]
    np.testing.assert_allclose(found.mean[:, 1, last], -contrast * found.per_unit[:, 1, 1, last])
    np.testing.assert_allclose(found.mean[:, 0, last], -contrast * found.per_unit[:, 0, 1, last])


def test_weights_are_those_of_the_bayesian_bootstrap(outcomes: Any) -> None:
    own, many = outcomes(n=12), 20_000
    weights = bootstrap_weights(own, many, np.random.default_rng(1))
    for arm in own.arms:
        share = weights[:, own.arm == arm]
        np.testing.assert_allclose(share.sum(axis=1), 1)
        # A Dirichlet distribution with all parameters 1: each share is Beta(1, n - 1).
        assert stats.kstest(share[:, 0], stats.beta(1, share.shape[1] - 1).cdf).pvalue > 1e-3
        two = share[:, 0] + share[:, 1]
        assert stats.kstest(two, stats.beta(2, share.shape[1] - 2).cdf).pvalue > 1e-3


def test_without_covariates_a_mean_is_that_of_the_arm(outcomes: Any) -> None:
    from dataclasses import replace

    own = replace(outcomes(), covariates=np.zeros((24, 0)))
    weights = bootstrap_weights(own, 5, np.random.default_rng(1))
    counts = standardise(weights, own, np.full(24, True))
    for position, arm in enumerate(own.arms):
        np.testing.assert_allclose(counts[:, position], np.where(own.arm == arm, weights, 0), atol=1e-12)


def test_what_is_added_enters_changes_contrasts_and_ratios(outcomes: Any) -> None:
    own = outcomes()
    added = np.random.default_rng(3).normal(size=(3, 2, len(own.kind)))
    visits = list(own.visits[1:])
    rng = np.random.default_rng(4)

    def draws(groups: list[str]) -> xr.DataArray:
        values = rng.normal(1, 0.1, size=(1, 3, len(groups), 3))
        coords = {"chain": [0], "draw": range(3), "group": groups, "visit": visits}
        return xr.DataArray(values, dims=tuple(coords), coords=coords)

    changes = ["overall", "arm C", "arm T"]
    at_random = {
        "symptom_change": draws(changes), "geometric_mean_ratio": draws(changes),
        "arm_difference": draws(["T versus C"]), "arm_ratio": draws(["T versus C"]),
        "change_correlation": draws(["overall"]),
    }  # fmt: skip
    found = standardised(at_random, added, own)
    assert set(found) == set(at_random) - {"change_correlation"}
    score, marker = (added[:, :, own.cells_of(kind)] for kind in ("score", "marker"))
    for name, values in found.items():
        base = at_random[name].sel(group=values["group"])[0].to_numpy()
        own_kind = marker if name in ("geometric_mean_ratio", "arm_ratio") else score
        more = own_kind[:, 1:] - own_kind[:, :1] if "arm_" in name else own_kind
        expected = base * np.exp(more) if own_kind is marker else base + more
        np.testing.assert_allclose(values[0].to_numpy(), expected)
    assert found["symptom_change"]["group"].values.tolist() == ["arm C", "arm T"]
