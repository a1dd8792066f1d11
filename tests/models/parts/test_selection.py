"""Who a model uses, who is left out and why."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cochange.data.study import Study
from cochange.models import marker_change, parallel_change, symptom_change
from cochange.models.parts.predictor import doublings, without_marker_value
from cochange.models.parts.selection import cannot, choose

Table = Callable[..., pd.DataFrame]
NO_SIZE = "beyond its limit of detection, so of no known size as a predictor"


@pytest.fixture(scope="module")
def holed(make_study: Callable[..., Study], make_people: Table) -> Study:
    """Thirty people: 0 without baseline score, 1 without follow-up, 2 and 3 censored, 4 and 5 without a sample."""
    table = make_people(30).astype(object)
    table.loc[0, "madrs_0"] = ""
    table.loc[1, ["madrs_12", "il6_12"]] = ""
    table.loc[2, "il6_0"] = "<0.2"
    table.loc[3, "il6_12"] = "<0.2"
    table.loc[4, "il6_0"] = ""
    table.loc[5, ["il6_0", "il6_12"]] = ""
    return make_study(table)


def _ids(*numbers: int) -> list[str]:
    return [f"P{number:04d}" for number in numbers]


def test_the_first_reason_that_applies_is_given(example: Study) -> None:
    n = example.data.sizes["participant"]
    first, second = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    first[[3, 7]] = second[[7, 9]] = True
    selection = choose(example, {"one": first, "two": second}, ("a note",))
    assert selection.left_out == {"P004": "one", "P008": "one", "P010": "two"}
    assert len(selection.used) == n - 3
    assert selection.used.tolist() == [
        who for who in example.data["participant"].to_numpy() if who not in selection.left_out
    ]
    assert (selection.notes, selection.problem) == (("a note",), "")


@pytest.mark.parametrize(("kept", "problem"), [(10, False), (9, True), (0, True)])
def test_ten_participants_are_needed(example: Study, kept: int, problem: bool) -> None:
    n = example.data.sizes["participant"]
    out = np.arange(n) >= kept
    selection = choose(example, {"unwilling": out, "nobody": np.zeros(n, dtype=bool)})
    assert len(selection.used) == kept
    expected = f"only {kept} participants can be used, at least 10 are needed ({n - kept} left out: unwilling)"
    assert selection.problem == (expected if problem else "")


def test_a_study_that_does_not_fit_leaves_everybody_out(example: Study) -> None:
    selection = cannot(example, "needs two visits, the study has one")
    assert selection.used.size == 0
    assert set(selection.left_out.values()) == {selection.problem} == {"needs two visits, the study has one"}
    assert len(selection.left_out) == example.data.sizes["participant"]


def test_marker_change_uses_whoever_has_a_value(holed: Study) -> None:
    selection = marker_change.select(holed)
    assert selection.left_out == {"P0005": "no marker value at either visit"}
    assert selection.notes == (
        "Beyond a limit of detection, and entered as censored: 1 of 28 values at before, 1 of 28 values at after.",
    )


def test_symptom_change_needs_both_scores_and_a_measured_baseline_marker(holed: Study) -> None:
    selection = symptom_change.select(holed)
    assert selection.left_out == {
        "P0000": "no MADRS at before",
        "P0001": "no MADRS at after",
        "P0002": f"IL-6 at before {NO_SIZE}",
        "P0004": "no IL-6 value at before",
        "P0005": "no IL-6 value at before",
    }
    (note,) = selection.notes
    assert note.startswith("1 of 28 IL-6 values at before lie beyond a limit of detection")


def test_parallel_change_needs_measured_markers_at_both_visits(holed: Study) -> None:
    selection = parallel_change.select(holed)
    assert selection.left_out == {
        "P0000": "no MADRS at before",
        "P0001": "no MADRS at after",
        "P0002": f"IL-6 at before {NO_SIZE}",
        "P0003": f"IL-6 at after {NO_SIZE}",
        "P0004": "no IL-6 value at before",
        "P0005": "no IL-6 value at before",
    }
    assert len(selection.notes) == 3
    assert "raw correlation" in selection.notes[2]


def test_without_a_marker_only_the_symptom_model_can_be_fitted(make_study: Callable[..., Study]) -> None:
    study = make_study(has=("symptom",))
    assert marker_change.select(study).problem == "needs a marker, the study declares none"
    assert parallel_change.select(study).problem == "needs a marker, the study declares none"
    selection = symptom_change.select(study)
    assert selection.problem == ""
    assert "prognostic slope cannot be estimated" in selection.notes[0]


def test_without_a_score_only_the_marker_model_can_be_fitted(make_study: Callable[..., Study]) -> None:
    study = make_study(has=("marker",))
    for model in (symptom_change, parallel_change):
        assert model.select(study).problem == "needs a symptom score, the study declares none"
    assert marker_change.select(study).problem == ""


def test_two_visits_are_needed(example: Study, with_analysis: Callable[..., Study]) -> None:
    one_visit = with_analysis(example, baseline="baseline", follow_up="baseline")
    for model in (marker_change, symptom_change, parallel_change):
        assert model.select(one_visit).problem == "needs two visits, the study has one"


def test_a_marker_that_is_hardly_ever_detected_cannot_be_analysed(
    make_study: Callable[..., Study], make_people: Table
) -> None:
    table = make_people(30).astype(object)
    table.loc[2:, "il6_12"] = "<5"
    selection = marker_change.select(make_study(table))
    assert selection.problem.startswith("fewer than 3 measured marker values at a visit")
    assert selection.used.size == 0


def test_nothing_is_said_of_limits_where_none_was_met(make_study: Callable[..., Study]) -> None:
    study = make_study(marker={"lower_limit": 1e-6})
    for model in (marker_change, symptom_change, parallel_change):
        assert model.select(study).notes == ()
    reasons = without_marker_value(study, (study.baseline, study.follow_up))
    assert not any(applies.any() for applies in reasons.left_out.values())


def test_doublings_are_base_two_logarithms(example: Study) -> None:
    raw = example.data["marker_value"].sel(marker="IL-6", visit="baseline")
    found = doublings(example.data["log_marker"].sel(marker="IL-6", visit="baseline"))
    np.testing.assert_allclose(found, np.log2(raw.to_numpy()), rtol=1e-14)
