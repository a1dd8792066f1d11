"""Faults and notices of duplicate wells name the well."""

import numpy as np
import pytest

CSV = "trial.csv"
PAIR = ["il6_0_a", "il6_0_b"]


@pytest.fixture
def wells(wide):
    """The small study with two wells a sample at baseline."""
    rng = np.random.default_rng(3)
    wide.table = wide.table.rename(columns={"il6_0": "il6_0_a"})
    noise = rng.lognormal(0, 0.1, len(wide.table))
    wide.table["il6_0_b"] = [f"{x:.3f}" for x in wide.table["il6_0_a"].astype(float) * noise]
    wide.spec["marker"][0]["columns"] = [PAIR, "il6_12"]
    return wide


@pytest.mark.parametrize("text", ["abc", "0", "-1", "<LOD", "*1.23", "<0"])
@pytest.mark.parametrize("column", PAIR)
def test_a_bad_cell_is_named_by_the_column_of_its_well(wells, column: str, text: str) -> None:
    wells.table.loc[12, column] = text
    fault = wells.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 14, column)
    assert f"'{text}'" in fault.found


def test_a_well_with_the_other_decimal_mark(wells) -> None:
    wells.table.loc[12, PAIR] = ["<0.1", "1,5"]
    fault = wells.only_fault()
    assert (fault.row, fault.column) == (14, "il6_0_b")
    assert fault.required == "a decimal point in every number"


def test_an_absent_column_of_a_well(wells) -> None:
    wells.table = wells.table.drop(columns="il6_0_b")
    assert wells.only_fault().column == "il6_0_b"


def test_a_well_on_another_scale_than_declared(wells) -> None:
    wells.table["il6_0_b"] = [f"{x:.3f}" for x in np.random.default_rng(1).normal(0.4, 0.72, 24)]
    fault = wells.only_fault()
    assert (fault.row, fault.column) == (None, "il6_0_b")
    assert fault.found.startswith("what looks like logarithms at 'baseline' in il6_0_b (")


def test_a_substituted_limit_in_one_well_is_noticed_there(wells) -> None:
    wells.table.loc[:5, "il6_0_b"] = "0.11"
    (notice,) = wells.read().notices
    assert (notice.column, notice.caution) == ("il6_0_b", True)
    assert "0.11 in 6 of 24 readings (25%)" in notice.message


def test_wells_on_opposite_sides_of_the_limits(wells) -> None:
    wells.table.loc[3, PAIR] = ["<0.1", ">200"]
    fault = wells.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 5, "il6_0_a")
    assert fault.required == "a sample of IL-6 whose wells lie on one side of the limits"
    assert fault.found == "'<0.1' in il6_0_a and '>200' in il6_0_b"
    wells.table.loc[3, PAIR] = ["<0.1", "<0.2"]
    assert wells.read().notices == ()


def test_samples_with_a_well_beyond_a_limit_beside_a_measured_one_are_counted(wells) -> None:
    wells.spec["marker"][0] |= {"lower_limit": 0.1, "upper_limit": 100, "confirmed": ["scale", "floors"]}
    wells.table.loc[[2, 5], "il6_0_b"] = "<LOD"
    wells.table.loc[7, PAIR] = ["90", ">100"]
    wells.table.loc[8, PAIR] = ["<LOD", "<LOD"]
    wells.table.loc[9, PAIR] = ["", "<LOD"]
    wells.table.loc[10, PAIR] = ""
    below, above = wells.read().notices
    assert (below.file, below.column, below.caution) == (CSV, "il6_0_a", False)
    assert below.message.startswith(
        "a well below its limit beside a measured one in 2 of 23 samples of IL-6 at 'baseline': they are"
    )
    assert above.message.startswith("a well above its limit beside a measured one in 1 of 23 samples")


def test_wells_that_are_copies(wells) -> None:
    other = wells.table["il6_0_b"].copy()
    wells.table["il6_0_b"] = wells.table["il6_0_a"]
    fault = wells.only_fault()
    assert (fault.row, fault.column) == (None, "il6_0_b")
    assert fault.required == "a reading of its own in each well of IL-6"
    assert fault.found == "the same reading in all wells of all 24 samples"
    wells.table.loc[4, "il6_0_b"] = other[4]
    assert wells.read().data["wells"].to_numpy()[4, 0, 0] == 2


def test_wells_whose_changes_are_constant(wells) -> None:
    wells.spec["marker"][0]["columns"] = [PAIR, ["il6_12", "il6_12_b"]]
    wells.table["il6_12"], wells.table["il6_12_b"] = wells.table["il6_0_b"], wells.table["il6_0_a"]
    fault = wells.only_fault()
    assert (fault.column, fault.found) == ("il6_12", "a change of 0 in all 24 pairs")
