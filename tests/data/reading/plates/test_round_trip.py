"""Random wells written in each layout, as text and as workbook: none is lost or changed."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cochange.data.faults import InputError
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.read_plate import read_plate_sheet

Rows = list[list[str]]
Wells = Mapping[str, str]
Texts = Mapping[str, Mapping[str, str]]
ANALYTES = ("IL-6 (19)", "TNF", "IL-1β (39)", "MCP-1")
MARKS = (
    "OOR <",
    "OOR<",
    "OOR >",
    "*1.23",
    "---",
    "***",
    "<0.11",
    "< 0,11",
    "> 900",
    "NaN",
    "n.d.",
    "1.50",
    "0.000012",
    "7",
)


def list_blocks(samples: Wells, texts: Texts) -> Rows:
    rows = [["File Name: made up"], []]
    for analyte, own in texts.items():
        rows += [[analyte], [], ["Type", "Well", "Description", "FI", "Obs Conc", "Conc in Range"]]
        rows += [[f"X{i}", well, name, "12.5", own[well], "***"] for i, (well, name) in enumerate(samples.items(), 1)]
        rows += [[], ["*Value extrapolated beyond standard range"], ["OOR = Out of Range"], []]
    return rows


def one_table(samples: Wells, texts: Texts) -> Rows:
    over = ["", "", "", *(cell for analyte in texts for cell in (analyte, ""))]
    header = ["Type", "Well", "Description", *("FI", "Obs Conc") * len(texts)]
    body = [
        [f"X{i}", well, name, *(cell for own in texts.values() for cell in ("12.5", own[well]))]
        for i, (well, name) in enumerate(samples.items(), 1)
    ]
    return [["Plate ID", "3"], over if len(texts) > 1 else [*texts], header, *body, ["--- = outlier"]]


def xponent(samples: Wells, texts: Texts) -> Rows:
    header = ["Location", "Sample", *texts, "Total Events"]
    rows = [["Program", "xPONENT"], ["Batch", "made up"], [], ["Results"], []]
    for kind in ("Median", "Result", "Count"):
        rows += [["DataType:", kind], header]
        for i, (well, name) in enumerate(samples.items(), 1):
            values = [own[well] if kind == "Result" else "55" for own in texts.values()]
            rows.append([f"{i}(1,{well})", name, *values, "100"])
        rows.append([])
    return [*rows, ["-- CRC --"], ["CRC32: 0"]]


def grid(wells: Wells) -> Rows:
    letters = sorted({well[0] for well in wells})
    numbers = range(min(int(well[1:]) for well in wells), max(int(well[1:]) for well in wells) + 1)
    body = [[letter, *(wells.get(f"{letter}{number}", "") for number in numbers)] for letter in letters]
    return [["", *map(str, numbers)], *body]


def grids(samples: Wells, texts: Texts) -> Rows:
    rows = [["Layout"], *grid(samples), [], ["Absorbance"], *grid(dict.fromkeys(samples, "0.5")), []]
    for analyte, own in texts.items():
        rows += [[f"{analyte} (pg/mL)"], *grid(own), []]
    return rows


def sample_list(samples: Wells, texts: Texts) -> Rows:
    header = ["Well", "Sample", "OD", *(f"{analyte} conc (pg/mL)" for analyte in texts), "CV%"]
    return [
        header,
        *([well, name, "0.5", *(own[well] for own in texts.values()), "3"] for well, name in samples.items()),
    ]


WRITERS = (list_blocks, one_table, xponent, grids, sample_list)
# What headers, titles and cells are made of; some cells of a sheet are written over with them.
VOCABULARY = (
    *("", "", "", "A", "B", "1", "2", "3", "0.5", "X1", "S1", "A1", "B1", "1(1,A1)", "P1"),
    *("Type", "Well", "Description", "Obs Conc", "Analyte", "Plate ID", "Batch", "Sample", "Conc (pg/mL)", "OD"),
    *("DataType:", "Result", "Location", "IL-6", "Layout", "Name", "Program", "IL-6 (pg/mL)", "Dilution", "OOR <"),
)
NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=8)
WELL = st.builds("{}{}".format, st.sampled_from("ABCDEFGH"), st.integers(1, 12))
TEXT = st.one_of(st.sampled_from(MARKS), st.integers(1, 10**7).map(lambda number: str(number / 1000)))


@st.composite
def plates(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    wells = draw(st.lists(WELL, unique=True, min_size=1, max_size=12))
    analytes = draw(st.lists(st.sampled_from(ANALYTES), unique=True, min_size=1))
    samples = {well: draw(NAME) for well in wells}
    return samples, {analyte: {well: draw(TEXT) for well in wells} for analyte in analytes}


@pytest.mark.parametrize("write", WRITERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(plates())
def test_no_well_is_lost_or_changed(
    records: Callable[[Sequence[Sequence[str]]], list[Record]],
    write: Callable[[Wells, Texts], Rows],
    plate: tuple[dict[str, str], dict[str, dict[str, str]]],
) -> None:
    samples, texts = plate
    found = read_plate_sheet("plate", records(write(samples, texts))).wells
    read = sorted(map(tuple, found[["sample", "analyte", "well", "text"]].to_numpy().tolist()))
    written = sorted(
        (samples[well], analyte, well, text) for analyte, own in texts.items() for well, text in own.items()
    )
    assert read == written
    for _, group in found.groupby(["analyte", "sample"]):
        assert group["replicate"].tolist() == list(range(1, len(group) + 1))


@st.composite
def damaged_sheets(draw: st.DrawFn) -> Rows:
    """A sheet in one of the layouts with some cells written over, and rows left out or repeated."""
    rows = draw(st.sampled_from(WRITERS))(*draw(plates()))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(rows) - 1))
        change = draw(st.sampled_from(("cell", "cell", "cell", "without", "again")))
        if change == "cell" and rows[place]:
            rows[place] = list(rows[place])
            rows[place][draw(st.integers(0, len(rows[place]) - 1))] = draw(st.sampled_from(VOCABULARY))
        elif change == "without" and len(rows) > 1:
            del rows[place]
        elif change == "again":
            rows.insert(place, rows[draw(st.integers(0, len(rows) - 1))])
    return rows


@settings(deadline=None, max_examples=200)
@given(damaged_sheets())
def test_a_damaged_sheet_ends_in_faults_or_in_the_cells_that_it_has(rows: Rows) -> None:
    left = [(row, cells) for row, cells in enumerate(rows, start=1) if any(cells)]
    try:
        wells = read_plate_sheet("plate", left).wells
    except InputError:
        return
    cells = dict(left)
    assert wells["sample"].ne("").all()
    for row, column, text in wells[["row", "column", "text"]].itertuples(index=False):
        assert text == (cells[row][column - 1] if column <= len(cells[row]) else "")
