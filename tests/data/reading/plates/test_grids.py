"""Made-up plates of ELISA readers as grids of wells."""

from typing import Any

import pytest

LAYOUT = """
Sample layout

  | 1    | 2    | 3
A | STD1 | P1-0 | P1-0
B | BLK  | P2-0 | P2-12
"""
OD = """
OD 450 nm

  | 1    | 2    | 3
A | 2.5  | 0.5  | 0.6
B | 0.05 | 0.1  | 0.2
"""
IL6 = """
IL-6 concentration (pg/mL)

  | 1    | 2     | 3
A | 500  | 1.25  | 1.5
B |      | <0.11 | < 0,11
"""
TNF = """
  TNF [pg/mL] | 1 | 2 | 3
A |  | n.d. | 2.5
B |  | *** | 3.5
"""


def test_layout_and_concentrations_are_joined_well_by_well(sheet: Any) -> None:
    result = sheet("Plate: 7" + LAYOUT + OD + IL6 + TNF)
    found = result.wells
    columns = ["analyte", "well", "sample", "kind", "text", "replicate"]
    assert found[found["analyte"] == "IL-6"][columns].to_numpy().tolist() == [
        ["IL-6", "A1", "STD1", "standard", "500", 1],
        ["IL-6", "A2", "P1-0", "sample", "1.25", 1],
        ["IL-6", "A3", "P1-0", "sample", "1.5", 2],
        ["IL-6", "B2", "P2-0", "sample", "<0.11", 1],
        ["IL-6", "B3", "P2-12", "sample", "< 0,11", 1],
    ]
    assert found.loc[found["analyte"] == "TNF", "text"].tolist() == ["n.d.", "2.5", "***", "3.5"]
    assert set(found["plate"]) == {"7"}
    assert "readings: 'OD 450 nm'" in result.facts["grids"]


def test_grids_may_stand_side_by_side(sheet: Any) -> None:
    rows = """
Layout | | | | IL-6 pg/mL | |
       | 1 | 2 | | | 1 | 2
A | P1 | P2 | | A | 1.5 | 2.5
B | P3 | P4 | | B | 3.5 | 4.5
"""
    found = sheet(rows).wells
    assert dict(zip(found["sample"], found["text"], strict=True)) == {
        "P1": "1.5",
        "P2": "2.5",
        "P3": "3.5",
        "P4": "4.5",
    }
    assert found[["well", "column"]].to_numpy().tolist() == [["A1", 6], ["A2", 7], ["B1", 6], ["B2", 7]]


GEN5 = """
Plate Number | Plate 1
Plate Type | 96 WELL PLATE

Layout
  | 1    | 2      | 3
A | STD1 | SPL1   | SPL2 | Well ID
  |      | P1-0   | P1-12 | Name
  | 100  | 2      | 4    | Conc/Dil
B | BLK  | SPL1   | SPL2 | Well ID
  |      | P1-0   | P1-12 | Name
  |      | 2      | 4    | Conc/Dil

Results
  | 1     | 2     | 3
A | 2.5   | 0.5   | 0.6 | 450nm:450
  | 99.5  | 1.25  | 2.5 | [Concentration]
B | 0.05  | 0.51  | 0.61 | 450nm:450
  |       | 1.3   | 2.6 | [Concentration]

Curve Name | Curve Formula | A | B
StdCurve | Y=A*X+B | 0.1 | 0.2
"""


def test_a_grid_may_hold_several_values_a_well(sheet: Any) -> None:
    found = sheet(GEN5).wells
    assert found[["plate", "analyte", "well", "sample", "kind", "dilution", "text"]].to_numpy().tolist() == [
        ["Plate 1", "", "A1", "STD1", "standard", "", "99.5"],
        ["Plate 1", "", "A2", "P1-0", "sample", "2", "1.25"],
        ["Plate 1", "", "A3", "P1-12", "sample", "4", "2.5"],
        ["Plate 1", "", "B2", "P1-0", "sample", "2", "1.3"],
        ["Plate 1", "", "B3", "P1-12", "sample", "4", "2.6"],
    ]


def test_each_plate_has_its_layout(sheet: Any, faults: Any) -> None:
    both = sheet("Plate: 1" + LAYOUT + IL6 + "\nPlate: 2" + LAYOUT + IL6).wells
    assert both.groupby("plate").size().to_dict() == {"1": 5, "2": 5}
    (lacking,) = faults("Plate: 1" + LAYOUT + IL6 + "\nPlate: 2" + IL6)
    assert lacking.required == "a grid with the names of the samples of the plate '2'"
    (several,) = faults(LAYOUT + LAYOUT + IL6)
    assert several.required == "a single grid with the names of the samples"
    (twice,) = faults(LAYOUT + IL6 + IL6)
    assert twice.required == "each well of 'IL-6' once"


def test_readings_alone_are_a_fault(faults: Any) -> None:
    (fault,) = faults(LAYOUT + OD)
    assert fault.required == "a grid of concentrations"
    assert fault.found == "only 'Sample layout', 'OD 450 nm'"


def test_grids_that_do_not_cover_the_same_wells_are_faults(faults: Any) -> None:
    missing, nameless = faults(LAYOUT.replace("P2-0 ", "     ") + IL6.replace("1.25", "    "))
    assert missing.required == "a concentration in the grid 'IL-6 concentration (pg/mL)' for each sample"
    assert missing.found == "a blank in 'A2'"
    assert nameless.found == "a blank beside '<0.11'"
    (strange, *_) = faults("\n".join(LAYOUT.split("\n")[:-2]) + "\n" + IL6)
    assert strange.found == "no such well for 'B2', 'B3'"


@pytest.mark.parametrize(
    ("title", "found"), [("", "none"), ("Sample concentrations (pg/mL)", "'Sample concentrations (pg/mL)'")]
)
def test_a_grid_says_what_it_holds(faults: Any, title: str, found: str) -> None:
    (fault,) = faults(IL6.replace("IL-6 concentration (pg/mL)", title))
    assert (fault.required, fault.found) == ("a title that says what a grid holds", found)


def test_columns_without_number_are_never_lost(faults: Any) -> None:
    (gap,) = faults(LAYOUT + IL6.replace("| 2     | 3", "| 3     | 2"))
    assert gap.required == "columns numbered one after another over a grid"
    (label,) = faults(LAYOUT + IL6.replace("| 2     | 3", "| 2     |"))
    assert label.required == "the same labels at the right of each row of a grid"
    (letterless, *_) = faults(LAYOUT + IL6 + TNF.replace("A |", "? |").replace("TNF [pg/mL] ", ""))
    assert letterless.required == "the letters of the rows at the left of each grid"
    (headless, *_) = faults(LAYOUT + IL6 + "\nA | 1.5 | 2.5 | 3.5\n")
    assert headless.required == "the numbers of the columns over each grid"
    _, beyond = faults(LAYOUT + IL6.replace("1.5", "1.5 | x | 2.5"))
    assert beyond.found == "'2.5' under none"
