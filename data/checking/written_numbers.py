"""The numbers in the cells of a marker, also where the reading was censored at a limit."""

import pandas as pd

from cochange.data.reading.readings import NAN, parse_reading


def with_written_numbers(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the cells with a value whose text is a plain number, and add it as `number`, on the scale of the column."""
    given = cells[cells["status"].isin(["observed", "below", "above"])]
    written = list(zip(given["mark"], given["text"], strict=True))
    readings = {each: parse_reading(each[1], each[0]) for each in set(written)}
    plain = {each: reading.number if reading.kind == "number" else NAN for each, reading in readings.items()}
    numbers = pd.Series([plain[each] for each in written], index=given.index, dtype=float)
    return given.assign(number=numbers)[numbers.notna()]
