"""A table of the report as a table of a Word document."""

from collections.abc import Iterable, Mapping, Sequence

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm

from cochange.reports.block import Table
from cochange.reports.cover import flat
from cochange.reports.word_styles import CELL_SIZE, MARGIN, NARROW_SIZE, PAGE, TABLE

# A table whose longest words take more than this share of the page is set smaller.
CROWDED = 0.7
# Width of a character over the size of its font, and the room beside the text of a cell.
CHARACTER = 0.56
PADDING = Mm(2.4)
# A longer word is broken.
LONGEST_WORD = 22
TWIP = 635
BETWEEN_MARGINS = PAGE[0] - 2 * MARGIN


def word_table(table: Table, cell_style: str, narrow_style: str) -> BaseOxmlElement:
    """The element of a table: its header repeated on every page, no row broken, numbers to the right.

    Parameters
    ----------
    table : Table
        The table.
    cell_style, narrow_style : str
        Identifiers of the paragraph styles of its cells, and of those of a table with many columns.
    """
    narrow = sum(_least(table, CELL_SIZE)) > CROWDED * BETWEEN_MARGINS
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
    whole = [_width(max(map(len, texts)), size) for texts in _texts(table)]
    label = min(BETWEEN_MARGINS, _width(max(len(group.label) for group in table.groups), size))
    whole[0] += max(0.0, label - sum(whole))
    if sum(whole) <= BETWEEN_MARGINS:
        return whole
    least = _least(table, size)
    if sum(least) >= BETWEEN_MARGINS:
        return [width * BETWEEN_MARGINS / sum(least) for width in least]
    more = [max(0.0, wanted - own) for wanted, own in zip(whole, least, strict=True)]
    left = BETWEEN_MARGINS - sum(least)
    return [own + left * extra / sum(more) for own, extra in zip(least, more, strict=True)]


def _least(table: Table, size: Length) -> list[float]:
    """Widths that the longest words of the columns take."""
    words = [max((len(word) for text in texts for word in text.split()), default=1) for texts in _texts(table)]
    return [_width(min(longest, LONGEST_WORD), size) for longest in words]


def _texts(table: Table) -> list[list[str]]:
    """The texts of each column, its label first."""
    rows = [row for group in table.groups for row in group.rows]
    return [[column.label, *(row[place] for row in rows)] for place, column in enumerate(table.columns)]


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
