"""Rows of a workbook that are hidden in it, by hand or by a filter: a reader of the table may not know of them."""

import io
import re
import zipfile

from cochange.data.reading.formats.lost_results import sheet_parts

_HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*\bhidden\s*=\s*["'](?:1|true)["'][^>]*>""")
_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d+)["']""")


def hidden_rows(content: bytes, sheet: str) -> list[int]:
    """Return the numbers of the rows that are hidden in a sheet.

    Parameters
    ----------
    content : bytes
        A workbook that was read. Only Office Open XML (.xlsx, .xlsm) is looked into.
    sheet : str
        Name of the sheet.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            return []
        xml = next((archive.read(part) for name, part in sheet_parts(archive) if name == sheet and part in names), b"")
    numbers = (_NUMBER.search(row[0]) for row in _HIDDEN.finditer(xml))
    return [int(number[1]) for number in numbers if number is not None]
