"""A table for a LaTeX document: rules of booktabs, every character of a text printed as itself."""

import re
from unicodedata import lookup

import pandas as pd

from cochange.reports.block import Table
from cochange.reports.cover import Cover, flat

# Longer tables go over several pages.
LONGEST_ON_A_PAGE = 40
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
        An environment ``table``, or ``longtable`` over 40 rows, to be read by ``\input`` where the packages named in
        its first line are loaded.
    """
    width = len(table.columns)
    labels = {group.label: _spanning(group.label, width) for group in table.groups if group.label}
    rows: list[tuple[str, ...]] = []
    for group in table.groups:
        if group.label:
            rows.append((labels[group.label], *[""] * (width - 1)))
        rows += [tuple(map(_cell, row)) for row in group.rows]
    long = len(rows) > LONGEST_ON_A_PAGE
    headers: dict[object, str] = {place: _cell(column.label) for place, column in enumerate(table.columns)}
    styler = pd.DataFrame(rows, columns=range(width)).style.hide(axis="index")
    text = styler.format_index(headers.__getitem__, axis="columns").to_latex(
        hrules=True,
        column_format="".join("r" if column.number else "l" for column in table.columns),
        caption=escape(cover.marked(table.caption)),
        label=f"tab:{table.name}",
        environment="longtable" if long else None,
        position_float=None if long else "centering",
    )
    for label in labels.values():
        text = text.replace(label + " & " * (width - 1), label)
    packages = r"\usepackage{booktabs}" + (r" \usepackage{longtable}" if long else "")
    sign = f"% {cover.sign} {cover.notice}\n" if cover.synthetic else ""
    return f"% {packages}\n{sign}{text}"


def escape(text: str) -> str:
    """A text whose characters LaTeX prints as they are: no two hyphens become a dash, no two formulas a display."""
    escaped = flat(text).translate(_CHARACTERS)
    raised = _RAISED.sub(lambda found: f"$^{{{found[0].translate(_DIGITS)}}}$", escaped)
    return re.sub("-(?=-)", "-{}", raised).replace("$$", "${}$")


def _cell(text: str) -> str:
    """A cell; a bracket or a star at the beginning of a row would be taken for an argument of the row before."""
    escaped = escape(text)
    return f"{{}}{escaped}" if escaped.startswith(("[", "*")) else escaped


def _spanning(label: str, width: int) -> str:
    return rf"\multicolumn{{{width}}}{{l}}{{\textbf{{{escape(label)}}}}}"
