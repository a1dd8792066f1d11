"""Errors of formulas in workbooks: never a blank cell, always a fault or a declared missing code."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{name}"'
    for prefix, name in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)


def office_workbook(rows: list[list[object]]) -> bytes:
    """Texts of errors get the type of errors, and formulas no result, by the writer."""
    book = openpyxl.Workbook()
    book.create_sheet("First", 0)
    for row in rows:
        book["Sheet"].append(row)
    book["Sheet"].title = "Tom & Co"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def open_document(*rows: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        table = f'<table:table table:name="Data">{"".join(rows)}</table:table>'
        body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
        archive.writestr("content.xml", f"<office:document-content {NAMESPACES}>{body}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return buffer.getvalue()


def cell(kind: str, shown: str, more: str = "") -> str:
    value = {"float": f'office:value-type="float" office:value="{shown}"'}.get(kind, 'office:value-type="string"')
    typed = f'{value} calcext:value-type="{kind}" {more}'
    return f"<table:table-cell {typed}><text:p>{shown}</text:p></table:table-cell>"


def line(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


ERROR = 'table:formula="of:=1/0" office:string-value=""'
ROWS: list[list[object]] = [
    ["id", "il6", "madrs", "clinic"],
    [1, "#N/A", 3, "A"],
    [2, "#DIV/0!", "=C2+1", "B"],
    [None, None, None, None],
    [3, 2.5, 7, "#REF!"],
]


def test_an_error_of_a_formula_is_the_text_of_its_cell(reader: Any) -> None:
    cells = reader(Path("book.xlsx"), office_workbook(ROWS)).cells
    assert cells.index.tolist() == [2, 3, 5]
    assert cells.to_numpy().tolist() == [
        ["1", "#N/A", "3", "A"],
        ["2", "#DIV/0!", "=C2+1", "B"],
        ["3", "2.5", "7", "#REF!"],
    ]


def test_a_formula_whose_result_is_an_empty_text_is_blank(reader: Any) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office_workbook(ROWS))) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            if name.endswith("sheet2.xml"):
                # An element without content is written in several ways.
                xml, changed = re.subn(
                    rb'<c r="C3"><f>C2\+1</f>(?:<v ?/>|<v></v>)', b'<c r="C3" t="str"><f>C2+1</f><v></v>', xml
                )
                assert changed == 1
                # Places may be left out, and are then those that follow.
                xml = xml.replace(b'<row r="3">', b"<row>").replace(b'<c r="B3" ', b"<c ")
            new.writestr(name, xml)
    cells = reader(Path("book.xlsx"), content.getvalue()).cells
    assert cells.loc[3].tolist() == ["2", "#DIV/0!", "", "B"]


def test_errors_of_open_document_sheets_also_in_repeated_rows_and_columns(reader: Any) -> None:
    twice = 'table:number-columns-repeated="2"'
    content = open_document(
        line(*(cell("string", name) for name in ("id", "il6", "madrs", "clinic"))),
        line(cell("float", "1"), cell("error", "#N/A", f"{ERROR} {twice}"), cell("string", "A")),
        line('<table:table-cell table:number-columns-repeated="4"/>', more='table:number-rows-repeated="3"'),
        line(
            cell("float", "2"),
            cell("float", "2.5"),
            cell("error", "Err:502", ERROR),
            cell("string", "B"),
            more='table:number-rows-repeated="2"',
        ),
    )
    cells = reader(Path("book.ods"), content).cells
    assert cells.index.tolist() == [2, 6, 7]
    assert cells.to_numpy().tolist() == [
        ["1", "#N/A", "#N/A", "A"],
        ["2", "2.5", "Err:502", "B"],
        ["2", "2.5", "Err:502", "B"],
    ]


def test_an_error_is_a_fault_in_every_kind_of_column_until_it_is_declared_missing(wide: Any) -> None:
    table = wide.table
    table.loc[4, "madrs_12"], table.loc[5, "il6_0"], table.loc[6, "clinic"] = "#N/A", "#DIV/0!", "#REF!"
    table.loc[7, "id"], table.loc[8, "sex"] = "#N/A", "=B2"
    rows = [list(table.columns), *table.to_numpy().tolist()]
    (wide.folder / "trial.xlsx").write_bytes(office_workbook(rows))
    wide.spec["data"]["file"] = "trial.xlsx"
    found = {(fault.row, fault.column, fault.found) for fault in wide.faults()}
    assert found >= {
        (6, "madrs_12", "the error of a formula '#N/A'"),
        (7, "il6_0", "the error of a formula '#DIV/0!'"),
        (8, "clinic", "the error of a formula '#REF!'"),
        (9, "id", "the error of a formula '#N/A'"),
        (10, "sex", "the formula without a result '=B2'"),
    }
    table.loc[6:8, ["id", "clinic", "sex"]] = [["7", "North", "female"], ["8", "North", "male"], ["9", "North", "male"]]
    (wide.folder / "trial.xlsx").write_bytes(office_workbook([list(table.columns), *table.to_numpy().tolist()]))
    wide.spec["data"]["missing"] = ["NA", "#N/A", "#DIV/0!"]
    records = wide.read().audit.records
    assert records.loc[records["text"].str.startswith("#"), "status"].tolist() == ["missing", "missing"]


def test_it_is_noticed_that_a_binary_workbook_cannot_tell(reader: Any) -> None:
    content = office_workbook(ROWS)
    (notice,) = reader(Path("book.xlsb"), content, sheet="Tom & Co").notices
    assert "the error of a formula (#N/A) cannot be told from a blank cell" in notice.message
    assert not reader(Path("book.xlsx"), content, sheet="Tom & Co").notices
