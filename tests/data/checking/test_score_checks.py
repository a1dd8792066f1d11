"""Scores that are counted have to be whole numbers."""

import pytest

CSV = "trial.csv"


@pytest.fixture
def counted(wide):
    """The small study with a counted score."""
    wide.spec["symptom"]["distribution"] = "beta_binomial"
    return wide


def test_whole_scores_can_be_counted(counted) -> None:
    counted.table.loc[3, "madrs_12"] = "12.0"
    study = counted.read()
    assert study.notices == ()
    assert float(study.data["symptom"][3, 1]) == 12


def test_each_text_with_a_fraction_is_a_fault(counted) -> None:
    counted.table.loc[[3, 5], "madrs_12"] = "12.5"
    counted.table.loc[4, "madrs_0"] = "20.25"
    second, first = counted.faults()
    assert (first.file, first.row, first.column, first.found) == (CSV, 6, "madrs_0", "'20.25'")
    assert (second.row, second.column, second.found) == (5, "madrs_12", "'12.5' in 2 rows (5, 7)")
    assert first.required == "a whole MADRS score, as the distribution beta_binomial counts them,"
    assert 'write distribution = "continuous"' in first.action


def test_a_scale_of_ones_own_is_checked_alike_and_a_missing_score_is_none(counted) -> None:
    counted.spec["symptom"] |= {"scale": "Own", "range": [0, 60], "direction": "higher is worse"}
    counted.table.loc[2, "madrs_12"] = "NA"
    counted.read()
    counted.table.loc[2, "madrs_12"] = "12.5"
    assert counted.only_fault().required.startswith("a whole Own score")


def test_fractions_on_a_continuous_score_are_only_noticed(wide) -> None:
    wide.table.loc[2, "madrs_12"] = "12.5"
    (notice,) = wide.read().notices
    assert notice.message.startswith("a MADRS total is a whole number")
