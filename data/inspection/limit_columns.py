"""Columns that hold limits of detection by their names, and what to write of them in a study file."""

from typing import Literal, get_args

from cochange.data.inspection import vocabulary
from cochange.data.inspection.column_names import outcome_name, visit_of
from cochange.data.inspection.outcomes import Outcome
from cochange.data.inspection.toml_text import comments, key_line
from cochange.data.names import listing
from cochange.data.words import words_of

Side = Literal["lower", "upper"]
SIDES: tuple[Side, ...] = get_args(Side)


def limit_remarks(side: Side, marker: Outcome, unused: tuple[str, ...]) -> list[str]:
    """Say which columns look as if they held the limits of a marker's samples, and what reads them.

    Parameters
    ----------
    side : {"lower", "upper"}
        Which limits.
    marker : Outcome
        The marker.
    unused : tuple of str
        Columns that nothing was made of.

    Returns
    -------
    list of str
        Lines of a comment; none without such a column.
    """
    ranks = {name: _rank(name, side, marker) for name in unused}
    found = sorted((name for name, rank in ranks.items() if rank is not None), key=lambda name: ranks[name] or 0)
    if not found:
        return []
    one, visits = len(found) == 1, len(marker.wells)
    looks, them = ("looks by its name as if it", "it") if one else ("look by their names as if they", "them")
    said = f"{listing(found)} {looks} held limits: with the {side} limit of each sample in {them}, write"
    instead = f"in place of {side}_limit"
    if visits > 1:
        instead += " (one column for each visit, in their order; the same may be named for several)"
    if one or len(found) == visits:
        line = key_line(f"{side}_limit_columns", found * visits if one else found)
    else:
        line = f"{side}_limit_columns, a list of them"
    return [*comments(said), f"# {line}", *comments(instead)]


def _rank(name: str, side: Side, marker: Outcome) -> float | None:
    """Place in time of a column of limits of this marker, or of none that its name tells; None where it is none."""
    words = "_".join(words_of(name))
    rest = vocabulary.LIMITS[side].sub("", words).strip("_")
    of = outcome_name(rest)
    if rest == words or (of is not None and of.outcome != marker.name):
        return None
    visit = visit_of(rest) if of is None else of.visit
    return vocabulary.BASELINE if visit is None else visit.rank
