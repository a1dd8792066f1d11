"""The shipped sets of the joint model, reached from the draws of another or sampled, against sampling each anew."""

import numpy as np
import pytest

from cochange.inference.comparing.comparison import compare_priors

SETS = ("reference", "literature", "sceptical", "diffuse")


@pytest.fixture(scope="module")
def reached(example_study):
    return {under.prior: under for under in compare_priors(example_study, "joint_change", SETS).under}


@pytest.fixture(scope="module")
def sampled(example_study):
    comparison = compare_priors(example_study, "joint_change", SETS, refit=True)
    return {under.prior: under for under in comparison.under}


@pytest.mark.slow
def test_how_each_shipped_set_is_reached(reached):
    assert {prior: under.how for prior, under in reached.items()} == {
        "reference": "sampled",
        "literature": "reweighted",
        "sceptical": "moment-matched",
        # Wider than the reference in every parameter: mass may lie where no draw of it has been.
        "diffuse": "sampled",
    }
    assert reached["sceptical"].refused.k > 0.7
    assert reached["sceptical"].weights.hold
    for under in reached.values():
        assert under.least_ess >= 400


@pytest.mark.slow
@pytest.mark.parametrize("prior", SETS[1:])
def test_every_estimand_is_that_of_fresh_sampling(reached, sampled, prior):
    errors = []
    assert len(reached[prior].rows) == len(sampled[prior].rows) > 20
    for one, other in zip(reached[prior].rows, sampled[prior].rows, strict=True):
        here, there = one.estimate, other.estimate
        assert (one.quantity, other.how) == (other.quantity, "sampled")
        error = np.hypot(here.mcse_mean, there.mcse_mean)
        errors.append((here.mean - there.mean) / error)
        tail = np.sqrt(1 / here.ess_tail + 1 / there.ess_tail)
        assert here.sd == pytest.approx(there.sd, rel=4 * tail)
        # The standard error of a 2.5% quantile is 2.7 times that of the mean where the draws are normal.
        ends = [here.lower, here.upper]
        assert ends == pytest.approx([there.lower, there.upper], abs=4 * 2.7 * tail * there.sd)
        if here.p_direction is not None:
            above = [row.p_direction if row.side == "above" else 1 - row.p_direction for row in (here, there)]
            assert above[0] == pytest.approx(above[1], abs=4 * 0.5 * tail)
    assert np.abs(errors).max() < 4
    # Estimands hang together: these are fewer than they look.
    assert np.sqrt(np.mean(np.square(errors))) < 2


@pytest.mark.slow
def test_the_sets_differ_by_more_than_their_errors(reached):
    """What agrees with fresh sampling would not do so under another set's values."""
    main, other = reached["reference"], reached["sceptical"]
    gaps = [
        (here.estimate.mean - there.estimate.mean) / np.hypot(here.estimate.mcse_mean, there.estimate.mcse_mean)
        for here, there in zip(other.rows, main.rows, strict=True)
    ]
    assert np.abs(gaps).max() > 20
