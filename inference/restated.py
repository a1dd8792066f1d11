"""What of the study file the report says and judges by, and was changed after draws were made."""

from collections.abc import Collection
from dataclasses import dataclass

from cochange.data.faults import Notice
from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.stated import WORDS, stated

NOTHING = "not stated"


@dataclass(frozen=True)
class Restated:
    """A key of the study file that says another thing than when draws were made.

    Attributes
    ----------
    key : str
        The key.
    then : tuple of str
        What it said, each thing once.
    now : str
        What it says.
    """

    key: str
    then: tuple[str, ...]
    now: str

    @property
    def said(self) -> str:
        """That it was changed, and what it was."""
        return f"changed after the draws were made (then: {' or '.join(self.then)})"


def restated(study: Study, fits: Collection[Fit]) -> list[Restated]:
    """Find what was changed after draws were made; of fits that do not say what was stated then, nothing is told.

    Parameters
    ----------
    study : Study
        The study as it is now.
    fits : collection of Fit
        The fits of its report.
    """
    now = stated(study.spec)
    before = [fit.judged_by for fit in fits if fit.judged_by is not None]
    found = []
    for key in dict.fromkeys(key for one in (now, *before) for key in one):
        known = [one.get(key) for one in before if key in one or key not in WORDS]
        then = dict.fromkeys(_said(value) for value in known if value != now.get(key))
        if then:
            found.append(Restated(key, tuple(then), _said(now.get(key))))
    return found


def restated_notices(study: Study, fits: Collection[Fit]) -> list[Notice]:
    """The same as notices of the study file."""
    return [Notice(study.path.name, each.key, f"{each.said}; now: {each.now}") for each in restated(study, fits)]


def _said(value: str | float | None) -> str:
    return NOTHING if value in (None, "") else value if isinstance(value, str) else f"{value:g}"
