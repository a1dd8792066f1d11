"""Made-up exports of Bio-Plex Manager: blocks for each analyte, and one table for several."""

from typing import Any

import pytest

LIST = """
File Name: made-up.rbx
Plate ID: | P7
Acquisition Date: 1-Jan-2020

IL-6 (19)

Type | Well    | Outlier | Description | FI     | Std Dev | Obs Conc | Exp Conc | Conc in Range | Dilution
B    | A1      |         |             | 11.0   | 0.1     |          |          |               |
S1   | B1      |         | Standard 1  | 9000.5 | 1.1     | 995.5    | 1000     | 995.5         |
C1   | C1      |         | Low         | 20.5   | 0.1     | 3.25     |          | 3.25          | 4
X1   | D1      |         | P001-0      | 15     | 0.1     | OOR <    |          | ***           | 4
X1   | D2      |         | P001-0      | 16     | 0.1     | OOR<     |          | ***           | 4
X2   | E1      |         | P001-12     | 15     | 0.1     | *1.23    |          | ***           | 4
X3   | F1      | 1       | P002-0      | ---    | ---     | ---      |          | ---           | 4
X4   | G1      |         | P002-12     | ***    | ***     | ***      |          | ***           | 4
X5   | H1      |         | P003-0      | 88.5   | 0.3     | <0.11    |          |               | 4
X6   | H2      |         | P003-12     | 99999  | 0.3     | OOR >    |          |               | 4

* = Value extrapolated beyond standard range
OOR = Out of Range
--- = Designated as an outlier
*** = Value not available
Std. Curve: FI = 1 + 2 * Conc

IL-8 (54)

Type | Well | Description | Obs Conc
X1   | D1   | P001-0      | 7.5
X2   | E1   | P001-12     | 8.5
"""
MARKS = ["OOR <", "OOR<", "*1.23", "---", "***", "<0.11", "OOR >"]


def test_each_block_gives_its_wells_as_written(sheet: Any) -> None:
    found = sheet(LIST).wells
    first = found[found["analyte"] == "IL-6 (19)"]
    samples = first[first["kind"] == "sample"]
    assert samples["text"].tolist() == MARKS
    assert samples["well"].tolist() == ["D1", "D2", "E1", "F1", "G1", "H1", "H2"]
    assert samples["replicate"].tolist() == [1, 2, 1, 1, 1, 1, 1]
    assert set(samples["dilution"]) == {"4"}
    assert set(found["plate"]) == {"P7"}
    assert found.loc[found["analyte"] == "IL-8 (54)", "text"].tolist() == ["7.5", "8.5"]
    assert found["row"].tolist() == [*range(8, 18), 28, 29]
    assert found["column"].tolist() == [7] * 10 + [4] * 2


def test_types_tell_standards_blanks_and_controls(sheet: Any) -> None:
    result = sheet(LIST)
    others = result.wells[result.wells["kind"] != "sample"]
    assert others[["kind", "sample", "text"]].to_numpy().tolist() == [
        ["blank", "B", ""],
        ["standard", "Standard 1", "995.5"],
        ["control", "Low", "3.25"],
    ]
    assert result.facts["outliers"].startswith("marked by the laboratory in rows 14;")
    assert result.facts["rows without wells"] == "1 to 3, 5, 7, 19 to 23, 25, 27"


@pytest.mark.parametrize(
    ("title", "name", "analyte"),
    [
        ("Analyte: IL-6 (19)", "Sheet1", "IL-6 (19)"),
        ("Analyte: | IL-6", "other", "IL-6"),
        ("Bio-Plex Manager", "IL-6 (19)", "IL-6 (19)"),
        ("IL-6 (pg/mL)", "Obs Conc", "IL-6"),
    ],
)
def test_the_analyte_is_named_by_a_row_or_by_the_sheet(sheet: Any, title: str, name: str, analyte: str) -> None:
    rows = f"{title}\nOOR = Out of Range\nType | Well | Description | Obs Conc\nX1 | A1 | P1 | 2.5"
    assert sheet(rows, name).analytes == (analyte,)


def test_a_column_may_name_the_analyte_of_each_row(sheet: Any) -> None:
    rows = "Analyte | Type | Well | Obs Conc\nIL-6 | X1 | A1 | 2.5\nTNF | X1 | A1 | 3.5"
    found = sheet(rows).wells
    assert found[["analyte", "sample", "text"]].to_numpy().tolist() == [["IL-6", "X1", "2.5"], ["TNF", "X1", "3.5"]]


TABLE = """
Plate 3
     |       |        | IL-6 (19) |          | TNF (45) |
Type | Well  | Description | FI   | Obs Conc | FI       | Obs Conc
X1   | C1,C2 | P1     | 10        | OOR <    | 20.5     | 2.25
X2   | D1,D2 | P2     | 11        | *0.5     | 21.5     | 3.25
* Value extrapolated
"""


def test_one_table_may_hold_several_analytes_and_means(sheet: Any) -> None:
    found = sheet(TABLE).wells
    assert found[["plate", "analyte", "well", "sample", "text", "column"]].to_numpy().tolist() == [
        ["3", "IL-6 (19)", "C1,C2", "P1", "OOR <", 5],
        ["3", "TNF (45)", "C1,C2", "P1", "2.25", 7],
        ["3", "IL-6 (19)", "D1,D2", "P2", "*0.5", 5],
        ["3", "TNF (45)", "D1,D2", "P2", "3.25", 7],
    ]


def test_names_over_columns_must_fit_them(faults: Any) -> None:
    (fault,) = faults(TABLE.replace("TNF (45)", "        "))
    assert fault.required == "a row over the header that names one analyte for each of its 2 concentrations"
    assert (fault.row, fault.found) == (2, "'IL-6 (19)'")


def test_blocks_of_readings_are_not_read_and_said(sheet: Any) -> None:
    readings = "IL-6\nType | Well | Description | FI\nX1 | A1 | P1 | 99"
    wells = "IL-6\nType | Well | Description | Obs Conc\nX1 | A1 | P1 | 2.5"
    for rows, header in ((f"{readings}\n{wells}", 2), (f"{wells}\n{readings}", 5)):
        result = sheet(rows)
        assert result.wells["text"].tolist() == ["2.5"]
        assert result.facts["blocks not read"] == f"without Obs Conc (rows {header})"


def test_means_of_wells_that_stand_singly_are_left_out_and_said(sheet: Any) -> None:
    rows = "IL-6\nType | Well | Description | Obs Conc\nX1 | A1,B1 | P1 | 2\nX1 | A1 | P1 | 1\nX1 | B1 | P1 | 3"
    result = sheet(rows)
    assert result.wells["text"].tolist() == ["1", "3"]
    assert result.facts["means"] == "left out, since their wells stand singly (rows 3)"


def test_a_mean_and_one_of_its_wells_count_twice(faults: Any) -> None:
    rows = "IL-6\nType | Well | Description | Obs Conc\nX1 | A1,B1 | P1 | 2\nX1 | A1 | P1 | 1"
    (fault,) = faults(rows)
    assert (fault.required, fault.found) == ("each well of 'IL-6' once", "'A1' in rows 3 to 4")


def test_faults_stand_together(faults: Any) -> None:
    rows = """
IL-6
Type | Well | Description | Obs Conc
Q1   | A1   | P1          | 2.5
X1   | A2   |             | 3.5
X2   | A3   | P3          | 4.5
IL-6
Type | Well | Description | Obs Conc
X2   | A3   | P3          | 4.5
"""
    unknown, nameless, twice = faults(rows)
    assert (unknown.row, unknown.column, unknown.found) == (3, "Type", "'Q1'")
    assert (nameless.row, nameless.column, nameless.found) == (4, "4", "a blank beside '3.5'")
    assert (twice.required, twice.found) == ("each well of 'IL-6' once", "'A3' in rows 5, 8")


def test_the_same_wells_may_stand_on_two_plates(sheet: Any) -> None:
    block = "IL-6\nType | Well | Description | Obs Conc\nX1 | A1 | P1 | 2.5"
    found = sheet(f"Plate ID | 1\n{block}\nPlate ID | 2\n{block}").wells
    assert found[["plate", "replicate"]].to_numpy().tolist() == [["1", 1], ["2", 1]]


def test_two_blocks_without_wells_are_not_told_apart(faults: Any) -> None:
    block = "IL-6\nType | Description | Obs Conc\nX1 | P1 | 2.5"
    (fault,) = faults(f"{block}\n{block}")
    assert fault.required == "a single block of 'IL-6' where wells are not given"


def test_a_block_needs_a_name(faults: Any) -> None:
    (fault,) = faults("Type | Well | Description | Obs Conc\nX1 | A1 | P1 | 2.5", "Sheet1")
    assert (fault.row, fault.required) == (1, "the name of the analyte over its block")
