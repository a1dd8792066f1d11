"""Styles of the Word document: whoever changes a style there changes every place that has it."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

INK, SOFT, SIGN = RGBColor(0x1D, 0x27, 0x31), RGBColor(0x55, 0x61, 0x6D), RGBColor(0x6B, 0x3D, 0x00)
FONT, FIXED_FONT = "Calibri", "Consolas"
PAGE, MARGIN, FOOT = (Mm(210), Mm(297)), Mm(18), Mm(10)
NOTICE, KIND, FACTS, VERDICT, WARNING, FORMULA = "Notice", "Kind", "Facts", "Verdict", "Warning", "Formula"
CAPTION, FIGURE, CELL, NARROW_CELL = "Caption", "Figure", "Table Cell", "Table Cell Narrow"
TABLE = "cochangeTable"
CELL_SIZE, NARROW_SIZE = Pt(8), Pt(7)
LANGUAGE = "en-GB"

# Rules over and under the header and at the end, as in the printed tables of journals.
_TABLE_STYLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{TABLE}">
  <w:name w:val="cochange table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="1D2731"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="1D2731"/>
      <w:insideH w:val="single" w:sz="2" w:space="0" w:color="D9DFE5"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="20" w:type="dxa"/><w:left w:w="60" w:type="dxa"/>
      <w:bottom w:w="20" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/></w:rPr>
    <w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="1D2731"/></w:tcBorders></w:tcPr>
  </w:tblStylePr>
</w:style>"""


def apply_styles(document: Document) -> None:
    """Give a new document the page and the styles of the report."""
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    section.header_distance = section.footer_distance = FOOT
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    _set(document, "Normal", 10, before=4, after=4)
    _set(document, "Title", 22, after=4)
    _set(document, "Heading 1", 15, before=20, after=6)
    _set(document, "Heading 2", 12, before=12, after=4)
    _set(document, "List Bullet", 10, after=3)
    _set(document, "List Number", 10, after=2)
    _set(document, CAPTION, 9, before=8, after=4, colour=SOFT)
    document.styles[CAPTION].font.bold = False
    for name, size, colour in ((KIND, 9, SOFT), (FACTS, 9, SOFT), (VERDICT, 13, INK), (FIGURE, 10, INK)):
        _new(document, name, size, colour, after=6)
    document.styles[FIGURE].paragraph_format.keep_with_next = True
    document.styles[FIGURE].paragraph_format.space_before = Pt(10)
    for name, size in ((CELL, CELL_SIZE), (NARROW_CELL, NARROW_SIZE)):
        _new(document, name, size.pt, INK, after=0)
    _set_apart(_new(document, NOTICE, 10, SIGN, after=8), "FFF3D6", "6B3D00")
    _set_apart(_new(document, WARNING, 10, INK, after=6), "F5F7F9", "8A5200")
    formula = _new(document, FORMULA, 8.5, INK, after=8)
    formula.font.name = FIXED_FONT
    formula.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    _set_apart(formula, "F5F7F9", "D9DFE5")
    document.styles.element.append(parse_xml(_TABLE_STYLE))


def _set(
    document: Document, name: str, size: float, before: float = 0, after: float = 0, colour: RGBColor = INK
) -> None:
    style = document.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.name = FONT
    # The template's themes would win over the name.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    style.font.size = Pt(size)
    style.font.color.rgb = colour
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)


def _new(document: Document, name: str, size: float, colour: RGBColor, after: float) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = document.styles["Normal"]
    _set(document, name, size, after=after, colour=colour)
    return style


def _set_apart(style: ParagraphStyle, ground: str, edge: str) -> None:
    """A coloured ground and an edge on the left."""
    properties = style.element.get_or_add_pPr()
    border = f'<w:left w:val="single" w:sz="24" w:space="6" w:color="{edge}"/>'
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ground}"/>')
    later = properties.find(qn("w:spacing"))
    later.addprevious(parse_xml(f"<w:pBdr {nsdecls('w')}>{border}</w:pBdr>"))
    later.addprevious(shade)
