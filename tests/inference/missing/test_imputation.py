"""Completed data, their analyses and Rubin's rules against statsmodels and formulas."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cochange.inference.missing.imputation import Analyses, analyses, completed
from cochange.inference.missing.strategies import Rule, Scenario, everyone
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED

MANY = 20_000


def rules_of(own: Any) -> np.ndarray:
    return np.where(own.left, 0, -1)


def test_what_was_observed_stays_and_what_lay_under_a_limit_stays_under_it(outcomes: Any) -> None:
    own = outcomes(below=True)
    values = completed(everyone("copy reference"), rules_of(own), own, np.random.default_rng(1))
    known = own.status == OBSERVED
    np.testing.assert_array_equal(values[:, known], np.broadcast_to(own.value[known], (own.n_draws, known.sum())))
    censored = ~known & (own.status != MISSING)
    assert np.all(values[:, censored] < own.value[censored])
    assert np.isfinite(values).all()


@pytest.mark.parametrize("events", [False, True])
@pytest.mark.parametrize("strategy", ["missing at random", "jump to reference", "copy increments in reference"])
def test_imputed_values_have_the_conditional_mean(strategy: Any, events: bool, outcomes: Any, hand: Any) -> None:
    own = outcomes(n_draws=MANY, repeat=True, by_arm=True, events=events)
    scenario = Scenario("shifted", (Rule(strategy, score=2.0),))
    values = completed(scenario, rules_of(own), own, np.random.default_rng(2))
    for who in range(len(own.participant)):
        if not (own.status[who] == MISSING).any():
            continue
        cells, centre, spread = hand.given(strategy if own.left[who] else "missing at random", own, who, 0)
        later = (
            own.left[who]
            & (own.visit[cells] > hand.holds_after(own, who))
            & np.array([own.kind[cell] == "score" for cell in cells])
        )
        error = np.sqrt(np.diag(spread) / MANY)
        assert np.all(np.abs(values[:, who, cells].mean(axis=0) - centre - 2.0 * later) < 4.5 * error)


@pytest.mark.parametrize("changes_alone", [False, True])
def test_each_completed_data_set_is_analysed_by_least_squares(outcomes: Any, changes_alone: bool) -> None:
    own = replace(outcomes(arms=("C", "T", "U"), n=36), changes_alone=changes_alone)
    found = analyses(everyone("jump to reference"), rules_of(own), own, np.random.default_rng(3))
    values = completed(everyone("jump to reference"), rules_of(own), own, np.random.default_rng(3))
    for kind, result in found.items():
        (baseline,) = (cell for cell in range(len(own.kind)) if own.kind[cell] == kind and own.visit[cell] == 0)
        for draw in range(own.n_draws):
            treated = (own.arm[:, None] == np.array(["T", "U"])).astype(float)
            before = values[draw][:, own.visit == 0] if not changes_alone else np.zeros((36, 0))
            design = np.column_stack([np.ones(36), treated, own.covariates, before])
            for position, cell in enumerate(own.cells_of(kind)):
                fitted = sm.OLS(values[draw, :, cell] - values[draw, :, baseline], design).fit()
                np.testing.assert_allclose(result.estimate[draw, :, position], fitted.params[1:3])
                np.testing.assert_allclose(result.error[draw, :, position], fitted.bse[1:3])
                assert result.degrees == fitted.df_resid


def test_a_covariate_that_says_nothing_new_costs_no_degree_of_freedom(outcomes: Any) -> None:
    """A level that nobody has, and one that is told by another."""
    own = outcomes(n=36)
    told_twice = np.concatenate([own.covariates, 2 * own.covariates, np.zeros((36, 1))], axis=1)
    scenario = everyone("missing at random")
    once, again = (
        analyses(scenario, rules_of(each), each, np.random.default_rng(3))
        for each in (own, replace(own, covariates=told_twice))
    )
    for kind, result in again.items():
        assert result.degrees == once[kind].degrees
        np.testing.assert_allclose(result.estimate, once[kind].estimate)
        np.testing.assert_allclose(result.error, once[kind].error)


def test_more_predictors_than_participants_leave_nothing_to_analyse(outcomes: Any) -> None:
    own = outcomes(n=12)
    many = np.random.default_rng(1).normal(size=(12, 8))
    own = replace(own, covariates=many - many.mean(axis=0))
    assert analyses(everyone("missing at random"), rules_of(own), own, np.random.default_rng(3)) == {}


def test_one_arm_has_the_mean_of_its_changes(outcomes: Any, one_arm: tuple[str, ...]) -> None:
    own = outcomes(arms=one_arm, kinds=("score",))
    (result,) = analyses(everyone("missing at random"), rules_of(own), own, np.random.default_rng(3)).values()
    values = completed(everyone("missing at random"), rules_of(own), own, np.random.default_rng(3))
    change = values[:, :, 1:] - values[:, :, :1]
    np.testing.assert_allclose(result.estimate[:, 0], change.mean(axis=1))
    np.testing.assert_allclose(result.error[:, 0], stats.sem(change, axis=1))


def test_rubins_rules_in_their_letters() -> None:
    """Rubin 1987 and Barnard and Rubin 1999, for one estimate."""
    rng = np.random.default_rng(1)
    estimate, error, degrees = rng.normal(2, 0.5, (30, 1, 1)), rng.uniform(0.9, 1.1, (30, 1, 1)), 60.0
    found = Analyses(estimate, error, degrees).pooled()
    m, q, u = 30, estimate.ravel(), error.ravel() ** 2
    b = np.sum((q - q.mean()) ** 2) / (m - 1)
    t = u.mean() + (1 + 1 / m) * b
    r = (1 + 1 / m) * b / u.mean()
    gamma = (1 + 1 / m) * b / t
    v_old = (m - 1) * (1 + 1 / r) ** 2
    v_observed = (degrees + 1) / (degrees + 3) * degrees * (1 - gamma)
    assert found.estimate.item() == pytest.approx(q.mean())
    assert found.error.item() == pytest.approx(np.sqrt(t))
    assert found.degrees.item() == pytest.approx(1 / (1 / v_old + 1 / v_observed))


def test_nothing_is_lost_where_nothing_was_missing() -> None:
    found = Analyses(np.full((30, 1, 1), 2.0), np.ones((30, 1, 1)), 60.0).pooled()
    assert found.error.item() == 1
    # What Barnard and Rubin leave of the degrees of freedom without any between-imputation variance.
    assert found.degrees.item() == pytest.approx(61 / 63 * 60)


def test_draws_have_the_mean_and_variance_of_rubins_rules() -> None:
    rng = np.random.default_rng(2)
    own = Analyses(rng.normal(2, 0.5, (MANY, 1, 1)), rng.uniform(0.9, 1.1, (MANY, 1, 1)), 80.0)
    drawn, pooled = own.drawn(rng), own.pooled()
    # A t with so many degrees of freedom has this variance.
    within = (own.error**2).mean() * 80 / 78
    total = within + own.estimate.var(ddof=1)
    assert drawn.mean() == pytest.approx(pooled.estimate.item(), abs=4 * np.sqrt(total / MANY))
    assert drawn.var() == pytest.approx(total, abs=5 * total * np.sqrt(2 / MANY))


def test_draws_are_completed_in_parts_as_at_once(outcomes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts take their random numbers one after the other: the same estimates within Monte Carlo error."""
    from cochange.inference.missing import imputation

    own = outcomes(n_draws=4000, repeat=True, kinds=("score",))
    at_once = analyses(everyone("jump to reference"), rules_of(own), own, np.random.default_rng(1))["score"]
    monkeypatch.setattr(imputation, "HELD", 100 * own.value.size)
    in_parts = analyses(everyone("jump to reference"), rules_of(own), own, np.random.default_rng(2))["score"]
    assert in_parts.estimate.shape == at_once.estimate.shape
    error = np.sqrt(2 * at_once.estimate.var(axis=0) / 4000)
    assert np.all(np.abs(in_parts.estimate.mean(axis=0) - at_once.estimate.mean(axis=0)) < 4.5 * error)


def test_a_delta_moves_the_imputed_contrast_by_the_coefficient_of_those_it_is_added_to(outcomes: Any) -> None:
    own = outcomes(kinds=("score",))
    rules = np.where(own.left & (own.arm == "T"), 0, -1)
    base, shifted = (
        analyses(Scenario("", (Rule(score=delta),)), rules, own, np.random.default_rng(5))["score"].estimate
        for delta in (0.0, 4.0)
    )
    values = completed(Scenario("", (Rule(),)), rules, own, np.random.default_rng(5))
    treated = (own.arm == "T").astype(float)
    for draw in range(own.n_draws):
        design = np.column_stack([np.ones(24), treated, own.covariates, values[draw][:, own.visit == 0]])
        for position, cell in enumerate(own.cells_of("score")):
            indicator = (rules == 0) & (own.visit[cell] > own.last_seen)
            coefficient = sm.OLS(indicator.astype(float), design).fit().params[1]
            np.testing.assert_allclose((shifted - base)[draw, 0, position], 4 * coefficient)
