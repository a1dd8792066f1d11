"""Read the cells of scores, covariates, arms, groups, sites and plates."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.formula_errors import is_formula_error
from cochange.data.reading.readings import NAN, missing_decision, parse_reading
from cochange.data.reading.same_text import faults_by_text
from cochange.data.scales import KNOWN_SCALES, Scale
from cochange.data.spec import StudySpec


def read_number_cells(
    cells: pd.DataFrame, spec: StudySpec, required: str, bounds: tuple[float, float]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read cells that hold plain numbers.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of one variable, from `cells_of`.
    spec : StudySpec
        The study file.
    required : str
        What a cell must hold, for messages.
    bounds : tuple of float
        Least and greatest acceptable number.

    Returns
    -------
    cells : pandas.DataFrame
        With `value`, `status` ("observed", "missing" or "unread") and `decision` added.
    faults : list of Fault
        One for each unreadable or impossible text of a column.
    """
    texts = cells["text"].to_numpy(dtype=object)
    read = {text: _read(text, spec) for text in dict.fromkeys(texts)}
    done = cells.assign(
        value=[read[text][0] for text in texts],
        status=[read[text][1] for text in texts],
        decision=[read[text][2] for text in texts],
    )
    outside = (done["value"] < bounds[0]) | (done["value"] > bounds[1])
    unread = (done["status"] == "unread") & (done["decision"] != "other decimal mark")
    wrong = done[(outside | unread) & ~done["ignored"]]
    return done, faults_by_text(wrong, required, spec.data, numbers=True)


def read_text_cells(cells: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """Add `value` (the text, "" when missing), `status` and `decision` to cells that hold texts."""
    texts = cells["text"].to_numpy(dtype=object)
    decisions = {text: missing_decision(text, spec.data.missing) for text in dict.fromkeys(texts)}
    return cells.assign(
        value=["" if decisions[text] else text for text in texts],
        status=["missing" if decisions[text] else "observed" for text in texts],
        decision=[decisions[text] or "read" for text in texts],
    )


def texts_without_result(cells: pd.DataFrame, spec: StudySpec) -> list[Fault]:
    """Find texts that are the error of a spreadsheet's formula, which no arm, site, plate or category is called."""
    wrong = (cells["status"] == "observed") & ~cells["ignored"] & cells["text"].map(is_formula_error)
    return faults_by_text(cells[wrong], "a text, not a formula without a result,", spec.data)


def score_requirement(scale: Scale) -> str:
    """Say what a cell of this scale must hold."""
    return f"a {scale.name} total from {scale.lower:g} to {scale.upper:g}"


def screening_scale(spec: StudySpec) -> Scale:
    """Return the scale of the inclusion score; unbounded when it is not a known one."""
    name = spec.inclusion.score if spec.inclusion is not None else ""
    return KNOWN_SCALES.get(name, Scale(name, float("-inf"), float("inf")))


def _read(text: str, spec: StudySpec) -> tuple[float, str, str]:
    missing = missing_decision(text, spec.data.missing)
    if missing is not None:
        return NAN, "missing", missing
    reading = parse_reading(text, spec.data.decimal)
    if reading.kind == "number":
        return reading.number, "observed", "read"
    return NAN, "unread", reading.kind
