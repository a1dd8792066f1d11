"""Declared analytes among those of a sheet."""

from collections.abc import Sequence
from typing import Any

import pytest

from cochange.data.faults import InputError
from cochange.data.reading.plates.analytes import wanted_analytes
from cochange.data.reading.plates.sheet import PlateSheet
from cochange.data.reading.plates.wording import analyte_of, is_concentration, is_reading


def blocks(*analytes: str) -> str:
    return "\n".join(f"{name}\nType | Well | Obs Conc\nX1 | A1 | 2.5" for name in analytes)


def names(sheets: Sequence[PlateSheet], wanted: list[str]) -> list[list[str]]:
    return [table["analyte"].unique().tolist() for table in wanted_analytes("plate", sheets, wanted)]


def test_exact_names_come_before_names_without_bead_region(sheet: Any) -> None:
    found = sheet(blocks("IL-6 (19)", "IL-6", "IL-12 (p70) (75)"))
    assert names([found], ["IL-6", "IL-12 (p70)"]) == [["IL-6"], ["IL-12 (p70) (75)"]]
    assert names([found], ["IL-6 (19)"]) == [["IL-6 (19)"]]


def test_faults_of_all_names_stand_together(sheet: Any) -> None:
    found = sheet(blocks("IL-6 (19)", "IL-6 (20)", "TNF (45)"))
    with pytest.raises(InputError) as caught:
        wanted_analytes("plate", [found], ["IL-6", "TFN", "TNF", "TNF (45)"])
    several, unknown, twice = caught.value.faults
    assert (several.required, several.found) == ("a single analyte 'IL-6'", "'IL-6 (19)', 'IL-6 (20)'")
    assert unknown.action.startswith("did you mean 'TNF'?")
    assert (twice.required, twice.found) == ("a single declared name for the analyte 'TNF (45)'", "'TNF', 'TNF (45)'")


def test_an_analyte_without_name_is_that_of_the_sheet_or_the_only_one(sheet: Any) -> None:
    rows = "Sample | Conc\nP1 | 2.5"
    assert names([sheet(rows)], ["IL-6"]) == [["IL-6"]]
    assert names([sheet(rows, "IL-6 (19)"), sheet(rows, "TNF")], ["TNF", "IL-6"]) == [["TNF"], ["IL-6"]]
    with pytest.raises(InputError):
        wanted_analytes("plate", [sheet(rows)], ["IL-6", "TNF"])


def test_an_analyte_may_stand_on_several_sheets(sheet: Any) -> None:
    plates = [sheet(f"Plate ID | {plate}\n{blocks('IL-6')}", f"run {plate}") for plate in "12"]
    (wells,) = wanted_analytes("plate", plates, ["IL-6"])
    assert wells[["sheet", "plate", "replicate"]].to_numpy().tolist() == [["run 1", "1", 1], ["run 2", "2", 1]]
    parts = [sheet(blocks("IL-6").replace("A1", well), well) for well in ("A1", "A2")]
    (wells,) = wanted_analytes("plate", parts, ["IL-6"])
    assert wells[["well", "replicate"]].to_numpy().tolist() == [["A1", 1], ["A2", 2]]


def test_two_sheets_with_the_same_wells_are_a_fault(sheet: Any) -> None:
    for rows in (blocks("IL-6"), "Sample | Conc\nP1 | 2.5"):
        with pytest.raises(InputError) as caught:
            wanted_analytes("plate", [sheet(rows, "first"), sheet(rows, "second")], ["IL-6"])
        (fault,) = caught.value.faults
        assert fault.required == "each well of 'IL-6' on one sheet"
        assert fault.found.endswith("on the sheets 'first', 'second'")


@pytest.mark.parametrize(
    ("title", "analyte"),
    [
        ("Concentration of IL-6 [pg/mL]", "IL-6"),
        ("IL-6_conc", "IL-6"),
        ("hsIL-6 (ng/L)", "hsIL-6"),
        ("IL-6 (19) Obs Conc (pg/ml)", "IL-6 (19)"),
        ("Results", ""),
        ("SDF-1", "SDF-1"),
        ("sIL-2R IU/mL", "sIL-2R"),
    ],
)
def test_a_title_without_unit_is_the_analyte(title: str, analyte: str) -> None:
    assert analyte_of(title) == analyte


def test_words_of_headers() -> None:
    for text in ("Conc", "Calc. Conc (pg/mL)", "Concentration", "IL-6 pg/mL", "Mean_Conc", "[Concentration]"):
        assert is_concentration(text), text
    for text in ("Conc CV%", "SD (pg/mL)", "Exp Conc", "Conc in Range", "Conc/Dil", "Concordance", "OD"):
        assert not is_concentration(text), text
    for text in ("OD 450 nm", "450nm:450", "Absorbance", "A450", "Blank 450nm:450", "Net MFI", "FI - Bkgd"):
        assert is_reading(text), text
    for text in ("IL-6", "MOD-1", "IL-1a", "Fibronectin", "Concentration (from OD)"):
        assert not is_reading(text), text
