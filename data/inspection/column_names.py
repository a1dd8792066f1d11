"""What the name of a column says: which outcome, at which visit, in which well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cochange.data.inspection import vocabulary
from cochange.data.words import words_of


@dataclass(frozen=True)
class VisitName:
    """A visit as the name of a column has it.

    Attributes
    ----------
    rank : float
        Place in time: 0 for the baseline, its number for a numbered visit, more than 1000 for "post" and the like, -1
        for screening.
    label : str
        As written, in lower case.
    """

    rank: float
    label: str


@dataclass(frozen=True)
class OutcomeName:
    """A column that its name makes a marker or a symptom score.

    Attributes
    ----------
    kind : {"marker", "scale"}
        Which of the two.
    outcome : str
        Marker or scale.
    visit : VisitName or None
        The visit it names.
    well : str
        The well it names, "" without one.
    logged : bool
        Whether it speaks of logarithms.
    """

    kind: Literal["marker", "scale"]
    outcome: str
    visit: VisitName | None
    well: str
    logged: bool


def outcome_name(name: str) -> OutcomeName | None:
    """Return what a column measures by its name, or None.

    Parameters
    ----------
    name : str
        Name of a column.

    Returns
    -------
    OutcomeName or None

    Examples
    --------
    >>> outcome_name("IL-6_w12").visit
    VisitName(rank=12.0, label='w12')
    """
    words = words_of(vocabulary.UNIT.sub(" ", name))
    logged = bool(vocabulary.LOGARITHMS & set(words))
    plain = tuple(word for word in words if word not in vocabulary.FILLERS)
    for rest, well in _without_well(plain):
        for stem, visit in (("_".join(rest), None), *visit_splits(rest)):
            for kind, known in (("scale", vocabulary.SCALES), ("marker", vocabulary.MARKERS)):
                for outcome, pattern in known.items():
                    if pattern.fullmatch(stem):
                        return OutcomeName(kind, outcome, visit, well, logged)  # type: ignore[arg-type]
    return None


def visit_of(words: str) -> VisitName | None:
    """Return the visit that words joined by "_" name, or None."""
    label = words.replace("_", " ")
    if vocabulary.SCREENED.fullmatch(words):
        return VisitName(vocabulary.SCREENING, label)
    if vocabulary.BEFORE.fullmatch(words):
        return VisitName(vocabulary.BASELINE, label)
    if after := vocabulary.AFTER.fullmatch(words):
        return VisitName(vocabulary.FOLLOW_UP + float(after[1] or 0), label)
    if numbered := vocabulary.NUMBERED.fullmatch(words):
        return VisitName(float(numbered[1] or numbered[2]), label)
    return None


def visit_splits(words: tuple[str, ...]) -> Iterator[tuple[str, VisitName]]:
    """Divide the words of a name into a stem and a visit: at the end, at the beginning, and within the last word."""
    for size in (2, 1):
        if len(words) > size:
            for stem, rest in ((words[:-size], words[-size:]), (words[size:], words[:size])):
                if visit := visit_of("_".join(rest)):
                    yield "_".join(stem), visit
    if words:
        *first, last = words
        for place in range(len(last) - 1, 0, -1):
            if visit := visit_of(last[place:]):
                yield "_".join((*first, last[:place])), visit


def role_of(name: str) -> str | None:
    """Return what a column is for by its name ("arm", "site", "numeric" and so on), or None."""
    joined = "_".join(words_of(name))
    return next((role for role, pattern in vocabulary.ROLE_PATTERNS.items() if pattern.fullmatch(joined)), None)


def matches(pattern: re.Pattern[str], name: str) -> bool:
    """Whether a pattern of the vocabulary is the whole of a column's name."""
    return pattern.fullmatch("_".join(words_of(name))) is not None


def _without_well(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    yield words, ""
    if len(words) > 1 and vocabulary.WELL.fullmatch(words[-1]):
        yield words[:-1], words[-1]
