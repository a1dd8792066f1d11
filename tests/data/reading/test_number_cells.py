"""Cells that hold numbers beside texts with a decimal comma: the mark is one of texts alone."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from cochange.data.draft import draft_study_file
from cochange.data.reading.formats.values import text_of
from cochange.data.reading.plates.read_plate import read_plate_book
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.table import NumberText

SUFFIXES = (".xlsx", ".parquet")


def _with_numbers(study, suffix: str) -> None:
    """Make the file one of typed cells: numbers, and texts where they are none."""

    def typed(text: str) -> object:
        try:
            return float(text)
        except ValueError:
            return text

    measured = [name for name in study.table if name.startswith(("il6", "madrs", "age", "phq9"))]
    study.table = study.table.assign(**{name: study.table[name].map(typed).astype(object) for name in measured})
    study.spec["data"]["file"] = f"trial{suffix}"
    study.write = lambda: _write(study, suffix)  # type: ignore[method-assign]
    study.spec["marker"][0]["lower_limit"] = 0.2


def _write(study, suffix: str) -> Path:
    path = study.folder / f"trial{suffix}"
    if suffix == ".xlsx":
        study.table.to_excel(path, index=False)
    else:
        study.table.to_parquet(path)
    return type(study).write(study)


def _commas(study, *rows: int) -> None:
    study.table["il6_0"] = study.table["il6_0"].astype(object)
    for row in rows:
        study.table.loc[row, "il6_0"] = "<0,2"


@pytest.mark.parametrize("keys", [{"decimal": ","}, {"decimal_columns": {"il6_0": ","}}])
def test_texts_with_a_comma_stand_among_cells_that_hold_numbers(wide, keys: dict) -> None:
    _with_numbers(wide, ".xlsx")
    expected = wide.read().data
    _commas(wide, 2, 5, 7)
    wide.spec["data"] |= keys
    found = wide.read().data
    status = found["marker_status"].sel(visit="baseline", marker="IL-6").to_numpy()
    assert np.flatnonzero(status == "below").tolist() == [2, 5, 7]
    value = found["marker_value"].sel(visit="baseline", marker="IL-6").to_numpy()
    before = expected["marker_value"].sel(visit="baseline", marker="IL-6").to_numpy()
    assert value[status == "observed"] == pytest.approx(before[status == "observed"], rel=1e-12)
    assert value[2] == 0.2


def test_what_is_advised_for_texts_with_a_comma_works(wide) -> None:
    _with_numbers(wide, ".xlsx")
    _commas(wide, 2, 5, 7)
    fault = wide.only_fault()
    assert fault.required == "a decimal point in every number that is written as a text"
    assert fault.found == "a comma in 3 rows (4, 7, 9), as in '<0,2'"
    assert fault.action == 'write decimal = "," under [data]'
    wide.table["il6_12"] = wide.table["il6_12"].astype(object)
    wide.table.loc[4, "il6_12"] = "<0.2"
    assert wide.only_fault().action == 'write decimal_columns = { "il6_0" = "," } under [data]'
    wide.spec["data"]["decimal_columns"] = {"il6_0": ","}
    wide.read()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_numbers_is_read_whatever_the_mark(wide, suffix: str) -> None:
    _with_numbers(wide, suffix)
    expected = wide.read().data
    wide.spec["data"]["decimal"] = ","
    assert wide.read().data.equals(expected)


def test_a_text_like_a_number_with_the_other_mark_is_at_fault(wide) -> None:
    _with_numbers(wide, ".xlsx")
    wide.spec["data"]["decimal"] = ","
    wide.table["il6_0"] = wide.table["il6_0"].astype(object)
    wide.table.loc[3, "il6_0"] = "0.7"
    fault = wide.only_fault()
    assert (fault.row, fault.column, fault.found) == (5, "il6_0", "a point in 1 row (5), as in '0.7'")


def test_limits_of_single_samples_are_read_beside_either_kind(wide) -> None:
    _with_numbers(wide, ".xlsx")
    wide.table["lod_0"], wide.table["lod_12"] = 0.15, 0.15
    wide.table["lod_0"] = wide.table["lod_0"].astype(object)
    wide.table.loc[:4, "lod_0"] = "0,15"
    del wide.spec["marker"][0]["lower_limit"]
    wide.spec["marker"][0]["lower_limit_columns"] = ["lod_0", "lod_12"]
    wide.spec["data"]["decimal"] = ","
    wide.table.loc[[1, 9], "il6_0"] = 0.1
    wide.table["il6_0"] = wide.table["il6_0"].astype(object)
    wide.table.loc[[2, 8], "il6_0"] = "0,1"
    here = wide.read().data.sel(visit="baseline", marker="IL-6")
    assert np.flatnonzero(here["marker_status"] == "below").tolist() == [1, 2, 8, 9]
    assert here["marker_value"].to_numpy()[[1, 2, 8, 9]] == pytest.approx(0.15)


def test_numbers_under_a_table_are_no_footer_for_their_mark(wide) -> None:
    _with_numbers(wide, ".xlsx")
    wide.spec["data"]["decimal"] = ","
    wide.table.loc[23, "id"] = "P24"
    assert wide.read().data.sizes["participant"] == 24


def test_a_draft_goes_by_the_texts(wide) -> None:
    _with_numbers(wide, ".xlsx")
    _commas(wide, 2, 5, 7)
    wide.write()
    draft = tomllib.loads(draft_study_file(wide.folder / "trial.xlsx", force=True).path.read_text("utf-8"))
    assert draft["data"]["decimal"] == ","
    assert "decimal_columns" not in draft["data"]


def test_wells_of_a_workbook_keep_their_kind() -> None:
    records = [(1, ["Sample", "Concentration"]), (2, ["P01", text_of(0.5)]), (3, ["P02", "<0,2"])]
    (sheet,) = read_plate_book("plate.xlsx", {"Sheet1": records})
    assert [type(text) for text in sheet.wells["text"]] == [NumberText, str]


def test_a_number_cell_has_a_point() -> None:
    assert parse_reading(NumberText("0.7"), ",").number == 0.7
    assert parse_reading("0.7", ",").kind == "other decimal mark"
