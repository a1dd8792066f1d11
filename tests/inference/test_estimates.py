"""Summaries of draws against NumPy and SciPy, and what they allow to be said."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from cochange.data.specification.tables import SmallestImportant
from cochange.data.study import Study
from cochange.inference.estimates import Estimate, decide, estimate, narrowed


@pytest.fixture
def draws() -> np.ndarray:
    return np.random.default_rng(3).normal(-1.0, 0.5, size=(4, 2000))


def with_estimand(study: Study, **changes: object) -> Study:
    """The study with another smallest important difference or interval."""
    spec = study.spec
    asked = spec.estimand.model_copy(update={"smallest_important": changes.pop("smallest_important", {})})
    analysis = spec.analysis.model_copy(update=changes)
    return replace(study, spec=spec.model_copy(update={"estimand": asked, "analysis": analysis}))


def rows_of(fit, model, study) -> dict[str, Estimate]:
    draws = model.derive(fit.posterior, study)
    return {row.estimand: row for row in estimate(fit, model, study, draws)}


def test_summaries_agree_with_numpy(fit_of, one_mean, example_study, draws):
    row = rows_of(fit_of(draws), one_mean, with_estimand(example_study))["mean"]
    assert row.mean == pytest.approx(draws.mean())
    assert row.median == pytest.approx(np.median(draws))
    assert row.sd == pytest.approx(draws.std(ddof=1))
    assert (row.lower, row.upper) == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=1e-3)
    assert row.side == "below"
    assert row.p_direction == pytest.approx((draws < 0).mean())
    # Independent draws: the Monte Carlo standard error of the mean is the SD over the root of their number.
    assert row.mcse_mean == pytest.approx(row.sd / np.sqrt(draws.size), rel=0.1)
    assert row.r_hat == pytest.approx(1, abs=0.01)
    assert row.ess_bulk == pytest.approx(draws.size, rel=0.15)


def test_the_prior_of_the_estimand_and_how_much_was_learned(fit_of, one_mean, example_study, draws):
    row = rows_of(fit_of(draws), one_mean, with_estimand(example_study))["mean"]
    assert row.prior_sd == pytest.approx(10, rel=0.05)
    # Of 4,000 draws from N(0, 10): an error 1.25 times that of the mean for the median, 2.7 times for an end.
    error = 10 / np.sqrt(4000)
    assert row.prior_median == pytest.approx(0, abs=4 * 1.25 * error)
    assert (row.prior_lower, row.prior_upper) == pytest.approx((-19.6, 19.6), abs=4 * 2.7 * error)
    assert row.learned == pytest.approx(1 - 0.5 / 10, abs=0.01)
    wide = rows_of(fit_of(draws * 100), one_mean, with_estimand(example_study))["mean"]
    assert wide.learned == 0


def test_the_highest_density_interval_is_the_shorter(fit_of, one_mean, example_study, draws):
    fit = fit_of(draws)
    eti = rows_of(fit, one_mean, with_estimand(example_study, ci_kind="eti", ci_prob=0.9))["ratio"]
    hdi = rows_of(fit, one_mean, with_estimand(example_study, ci_kind="hdi", ci_prob=0.9))["ratio"]
    assert (eti.ci_kind, hdi.ci_kind, hdi.ci_prob) == ("eti", "hdi", 0.9)
    assert hdi.upper - hdi.lower < eti.upper - eti.lower
    assert np.mean((np.exp(draws) > hdi.lower) & (np.exp(draws) < hdi.upper)) == pytest.approx(0.9, abs=0.01)


def test_masses_around_the_smallest_important_difference(fit_of, one_mean, example_study, draws):
    asked = {
        "mean": SmallestImportant(value=1.0, reason="why"),
        "ratio": SmallestImportant(value=2.0, reason="why"),
    }
    rows = rows_of(fit_of(draws), one_mean, with_estimand(example_study, smallest_important=asked))
    exact = stats.norm(-1, 0.5)
    assert rows["mean"].below == pytest.approx(exact.cdf(-1), abs=0.02)
    assert rows["mean"].inside == pytest.approx(exact.cdf(1) - exact.cdf(-1), abs=0.02)
    # A ratio's difference is a factor either way: under 1/2, between, over 2.
    assert rows["ratio"].below == pytest.approx(exact.cdf(-np.log(2)), abs=0.02)
    assert rows["ratio"].above == pytest.approx(1 - exact.cdf(np.log(2)), abs=0.02)
    assert rows["ratio"].below + rows["ratio"].inside + rows["ratio"].above == pytest.approx(1)
    assert rows["mean"].reason == "why"
    assert (rows["share"].below, rows["share"].p_direction, rows["share"].side) == (None, None, None)


@pytest.mark.parametrize(
    ("location", "direction", "importance"),
    [(-3.0, "decrease", "important"), (3.0, "increase", "important"), (0.0, "unclear", "unimportant"),
     (-0.6, "unclear", "undecided")],
)  # fmt: skip
def test_decisions(fit_of, one_mean, example_study, location, direction, importance):
    sd = 0.3 if location else 0.05
    draws = np.random.default_rng(4).normal(location if location != -0.6 else -0.4, sd, size=(4, 1000))
    study = with_estimand(example_study, smallest_important={"mean": SmallestImportant(value=0.5, reason="why")})
    rows = rows_of(fit_of(draws), one_mean, study)
    decision = decide(rows["mean"], settled=True)
    assert (decision.direction, decision.importance) == (direction, importance)
    assert decide(rows["ratio"], settled=False).importance == "not asked"
    assert decide(rows["share"], settled=True).direction == "not applicable"


def test_draws_at_the_null_value_lie_on_either_side_alike(fit_of, one_mean, example_study):
    """A difference of two shares, both of nobody, is 0 in every draw: it lies on no side with any certainty."""
    rows = rows_of(fit_of(np.zeros((4, 100))), one_mean, with_estimand(example_study))
    for name in ("mean", "ratio"):
        assert rows[name].p_direction == 0.5
        assert decide(rows[name], settled=True).direction == "unclear"
    some = np.where(np.arange(400) % 4 == 0, 0.0, -1.0).reshape(4, 100)
    row = rows_of(fit_of(some), one_mean, with_estimand(example_study))["mean"]
    assert (row.side, row.p_direction) == ("below", 0.875)


def test_a_posterior_like_its_prior_has_learned_nothing_by_either_kind_of_interval(fit_of, one_mean, example_study):
    """The exponential of the mean is skewed: its highest-density interval is far shorter than its equal-tailed one."""
    prior = fit_of(np.zeros((2, 10))).prior_draws["mean"].values
    for kind in ("eti", "hdi"):
        study = with_estimand(example_study, ci_kind=kind)
        assert {row.learned for row in rows_of(fit_of(prior.reshape(4, 1000)), one_mean, study).values()} == {0.0}


def test_what_every_draw_gives_alike_is_no_narrower_than_a_prior_of_no_width():
    assert (narrowed(0.0, 0.0), narrowed(1.0, 4.0), narrowed(5.0, 4.0)) == (0.0, 0.75, 0.0)
