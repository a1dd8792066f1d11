"""Change score and ANCOVA side by side."""

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.reports.block import Block, Column, Paragraph, Rows, Section, Table
from cochange.reports.labels import form_of, is_whole, title_of
from cochange.reports.needs import forms
from cochange.reports.numbers import interval_name, with_interval
from cochange.reports.references import CHANGE_SCORE
from cochange.reports.rows import frame_of


def render(results: Results) -> Block:
    """Every estimand that has several forms, its forms in columns."""
    with_forms = [item for item in results.decisions if item.estimate.form is not None and is_whole(item.estimate)]
    return Block(
        (
            Paragraph(
                "The ANCOVA form adjusts the change for the baseline score, the change-score form does not. They "
                "answer alike where groups do not differ at baseline; where they do, the two can differ, and neither "
                f"is right by itself ({CHANGE_SCORE.short}). Each form has parameters of its own, as if fitted alone."
            ),
            _table(with_forms, results),
            Paragraph(str(CHANGE_SCORE)),
        )
    )


def _table(decisions: list[Decision], results: Results) -> Table:
    names = list(dict.fromkeys(form_of(item.estimate) for item in decisions))
    rows: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for item in decisions:
        row = item.estimate
        cell = with_interval(row, results.estimates)
        printed = cell if item.settled else f"{cell}, not to be reported"
        by_line = rows.setdefault(title_of(row.estimand, results.study, meaning=row.meaning), {})
        by_line.setdefault((row.group, row.prior), {})[form_of(row)] = printed
    groups = tuple(
        Rows(
            title,
            tuple((group, prior, *(cells.get(name, "") for name in names)) for (group, prior), cells in lines.items()),
        )
        for title, lines in rows.items()
    )
    columns = (Column("Group"), Column("Prior"), *(Column(name, number=True) for name in names))
    caption = f"Median and {interval_name(decisions[0].estimate)} in each form, whole sample."
    return Table("forms", caption, columns, groups, frame_of(decisions))


SECTION = Section("Change score and ANCOVA form", (forms,), render)
