"""The main answers for other values than the study file's, computed by the reader's browser."""

from collections.abc import Sequence

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.reports.block import Block, Column, Explorer, Paragraph, Part, Rows, Section, Table
from cochange.reports.explorer import content_of, explorable
from cochange.reports.labels import prior_name, quantity_of, with_model
from cochange.reports.needs import fits
from cochange.reports.numbers import centre, interval, interval_name, probability, side_of
from cochange.reports.primary import not_repeated
from cochange.reports.rows import frame_of
from cochange.reports.sections.summary import main_decisions


def render(results: Results) -> Block:
    """The explorer, and in its place, where no script runs, the main answers with the study file's values."""
    main = main_decisions(results)
    parts: list[Part] = [
        Paragraph(
            "In report.html, opened in a browser, the smallest important difference, the mass of the intervals, the "
            "prior set and the group can be changed here; probabilities, intervals and the figure follow, computed in "
            "the browser from stored draws. Without a script, on paper and in the other forms of this report, the "
            "table gives the values of the study file."
        ),
        Paragraph(
            "What is tried here is an exploration: a smallest important difference chosen after the results are seen "
            "decides nothing. The answers of this report rest on the values of the study file."
        ),
    ]
    if len(explorable(results)) < len(results.decisions):
        parts.append(Paragraph("Groups and other forms are too many for this page; it has the main answers alone."))
    return Block((*parts, Explorer(content_of(results, main)), _table(main, results)))


def _table(decisions: Sequence[Decision], results: Results) -> Table:
    rows = []
    for item in decisions:
        row = item.estimate
        asked = "not stated" if row.smallest_important is None else f"{row.smallest_important:g}"
        rows.append(
            (
                quantity_of(row, results.study) + with_model(row, results.estimates),
                row.unit,
                centre(row, results.estimates),
                interval(row, results.estimates),
                side_of(row),
                asked if row.null is not None else "not applicable",
                *map(probability, (row.below, row.inside, row.above)),
            )
        )
    name = interval_name(decisions[0].estimate) if decisions else "interval"
    labels = (
        "Quantity", "Unit", "Median", name, "Probability of its side", "Smallest important difference",
        "Beyond, low side", "Within", "Beyond, high side",
    )  # fmt: skip
    columns = tuple(Column(label, number=position not in (0, 1, 4)) for position, label in enumerate(labels))
    caption = (
        f"Main answers under {prior_name(results.main_prior)} against the smallest important difference, with the "
        "values of the study file and from all draws."
    )
    if said := not_repeated(results):
        caption += f" {said}"
    return Table("explore", caption, columns, (Rows("", tuple(rows)),), frame_of(decisions))


SECTION = Section("Explore the answers", (fits,), render)
