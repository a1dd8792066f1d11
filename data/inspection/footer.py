"""Rows under a table of which nothing is declared yet that look like its footer."""

from dataclasses import replace
from typing import Any

import pandas as pd

from cochange.data.inspection.guess import Guess
from cochange.data.inspection.look import Look
from cochange.data.reading.footers import first_text, is_unlike_data, last_rows_unlike
from cochange.data.reading.readings import parse_reading
from cochange.data.specification.file_formats import format_of, formats_with
from cochange.data.words import MISSING


def without_footer(look: Look, guess: Guess) -> Look:
    """Set rows that look like a footer apart, where a study file can leave them out.

    Parameters
    ----------
    look : Look
        The table as seen.
    guess : Guess
        What it seems to hold, with these rows.

    Returns
    -------
    Look
        With the first texts of these rows as its `footer`.
    """
    participant = guess.layout.participant
    if participant is None or format_of(look.path.name) not in formats_with("footer_rows"):
        return look
    cells = pd.DataFrame({column.name: pd.Series(column.texts, dtype=object) for column in look.columns})
    numeric = (*guess.outcomes.columns, *guess.people.numeric)

    def unlike(row: Any) -> bool:
        given = [(column.texts[row], guess.mark_of(column)) for column in numeric]
        readings = [parse_reading(text, mark) for text, mark in given if text and text.lower() not in MISSING]
        return is_unlike_data(participant.texts[row], cells.loc[row], readings)

    rows = last_rows_unlike(cells[participant.name], unlike)
    if not rows:
        return look
    columns = tuple(replace(column, texts=column.texts[: -len(rows)]) for column in look.columns)
    footer = tuple(first_text(cells.loc[row], participant.name) for row in rows)
    return replace(look, columns=columns, row_numbers=look.row_numbers[: -len(rows)], footer=footer)
