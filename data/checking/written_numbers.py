"""The numbers in the cells of a marker, also where the reading was censored at a limit."""

import pandas as pd

from cochange.data.reading.readings import NAN, parse_reading
from cochange.data.spec import StudySpec


def with_written_numbers(cells: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """Keep the cells with a value whose text is a plain number, and add it as `number`, on the scale of the column."""
    given = cells[cells["status"].isin(["observed", "below", "above"])]
    readings = [parse_reading(text, spec.data.decimal) for text in given["text"]]
    numbers = pd.Series([r.number if r.kind == "number" else NAN for r in readings], index=given.index, dtype=float)
    return given.assign(number=numbers)[numbers.notna()]
