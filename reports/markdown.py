"""The report in GitHub's Markdown, with links to the figures beside it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cochange.reports.block import Block, Figure, Formula, Heading, Paragraph, Part, Points, Table
from cochange.reports.cover import Cover, flat

_ANYWHERE = re.compile(r"[\\`*\[\]<>|~$&#]")
# An underscore between letters stresses nothing.
_UNDERSCORES = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")
_LINE_SIGN = re.compile(r"^([-+=])")


def markdown_report(cover: Cover, blocks: Mapping[str, Block]) -> str:
    """The whole report.

    Parameters
    ----------
    cover : Cover
        What stands before and after the sections.
    blocks : mapping of str to Block
        The content of every section, by title, in order.
    """
    notice = [f"**{escape(cover.sign)}** {escape(cover.notice)}"] if cover.synthetic else []
    pieces = [
        f"# {escape(cover.title)}",
        *notice,
        escape(" · ".join((cover.kind, *cover.facts))),
        f"**{escape(cover.label)}: {escape(cover.verdict)}**",
        _contents(cover, blocks),
    ]
    for title, block in blocks.items():
        pieces.append(f"## {escape(title)}")
        pieces += [piece for part in block.parts for piece in _part(part, cover)]
    sign = f"**{escape(cover.closing_sign)}** " if cover.synthetic else ""
    return "\n\n".join([*pieces, "---", f"{sign}{escape(cover.closing)}"]) + "\n"


def escape(text: str) -> str:
    """A text of which Markdown prints every character."""
    escaped = _UNDERSCORES.sub(r"\\_", _ANYWHERE.sub(r"\\\g<0>", flat(text)))
    return _LINE_SIGN.sub(r"\\\1", _LIST_NUMBER.sub(r"\1\\\2", escaped))


def _part(part: Part, cover: Cover) -> Iterator[str]:
    match part:
        case Paragraph():
            yield f"> {escape(part.text)}" if part.warning else escape(part.text)
        case Points():
            yield "\n".join(f"- {escape(item)}" for item in part.items)
        case Heading():
            yield f"### {escape(part.text)}"
        case Formula():
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", part.text)), default=0))
            yield f"{fence}\n{part.text}\n{fence}"
        case Table():
            yield f"*{escape(cover.marked(part.caption))}*"
            yield _table(part)
        case Figure():
            yield f"![{escape(cover.marked(part.alt))}](figures/{part.name}.png)"
            yield f"*{escape(cover.marked(part.caption))}*"


def _table(table: Table) -> str:
    """A table; the label of a group of rows stands in a row of its own."""
    lines = [
        _row([escape(column.label) for column in table.columns]),
        _row(["---:" if column.number else "---" for column in table.columns]),
    ]
    for group in table.groups:
        if group.label:
            lines.append(_row([f"**{escape(group.label)}**", *[""] * (len(table.columns) - 1)]))
        lines += [_row(list(map(escape, row))) for row in group.rows]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _contents(cover: Cover, blocks: Mapping[str, Block]) -> str:
    """Links to the sections, by the anchors GitHub gives headings: a repeated one gets a number."""
    seen = Counter([_anchor(cover.title)])
    lines = []
    for number, (title, block) in enumerate(blocks.items(), start=1):
        anchor = _anchor(title)
        suffix = f"-{seen[anchor]}" if seen[anchor] else ""
        lines.append(f"{number}. [{escape(title)}](#{anchor}{suffix})")
        seen.update([anchor, *(_anchor(part.text) for part in block.parts if isinstance(part, Heading))])
    return "\n".join(lines)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", flat(heading).lower()).replace(" ", "-")
