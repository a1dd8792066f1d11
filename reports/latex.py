"""A table for a LaTeX document: rules of booktabs, every character of a text printed as itself."""

import math
import re
from collections.abc import Sequence
from textwrap import wrap
from unicodedata import lookup

import pandas as pd

from cochange.reports.block import Column, Table
from cochange.reports.cover import Cover, flat

# Longer tables go over several pages, counted in lines.
LONGEST_ON_A_PAGE = 40
# Letters of a text that a line takes, and of the longest one that is not worth breaking.
LONG, SHORT = 30, 12
# Parts of a line: all columns, a letter, the space about a column, and the least a column of several lines takes.
LINE, LETTER, SPACE, LEAST = 0.98, 0.0145, 0.035, 0.05
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
        line would be too long, so do the heads of columns of numbers.
    """
    width = len(table.columns)
    widths = _widths(table)
    labels = {group.label: _spanning(group.label, width, bool(widths)) for group in table.groups if group.label}
    rows: list[tuple[str, ...]] = []
    for group in table.groups:
        if group.label:
            rows.append((labels[group.label], *[""] * (width - 1)))
        rows += [tuple(map(_cell, row)) for row in group.rows]
    long = _lines(table, widths) > LONGEST_ON_A_PAGE
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
    needed = ("booktabs", *(["array"] if widths else []), *(["longtable"] if long else []))
    packages = " ".join(rf"\usepackage{{{name}}}" for name in needed)
    sign = f"% {cover.sign} {cover.notice}\n" if cover.synthetic else ""
    return f"% {packages}\n{sign}{text}"


def _widths(table: Table) -> dict[int, float]:
    """Widths of columns of texts, as parts of a line, by place; none where no text is long.

    Each has room for its longest word, and the rest of the line is shared by the roots of what else they hold.
    """
    rows = [row for group in table.groups for row in group.rows]
    columns = [[column.label, *(row[place] for row in rows)] for place, column in enumerate(table.columns)]
    longest = [
        _narrowest(column, place, table) if column.number else max(map(len, columns[place]))
        for place, column in enumerate(table.columns)
    ]
    broken = [place for place, column in enumerate(table.columns) if not column.number and longest[place] > SHORT]
    if all(len(text) <= LONG for place in broken for text in columns[place][1:]):
        return {}
    words = {place: _longest_word(columns[place]) for place in broken}
    kept = sum(number for place, number in enumerate(longest) if place not in words)
    free = max(LINE - SPACE * len(columns) - LETTER * kept, LEAST * len(words))
    needed = LETTER * sum(words.values())
    roots = {place: math.sqrt(longest[place] - words[place] + 1) for place in broken}
    spare = max(free - needed, 0.0)
    return {
        # Rounded down, so that they stay within the line.
        place: math.floor(1000 * (LETTER * words[place] * min(1.0, free / needed) + spare * root / sum(roots.values())))
        / 1000
        for place, root in roots.items()
    }


def _is_wide(table: Table) -> bool:
    """Whether rows on one line are longer than a line."""
    letters = sum(
        max([len(column.label), *(len(row[place]) for group in table.groups for row in group.rows)])
        for place, column in enumerate(table.columns)
    )
    return LETTER * letters + SPACE * len(table.columns) > LINE


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


def _lines(table: Table, widths: dict[int, float]) -> int:
    """About how many lines a table has."""
    found = sum(1 for group in table.groups if group.label)
    for row in (row for group in table.groups for row in group.rows):
        found += max([1, *(math.ceil(len(row[place]) * LETTER / width) for place, width in widths.items())])
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


def _spanning(label: str, width: int, broken: bool) -> str:
    form = _paragraph(LINE - SPACE) if broken else "l"
    return rf"\multicolumn{{{width}}}{{{form}}}{{\textbf{{{escape(label)}}}}}"
