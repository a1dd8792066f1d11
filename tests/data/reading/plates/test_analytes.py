"""Names of analytes, and wells that several sheets give."""

import pandas as pd
import pytest

from cochange.data.reading.plates.analytes import shared_wells, without_region
from cochange.data.reading.plates.wording import analyte_of, is_concentration, is_reading


def test_the_region_of_the_beads_is_no_part_of_a_name() -> None:
    assert [without_region(name) for name in ("IL-6 (19)", "IL-12 (p70) (75)", "TNF")] == ["IL-6", "IL-12 (p70)", "TNF"]


def wells(file: str, *places: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame([(file, plate, well) for plate, well in places], columns=["file", "plate", "well"])


def test_sheets_may_share_the_wells_of_an_analyte_out() -> None:
    assert shared_wells("plate", "IL-6", [wells("first", ("", "A1")), wells("second", ("", "A2"))]) == []
    assert shared_wells("plate", "IL-6", [wells("first", ("1", "A1")), wells("second", ("2", "A1"))]) == []


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (("", "A1"), "'A1' on the sheets 'first', 'second'"),
        (("7", "A01"), "'A1' of the plate '7' on the sheets 'first', 'second'"),
        (("", ""), "samples without wells on the sheets 'first', 'second'"),
    ],
)
def test_two_sheets_with_the_same_wells_are_a_fault(place: tuple[str, str], found: str) -> None:
    (fault,) = shared_wells("plate", "IL-6", [wells("first", place, ("", "B1")), wells("second", place)])
    assert (fault.file, fault.required, fault.found) == ("plate", "each well of 'IL-6' on one sheet", found)


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
