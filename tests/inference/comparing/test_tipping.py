"""The tipping prior of a mean with a normal prior, where it is known exactly."""

import numpy as np
import pytest
from scipy import stats

from cochange.data.faults import InputError
from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.tipping import _search, tipping
from cochange.inference.settings import Settings
from cochange.reports.plots.tipping import _apart, tipping_plot, tipping_sentence

SETTINGS = Settings(draws=2000, tune=500, chains=4, seed=11)


@pytest.fixture(scope="module")
def found(conjugate, important_study):
    return tipping(important_study, conjugate, "mean", "mean", "reference", SETTINGS)


def test_it_tips_where_the_exact_posterior_does(found):
    # The posterior mean over its SD is 12 / sqrt(20 + 1 / sd**2), and the direction is named over 1.96.
    bound = stats.norm.ppf(0.975)
    exact = ((12 / bound) ** 2 - 20) ** -0.5
    low, high = sorted((found.tip_lower, found.tip_upper))
    # Two of two standard errors, to either side.
    half = max(found.tip - low, high - found.tip)
    assert found.tip == pytest.approx(exact, abs=2 * half)
    assert half < 0.1 * exact


def test_the_tip_is_stated_on_the_scale_of_the_estimand(found):
    # The mean is the parameter: its prior SD is that of the parameter, but for the error of 1,000 prior draws.
    assert found.tip_implied == pytest.approx(found.tip, rel=0.1)
    for sd, implied in found.implied.items():
        assert implied == pytest.approx(sd, rel=0.1)


def test_few_priors_are_sampled_and_the_two_about_the_tip_are_close(found):
    how = [row.how for row in found.points.values()]
    assert found.fits == 1 + how.count("sampled") <= 5
    assert how.count("reweighted") >= 4
    assert not found.spent
    named = [sd for sd, row in found.points.items() if row.decision.direction == found.widest.decision.direction]
    others = [sd for sd in found.points if sd not in named]
    assert 1 < min(named) / max(others) <= 1.1


def test_a_comparison_hands_on_its_main_set(found, conjugate, important_study):
    comparison = compare_priors(important_study, conjugate, ["reference"], settings=SETTINGS)
    again = tipping(important_study, conjugate, "mean", "mean", "reference", SETTINGS, comparison=comparison)
    assert again.tip == found.tip
    assert again.fits == found.fits


def test_the_search_ends_when_nothing_is_left_to_spend(found):
    rows = iter([*list(found.points.values())[:2], None])
    points, ends, spent = _search(lambda sd: next(rows), 1.0)
    assert (list(points), ends, spent) == ([1.0, 0.5], None, True)
    wide, narrow = found.widest, list(found.points.values())[-1]
    rows = iter([wide, narrow, None])
    points, ends, spent = _search(lambda sd: next(rows), 1.0)
    assert spent
    assert ends == [(0.5, narrow), (1.0, wide)]


def test_every_point_is_the_exact_posterior(found):
    for sd, row in found.points.items():
        exact = stats.norm.cdf(12 / np.sqrt(20 + sd**-2))
        error = np.sqrt(exact * (1 - exact) / row.estimate.ess_tail)
        assert found.towards(row) == pytest.approx(exact, abs=4 * error + 0.001)


def test_the_sentence_names_the_conclusion_and_the_tip(found):
    sentence = tipping_sentence(found)
    assert sentence.startswith("The mean: the conclusion that it lies above 0 stands until a prior of mean")
    assert "SD under 0.2" in sentence
    figure = tipping_plot(found)
    assert figure.alt == sentence
    assert figure.picture.svg.startswith(b"<?xml")


def test_labels_of_the_axis_stand_apart():
    sds = np.array([15, 7.5, 3.75, 1.88, 0.94, 0.47, 0.39, 0.36, 0.33, 0.23])
    kept = _apart(sds)
    assert kept == [15, 7.5, 3.75, 1.88, 0.94, 0.47, 0.33, 0.23]
    assert np.diff(np.log(kept[::-1])).min() > np.log(15 / 0.23) / 14


def test_without_a_conclusion_there_is_nothing_to_tip(conjugate, important_study, tmp_path):
    path = tmp_path / "nothing.py"
    with open(conjugate, encoding="utf-8") as file:
        path.write_text(file.read().replace("np.full(20, 0.6)", "np.full(20, 0.01)"), encoding="utf-8")
    found = tipping(important_study, str(path), "mean", "mean", "reference", SETTINGS)
    assert found.tip is None
    assert len(found.points) == 1
    assert "no conclusion to change" in tipping_sentence(found)


def test_what_cannot_tip_is_refused(conjugate, important_study):
    with pytest.raises(InputError) as error:
        tipping(important_study, conjugate, "share", "meen")
    assert [(fault.file, fault.required) for fault in error.value.faults] == [
        ("estimand", "an estimand with a value of no change"),
        ("parameter", "a parameter with a normal prior"),
    ]
    assert "did you mean 'mean'" in str(error.value)
