"""A table for a LaTeX document: rules of booktabs, every character of a text printed as itself."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from unicodedata import lookup

import pandas as pd

from cochange.reports.block import Column, Table
from cochange.reports.cover import Cover, flat

# Letters of a text that a line takes, and of the longest one that is not worth breaking.
LONG, SHORT = 30, 12
# Parts of a line: all columns, and the least that a column of several lines takes.
LINE, LEAST = 0.98, 0.05


@dataclass(frozen=True)
class _Layout:
    """A page for a table: size of its type, and what a letter and the space about a column take of a line.

    A table of more lines than `lines` goes over several pages.
    """

    size: str
    letter: float
    space: float
    lines: int
    landscape: bool = False


# Of the page of the article class in its default size, the narrowest of the usual ones; upright and turned.
_UPRIGHT, _TURNED = 345, 550
_LAYOUTS = (
    _Layout("", 5 / _UPRIGHT, 12 / _UPRIGHT, 40),
    _Layout(r"\footnotesize", 4.25 / _UPRIGHT, 12 / _UPRIGHT, 40),
    _Layout("", 5 / _TURNED, 12 / _TURNED, 20, landscape=True),
    _Layout(r"\footnotesize", 4.25 / _TURNED, 12 / _TURNED, 24, landscape=True),
    _Layout(r"\scriptsize", 3.75 / _TURNED, 12 / _TURNED, 24, landscape=True),
)
LONGEST_ON_A_PAGE = _LAYOUTS[0].lines
# Letters of bold type take more.
_BOLD = 1.15
_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
# Small letters that LaTeX and Unicode call alike.
_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "mu", "nu", "xi", "pi",
    "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
# What LaTeX takes for a command, what its oldest fonts print as something else, and what they lack.
_CHARACTERS = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#",
        "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
        ">": r"\textgreater{}", "|": r"\textbar{}", "`": r"\textasciigrave{}", "\N{NO-BREAK SPACE}": "~",
        "\N{MINUS SIGN}": "$-$", "\N{MULTIPLICATION SIGN}": r"$\times$", "\N{PLUS-MINUS SIGN}": r"$\pm$",
        "\N{MIDDLE DOT}": r"$\cdot$", "\N{LESS-THAN OR EQUAL TO}": r"$\leq$", "\N{DEGREE SIGN}": r"$^{\circ}$",
        "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$", "\N{MICRO SIGN}": r"$\mu$",
        **{lookup(f"GREEK SMALL LETTER {name.upper()}"): f"$\\{name}$" for name in _GREEK},
        "\N{GREEK CAPITAL LETTER DELTA}": r"$\Delta$", "\N{GREEK SMALL LETTER LAMDA}": r"$\lambda$",
        "\N{GREEK SMALL LETTER OMICRON}": "o",
    }
)  # fmt: skip


def latex_table(table: Table, cover: Cover) -> str:
    r"""A table as it is printed in the report.

    Parameters
    ----------
    table : Table
        The table.
    cover : Cover
        For the mark of synthetic data.

    Returns
    -------
    str
        An environment ``table``, or ``longtable`` over 40 lines, to be read by ``\input`` where the packages named in
        its first line are loaded. Where a text is long, columns of texts have widths and break their lines; where a
        line would be too long, so do the heads of columns of numbers. What is still too wide stands in smaller type,
        or on a page of its own on its side.
    """
    width = len(table.columns)
    layout = _layout(table)
    widths = _widths(table, layout)
    labels = {group.label: _spanning(group.label, width, layout) for group in table.groups if group.label}
    rows: list[tuple[str, ...]] = []
    for group in table.groups:
        if group.label:
            rows.append((labels[group.label], *[""] * (width - 1)))
        rows += [tuple(map(_cell, row)) for row in group.rows]
    long = _lines(table, widths, layout) > layout.lines
    breaks = bool(widths) or _is_wide(table)
    headers: dict[object, str] = {
        place: _header(column.label, _narrowest(column, place, table))
        if column.number and breaks
        else _cell(column.label)
        for place, column in enumerate(table.columns)
    }
    styler = pd.DataFrame(rows, columns=range(width)).style.hide(axis="index")
    text = styler.format_index(headers.__getitem__, axis="columns").to_latex(
        hrules=True,
        column_format="".join(
            _paragraph(widths[place]) if place in widths else "r" if column.number else "l"
            for place, column in enumerate(table.columns)
        ),
        caption=escape(cover.marked(table.caption)),
        label=f"tab:{table.name}",
        environment="longtable" if long else None,
        position_float=None if long else "centering",
    )
    for label in labels.values():
        text = text.replace(label + " & " * (width - 1), label)
    text = _set(text, layout, long)
    used = {"array": r"\arraybackslash", "longtable": r"\begin{longtable}", "pdflscape": r"\begin{landscape}"}
    needed = ("booktabs", *(name for name, command in used.items() if command in text))
    packages = " ".join(rf"\usepackage{{{name}}}" for name in needed)
    sign = f"% {cover.sign} {cover.notice}\n" if cover.synthetic else ""
    return f"% {packages}\n{sign}{text}"


def _set(text: str, layout: _Layout, long: bool) -> str:
    """A table in the type and on the page of a layout."""
    if layout.size and long:
        text = f"{{{layout.size}\n{text}}}\n"
    elif layout.size:
        # A float begins in the usual size whatever stands before it.
        text = text.replace("\\centering\n", f"\\centering{layout.size}\n", 1)
    return f"\\begin{{landscape}}\n{text}\\end{{landscape}}\n" if layout.landscape else text


def _layout(table: Table) -> _Layout:
    """The first layout in which a table is no wider than a line."""
    if not _is_wide(table):
        return _LAYOUTS[0]
    least = _kept(table) | {place: _longest_word(_texts(table)[place]) for place in _broken(table)}
    fitting = (each for each in _LAYOUTS if each.letter * sum(least.values()) + each.space * len(least) <= LINE)
    return next(fitting, _LAYOUTS[-1])


def _widths(table: Table, layout: _Layout) -> dict[int, float]:
    """Widths of columns of texts, as parts of a line, by place; none where no text is long.

    Each has room for its longest word, and the rest of the line is shared by the roots of what else they hold.
    """
    texts, broken = _texts(table), _broken(table)
    if not broken:
        return {}
    words = {place: _longest_word(texts[place]) for place in broken}
    kept = sum(number for place, number in _kept(table).items() if place not in words)
    free = max(LINE - layout.space * len(texts) - layout.letter * kept, LEAST * len(words))
    needed = layout.letter * sum(words.values())
    roots = {place: math.sqrt(max(map(len, texts[place])) - words[place] + 1) for place in broken}
    spare = max(free - needed, 0.0)
    return {
        # Rounded down, so that they stay within the line.
        place: math.floor(
            1000 * (layout.letter * words[place] * min(1.0, free / needed) + spare * root / sum(roots.values()))
        )
        / 1000
        for place, root in roots.items()
    }


def _texts(table: Table) -> list[list[str]]:
    """The texts of every column, its head first."""
    rows = [row for group in table.groups for row in group.rows]
    return [[column.label, *(row[place] for row in rows)] for place, column in enumerate(table.columns)]


def _kept(table: Table) -> dict[int, int]:
    """Letters of every column whose texts stay on one line, by place; heads of numbers are broken."""
    return {
        place: _narrowest(column, place, table) if column.number else max(map(len, texts))
        for place, (column, texts) in enumerate(zip(table.columns, _texts(table), strict=True))
    }


def _broken(table: Table) -> list[int]:
    """Places of the columns of texts whose lines break; none where no text is long."""
    texts = _texts(table)
    found = [
        place for place, column in enumerate(table.columns) if not column.number and max(map(len, texts[place])) > SHORT
    ]
    return found if any(len(text) > LONG for place in found for text in texts[place][1:]) else []


def _is_wide(table: Table) -> bool:
    """Whether rows on one line, in the usual type, are longer than a line."""
    texts, usual = _texts(table), _LAYOUTS[0]
    letters = sum(max(map(len, column)) for column in texts)
    return usual.letter * letters + usual.space * len(texts) > LINE


def _narrowest(column: Column, place: int, table: Table) -> int:
    """Letters of a column of numbers whose head is broken between its words."""
    return max([_longest_word([column.label]), *(len(row[place]) for group in table.groups for row in group.rows)])


def _header(label: str, letters: int) -> str:
    """The head of a column of numbers, in lines of so many letters."""
    lines = [_cell(line) for line in wrap(label, letters, break_long_words=False, break_on_hyphens=False)]
    if len(lines) < 2:
        return _cell(label)
    return rf"\begin{{tabular}}[b]{{@{{}}r@{{}}}}{r' \\ '.join(lines)}\end{{tabular}}"


def _longest_word(texts: Sequence[str]) -> int:
    return max(len(word) for text in texts for word in [*text.split(), ""])


def _lines(table: Table, widths: Mapping[int, float], layout: _Layout) -> int:
    """About how many lines a table has."""
    found = sum(1 for group in table.groups if group.label)
    for row in (row for group in table.groups for row in group.rows):
        found += max([1, *(math.ceil(len(row[place]) * layout.letter / width) for place, width in widths.items())])
    return found


def _paragraph(width: float) -> str:
    """A column whose lines break, even on the left alone."""
    return rf">{{\raggedright\arraybackslash}}p{{{width:g}\linewidth}}"


def escape(text: str) -> str:
    """A text whose characters LaTeX prints as they are: no two hyphens become a dash, no two formulas a display."""
    escaped = flat(text).translate(_CHARACTERS)
    raised = _RAISED.sub(lambda found: f"$^{{{found[0].translate(_DIGITS)}}}$", escaped)
    return re.sub("-(?=-)", "-{}", raised).replace("$$", "${}$")


def _cell(text: str) -> str:
    """A cell; a bracket or a star at the beginning of a row would be taken for an argument of the row before."""
    escaped = escape(text)
    return f"{{}}{escaped}" if escaped.startswith(("[", "*")) else escaped


def _spanning(label: str, width: int, layout: _Layout) -> str:
    """A label over all columns, which breaks its lines where it is longer than one."""
    room = round(LINE - layout.space, 3)
    form = _paragraph(room) if _BOLD * layout.letter * len(label) > room else "l"
    return rf"\multicolumn{{{width}}}{{{form}}}{{\textbf{{{escape(label)}}}}}"
