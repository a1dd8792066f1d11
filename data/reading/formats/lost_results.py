"""Cells of a workbook whose formula ended in an error or was never calculated, which a plain reading shows as blank."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring, iterparse

# Row and column from one.
Cells = dict[tuple[int, int], str]

# What stands in every sheet with an error or a formula, and is soon looked for.
_MARKS = (b'"e"', b"'e'", b"f>")
_END = rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</|</(?:\w+:)?c>)"
# A cell of the type "error", or a formula followed by no result.
_SUSPICIOUS = re.compile(rb"""\bt\s*=\s*["']e["']|(?:</(?:\w+:)?f|<(?:\w+:)?f\b[^>]*/)>\s*""" + _END)


def lost_results(content: bytes) -> dict[str, Cells]:
    """Find the cells of a workbook that hold an error or an uncalculated formula.

    Parameters
    ----------
    content : bytes
        A workbook in Office Open XML (.xlsx, .xlsm) or an OpenDocument sheet (.ods). The binary formats (.xlsb, .xls)
        are not looked into.

    Returns
    -------
    dict of str to dict
        By sheet, then by row and column from one: the error as written (``#N/A``), or the formula after ``=``.

    Raises
    ------
    KeyError, zipfile.BadZipFile, zlib.error, xml.etree.ElementTree.ParseError
        When the file is damaged.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            sheets = ((name, archive.read(part)) for name, part in sheet_parts(archive) if part in names)
            return {name: _in_office_sheet(xml) for name, xml in sheets if _is_suspicious(xml)}
        if "content.xml" in names:
            xml = archive.read("content.xml")
            return dict(_in_open_document(xml)) if b"formula=" in xml else {}
    return {}


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name of each sheet of a workbook in Office Open XML, and of the part of the archive that holds it."""
    links = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
    for sheet in fromstring(archive.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet"):
        number = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        if number in targets:
            yield sheet.get("name", ""), posixpath.normpath(targets[number])


def _is_suspicious(xml: bytes) -> bool:
    return any(mark in xml for mark in _MARKS) and _SUSPICIOUS.search(xml) is not None


def _in_office_sheet(xml: bytes) -> Cells:
    found: Cells = {}
    row = 0
    for _, element in iterparse(io.BytesIO(xml)):
        if not element.tag.endswith("}row"):
            continue
        row, column = int(element.get("r", row + 1)), 0
        for cell in element:
            column = _column(cell.get("r", "")) or column + 1
            if text := _lost(cell):
                found[row, column] = text
        element.clear()
    return found


def _lost(cell: Element) -> str:
    kind = cell.get("t")
    # A formula whose result is an empty text has the type "str".
    if kind in ("s", "str", "inlineStr") or len(cell) == 0:
        return ""
    parts = {_local(part.tag): part.text or "" for part in cell}
    if kind == "e":
        return parts.get("v") or "#VALUE!"
    return f"={parts['f']}" if "f" in parts and not parts.get("v") else ""


def _column(reference: str) -> int:
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _in_open_document(xml: bytes) -> Iterator[tuple[str, Cells]]:
    for table in fromstring(xml).iterfind(".//{*}spreadsheet/{*}table"):
        found: Cells = {}
        row = 0
        for line in (element for element in table.iter() if _local(element.tag) == "table-row"):
            rows, column = int(_attribute(line, "number-rows-repeated") or 1), 0
            for cell in line:
                columns = int(_attribute(cell, "number-columns-repeated") or 1)
                if text := _lost_in_open_document(cell):
                    found |= {(row + r, column + c): text for r in range(1, rows + 1) for c in range(1, columns + 1)}
                column += columns
            row += rows
        yield _attribute(table, "name") or "", found


def _lost_in_open_document(cell: Element) -> str:
    kinds = [value for key, value in cell.items() if _local(key) == "value-type"]
    formula = _attribute(cell, "formula")
    if "error" in kinds:
        return "".join(cell.itertext()).strip() or "#VALUE!"
    return f"={formula.partition('=')[2]}" if formula and not kinds else ""


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.items() if _local(key) == name), None)


def _local(name: str) -> str:
    return name.rpartition("}")[2]
