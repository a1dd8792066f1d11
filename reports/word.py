"""The report as a Word document."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from cochange.reports import word_styles as styles
from cochange.reports.block import Block, Figure, Formula, Heading, Paragraph, Part, Points, Table
from cochange.reports.cover import Cover
from cochange.reports.word_table import printable, word_table

# Leaves room for a caption of several lines.
TALLEST = Mm(215)
EPOCH = (1980, 1, 1, 0, 0, 0)


def word_report(cover: Cover, blocks: Mapping[str, Block]) -> bytes:
    """The whole report; the same draws give the same bytes.

    Parameters
    ----------
    cover : Cover
        What stands before and after the sections.
    blocks : mapping of str to Block
        The content of every section, by title, in order.
    """
    document = docx.Document()
    styles.apply_styles(document)
    _describe(document, cover)
    _running_texts(document, cover)
    _front(document, cover)
    for number, title in enumerate(blocks, start=1):
        _link(_styled(document, "", "List Number"), title, _bookmark(number))
    for number, (title, block) in enumerate(blocks.items(), start=1):
        _mark(document.add_heading(printable(title), level=1), number)
        for part in block.parts:
            _add(document, part, cover)
    _signed(_styled(document, "", "Normal"), cover.closing_sign, cover.closing)
    made = io.BytesIO()
    document.save(made)
    return _undated(made.getvalue())


def _describe(document: Document, cover: Cover) -> None:
    """The document's own record, in place of the template's."""
    record = document.core_properties
    record.title = printable(cover.full_title)[:255]
    record.subject = cover.kind
    record.author = record.last_modified_by = "cochange"
    record.comments = cover.sign if cover.synthetic else ""
    record.language = styles.LANGUAGE
    record.created = record.modified = datetime(*EPOCH, tzinfo=UTC) if cover.created is None else cover.created


def _running_texts(document: Document, cover: Cover) -> None:
    """The notice over every page after the first, which has it in its text, and the page's number under each."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    if cover.synthetic:
        above = section.header.paragraphs[0]
        above.style = document.styles[styles.NOTICE]
        _signed(above, cover.sign, cover.notice)
    for footer in (section.first_page_footer, section.footer):
        below = footer.paragraphs[0]
        below.style = document.styles[styles.FACTS]
        for text, field in (("Page ", "PAGE"), (" of ", "NUMPAGES")):
            below.add_run(text)
            below._p.append(_field(field))


def _front(document: Document, cover: Cover) -> None:
    _styled(document, printable(cover.title), "Title")
    if cover.synthetic:
        _signed(_styled(document, "", styles.NOTICE), cover.sign, cover.notice)
    _styled(document, cover.kind, styles.KIND)
    _styled(document, printable(cover.fact_line), styles.FACTS)
    verdict = _styled(document, f"{cover.label}: ", styles.VERDICT)
    verdict.add_run(cover.verdict).bold = True


def _add(document: Document, part: Part, cover: Cover) -> None:
    match part:
        case Paragraph():
            _styled(document, printable(part.text), styles.WARNING if part.warning else "Normal")
        case Points():
            for item in part.items:
                _styled(document, printable(item), "List Bullet")
        case Heading():
            document.add_heading(printable(part.text), level=2)
        case Formula():
            formula = _styled(document, "", styles.FORMULA)
            for number, line in enumerate(part.text.splitlines()):
                if number:
                    formula.add_run().add_break()
                formula.add_run(line)
        case Table():
            caption = _styled(document, printable(cover.marked(part.caption)), styles.CAPTION)
            caption.paragraph_format.keep_with_next = True
            names = [document.styles[name].style_id for name in (styles.CELL, styles.NARROW_CELL)]
            caption._p.addnext(word_table(part, *names))
        case Figure():
            _figure(document, part, cover)


def _figure(document: Document, figure: Figure, cover: Cover) -> None:
    run = _styled(document, "", styles.FIGURE).add_run()
    shape = run.add_picture(io.BytesIO(figure.picture.png))
    scale = min(1, (styles.PAGE[0] - 2 * styles.MARGIN) / shape.width, TALLEST / shape.height)
    shape.width, shape.height = round(scale * shape.width), round(scale * shape.height)
    shape._inline.docPr.set("name", figure.name)
    shape._inline.docPr.set("descr", printable(cover.marked(figure.alt)))
    _styled(document, printable(cover.marked(figure.caption)), styles.CAPTION)


def _styled(document: Document, text: str, style: str) -> WordParagraph:
    """A new paragraph in a style; to let python-docx find out whether it is the default one takes far longer."""
    paragraph = document.add_paragraph(text)
    paragraph._p.style = document.styles[style].style_id
    return paragraph


def _signed(paragraph: WordParagraph, sign: str, text: str) -> None:
    """A text after its sign, which may be empty, in bold."""
    if sign:
        paragraph.add_run(f"{sign} ").bold = True
    paragraph.add_run(printable(text))


def _bookmark(number: int) -> str:
    return f"section_{number}"


def _mark(heading: WordParagraph, number: int) -> None:
    """Make a heading the target of links."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:name"), _bookmark(number))
    for edge in (start, end):
        edge.set(qn("w:id"), str(number))
    heading._p.insert(1, start)
    heading._p.append(end)


def _link(paragraph: WordParagraph, text: str, target: str) -> None:
    """A text that leads to a place in the document."""
    paragraph.add_run(printable(text))
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), target)
    link.extend(list(paragraph._p.r_lst))
    paragraph._p.append(link)


def _field(instruction: str) -> BaseOxmlElement:
    """A number that Word fills in."""
    field, run, text = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), instruction)
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _undated(content: bytes) -> bytes:
    """The same archive without the time at which its members were packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            stored = name.endswith(".png")
            how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            after.writestr(zipfile.ZipInfo(name, EPOCH), before.read(name), how)
    return packed.getvalue()
