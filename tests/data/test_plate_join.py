"""Plate sheets joined to a study by the names of their samples. The exports are made up."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.read import read_study
from cochange.data.study import Study

CLINICAL = ["id", "arm", "intensity", "clinic", "age", "sex", "phq9", "madrs_0", "madrs_12"]
VISITS = {"V1": "baseline", "V2": "12 weeks"}


class Plates:
    """A study file, its clinical table, and plate sheets by the name of their file."""

    def __init__(self, folder: Path, spec: dict[str, Any], table: pd.DataFrame, to_toml: Any) -> None:
        self.folder, self.spec, self.table, self.to_toml = folder, copy.deepcopy(spec), table, to_toml
        self.joined: dict[str, Any] = {"sample_names": "{participant}-{visit}", "visits": VISITS}
        self.spec["data"]["file"] = "clinical.csv"
        self.spec["marker"][0]["columns"] = ["IL-6 at baseline", "IL-6 at 12 weeks"]

    def samples(self) -> list[tuple[str, str]]:
        """Name and reading of every sample, in the order of the visits."""
        return [
            (f"{own}-{visit}", text)
            for visit, column in (("V1", "il6_0"), ("V2", "il6_12"))
            for own, text in self.table[["id", column]].itertuples(index=False)
        ]

    def read(self, **sheets: str) -> Study:
        self.table[CLINICAL].to_csv(self.folder / "clinical.csv", index=False)
        for name, text in sheets.items():
            (self.folder / f"{name}.csv").write_text(text, encoding="utf-8")
        if sheets:
            files = [f"{name}.csv" for name in sheets]
            self.joined["file"] = files if len(files) > 1 else files[0]
        path = self.folder / "study.toml"
        path.write_text(self.to_toml({**self.spec, "data.join": [self.joined]}), encoding="utf-8")
        return read_study(path)

    def faults(self, **sheets: str) -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            self.read(**sheets)
        return caught.value.faults


@pytest.fixture
def plates(wide: Any, toml: Any) -> Plates:
    return Plates(wide.folder, wide.spec, wide.table, toml)


@pytest.fixture
def whole(wide: Any) -> Study:
    return wide.read()


def xponent(samples: list[tuple[str, str]], batch: str = "Plate 1") -> str:
    head = f'"Program","xPONENT"\n"Batch","{batch}"\n"Results"\n\n'
    header = '"Location","Sample","IL-6","TNF","Total Events"\n'
    wells = [f"{i}(1,{'ABCDEFGH'[i % 8]}{i // 8 + 1})" for i in range(len(samples) + 1)]
    median = "".join(
        f'"{well}","{name}","100","90","200"\n' for well, (name, _) in zip(wells[1:], samples, strict=True)
    )
    rows = [f'"{wells[0]}","Standard1","1000","1000","200"\n']
    rows += [f'"{well}","{name}","{text}","2.5","200"\n' for well, (name, text) in zip(wells[1:], samples, strict=True)]
    return f'{head}"DataType:","Median"\n{header}{median}\n"DataType:","Result"\n{header}{"".join(rows)}'


def bioplex(samples: list[tuple[str, str]]) -> list[list[str]]:
    rows = [
        ["File Name: plate 1.rbx"],
        ["Analyte: IL-6 (19)"],
        ["Type", "Well", "Outlier", "Description", "FI", "Obs Conc"],
    ]
    for i, (name, text) in enumerate(samples):
        rows.append([f"X{i + 1}", f"{'ABCDEFGH'[i % 8]}{i // 8 + 1}", "0", name, "55", text])
    return [*rows, [], ["OOR < = out of range below"]]


def assert_same_readings(study: Study, whole: Study) -> None:
    np.testing.assert_array_equal(study.data["marker_value"], whole.data["marker_value"])
    np.testing.assert_array_equal(study.data["symptom"], whole.data["symptom"])


def test_an_export_of_xponent_gives_the_study_in_one_file(plates: Plates, whole: Study) -> None:
    study = plates.read(plate1=xponent(plates.samples()))
    assert_same_readings(study, whole)
    records = study.audit.records
    readings = records[records["variable"] == "IL-6"].sort_values("row")
    # Four rows of preamble with blanks, then 51 of the block of medians and the header and standard of the results.
    lines = xponent(plates.samples()).splitlines()
    for row, text in readings[["row", "text"]].itertuples(index=False):
        assert f'"{text}","2.5"' in lines[row - 1]
    assert "Standard1" in study.audit.facts["joined plate1.csv"]


def test_marks_out_of_range_are_censored_at_the_limits_of_their_plate(plates: Plates) -> None:
    samples = plates.samples()
    samples[0], samples[30] = (samples[0][0], "OOR <"), (samples[30][0], "<0.02")
    plates.spec["plates"] = {"columns": ["IL-6 plate at baseline", "IL-6 plate at 12 weeks"]}
    plates.spec["marker"][0]["lower_limit_by_plate"] = {"Plate 1": 0.03, "Plate 2": 0.04}
    study = plates.read(p1=xponent(samples[:20]), p2=xponent(samples[20:], "Plate 2"))
    status = study.data["marker_status"].to_numpy()[:, :, 0]
    limit = study.data["lower_limit"].to_numpy()[:, :, 0]
    assert (status[0, 0], limit[0, 0]) == ("below", 0.03)
    assert (status[6, 1], limit[6, 1]) == ("below", 0.02)
    assert study.data["plate"].to_numpy()[:, 0].tolist() == ["Plate 1"] * 20 + ["Plate 2"] * 4
    records = study.audit.records
    assert records[records["variable"] == "IL-6"]["file"].value_counts().to_dict() == {"p1.csv": 20, "p2.csv": 28}


def test_wells_of_one_sample_are_columns_of_their_own(plates: Plates) -> None:
    samples = plates.samples()
    plates.spec["marker"][0]["columns"] = [
        ["IL-6 1 at baseline", "IL-6 2 at baseline"],
        ["IL-6 1 at 12 weeks", "IL-6 2 at 12 weeks"],
    ]
    again = [(name, f"{float(text) * 1.21:.6f}") for name, text in samples]
    study = plates.read(plate1=xponent([*samples, *again]))
    first = plates.table[["il6_0", "il6_12"]].to_numpy(dtype=float)
    np.testing.assert_allclose(study.data["marker_value"].to_numpy()[:, :, 0], first * 1.1, rtol=1e-5)
    assert (study.data["wells"] == 2).all()


def test_a_workbook_of_bioplex_gives_the_study_in_one_file(plates: Plates, whole: Study) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in bioplex(plates.samples()):
        sheet.append([float(text) if text.replace(".", "").isdigit() and "." in text else text for text in cells])
    book.save(plates.folder / "plate.xlsx")
    plates.joined["file"] = "plate.xlsx"
    assert_same_readings(plates.read(), whole)


def test_a_grid_of_an_elisa_gives_the_study_in_one_file(plates: Plates, whole: Study) -> None:
    samples = dict(zip((f"{'ABCDEFGH'[i // 12]}{i % 12 + 1}" for i in range(48)), plates.samples(), strict=True))
    columns = ";".join(str(number) for number in range(1, 13))

    def block(title: str, part: int) -> str:
        rows = [";".join([row, *(samples[f"{row}{n}"][part] for n in range(1, 13))]) for row in "ABCD"]
        return "\n".join([title, f";{columns}", *rows, ""])

    text = block("Layout", 0) + "\n" + block("IL-6 concentration (pg/mL)", 1).replace(".", ",")
    plates.joined |= {"decimal": ",", "delimiter": ";"}
    assert_same_readings(plates.read(elisa=text), whole)


def test_samples_to_ignore_stand_in_the_audit(plates: Plates, whole: Study) -> None:
    plates.joined["ignore_samples"] = ["pool"]
    study = plates.read(plate1=xponent([("pool", "3.3"), *plates.samples()]))
    assert_same_readings(study, whole)
    lines = study.audit.records[study.audit.records["participant"] == "pool"]
    assert lines[["text", "status", "decision"]].to_numpy().tolist() == [["3.3", "ignored", "row left out as declared"]]


def test_names_that_do_not_fit_are_faults_together(plates: Plates) -> None:
    samples = [("pool", "3.3"), ("001-V9", "1"), *plates.samples()]
    faults = plates.faults(plate1=xponent(samples))
    assert ["pool" in fault.found or "001-V9" in fault.found for fault in faults] == [True, True]


def test_a_sample_of_nobody_is_a_fault(plates: Plates) -> None:
    (fault,) = plates.faults(plate1=xponent([("999-V1", "1"), *plates.samples()]))
    assert fault.required == "an identifier of clinical.csv"
    assert "'999'" in fault.found


def test_an_unreadable_concentration_names_its_row(plates: Plates) -> None:
    samples = plates.samples()
    samples[5] = (samples[5][0], "***")
    (fault,) = plates.faults(plate1=xponent(samples))
    line = xponent(samples).splitlines()[(fault.row or 0) - 1]
    assert (fault.file, fault.column) == ("plate1.csv", "IL-6 at baseline")
    assert samples[5][0] in line
    assert '"***"' in line


def test_dilutions_are_a_caution(plates: Plates) -> None:
    rows = [f"{name},{text},4" for name, text in plates.samples()]
    study = plates.read(list="\n".join(["Sample,IL-6 conc (pg/mL),Dilution", *rows]))
    assert [notice.caution for notice in study.notices if "dilutions" in notice.message] == [True]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"sample_names": "{participant}{visit}"}, "sample_names"),
        ({"participant": "id"}, ""),
        ({"at_visit": "baseline"}, "at_visit"),
        ({"header_row": 3}, "header_row"),
        ({"visit": "time"}, "visit"),
    ],
)
def test_rules_of_plate_sheets(change: dict[str, Any], key: str, plates: Plates) -> None:
    plates.joined |= change
    (fault,) = plates.faults(plate1=xponent(plates.samples()))
    assert (fault.file, fault.column) == ("study.toml", f"data.join[1].{key}".rstrip("."))


def test_an_analyte_that_no_sheet_has_is_a_fault_that_lists_those_there(plates: Plates) -> None:
    plates.spec["marker"][0]["columns"] = ["IL-8 at baseline", "IL-6 at 12 weeks"]
    (fault,) = plates.faults(plate1=xponent(plates.samples()))
    assert fault.column == "IL-8 at baseline"
    assert "IL-6 at baseline" in fault.action


def test_wells_of_ignored_samples_give_the_others_no_further_columns(plates: Plates, whole: Study) -> None:
    plates.joined["ignore_samples"] = ["pool"]
    pools = [("pool", "3.3"), ("pool", "3.4"), ("pool", "3.5")]
    study = plates.read(plate1=xponent([*pools, *plates.samples()]))
    assert_same_readings(study, whole)
    lines = study.audit.records[study.audit.records["participant"] == "pool"]
    assert lines["text"].tolist() == ["3.3", "3.4", "3.5"]
    assert set(lines["status"]) == {"ignored"}


def test_an_analyte_of_ignored_samples_alone_is_none_of_the_study(plates: Plates, whole: Study) -> None:
    plates.joined |= {"ignore_samples": ["pool"]}
    rows = [f"A{i},{name},IL-6,{text}" for i, (name, text) in enumerate(plates.samples(), start=1)]
    study = plates.read(list="\n".join(["Well,Sample,Analyte,Conc", "A99,pool,TNF,2.5", *rows]))
    assert_same_readings(study, whole)


def test_names_that_do_not_fit_are_told_by_their_own_file_and_by_visit(plates: Plates) -> None:
    samples = plates.samples()
    del plates.joined["visits"]
    faults = plates.faults(p1=xponent(samples[:24]), p2=xponent(samples[24:], "Plate 2"))
    assert [(fault.file, "whose visit would be 'V1'" in fault.found) for fault in faults] == [
        ("p1.csv", True),
        ("p2.csv", False),
    ]
    assert 'visits = { "V2" = "..." } under [[data.join]]' in faults[1].action


def test_messages_hold_no_names_of_samples_beside_pseudonyms(plates: Plates) -> None:
    plates.spec["data"]["pseudonyms"] = True
    faults = plates.faults(p1=xponent([("001-V9", "1"), ("001", "2"), *plates.samples()]))
    assert len(faults) == 2
    assert not any("001" in str(fault) for fault in faults)


def test_a_sample_of_nobody_is_one_fault_whatever_its_wells(plates: Plates) -> None:
    plates.spec["marker"][0]["columns"] = [[f"IL-6 {well} at {visit}" for well in "12"] for visit in VISITS.values()]
    samples = plates.samples()
    again = [(name, f"{float(text) * 1.21:.6f}") for name, text in samples[1:]]
    (fault,) = plates.faults(plate1=xponent([("999-V1", "1"), *samples, ("999-V1", "2"), *again]))
    assert fault.found == "'999' in 1 row (108), which it has not"


def test_the_same_wells_in_two_files_are_no_further_wells(plates: Plates) -> None:
    faults = plates.faults(**dict.fromkeys("ab", xponent(plates.samples())))
    assert [fault.required for fault in faults] == [f"each well of '{name}' on one sheet" for name in ("IL-6", "TNF")]
    assert all("of the plate 'Plate 1' on the sheets 'a.csv', 'b.csv'" in fault.found for fault in faults)


def test_columns_of_single_wells_are_advised_where_there_are_several(plates: Plates) -> None:
    samples = plates.samples()
    faults = plates.faults(plate1=xponent([*samples, *samples]))
    assert 'in a list in place of the column, ["IL-6 1 at baseline", "IL-6 2 at baseline"]' in faults[0].action


def test_a_sample_with_wells_on_two_plates_is_a_caution(plates: Plates) -> None:
    plates.spec["plates"] = {"columns": [f"IL-6 plate at {visit}" for visit in VISITS.values()]}
    plates.spec["marker"][0]["columns"] = [[f"IL-6 {well} at {visit}" for well in "12"] for visit in VISITS.values()]
    samples = plates.samples()
    again = [(name, f"{float(text) * 1.21:.6f}") for name, text in samples]
    study = plates.read(p1=xponent([*samples, *again[3:]]), p2=xponent(again[:3], "Plate 2"))
    (notice,) = [each for each in study.notices if "several plates" in each.message]
    assert notice.caution
    assert "as in 3 rows" in notice.message


def test_sheets_without_plate_names_are_plates_unless_a_sample_is_in_the_same_well(
    plates: Plates, whole: Study
) -> None:
    samples = plates.samples()
    plates.joined["file"] = "plates.xlsx"
    for second, accepted in ((samples[24:], True), (samples, False)):
        book = openpyxl.Workbook()
        for title, own in (("first", samples[:24]), ("second", second)):
            sheet = book.create_sheet(title)
            for cells in bioplex(own):
                sheet.append(cells)
        book.save(plates.folder / "plates.xlsx")
        if accepted:
            assert_same_readings(plates.read(), whole)
        else:
            (fault,) = plates.faults()
            assert (fault.file, fault.required) == ("plates.xlsx, sheet 'first'", "each well of 'IL-6' on one sheet")


def test_decimal_commas_separate_no_cells(plates: Any) -> None:
    rows = [f"{name};{text.replace('.', ',')}" for name, text in plates.samples()]
    note = "Note: read twice, by two people, on one day, in one laboratory"
    plates.joined["decimal"] = ","
    plates.spec["marker"][0]["columns"] = ["concentration at baseline", "concentration at 12 weeks"]
    study = plates.read(plate="\n".join([note, "Sample;Concentration", *rows]))
    assert study.data["marker_text"].to_numpy()[0, 0, 0] == plates.samples()[0][1].replace(".", ",")


def test_a_tie_of_marks_is_asked_about(plates: Any) -> None:
    rows = [f"{name};{text}" for name, text in plates.samples()]
    commas = "," * (len(rows) + 1)
    (fault,) = plates.faults(plate="\n".join([f"Note{commas}", "Sample;Concentration", *rows]))
    assert fault.found == "49 commas and 49 semicolons"
    assert 'write delimiter = "..." under [[data.join]]' in fault.action
