"""The numbers in the cells of a marker, also where the reading was censored at a limit."""

import pandas as pd

from cochange.data.reading.readings import NAN, parse_reading
from cochange.data.spec import StudySpec


def with_written_numbers(cells: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """Keep the cells with a value whose text is a plain number, and add it as `number`, on the scale of the column."""
    given = cells[cells["status"].isin(["observed", "below", "above"])]
    readings = {text: parse_reading(text, spec.data.decimal) for text in given["text"].unique()}
    plain = {text: reading.number if reading.kind == "number" else NAN for text, reading in readings.items()}
    numbers = given["text"].map(plain).astype(float)
    return given.assign(number=numbers)[numbers.notna()]
