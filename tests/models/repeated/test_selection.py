"""Whom the model uses, what it refuses and what it says."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import InputError
from cochange.models import repeated_measures
from cochange.models.parts.repeated.frame import options_of


@pytest.fixture
def table(make_table: Any) -> pd.DataFrame:
    return make_table(40, 7)


def with_cells(table: pd.DataFrame, rows: list[int], **cells: str) -> pd.DataFrame:
    changed = table.copy()
    for column, text in cells.items():
        changed.loc[rows, column] = text
    return changed


def test_baselines_are_outcomes_unless_arms_were_not_randomised(make_case: Any, table: pd.DataFrame) -> None:
    assert options_of(make_case(table).study).baseline == "constrained"
    assert options_of(make_case(table, has=("symptom",)).study).baseline == "constrained"
    assert options_of(make_case(table, design="observational").study).baseline == "covariate"


def test_equal_baselines_of_arms_that_were_not_randomised_are_refused(make_case: Any, table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"analysis\.repeated_measures\.baseline.*randomised"):
        make_case(table, design="observational", baseline="constrained")


def test_a_covariate_by_visit_has_to_be_declared(make_case: Any, table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"covariates_by_visit.*'weight'"):
        make_case(table, has=("symptom", "covariates"), covariates_by_visit=["weight"])


def test_those_without_a_baseline_are_left_out_where_it_is_a_covariate(make_case: Any, table: pd.DataFrame) -> None:
    changed = with_cells(table, [3], madrs_w0="")
    chosen = repeated_measures.select(make_case(changed, baseline="covariate").study)
    assert chosen.left_out["P003"] == "no MADRS at w0, a covariate"
    assert "P003" in repeated_measures.select(make_case(changed).study).used


def test_those_without_any_value_are_left_out(make_case: Any, table: pd.DataFrame) -> None:
    blank = dict.fromkeys([name for name in table if name.startswith(("il6_", "madrs_"))], "")
    chosen = repeated_measures.select(make_case(with_cells(table, [5], **blank)).study)
    assert chosen.left_out == {"P005": "no value of any outcome"}
    later = {name: "" for name in blank if not name.endswith("w0")}
    case = make_case(with_cells(table, [5], **later), baseline="covariate")
    assert repeated_measures.select(case.study).left_out == {"P005": "no value of any outcome after the baseline"}


def test_a_baseline_under_its_limit_cannot_be_a_covariate(make_case: Any, table: pd.DataFrame) -> None:
    changed = with_cells(table, [1], il6_w0="<0.5")
    problem = repeated_measures.select(make_case(changed, baseline="covariate").study).problem
    assert "cannot take a baseline IL-6 beyond its limit of detection as a covariate" in problem
    assert not repeated_measures.select(make_case(changed).study).problem
    assert not repeated_measures.select(make_case(changed, baseline="covariate", outcomes="score").study).problem


def test_more_values_beyond_limits_than_can_be_integrated_are_refused(make_case: Any, table: pd.DataFrame) -> None:
    visits = tuple(f"v{number}" for number in range(8))
    rng = np.random.default_rng(2)
    for visit in visits:
        table[f"il6_{visit}"] = np.exp(rng.normal(0.5, 0.5, len(table))).round(3).astype(str)
        table[f"madrs_{visit}"] = rng.normal(20, 5, len(table)).round(1).astype(str)
    table.loc[0, [f"il6_{visit}" for visit in visits[1:]]] = "<0.5"
    problem = repeated_measures.select(make_case(table, visits=visits).study).problem
    assert problem.startswith("a participant has 7 values beyond a limit of detection: at most 6 can be integrated out")


def test_a_visit_without_a_marker_has_no_cell_of_it(make_case: Any, table: pd.DataFrame) -> None:
    case = make_case(with_cells(table, list(range(len(table))), il6_w2=""))
    coords = repeated_measures.parameters(case.study).coords
    assert coords["marker_follow_up"] == ["w6", "w12"]
    assert coords["score_follow_up"] == ["w2", "w6", "w12"]


def test_a_marker_that_starts_after_the_baseline_has_levels(make_case: Any, table: pd.DataFrame) -> None:
    case = make_case(with_cells(table, list(range(len(table))), il6_w0=""), baseline="covariate")
    parameters = repeated_measures.parameters(case.study)
    assert parameters.coords["marker_visit"] == ["w2", "w6", "w12"]
    names = {item.name for item in parameters.items}
    assert {"marker_level", "marker_on_score", "score_on_score"} <= names
    assert not {"marker_change", "marker_mean", "prognostic", "marker_on_marker"} & names


def test_an_outcome_that_is_not_declared_cannot_be_asked_for(make_case: Any, table: pd.DataFrame) -> None:
    chosen = repeated_measures.select(make_case(table, has=("symptom",), outcomes="marker").study)
    assert chosen.problem == "needs a marker, the only outcome asked for; the study declares none"


def test_values_beyond_limits_are_counted(make_case: Any, table: pd.DataFrame) -> None:
    notes = " ".join(repeated_measures.select(make_case(table).study).notes)
    beyond = int(table["il6_w12"].str.startswith(("<", ">")).sum())
    assert f"{beyond} of IL-6 at w12" in notes
    assert f"{int((table['madrs_w6'] != '').sum())} with MADRS at w6" in notes
