"""The sections that the joint model adds: every sentence from planted rows, and the reasons where they are absent."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from cochange.data.study import Study
from cochange.inference.loo import FormComparison
from cochange.inference.no_change import NaiveStatistic
from cochange.reports.needs import comparison, measurement, no_change
from cochange.reports.sections.comparison import said
from cochange.reports.sections.no_change import SECTION, TITLES, beyond, sentence

ROW = NaiveStatistic(
    model="joint_change", marker="IL-6", statistic="change_correlation", analysis="correlation of the two changes",
    unit="correlation", n=81, observed=0.31, data_sets=1000, lower=-0.28, median=0.08, upper=0.44, as_far=0.2,
    called_different=0.29,
)  # fmt: skip
BEST = FormComparison(
    model="joint_change", form="normal, measurement error", elpd=-1090.1, se=25.0, p=29.6, difference=0.0,
    difference_se=0.0, weight=0.9, participants=116, k_most=0.64, k_high=0, refitted=0, r_hat=1.002,
    ess=2410.0, divergences=0,
)  # fmt: skip
FORBIDDEN = ("effect of", "significant", "mediat")


@pytest.fixture
def results(example_study: Study) -> Any:
    """What these sections read of the results of a run without fits."""
    return SimpleNamespace(
        study=example_study,
        fitted=lambda _: False,
        no_change=(),
        comparison=(),
        estimates=(),
        decisions=(),
        not_fitted={},
    )


def test_a_statistic_within_what_errors_give_is_said_to_lie_within(results: Any) -> None:
    assert sentence(ROW, results) == (
        "With no true change at all, the usual analysis would find a correlation of the changes of IL-6 and MADRS of "
        "0.08 (median; central 95% \u22120.28 to 0.44) and call it different from zero in 29.0% of such studies; the "
        "observed 0.31 lies within what errors of measurement alone give."
    )
    assert beyond([ROW, ROW], results) == "None of the 2 statistics lies beyond it."


@pytest.mark.parametrize(("observed", "said"), [(-0.5, "\u22120.50"), (0.6, "0.60")])
def test_a_statistic_beyond_what_errors_give_is_said_to_lie_beyond(observed: float, said: str, results: Any) -> None:
    row = replace(ROW, observed=observed)
    assert f"the observed {said} lies beyond what errors of measurement alone give" in sentence(row, results)
    assert beyond([ROW, row], results) == (
        f"Of the 2 statistics, 1 lies beyond: Correlation of the changes of IL-6 and MADRS ({said}; without change "
        "\u22120.28 to 0.44)."
    )


def test_every_statistic_has_a_title_and_no_sentence_claims_a_cause(results: Any) -> None:
    for name in TITLES:
        row = replace(ROW, statistic=name)
        text = f"{sentence(row, results)} {beyond([replace(row, observed=3.0)], results)}"
        assert "{" not in text
        assert not [word for word in FORBIDDEN if word in text.lower()]


def test_statistics_of_arms_say_which_are_within_them(results: Any, two_arms: Study) -> None:
    results.study, results.diagnostics = two_arms, ()
    results.no_change = tuple(replace(ROW, statistic=name) for name in TITLES)
    assert "would find a correlation of the changes of IL-6 and MADRS within arms of 0.08" in sentence(ROW, results)
    parts = SECTION.block(results).parts
    (table,) = (part for part in parts if part.kind == "table")
    titles = [row[0] for row in table.groups[0].rows]
    assert [title for title in titles if title.endswith(" in all arms")] == titles[:2]
    assert all("within arms" in title for title in titles[2:])
    assert any("Slopes and the correlation are within arms" in getattr(part, "text", "") for part in parts)


def test_a_statistic_in_points_has_its_unit(results: Any) -> None:
    row = replace(ROW, statistic="symptom_change", unit="points", median=-0.1, lower=-1.1, upper=0.8, observed=-8.5)
    assert "a mean change of MADRS of \u22120.1 points (median; central 95% \u22121.1 to 0.8)" in sentence(row, results)


def test_one_form_alone_is_not_compared() -> None:
    text = said([replace(BEST, difference=float("nan"), difference_se=float("nan"), weight=1.0)])
    assert "No Pareto shape is over its bound. One form was fitted, normal, measurement error" in text
    assert "alternatives = true" in text


@pytest.mark.parametrize(
    ("gap", "error", "chosen"), [(0.7, 1.1, False), (3.9, 0.5, False), (9, 5, False), (12, 3, True)]
)
def test_a_form_is_preferred_only_by_a_clear_difference(gap: float, error: float, chosen: bool) -> None:
    other = replace(BEST, form="Student-t, measurement error", difference=-gap, difference_se=error, weight=0.1)
    text = said([BEST, other])
    assert ("foretells better" in text) == chosen
    assert ("This does not choose between them" in text) != chosen


def test_forms_whose_chains_do_not_agree_are_not_compared() -> None:
    other = replace(BEST, form="Student-t, measurement error", difference=-12, difference_se=3, weight=0.1)
    text = said([BEST, replace(other, divergences=7, r_hat=1.02, ess=310.0)])
    chains = "Student-t, measurement error (R-hat 1.020, least effective sample size 310, 7 divergent transitions)"
    assert f"The chains of {chains} do not agree well enough: the forms cannot be compared." in text
    assert "foretells better" not in text


def test_high_pareto_shapes_are_counted_with_those_left_out_exactly() -> None:
    text = said([replace(BEST, k_most=0.9, k_high=3, refitted=3)])
    assert "over the bound: normal, measurement error: 3 of 116, all of them left out exactly." in text
    some = said([replace(BEST, k_most=0.9, k_high=3, refitted=2)])
    assert "3 of 116, 2 of them left out exactly, so its log predictive density is not to be trusted" in some


def test_what_is_absent_is_given_a_reason(results: Any, example_study: Study, with_analysis: Any) -> None:
    for need in (no_change, measurement, comparison):
        assert "joint_change, which was not fitted: it was not asked for" in need(results)
    results.not_fitted = {"joint_change": "needs a marker, the study declares none"}
    assert comparison(results).endswith("which was not fitted: it needs a marker, the study declares none")
    results.fitted = lambda name: name == "joint_change"
    assert no_change(results).startswith("fewer than 10 participants have marker and score at both visits")
    results.study = with_analysis(example_study, {"measurement": "off"})
    assert "observed scores were taken as true" in no_change(results)
    assert "observed scores were taken as true" in measurement(results)
