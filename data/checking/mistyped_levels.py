"""Rare levels that are a letter or two from another, as Sprot is from Sport: they may be mistyped."""

import re
from collections.abc import Iterable

from cochange.data.faults import Notice
from cochange.data.reading.places import first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.spellings import with_rows
from cochange.data.reading.variables import Role
from cochange.data.spec import StudySpec

_ROLES: tuple[Role, ...] = ("arm", "group", "site", "covariate")
RARE = 5
# Letters of a word from which on one letter, and two letters, may be a slip.
_ONE_LETTER, _TWO_LETTERS = 4, 6


def mistyped_levels(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which levels may be mistyped: few have them, and more than five times as many have one spelt nearly alike."""
    notices = []
    for role in _ROLES:
        for cells in readout.of(role):
            given = cells[cells["status"] == "observed"]
            if given.empty or (role == "covariate" and given["variable"].iloc[0] in spec.covariates.numeric):
                continue
            sizes = given.drop_duplicates("participant")["value"].value_counts()
            for level, size in sizes.items():
                meant = meant_level(str(level), sizes.index[sizes > RARE * size])
                if meant is None:
                    continue
                file, _, column = first_place(given)
                message = (
                    f"{with_rows([str(level)], given, given['value'])} is taken for a level of its own, and is spelt "
                    f"nearly like '{meant}', which {sizes[meant]} participants have. If it is mistyped, correct it in "
                    "the data"
                )
                notices.append(Notice(file, column, message, caution=True))
    return notices


def meant_level(level: str, others: Iterable[str]) -> str | None:
    """Return the first of some levels that another one may be a slip of the keyboard for, or None.

    Examples
    --------
    >>> [meant_level("Sprot", ["Sport", "Warteliste"]), meant_level("male", ["female"]), meant_level("T1", ["T2"])]
    ['Sport', None, None]
    """
    return next((other for other in others if _may_be_slip(level.casefold(), other.casefold())), None)


def _may_be_slip(one: str, other: str) -> bool:
    """Whether two names differ in a letter or two of their words, not in a number or by a beginning such as "in"."""
    numbers = [re.findall(r"\d+", name) for name in (one, other)]
    words = [re.findall(r"[^\W\d_]+", name) for name in (one, other)]
    if numbers[0] != numbers[1] or len(words[0]) != len(words[1]):
        return False
    pairs = [tuple(sorted(pair, key=len)) for pair in zip(*words, strict=True) if pair[0] != pair[1]]
    return bool(pairs) and all(
        not long.endswith(short) and letters_apart(short, long) <= _most_letters(short) for short, long in pairs
    )


def _most_letters(word: str) -> int:
    return 2 if len(word) >= _TWO_LETTERS else 1 if len(word) >= _ONE_LETTER else 0


def letters_apart(one: str, other: str) -> int:
    """Count letters to change, add, leave out or swap with the next, to get from one name to another.

    Examples
    --------
    >>> [letters_apart("Sport", name) for name in ("Sprot", "Spot", "Sports", "Sport")]
    [1, 1, 1, 0]
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, letter_of_other in enumerate(other, start=1):
            least = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != letter_of_other))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], letter_of_other):
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, last = last, row
    return last[-1]
