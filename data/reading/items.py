"""From the items of a scale to its total: one score for each participant and visit."""

import numpy as np
import pandas as pd

from cochange.data.reading.samples import SAMPLE, joined_texts
from cochange.data.spec import StudySpec


def item_range(spec: StudySpec) -> tuple[float, float]:
    """Least and greatest value of an item, of the study file or of the known scale."""
    assert spec.symptom is not None
    assert spec.scale is not None
    low, high = spec.symptom.rule.range or spec.scale.item_range or (float("-inf"), float("inf"))
    return low, high


def total_scores(cells: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """Add up the items of each participant and visit by the rule of the study file.

    Parameters
    ----------
    cells : pandas.DataFrame
        Used cells of the items, from `read_number_cells`.
    spec : StudySpec
        The study file.

    Returns
    -------
    pandas.DataFrame
        One line a participant and visit with the columns of `cells`; `text` is that of the items, joined by " | ".

    Notes
    -----
    Where no more than `most_missing` items are missing, the total is the mean of the others times the number of items;
    where more are, the total is missing. A reversed item counts as the sum of both ends of its range less its value.
    """
    assert spec.symptom is not None
    rule = spec.symptom.rule
    low, high = item_range(spec)
    position = cells["column"].map({column: i for part in spec.symptom.parts for i, column in enumerate(part, start=1)})
    value = cells["value"].astype(float)
    turned = value.where(~position.isin(rule.reversed or ()), low + high - value)
    of_score = cells.assign(turned=turned, given=turned.notna()).groupby(SAMPLE, sort=False)
    number, given = of_score.size().to_numpy(), of_score["given"].sum().to_numpy()
    enough = (given > 0) & (number - given <= rule.most_missing)
    total = of_score["turned"].sum().to_numpy() * number / np.maximum(given, 1)
    first = cells.drop_duplicates(SAMPLE)
    names = of_score["column"].agg(["first", "last"])
    return first.assign(
        role="symptom",
        variable=spec.symptom.scale,
        column=(names["first"] + " to " + names["last"]).to_numpy(),
        text=joined_texts(cells),
        value=np.where(enough, total, np.nan),
        status=np.where(enough, "observed", "missing"),
        decision=[_decision(*counts) for counts in zip(number.tolist(), given.tolist(), enough.tolist(), strict=True)],
    )


def _decision(number: int, given: int, enough: bool) -> str:
    if not enough:
        return f"no total: {number - given} of {number} items missing"
    return f"sum of {number} items" if given == number else f"mean of {given} items times {number}"
