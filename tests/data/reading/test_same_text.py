"""What is plainly a number gone wrong, and what may stand for a missing value."""

import pytest

from cochange.data.reading.same_text import is_mistyped


@pytest.mark.parametrize("text", ["7l", "12..3", "O.5", "l2O", "71", "5 kg", "~3", "1,2,3"])
def test_a_number_gone_wrong_is_mistyped(text: str) -> None:
    assert is_mistyped(text)


@pytest.mark.parametrize("text", ["NA", "n.a.", "ND", ".", "-", "?", "QNS2", "99", "999", "-9", "88", "#DIV/0!"])
def test_a_word_a_mark_and_a_number_like_a_code_are_not(text: str) -> None:
    assert not is_mistyped(text)


@pytest.mark.parametrize("column", ["madrs_12", "il6_0", "age"])
def test_a_missing_code_is_proposed_for_what_looks_like_one_alone(wide, column: str) -> None:
    wide.table.loc[[3, 5], column] = ["1..5", "ND?"]
    mistyped, code = (fault.action for fault in wide.faults() if "covariate for every" not in fault.required)
    assert mistyped == "correct the value at its source"
    instead = "drop the covariate from [covariates]"
    assert (instead if column == "age" else 'missing = ["NA", "ND?"] under [data]') in code
