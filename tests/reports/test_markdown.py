"""The Markdown report parsed back by another program: what it shows is what stands in the blocks."""

import re

import pytest
from markdown_it import MarkdownIt

from cochange.reports.block import Block, Column, Formula, Heading, Paragraph, Points, Rows, Table, text_table
from cochange.reports.cover import cover_of, flat
from cochange.reports.markdown import markdown_report

HOSTILE = (
    "<script>alert(1)</script> & % _ # $x$ {{ 7 }} *b* __c__ `d` [e](f) ![g](h) ~~i~~ | \\ &amp; <b>",
    "1. a", "12) b", "- c", "+ d", "= e", "# f", "> g", "---", "a_b _c_ d__e", "```", "|", "*", "_x", "2.5 points",
)  # fmt: skip


@pytest.fixture(scope="module")
def text(report, cover):
    return markdown_report(cover, report.blocks)


def shown(markdown: str) -> list[tuple[str, object]]:
    """What a reader of the page sees, in order: (kind, text), tables as rows, figures with their file."""
    found: list[tuple[str, object]] = []
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    kinds: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            kinds.append(token.tag)
            if token.tag == "table":
                found.append(("table", []))
            if token.tag == "tr":
                found[-1][1].append([])
        elif token.nesting == -1:
            kinds.pop()
        elif token.type == "fence":
            found.append(("pre", token.content))
        elif token.type == "inline" and "table" in kinds:
            found[-1][1][-1].append(_words(token))
        elif token.type == "inline":
            images = [child for child in token.children if child.type == "image"]
            inside = next((kind for kind in ("li", "blockquote") if kind in kinds), kinds[-1])
            found += [("img", (image.attrs["src"], _words(image))) for image in images]
            found += [] if images else [(inside, _words(token))]
        else:
            assert token.type == "hr", token.type
    return found


def _words(token) -> str:
    allowed = {"text", "text_special", "strong_open", "strong_close", "em_open", "em_close", "link_open", "link_close"}
    assert {child.type for child in token.children} <= allowed | {"image"}
    return "".join(child.content for child in token.children)


def expected(blocks, cover) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for title, block in blocks.items():
        found.append(("h2", title))
        for part in block.parts:
            if part.kind == "paragraph":
                found.append(("blockquote" if part.warning else "p", flat(part.text)))
            elif part.kind == "points":
                found += [("li", flat(item)) for item in part.items]
            elif part.kind == "heading":
                found.append(("h3", flat(part.text)))
            elif part.kind == "formula":
                found.append(("pre", f"{part.text}\n"))
            elif part.kind == "figure":
                found.append(("img", (f"figures/{part.name}.png", flat(cover.marked(part.alt)))))
                found.append(("p", flat(cover.marked(part.caption))))
            elif part.kind == "table":
                width = len(part.columns)
                rows = [[column.label for column in part.columns]]
                for group in part.groups:
                    rows += [[group.label] + [""] * (width - 1)] if group.label else []
                    rows += [list(map(flat, row)) for row in group.rows]
                found += [("p", flat(cover.marked(part.caption))), ("table", rows)]
    return found


def test_everything_is_shown_in_order(text, report, cover) -> None:
    found = shown(text)
    begin = found.index(("h2", "Summary"))
    assert found[begin:-1] == expected(report.blocks, cover)


def test_the_title_the_notice_what_it_is_and_the_verdict_stand_on_top(text) -> None:
    title, notice, what, verdict = shown(text)[:4]
    assert title == ("h1", "Synthetic exercise trial")
    assert notice[1].startswith("SYNTHETIC DATA: simulated for demonstration.")
    assert what[1].startswith("Posterior report · single arm · ")
    assert verdict == ("p", "Verdict: may be reported (by diagnostics and data: see Summary)")
    assert shown(text)[-1][1].startswith("SYNTHETIC DATA. Made by cochange")


def test_real_data_do_not_say_synthetic(fabricate, make_report, two_arms) -> None:
    made = make_report(fabricate(two_arms, priors=("reference",)), "Summary", "Estimates")
    page = markdown_report(cover_of(made.results), made.blocks)
    assert "synthetic" not in page.lower().replace("synthetic exercise trial", "")


def test_numbers_stand_to_the_right(text, report) -> None:
    rules = re.findall(r"^\|(?: -{3}:? \|)+$", text, re.M)
    tables = [table for block in report.blocks.values() for table in block.tables]
    assert [[cell.strip() == "---:" for cell in rule.strip("|").split("|")] for rule in rules] == [
        [column.number for column in table.columns] for table in tables
    ]


def test_links_of_the_contents_are_the_anchors_github_gives(cover) -> None:
    blocks = {
        "What: A & B": Block((Heading("Again"),)),
        "Again": Block((Paragraph("x"),)),
        cover.title: Block((Paragraph("x"),)),
    }
    links = re.findall(r"\]\(#(.+?)\)", markdown_report(cover, blocks))
    assert links == ["what-a--b", "again-1", "synthetic-exercise-trial-1"]


def test_every_character_is_printed(cover) -> None:
    groups = tuple(Rows(text, ((text, text),)) for text in HOSTILE)
    block = Block(
        (
            *(Paragraph(text) for text in HOSTILE),
            *(Paragraph(text, warning=True) for text in HOSTILE),
            Points(HOSTILE),
            *(Heading(text) for text in HOSTILE),
            Formula("a ``` b\n   ~~~~ <c> & \\d"),
            Table("t", HOSTILE[0], (Column(HOSTILE[0]), Column("b", True)), groups, text_table("", "", "a", []).frame),
            Paragraph("several\n\n   lines"),
        )
    )
    found = shown(markdown_report(cover, {HOSTILE[0]: block}))
    begin = found.index(("h2", HOSTILE[0]))
    assert found[begin:-1] == expected({HOSTILE[0]: block}, cover)
