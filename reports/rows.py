"""Estimates and decisions as full-precision tables."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from cochange.inference.estimates import Decision


def frame_of(decisions: Sequence[Decision]) -> pd.DataFrame:
    """Every field of the decisions and their estimates, one row each."""
    records = [
        {**asdict(item.estimate), "direction": item.direction, "importance": item.importance, "settled": item.settled}
        for item in decisions
    ]
    return pd.DataFrame(records)
