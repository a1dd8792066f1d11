"""Tables for LaTeX: no text becomes a command."""

import re

import pandas as pd
import pytest

from cochange.reports.block import Column, Rows, Table, text_table
from cochange.reports.cover import cover_of
from cochange.reports.latex import LONGEST_ON_A_PAGE, escape, latex_table

MINUS, TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a & b % c _ # $", r"a \& b \% c \_ \# \$"),
        ("<script>", r"\textless{}script\textgreater{}"),
        ("TGF-\N{GREEK SMALL LETTER DELTA}", r"TGF-$\delta$"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("~^|`", r"\textasciitilde{}\textasciicircum{}\textbar{}\textasciigrave{}"),
        (f"{MINUS}3.2", "$-$3.2"),
        (f"1.2{TIMES}10⁻⁵", r"1.2$\times$10$^{-5}$"),
        (f"≤{MINUS}3", r"$\leq${}$-$3"),
        ("run --out ---x", "run -{}-out -{}-{}-x"),
        ("two\n\nlines", "two lines"),
    ],
)
def test_every_character_is_printed(text: str, written: str) -> None:
    assert escape(text) == written


def test_the_form_of_a_table(cover) -> None:
    columns = (Column("Prior"), Column("[Mean]", number=True), Column("{0}", number=True))
    groups = (Rows("A & B", (("[x]", "1", "2"), ("*y", "3", "4"))),)
    table = Table("two_rows", "50% of them", columns, groups, pd.DataFrame())
    lines = latex_table(table, cover).splitlines()
    assert lines[0] == r"% \usepackage{booktabs}"
    assert lines[1].startswith("% SYNTHETIC DATA: simulated for demonstration.")
    assert lines[2:] == [
        r"\begin{table}",
        r"\centering",
        r"\caption{Synthetic data. 50\% of them}",
        r"\label{tab:two_rows}",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r"Prior & {}[Mean] & \{0\} \\",
        r"\midrule",
        r"\multicolumn{3}{l}{\textbf{A \& B}} \\",
        r"{}[x] & 1 & 2 \\",
        r"{}*y & 3 & 4 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]


def test_a_long_table_goes_over_pages(cover) -> None:
    def made(rows: int) -> str:
        return latex_table(text_table("t", "c", ("a",), [("x",)] * rows), cover)

    assert r"\begin{longtable}" not in made(LONGEST_ON_A_PAGE)
    assert r"\begin{longtable}" in made(LONGEST_ON_A_PAGE + 1)
    assert r"\usepackage{longtable}" in made(LONGEST_ON_A_PAGE + 1).splitlines()[0]


def test_heads_of_numbers_break_where_a_line_would_be_too_long(cover) -> None:
    def heads(number: int) -> str:
        columns = (Column("Form"), *(Column("Largest Pareto shape", number=True) for _ in range(number)))
        rows = (("normal", *["0.57"] * number),)
        written = latex_table(Table("t", "c", columns, (Rows("", rows),), pd.DataFrame()), cover)
        (line,) = (line for line in written.splitlines() if line.startswith("Form &"))
        return line

    broken = r"\begin{tabular}[b]{@{}r@{}}Largest \\ Pareto \\ shape\end{tabular}"
    assert heads(1) == r"Form & Largest Pareto shape \\"
    assert heads(5) == f"Form & {' & '.join([broken] * 5)} " + r"\\"


def made(cover, columns: int, rows: int = 1, label: str = "") -> str:
    """A table of so many columns of numbers with ten letters each."""
    heads = (Column("Form"), *(Column("Largest Pareto shape", number=True) for _ in range(columns)))
    own = (Rows(label, (("normal", *["1,234.5678"] * columns),) * rows),)
    return latex_table(Table("t", "c", heads, own, pd.DataFrame()), cover)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (4, []),
        (5, ["footnotesize"]),
        (8, ["begin{landscape}", "end{landscape}"]),
        (9, ["begin{landscape}", "footnotesize", "end{landscape}"]),
        (10, ["begin{landscape}", "scriptsize", "end{landscape}"]),
    ],
)
def test_a_table_too_wide_for_a_line_is_set_smaller_or_on_its_side(cover, columns: int, found: list[str]) -> None:
    for rows in (1, 50):
        written = made(cover, columns, rows)
        assert re.findall(r"\\(\w+size|(?:begin|end)\{landscape\})", written) == found
        assert (r"\usepackage{pdflscape}" in written.splitlines()[0]) == (len(found) > 1)
        assert written.count("{") == written.count("}")


def test_the_size_of_type_stands_where_it_holds(cover) -> None:
    assert "\\begin{table}\n\\centering\\footnotesize\n" in made(cover, 5)
    long = made(cover, 5, 50)
    assert "\n{\\footnotesize\n\\begin{longtable}" in long
    assert long.endswith("\\end{longtable}\n}\n")


def test_a_page_on_its_side_has_fewer_lines(cover) -> None:
    assert "longtable" not in made(cover, 4, 30)
    assert "longtable" in made(cover, 8, 30).splitlines()[0]


def test_a_label_longer_than_a_line_breaks(cover) -> None:
    broken = r"\multicolumn{2}{>{\raggedright\arraybackslash}p{0.945\linewidth}}{\textbf{"
    assert r"\multicolumn{2}{l}{\textbf{word}}" in made(cover, 1, label="word")
    label = made(cover, 1, label="word " * 20)
    assert broken in label
    assert r"\usepackage{array}" in label.splitlines()[0]


def test_long_texts_break_their_lines_within_the_page(report, cover) -> None:
    text = "Where the answer stands, and what else there is to say of it."
    columns = (Column("Item"), Column("Answer"), Column("Model and prior set"), Column("n", number=True))
    rows = (("1", text, "joint_change under reference", "12"), ("2", "No.", "joint_change", "9"))
    first, _, *lines = latex_table(Table("t", "c", columns, (Rows("", rows),), pd.DataFrame()), cover).splitlines()
    assert first == r"% \usepackage{booktabs} \usepackage{array}"
    (form,) = (line for line in lines if line.startswith(r"\begin{tabular}"))
    column = r">\{\\raggedright\\arraybackslash\}p\{(0\.\d+)\\linewidth\}"
    answer, model = map(float, re.fullmatch(rf"\\begin\{{tabular\}}\{{l{column}{column}r\}}", form).groups())
    assert answer > model > 12 * 0.0145
    assert 0.7 < answer + model < 0.9
    wide = [latex_table(table, cover) for block in report.blocks.values() for table in block.tables]
    summed = [sum(map(float, re.findall(r"p\{(0\.\d+)\\linewidth", _form_of(written)))) for written in wide]
    assert max(summed) < 1
    assert max(summed) > 0.5


def _form_of(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith((r"\begin{tabular}", r"\begin{longtable}")))


def test_a_table_of_long_texts_goes_over_pages_by_its_lines(cover) -> None:
    columns = (Column("Item"), Column("Answer"))
    rows = tuple((str(row), "word " * 60) for row in range(12))
    written = latex_table(Table("t", "c", columns, (Rows("", rows),), pd.DataFrame()), cover)
    assert written.splitlines()[0] == r"% \usepackage{booktabs} \usepackage{array} \usepackage{longtable}"


def test_every_table_of_a_report_has_all_its_cells(report, cover) -> None:
    for table in (table for block in report.blocks.values() for table in block.tables):
        text = latex_table(table, cover)
        # The head and foot of a table over several pages stand before its rows.
        body = text[text.rindex(r"\endlastfoot" if "longtable" in text else r"\midrule") :]
        rows = [line for line in body.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
        cells = [re.split(r"(?<!\\) & ", line.removesuffix(r"\\")) for line in rows]
        assert [len(row) for row in cells] == [len(table.columns)] * sum(len(group.rows) for group in table.groups)
        assert not set(text) & {MINUS, TIMES, "⁻"}


def test_real_data_do_not_say_synthetic(fabricate, make_report, two_arms) -> None:
    made = make_report(fabricate(two_arms, priors=("reference",)), "Summary")
    (table,) = made.blocks["Summary"].tables
    assert "synthetic" not in latex_table(table, cover_of(made.results)).lower()
