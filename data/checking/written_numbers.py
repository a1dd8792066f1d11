"""The numbers in the cells of a marker, also where the reading was censored at a limit."""

import pandas as pd

from cochange.data.reading.readings import NAN, parse_reading


def with_written_numbers(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the cells with a value whose text is a plain number, and add it as `number`, on the scale of the column."""
    given = cells[cells["status"].isin(["observed", "below", "above"])]
    numbers = pd.Series(NAN, index=given.index, dtype=float)
    for mark in given["mark"].unique().tolist():
        texts = given.loc[given["mark"] == mark, "text"]
        readings = {text: parse_reading(text, mark) for text in texts.unique().tolist()}
        plain = {text: reading.number if reading.kind == "number" else NAN for text, reading in readings.items()}
        numbers.update(pd.Series([plain[text] for text in texts.tolist()], index=texts.index, dtype=float))
    return given.assign(number=numbers)[numbers.notna()]
