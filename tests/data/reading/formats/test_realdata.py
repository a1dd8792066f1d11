"""Public files in the formats that laboratories and archives hand over, read as they are."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest


@pytest.fixture
def public(realdata: Path, reader: Any) -> Any:
    return lambda name, **keys: reader(realdata / name, **keys)


def test_a_transport_file_with_a_comment_code(public: Any) -> None:
    cells = public("nhanes/HSCRP_J.XPT").cells
    below = cells[cells["LBDHRPLC"] == "1"]
    assert len(cells) == 8366
    assert below["LBXHSCRP"].tolist() == ["0.11"] * 75
    assert set(cells["LBDHRPLC"]) == {"0", "1", ""}


def test_special_missing_values_of_stata(public: Any) -> None:
    table = public("reader_files/pyreadstat_missing_test.dta")
    letters = {f"var{number}": f".{letter}" for number, letter in enumerate("abcxyz", start=1)}
    assert table.cells.loc[1, list(letters)].to_dict() == letters
    assert table.user_missing == {name: frozenset({text}) for name, text in letters.items()}
    assert table.cells.loc[1, ["var7", "var8", "var9"]].tolist() == ["", "", "1"]


def test_user_missing_ranges_of_spss(public: Any) -> None:
    table = public("reader_files/pyreadstat_simple_alltypes.sav")
    assert table.cells["x"].tolist() == ["1", "2", "3", "4", "8", "9"]
    assert table.user_missing["x"] == frozenset({"8"})
    assert table.user_missing["z"] == frozenset({"-9", "999"})
    assert table.cells["date"].tolist()[0] == "2014-11-01"


def test_both_formats_of_sas_hold_the_same(public: Any) -> None:
    data, transport = (public(f"reader_files/pyreadstat_sample.{suffix}").cells for suffix in ("sas7bdat", "xpt"))
    assert data.to_numpy().tolist() == transport.to_numpy().tolist()
    assert data.iloc[1].tolist() == ["b", "1.2", "1880-05-06", "1880-05-06 10:10:10", "2", "2", "23:10:10"]


def test_value_labels_of_a_trial(public: Any) -> None:
    table = public("reader_files/medicaldata_indo_rct_pep.dta", labels=["group"])
    assert table.cells["group"].value_counts().to_dict() == {"placebo": 307, "indomethacin": 295}


def test_a_sheet_with_a_title_and_two_rows_of_heads(realdata: Path, reader: Any) -> None:
    table = reader(realdata / "reader_files/medicaldata_messy_bp.xlsx", header_row=4)
    assert table.header_row == 4
    assert table.cells["pat_id"].iloc[0] == "1"


def test_semicolons_decimal_commas_and_no_header(public: Any) -> None:
    cells = public("il6_diurnal/Knudsen2008individual.csv").cells
    assert cells.loc[2].tolist()[:3] == ["1", "2,68", "10"]
    bare = public("il6_diurnal/Sothern1995IndividualData.csv", header=False, delimiter=";")
    assert bare.cells.loc[1].tolist()[:4] == ["1", "46", "1,22", "1,38"]
    assert list(bare.cells.columns) == [str(position) for position in range(1, 11)]


def test_columns_set_apart_by_white_space(realdata: Path, public: Any) -> None:
    [
        str(position)
        for position in range(1, 1 + len((realdata / "reisby/riesby.dat").read_text().split("\n")[0].split()))
    ]
    cells = public("reisby/riesby.dat", header=False, delimiter="whitespace").cells
    direct = pd.read_csv(realdata / "reisby/riesby.dat", sep=r"\s+", header=None, dtype=str, keep_default_na=False)
    assert list(cells.columns) == [str(position) for position in range(1, direct.shape[1] + 1)]
    assert cells.to_numpy().tolist() == direct.to_numpy().tolist()


def test_a_file_with_mixed_line_ends_keeps_every_row(public: Any) -> None:
    assert public("reader_files/cytoprofile_Cytodata.csv").cells.shape == (297, 29)
