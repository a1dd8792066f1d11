"""Made-up text exports of xPONENT."""

from typing import Any

PREAMBLE = """
Program | xPONENT |  | MAGPIX
Build | 4.2.1
Date | 01/01/2020 | 1:00 PM

Batch | made-up run
ProtocolPlate | Name | plate | Type | 96 | Plates | 1
CALInfo:
Lot | ExpirationDate | Result | MachineSerialNo
1 | 01/01/2021 | Pass | 5
Samples | 5 | Min Events | 50

Results

DataType: | Median
Location | Sample | IL-6 | TNF | Total Events
1(1,A1) | Background0 | 20 | 21 | 100
2(1,B1) | Standard1 | 2000 | 2100 | 100
3(1,C1) | P001-0 | 30 | 31 | 100
4(1,D1) | P001-0 | 32 | 31 | 100

"""
SINGLE = """
DataType: | Result
Location | Sample | IL-6 | TNF | Total Events | Notes
1(1,A1) | Background0 | NaN | NaN | 100
2(1,B1) | Standard1 | 1000.5 | > 900 | 100
3(1,C1) | P001-0 | <0.11 | 2.5 | 100
4(1,D1) | P001-0 | 0.5 |  | 100

"""
MEANS = """
DataType: | Avg Result
Sample | IL-6 | TNF
Background0 | NaN | NaN
Standard1 | 1000.5 | > 900
P001-0 | 0.3 | 2.5

"""
END = """
DataType: | Dilution Factor
Location | Sample | Dilution Factor
3(1,C1) | P001-0 | 2
4(1,D1) | P001-0 | 2

DataType: | Warnings/Errors
Location | Status | Message
1,A1 | Warning | too few events
-- CRC --
CRC32: 40B50595
"""


def test_single_wells_are_read_from_the_block_result(sheet: Any) -> None:
    result = sheet(PREAMBLE + SINGLE + MEANS + END)
    found = result.wells
    expected = [
        ["IL-6", "A1", "Background0", "blank", "", "NaN", 1],
        ["IL-6", "B1", "Standard1", "standard", "", "1000.5", 1],
        ["IL-6", "C1", "P001-0", "sample", "2", "<0.11", 1],
        ["IL-6", "D1", "P001-0", "sample", "2", "0.5", 2],
    ]
    columns = ["analyte", "well", "sample", "kind", "dilution", "text", "replicate"]
    assert found.loc[found["analyte"] == "IL-6", columns].to_numpy().tolist() == expected
    assert found.loc[found["analyte"] == "TNF", "text"].tolist() == ["NaN", "> 900", "2.5", ""]
    assert set(found["plate"]) == {"made-up run"}
    start = (PREAMBLE + SINGLE).strip("\n").split("\n").index("DataType: | Result") + 1
    assert result.facts["blocks read"] == f"'Result' (row {start})"
    assert result.facts["taken for kind standard"] == "'Standard1'"


def test_means_are_read_where_there_is_nothing_else(sheet: Any) -> None:
    result = sheet(PREAMBLE + MEANS + END)
    samples = result.wells[result.wells["kind"] == "sample"]
    assert samples[["analyte", "well", "sample", "text"]].to_numpy().tolist() == [
        ["IL-6", "", "P001-0", "0.3"],
        ["TNF", "", "P001-0", "2.5"],
    ]
    assert "means of the wells of a sample" in result.facts["means"]


def test_fluorescence_alone_is_a_fault(faults: Any) -> None:
    (fault,) = faults(PREAMBLE + END)
    assert fault.required == "a block of the data type 'Result' (the concentrations)"
    assert fault.found == "'median', 'dilution factor', 'warnings/errors'"


def test_runs_under_one_another_are_told_by_their_batch(sheet: Any, faults: Any) -> None:
    second = (PREAMBLE + SINGLE).replace("made-up run", "second run")
    found = sheet(PREAMBLE + SINGLE + second).wells
    assert found.groupby("plate", sort=False).size().to_dict() == {"made-up run": 8, "second run": 8}
    same = faults(PREAMBLE + SINGLE + PREAMBLE + SINGLE)
    assert [fault.required for fault in same] == [
        "each well of 'IL-6' once on the plate 'made-up run'",
        "each well of 'TNF' once on the plate 'made-up run'",
    ]
    (lacking,) = faults(PREAMBLE + SINGLE + PREAMBLE)
    assert "'Result'" in lacking.required


def test_plates_of_one_batch_are_numbered(sheet: Any) -> None:
    found = sheet(PREAMBLE + SINGLE.replace("4(1,D1)", "97(2,A1)")).wells
    assert found["plate"].unique().tolist() == ["made-up run, plate 1", "made-up run, plate 2"]
    assert found["well"].tolist()[-1] == "A1"


def test_faults_of_a_block_stand_together(faults: Any) -> None:
    spoilt = (
        SINGLE.replace("2(1,B1)", "nowhere")
        .replace("3(1,C1) | P001-0", "3(1,C1) | ")
        .replace("0.5 |  | 100", "0.5 | 1 | 100 | fine | 7.5")
    )
    where, nameless, other, beyond = faults(PREAMBLE + spoilt)
    assert (where.column, where.found) == ("Location", "'nowhere'")
    assert beyond.found == "a blank over '7.5'"
    assert [nameless.found, other.found] == ["a blank beside '<0.11'", "a blank beside '2.5'"]
