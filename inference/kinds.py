"""Of what kind the estimates of a model are, in words."""

from collections import Counter
from collections.abc import Sequence

from cochange.inference.estimates import Estimate

MEAN, SHARE, CONTRAST, SLOPE, CORRELATION = "mean", "share", "comparison of arms", "slope", "correlation"
_SEVERAL = {CONTRAST: "comparisons of arms"}


def kinds_of(rows: Sequence[Estimate], besides: str = "") -> list[str]:
    """What a model estimates, one or several of each kind; nothing where any is of no kind that has a name.

    Parameters
    ----------
    rows : sequence of Estimate
        Its estimates.
    besides : str, optional
        A kind to pass over.
    """
    quantities = {(row.estimand, row.marker, row.group): _kind(row) for row in rows}
    counts = Counter(quantities.values())
    if "" in counts:
        return []
    several = {kind: _SEVERAL.get(kind, f"{kind}s") for kind in (MEAN, SHARE, CONTRAST, SLOPE, CORRELATION)}
    return [kind if counts[kind] == 1 else more for kind, more in several.items() if counts[kind] and kind != besides]


def _kind(row: Estimate) -> str:
    if " versus " in row.group:
        return CONTRAST
    if " per " in row.unit:
        return SLOPE
    if row.question == "Q1" and row.unit in ("ratio", "points"):
        return MEAN
    return {"correlation": CORRELATION, "probability": SHARE}.get(row.unit, "")
