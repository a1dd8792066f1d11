"""The Word document read back: what stands in it is what stands in the blocks."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from cochange.reports.block import Block, Formula, Paragraph, Points, text_table
from cochange.reports.cover import cover_of, flat
from cochange.reports.word import word_report
from cochange.reports.word_table import printable


@pytest.fixture(scope="module")
def document(report, cover):
    return docx.Document(io.BytesIO(word_report(cover, report.blocks)))


def printed(table):
    """The rows of a table of the blocks, the label of a group in a row of its own."""
    rows = [[column.label for column in table.columns]]
    for group in table.groups:
        rows += [[group.label]] if group.label else []
        rows += [list(row) for row in group.rows]
    return rows


def cells(table):
    """The texts of a Word table, cell by cell as they are stored."""
    return [
        ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.iter(qn("w:tc"))]
        for row in table._tbl.iter(qn("w:tr"))
    ]


def test_the_title_the_notice_what_it_is_and_the_verdict_stand_on_top(document) -> None:
    first = document.paragraphs[:5]
    assert [item.style.name for item in first] == ["Title", "Notice", "Kind", "Facts", "Verdict"]
    assert first[0].text == "Synthetic exercise trial"
    assert first[1].text.startswith("SYNTHETIC DATA: ")
    assert first[2].text == "Posterior report"


def test_headings_stand_in_order(document, report) -> None:
    expected = []
    for title, block in report.blocks.items():
        expected.append(("Heading 1", title))
        expected += [("Heading 2", part.text) for part in block.parts if part.kind == "heading"]
    found = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert found == expected


def test_tables_are_those_of_the_page(document, report) -> None:
    tables = [table for block in report.blocks.values() for table in block.tables]
    assert [cells(found) for found in document.tables] == [printed(table) for table in tables]


def test_headers_are_repeated_and_numbers_stand_to_the_right(document, report) -> None:
    tables = [table for block in report.blocks.values() for table in block.tables]
    for found, table in zip(document.tables, tables, strict=True):
        rows = list(found._tbl.iter(qn("w:tr")))
        repeated = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
        assert repeated == [True] + [False] * (len(rows) - 1)
        wide = [row for row in rows if len(list(row.iter(qn("w:tc")))) == len(table.columns) > 1]
        for row in wide:
            sides = [cell.find(f".//{qn('w:jc')}") for cell in row.iter(qn("w:tc"))]
            right = [side is not None and side.get(qn("w:val")) == "right" for side in sides]
            assert right == [column.number for column in table.columns]


def test_tables_fit_between_the_margins(document) -> None:
    section = document.sections[0]
    page = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        widths = [int(column.get(qn("w:w"))) * 635 for column in table._tbl.iter(qn("w:gridCol"))]
        assert sum(widths) <= page + 635 * len(widths)
        assert min(widths) > 0


def test_figures_have_words_and_300_dots_an_inch(document, report, cover) -> None:
    figures = [figure for block in report.blocks.values() for figure in block.figures]
    assert len(document.inline_shapes) == len(figures) > 10
    for shape, figure in zip(document.inline_shapes, figures, strict=True):
        assert shape._inline.docPr.get("descr") == flat(cover.marked(figure.alt))
        picture = document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed]
        assert picture.blob == figure.picture.png
        assert (picture.image.horz_dpi, picture.image.vert_dpi) == (300, 300)
        assert shape.width <= document.sections[0].page_width - 2 * document.sections[0].left_margin


def test_no_paragraph_is_empty_but_those_of_figures(document) -> None:
    empty = [p for p in document.paragraphs if not p.text.strip() and p.style.name != "Figure"]
    assert empty == []


def test_the_verdict_stands_before_the_first_section(document) -> None:
    texts = [p.text for p in document.paragraphs]
    verdict = "Verdict: may be reported (by diagnostics and data: see Summary)"
    assert verdict in texts[:6]
    assert texts.index(verdict) < texts.index("Summary", texts.index(verdict))


def test_synthetic_data_say_so_everywhere(document, report, cover) -> None:
    texts = [p.text for p in document.paragraphs]
    assert texts[1].startswith("SYNTHETIC DATA: simulated for demonstration.")
    assert texts[-1].startswith("SYNTHETIC DATA. Made by cochange")
    assert document.sections[0].header.paragraphs[0].text == texts[1]
    assert document.core_properties.title.startswith("SYNTHETIC DATA:")
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    parts = [part for block in report.blocks.values() for part in (*block.tables, *block.figures)]
    assert len(captions) == len(parts)
    assert all(caption.startswith("Synthetic data. ") for caption in captions)


def test_real_data_do_not(fabricate, make_report, two_arms) -> None:
    made = make_report(fabricate(two_arms, priors=("reference",)), "Summary", "The study and its data")
    content = word_report(cover_of(made.results), made.blocks)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        text = "".join(packed.read(name).decode("utf-8") for name in packed.namelist() if name.endswith(".xml"))
    assert "synthetic" not in text.lower().replace("synthetic exercise trial", "")


def test_pages_are_numbered(document) -> None:
    section = document.sections[0]
    for footer in (section.footer, section.first_page_footer):
        fields = [field.get(qn("w:instr")) for field in footer._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]


def test_links_of_the_contents_lead_to_headings(document, report) -> None:
    links = [link.get(qn("w:anchor")) for link in document.element.iter(qn("w:hyperlink"))]
    marks = [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert links == marks
    assert len(links) == len(report.blocks)


def test_every_character_is_printed(cover) -> None:
    hostile = "<script>alert(1)</script> & % _ # $ {{ 7 * 7 }} *b* `c` \\"
    formula = "y0 = a\n   + b  <c> & d"
    block = Block(
        (
            Paragraph(f"  {hostile}\n more ", warning=True),
            Points((hostile,)),
            Formula(formula),
            text_table("t", hostile, (hostile,), [(hostile,), ("",)]),
        )
    )
    found = docx.Document(io.BytesIO(word_report(cover, {hostile: block})))
    texts = {p.style.name: p.text for p in found.paragraphs}
    assert texts["Warning"] == f"{hostile} more"
    assert texts["Heading 1"] == texts["List Bullet"] == texts["List Number"] == hostile
    assert texts["Formula"] == formula
    assert texts["Caption"] == f"Synthetic data. {hostile}"
    assert cells(found.tables[0]) == [[hostile], [hostile], [""]]
    assert printable("a\x00b\x1b") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


def test_the_same_blocks_give_the_same_bytes(report, cover) -> None:
    some = {title: report.blocks[title] for title in ("Summary", "Estimates")}
    content = word_report(cover, some)
    assert content == word_report(cover, some)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
