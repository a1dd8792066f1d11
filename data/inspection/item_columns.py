"""Columns that hold the items of a scale, found by their names: complete sets of them, at each visit."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cochange.data.inspection import vocabulary
from cochange.data.inspection.column_names import VisitName, visit_splits
from cochange.data.inspection.look import Column
from cochange.data.scales import KNOWN_SCALES
from cochange.data.words import words_of


@dataclass(frozen=True)
class ItemName:
    """A column whose name may be that of an item.

    Attributes
    ----------
    scale : str
        The scale.
    item : int
        Which of its items, from 1.
    visit : VisitName or None
        The visit it names.
    spelling : tuple of str
        How the scale is written, and whether the item comes before or after the visit: the same in all of a set.
    """

    scale: str
    item: int
    visit: VisitName | None
    spelling: tuple[str, str]


@dataclass(frozen=True)
class ItemSet:
    """All items of a scale at some visits.

    Attributes
    ----------
    scale : str
        The scale.
    visits : dict of float to VisitName or None
        By the place of a visit in time, its name; None where the names have none.
    columns : dict of float to tuple of Column
        By the same, the columns of the items in their order.
    """

    scale: str
    visits: dict[float, VisitName | None]
    columns: dict[float, tuple[Column, ...]]


def item_names(name: str) -> Iterator[ItemName]:
    """Yield every item of a known scale that a column's name may be that of.

    Parameters
    ----------
    name : str
        Name of a column.

    Yields
    ------
    ItemName

    Examples
    --------
    >>> [(found.item, found.visit.label) for found in item_names("madrs_item3_w12")]
    [(3, 'w12')]
    """
    words = tuple(word for word in words_of(name) if word not in vocabulary.FILLERS)
    for stem, visit in (("_".join(words), None), *visit_splits(words)):
        for start, item in _item_splits(stem):
            yield from _of_scales(start, item, visit, "item first")
    for start, item in _item_splits("_".join(words)):
        for stem, visit in visit_splits(tuple(start.split("_"))):
            yield from _of_scales(stem, item, visit, "visit first")


def item_sets(columns: Iterable[Column]) -> dict[str, ItemSet]:
    """Find the scales all of whose items have a column.

    Parameters
    ----------
    columns : iterable of Column
        The table.

    Returns
    -------
    dict of str to ItemSet
        By scale; of several spellings the one with the most visits.
    """
    spelt: dict[tuple[str, tuple[str, str]], dict[float, dict[int, tuple[VisitName | None, Column]]]] = {}
    for column in columns:
        for found in item_names(column.name):
            rank = found.visit.rank if found.visit else vocabulary.BASELINE
            items = spelt.setdefault((found.scale, found.spelling), {}).setdefault(rank, {})
            items.setdefault(found.item, (found.visit, column))
    sets: dict[str, ItemSet] = {}
    for (scale, _), by_rank in spelt.items():
        complete = {rank: items for rank, items in sorted(by_rank.items()) if len(items) == KNOWN_SCALES[scale].items}
        if complete and (scale not in sets or len(complete) > len(sets[scale].columns)):
            sets[scale] = ItemSet(
                scale,
                {rank: next(iter(items.values()))[0] for rank, items in complete.items()},
                {rank: tuple(items[item][1] for item in sorted(items)) for rank, items in complete.items()},
            )
    return sets


def _item_splits(stem: str) -> Iterator[tuple[str, int]]:
    """Divide a stem into what comes before an item's number, and that number."""
    for word in ("", f"(?:{vocabulary.ITEM})_?"):
        for digits in (1, 2):
            found = re.fullmatch(rf"(.+?)_?{word}(\d{{{digits}}})", stem)
            if found is not None:
                yield found[1], int(found[2])


def _of_scales(stem: str, item: int, visit: VisitName | None, order: str) -> Iterator[ItemName]:
    for scale, pattern in vocabulary.SCALES.items():
        if pattern.fullmatch(stem) and 1 <= item <= (KNOWN_SCALES[scale].items or 0):
            yield ItemName(scale, item, visit, (stem, order))
