"""Rows of units under the header: told once, as what they look like, with what to do; never skipped."""

import pandas as pd
import pytest


def _over(study, *rows: dict[str, str]) -> None:
    filled = [dict.fromkeys(study.table.columns, "") | row for row in rows]
    study.table = pd.concat([pd.DataFrame(filled), study.table], ignore_index=True)


UNITS = {"age": "years", "il6_0": "pg/ml", "il6_12": "pg/ml", "madrs_0": "0-60", "madrs_12": "0-60"}
ROWS = {
    "without an identifier": UNITS,
    "with a word for one": {"id": "Code", "arm": "-", "sex": "m/w", **UNITS},
    "a unit in one column": {"il6_0": "[pg/mL]", "age": "at entry"},
    "ranges alone": {"madrs_0": "0 bis 60", "madrs_12": "0 \u2013 60"},
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_of_units_is_one_fault_whose_remedies_work(wide, row: dict[str, str]) -> None:
    _over(wide, row)
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == ("trial.csv", 2, None)
    assert "1 row (2) that looks like a row of units" in fault.found
    assert "delete it from the file, or write header_row = 2 under [data] with column_names" in fault.action
    assert "names of all 11 columns" in fault.action
    wide.spec["data"] |= {"header_row": 2, "column_names": list(wide.table.columns)}
    assert wide.read().data.sizes["participant"] == 24
    del wide.spec["data"]["header_row"], wide.spec["data"]["column_names"]
    wide.table = wide.table.iloc[1:]
    assert wide.read().data.sizes["participant"] == 24


def test_units_are_never_offered_as_missing_codes(wide) -> None:
    _over(wide, {"id": "Code", **UNITS})
    fault = wide.only_fault()
    assert "missing" not in fault.action
    assert all(unit in fault.found for unit in ("'years'", "'pg/ml'", "'0-60'"))


def test_a_long_file_has_one_fault_too(long) -> None:
    _over(long, {"week": "weeks", "il6": "pg/ml", "madrs": "0-60"})
    assert "header_row = 2 under [data]" in long.only_fault().action


def test_units_and_ranges_in_rows_of_their_own_are_told_together(wide) -> None:
    _over(wide, {"il6_0": "pg/ml", "age": "years"}, {"madrs_0": "0-60", "age": "18-65"})
    fault = wide.only_fault()
    assert "2 rows (2, 3) that look like a row of units" in fault.found
    assert "header_row = 3 under [data]" in fault.action


def test_names_that_are_declared_already_are_not_asked_for(wide) -> None:
    wide.spec["data"]["column_names"] = list(wide.table.columns)
    _over(wide, UNITS)
    fault = wide.only_fault()
    assert "header_row = 2 under [data]" in fault.action
    assert "column_names" not in fault.action


def test_other_faults_are_told_beside_a_row_of_units(wide) -> None:
    wide.table.loc[1, "madrs_12"] = "7l"
    _over(wide, UNITS)
    assert [fault.row for fault in wide.faults()] == [2, 4]


@pytest.mark.parametrize(
    "cells",
    [
        {"madrs_0": "20-21"},
        {"il6_0": "pg/ml"},
        {"il6_0": "", "il6_12": "n.d.", "madrs_0": "pg/ml", "madrs_12": "", "age": "40"},
        {"il6_0": "lost", "il6_12": "lost", "madrs_0": "lost", "madrs_12": "lost", "age": "lost"},
    ],
)
def test_a_participant_with_a_number_or_without_a_unit_is_none(wide, cells: dict[str, str]) -> None:
    wide.table.loc[0, list(cells)] = list(cells.values())
    assert "row of units" not in " ".join(fault.found for fault in wide.faults())


def test_units_further_down_are_told_cell_by_cell(wide) -> None:
    wide.table.loc[3, list(UNITS)] = list(UNITS.values())
    assert "row of units" not in " ".join(fault.found for fault in wide.faults())


def test_a_table_of_units_alone_is_told(wide) -> None:
    wide.table = wide.table.iloc[:0]
    _over(wide, {"id": "Code", **UNITS})
    assert "row of units" in " ".join(fault.found for fault in wide.faults())


def test_units_in_a_joined_file_name_its_own_table(wide) -> None:
    lab = wide.table[["id", "il6_0", "il6_12"]]
    wide.table = wide.table.drop(columns=["il6_0", "il6_12"])
    units = pd.DataFrame([{"id": "", "il6_0": "pg/ml", "il6_12": "pg/ml"}])
    pd.concat([units, lab]).to_csv(wide.folder / "lab.csv", index=False)
    path = wide.write()
    path.write_text(
        path.read_text("utf-8") + '\n[[data.join]]\nfile = "lab.csv"\nparticipant = "id"\n', encoding="utf-8"
    )
    wide.write = lambda: path
    fault = wide.only_fault()
    assert (fault.file, fault.row) == ("lab.csv", 2)
    assert "header_row = 2 under [[data.join]] with column_names, a list of the names of all 3 columns" in fault.action
