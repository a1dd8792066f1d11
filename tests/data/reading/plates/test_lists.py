"""Made-up lists of samples and concentrations of ELISA readers, and sheets that are none of the layouts."""

from typing import Any

import pytest

LIST = """
Analyte: IL-6
Plate | 4

Sample    | Well | OD    | Conc (pg/mL) | Mean Conc | CV%
Standard1 | A1   | 2.5   | 500          | 500       | 1.5
Blank     | A2   | 0.05  |              |           |
P1-0      | B1   | 0.5   | 1.25         | 1.375     | 3.5
P1-0      | B2   | 0.55  | 1.5          | 1.375     | 3.5
P2-0      | C1   | 0.1   | <0.11        |           |

* below the lowest standard
"""


def test_a_list_gives_single_wells(sheet: Any) -> None:
    result = sheet(LIST)
    assert result.wells[["plate", "analyte", "well", "sample", "kind", "text", "replicate"]].to_numpy().tolist() == [
        ["4", "IL-6", "A1", "Standard1", "standard", "500", 1],
        ["4", "IL-6", "A2", "Blank", "blank", "", 1],
        ["4", "IL-6", "B1", "P1-0", "sample", "1.25", 1],
        ["4", "IL-6", "B2", "P1-0", "sample", "1.5", 2],
        ["4", "IL-6", "C1", "P2-0", "sample", "<0.11", 1],
    ]
    assert result.facts["concentrations"] == "'Conc (pg/mL)'"


def test_columns_may_name_analytes_types_and_plates(sheet: Any) -> None:
    rows = """
Plate | Sample Type | Sample ID | IL-6 (pg/mL) | TNF conc. | Dilution
1     | Unknown     | QC 1      | 1.5          | 2.5       | 2
2     | Control     | P1        | 3.5          | 4.5       | 2
"""
    found = sheet(rows).wells
    assert found[["plate", "analyte", "sample", "kind", "dilution", "text"]].to_numpy().tolist() == [
        ["1", "IL-6", "QC 1", "sample", "2", "1.5"],
        ["1", "TNF", "QC 1", "sample", "2", "2.5"],
        ["2", "IL-6", "P1", "control", "2", "3.5"],
        ["2", "TNF", "P1", "control", "2", "4.5"],
    ]


def test_means_are_read_and_said_where_single_wells_are_not_given(sheet: Any) -> None:
    result = sheet("Sample | Mean concentration | SD\nP1 | 1.5 | 0.1")
    assert result.wells["text"].tolist() == ["1.5"]
    assert result.facts["means"] == "'Mean concentration': single wells are not given"


def test_readings_alone_are_a_fault(faults: Any) -> None:
    (fault,) = faults("Sample | Well | OD 450\nP1 | A1 | 0.5")
    assert (fault.row, fault.required) == (1, "a column of concentrations")


def test_two_columns_of_one_analyte_are_ambiguous(faults: Any) -> None:
    (fault,) = faults("Sample | Conc | Concentration (pg/mL)\nP1 | 1.5 | 3")
    assert fault.found == "'Conc', 'Concentration (pg/mL)'"


def test_the_column_meant_is_chosen_among_names_for_it_or_asked_for(sheet: Any, faults: Any) -> None:
    rows = "Well ID | Name | Well | 450nm | [Concentration]\nSPL1 | P1-0 | A1 | 0.5 | 1.5\nSPL1 | P1-0 | A2 | 0.6 | 1.6"
    found = sheet(rows).wells
    assert found[["sample", "well", "text"]].to_numpy().tolist() == [["P1-0", "A1", "1.5"], ["P1-0", "A2", "1.6"]]
    (fault,) = faults("Sample ID | Sample Name | Conc\n1 | P1-0 | 1.5")
    assert (fault.required, fault.found) == ("a single column with the names of samples", "'Sample ID', 'Sample Name'")


def test_a_mean_stands_in_for_its_own_analyte_only(sheet: Any) -> None:
    found = sheet("Sample | IL-6 conc | Mean IL-6 conc | Mean TNF conc\nP1 | 1.5 | 9 | 2.5").wells
    assert found[["analyte", "text"]].to_numpy().tolist() == [["IL-6", "1.5"], ["TNF", "2.5"]]


def test_rows_without_well_in_a_list_with_wells_are_faults(faults: Any) -> None:
    rows = LIST + "\nFormula | Name | | 3\nmean of P1 |  |  | 1.375\n"
    first, second = faults(rows)
    assert (first.column, first.found, second.found) == ("Well", "'Name'", "a blank")


def test_a_well_is_the_same_with_zeros_before_its_number(faults: Any) -> None:
    (fault,) = faults("Sample | Well | Conc\nP1 | A01 | 1.5\nP2 | A1 | 2.5")
    assert fault.found == "'A1' in rows 2 to 3"


def test_faults_stand_together(faults: Any) -> None:
    rows = "Sample | Well | Type | Conc\nP1 | A1 | Mystery | 1.5\n | A2 | Unknown | 2.5\nP3 | A1 | Unknown | 3.5"
    mystery, twice, nameless = faults(rows)
    assert (mystery.row, mystery.column, mystery.found) == (2, "Type", "'Mystery'")
    assert (nameless.row, nameless.found) == (3, "a blank beside '2.5'")
    assert (twice.required, twice.found) == ("each well of '' once", "'A1' in rows 2, 4")


@pytest.mark.parametrize("rows", ["id | il6\n1 | 2.5", "just a text"])
def test_other_sheets_are_refused_with_what_is_understood(faults: Any, rows: str) -> None:
    (fault,) = faults(rows)
    for known in ("Bio-Plex", "xPONENT", "grids", "list"):
        assert known in fault.required


def test_two_layouts_on_one_sheet_are_ambiguous(faults: Any) -> None:
    rows = LIST + "\nLayout\n | 1 | 2\nA | P1 | P2\n"
    (fault,) = faults(rows)
    assert fault.found == "grids from row 14, a list from row 4"


def test_a_list_without_wells_is_a_fault(faults: Any) -> None:
    (fault,) = faults("Sample | Well | Conc")
    assert fault.required == "a well with a sample and its concentration"
