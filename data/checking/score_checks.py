"""Checks of scores that are no whole numbers."""

import pandas as pd

from cochange.data.faults import Fault, Notice
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import cells_with
from cochange.data.scales import KNOWN_SCALES
from cochange.data.spec import StudySpec


def counted_scores_are_whole(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find scores with a fraction where the study file has them counted."""
    if spec.symptom is None or spec.symptom.distribution != "beta_binomial":
        return []
    (cells,) = readout.of("symptom")
    required = f"a whole {spec.symptom.scale} score, as the distribution beta_binomial counts them,"
    action = 'correct the score, or write distribution = "continuous" under [symptom]'
    faults = []
    for (_, text), same in _with_fraction(cells).groupby(["column", "text"], sort=False):
        found = cells_with(str(text), same)
        faults.append(Fault(*first_place(same), required, found, action))
    return faults


def fractional_totals(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which totals of a known scale have a fraction."""
    scored = [(cells, spec.symptom.scale) for cells in readout.of("symptom") if spec.symptom is not None]
    scored += [(cells, spec.inclusion.score) for cells in readout.of("screening") if spec.inclusion is not None]
    notices = []
    for all_cells, scale in scored:
        if scale not in KNOWN_SCALES:
            continue
        for column, cells in _with_fraction(all_cells).groupby("column", sort=False):
            found = f"'{cells['text'].iloc[0]}' in {count_rows(cells)}"
            if len(cells) > 1:
                found = f"{count_rows(cells)} with a fraction, such as '{cells['text'].iloc[0]}'"
            message = f"a {scale} total is a whole number; found {found}, analysed as written. Look for a slip, "
            message += "a mean of two raters, or filled-in items, and say in the report which it is"
            notices.append(Notice(readout.file_of(str(column)), str(column), message))
    return notices


def _with_fraction(cells: pd.DataFrame) -> pd.DataFrame:
    value = cells["value"].astype(float)
    return cells[value.notna() & (value % 1 != 0)]
