"""A table of the report as a table of a Word document."""

from collections.abc import Iterable, Mapping, Sequence

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm

from cochange.reports.block import Table
from cochange.reports.cover import flat
from cochange.reports.word_styles import CELL_SIZE, MARGIN, NARROW_SIZE, PAGE, TABLE

# A table of more columns is set smaller.
MANY_COLUMNS = 8
# Width of a character over the size of its font, and the room beside the text of a cell.
CHARACTER = 0.54
PADDING = Mm(2.4)
# A longer word is broken.
LONGEST_WORD = 22
TWIP = 635


def word_table(table: Table, cell_style: str, narrow_style: str) -> BaseOxmlElement:
    """The element of a table: its header repeated on every page, no row broken, numbers to the right.

    Parameters
    ----------
    table : Table
        The table.
    cell_style, narrow_style : str
        Identifiers of the paragraph styles of its cells, and of those of a table with many columns.
    """
    narrow = len(table.columns) > MANY_COLUMNS
    style = narrow_style if narrow else cell_style
    numbers = [column.number for column in table.columns]
    widths = [str(round(width / TWIP)) for width in column_widths(table, NARROW_SIZE if narrow else CELL_SIZE)]
    header = [_cell(c.label, style, w, c.number, bold=True) for c, w in zip(table.columns, widths, strict=True)]
    rows = [_row(header, header=True)]
    for group in table.groups:
        if group.label:
            total = str(sum(map(int, widths)))
            rows.append(_row([_cell(group.label, style, total, False, bold=True, span=len(widths))], keep=True))
        for row in group.rows:
            rows.append(_row([_cell(*cell) for cell in zip(row, [style] * len(row), widths, numbers, strict=True)]))
    properties = _element(
        "w:tblPr",
        (
            _element("w:tblStyle", values={"w:val": TABLE}),
            _element("w:tblW", values={"w:w": "0", "w:type": "auto"}),
            _element("w:tblLook", values={"w:val": "0020", "w:firstRow": "1", "w:noHBand": "1", "w:noVBand": "1"}),
        ),
    )
    grid = _element("w:tblGrid", [_element("w:gridCol", values={"w:w": width}) for width in widths])
    return _element("w:tbl", (properties, grid, *rows))


def column_widths(table: Table, size: Length) -> list[float]:
    """Widths of the columns in English metric units: what their texts take, or shares of the page where that is more.

    No column is narrower than its longest word as long as the page allows it.
    """
    texts = [[column.label] for column in table.columns]
    for group in table.groups:
        for row in group.rows:
            for own, text in zip(texts, row, strict=True):
                own.append(text)
    page = PAGE[0] - 2 * MARGIN
    whole = [_width(max(map(len, own)), size) for own in texts]
    if sum(whole) <= page:
        return whole
    words = [max((len(word) for text in own for word in text.split()), default=1) for own in texts]
    least = [_width(min(longest, LONGEST_WORD), size) for longest in words]
    if sum(least) >= page:
        return [width * page / sum(least) for width in least]
    more = [max(0.0, wanted - own) for wanted, own in zip(whole, least, strict=True)]
    return [own + (page - sum(least)) * extra / sum(more) for own, extra in zip(least, more, strict=True)]


def _width(characters: int, size: Length) -> float:
    return characters * CHARACTER * size + PADDING


def _row(cells: Sequence[BaseOxmlElement], header: bool = False, keep: bool = False) -> BaseOxmlElement:
    properties = [_element("w:cantSplit")]
    if header:
        properties.append(_element("w:tblHeader"))
    if header or keep:
        for cell in cells:
            cell.find(f".//{qn('w:pStyle')}").addnext(_element("w:keepNext"))
    return _element("w:tr", (_element("w:trPr", properties), *cells))


def _cell(text: str, style: str, width: str, number: bool, bold: bool = False, span: int = 1) -> BaseOxmlElement:
    sizes = [_element("w:tcW", values={"w:w": width, "w:type": "dxa"})]
    if span > 1:
        sizes.append(_element("w:gridSpan", values={"w:val": str(span)}))
    look = [_element("w:pStyle", values={"w:val": style})]
    if number:
        look.append(_element("w:jc", values={"w:val": "right"}))
    paragraph = [_element("w:pPr", look)]
    if text:
        letters = _element("w:t", values={"xml:space": "preserve"})
        letters.text = printable(text)
        weight = [_element("w:rPr", (_element("w:b"),))] if bold else []
        paragraph.append(_element("w:r", (*weight, letters)))
    return _element("w:tc", (_element("w:tcPr", sizes), _element("w:p", paragraph)))


def printable(text: str) -> str:
    """A text on one line; a control character, for which XML has no form, becomes the sign of an unknown one."""
    return "".join("\N{REPLACEMENT CHARACTER}" if ord(sign) < ord(" ") else sign for sign in flat(text))


def _element(
    tag: str, children: Iterable[BaseOxmlElement] = (), values: Mapping[str, str] | None = None
) -> BaseOxmlElement:
    made = OxmlElement(tag, {qn(name): value for name, value in (values or {}).items()})
    made.extend(children)
    return made
