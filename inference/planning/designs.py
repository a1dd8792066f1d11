"""The designs of a plan: every combination of how many take part, who is lost, and how well it is measured."""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from cochange.data.arguments import require_number, require_several
from cochange.data.faults import Fault
from cochange.data.simulation.planned import (
    beyond_limits_censored,
    of_size,
    with_dropout,
    with_lower_limit,
    without_limits,
)
from cochange.data.study import Study
from cochange.inference.planning.decision import PlanError
from cochange.models.parts.selection import MINIMUM_PARTICIPANTS

RELIABILITIES = ("marker_reliability", "score_reliability")
_RELIABILITY: tuple[str, Callable[[float], bool]] = "a share between 0 and 1", lambda value: 0 < value < 1
# What each value of a list must be, and how that is seen.
REQUIRED: Mapping[str, tuple[str, Callable[[float], bool]]] = {
    "participants": (
        f"a number of participants of at least {MINIMUM_PARTICIPANTS}", lambda value: value >= MINIMUM_PARTICIPANTS
    ),
    "dropout": ("a share from 0 (nobody is lost) to under 1", lambda value: 0 <= value < 1),
    "lower_limit": ("a limit of 0 (none) or more, in the marker's unit,", lambda value: 0 <= value < math.inf),
    "marker_reliability": _RELIABILITY,
    "score_reliability": _RELIABILITY,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Design:
    """One design.

    Attributes
    ----------
    participants : int
        How many take part.
    dropout : float
        Share of them lost after the baseline visit.
    lower_limit : float or None
        Lower limit of detection of the analysed marker in its unit of analysis, 0 for none; None for those that the
        study states.
    marker_reliability, score_reliability : float or None
        True reliabilities; None for those that the design prior gives.
    """

    participants: int
    dropout: float = 0.0
    lower_limit: float | None = None
    marker_reliability: float | None = None
    score_reliability: float | None = None

    @property
    def truth(self) -> dict[str, float]:
        """What of the truth the design says."""
        found = {name: getattr(self, name) for name in RELIABILITIES}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def lost(self) -> str:
        """The share lost, in per cent."""
        return f"{100 * self.dropout:g}%"

    def measured(self, unit: str) -> str:
        """How it measures, as far as it says; empty where it says nothing.

        Parameters
        ----------
        unit : str
            Unit of the marker.
        """
        parts = []
        if self.lower_limit is not None:
            parts.append("no limit of detection" if self.lower_limit == 0 else f"limit {self.lower_limit:g} {unit}")
        if self.marker_reliability is not None:
            parts.append(f"marker reliability {self.marker_reliability:g}")
        if self.score_reliability is not None:
            parts.append(f"score reliability {self.score_reliability:g}")
        return ", ".join(parts)

    def said(self, study: Study) -> str:
        """The design in words."""
        measured = self.measured(unit_of_marker(study))
        return f"{self.participants} participants, {self.lost} lost{', ' if measured else ''}{measured}"

    @property
    def name(self) -> str:
        """As part of a file's name."""
        return "_".join(f"{name}_{value:g}" for name, value in asdict(self).items() if value is not None)

    def studies(self, base: Study) -> tuple[Study, Study]:
        """The study as outcomes come about, without limits, and as it is analysed, with them."""
        sized = with_dropout(of_size(base, self.participants), self.dropout)
        limited = sized if self.lower_limit is None else with_lower_limit(sized, self.lower_limit)
        return without_limits(sized), beyond_limits_censored(limited)


def unit_of_marker(study: Study) -> str:
    """The unit of analysis of the analysed marker; empty where there is no marker."""
    return next((marker.analysed_unit for marker in study.spec.marker if marker.name == study.marker), "")


@dataclass(frozen=True, kw_only=True)
class Designs:
    """Every combination of these; arguments as of `Design`, an empty one for what the study or the design prior says.

    Raises
    ------
    PlanError
        For each value that a design cannot have, or that is given twice.
    TypeError
        If values stand in no sequence, or are no numbers.
    """

    participants: tuple[int, ...]
    dropout: tuple[float, ...] = (0.0,)
    lower_limit: tuple[float, ...] = ()
    marker_reliability: tuple[float, ...] = ()
    score_reliability: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no design, with every fault."""
        for name, values in self._values().items():
            require_several(values, f"{name} must be several numbers, such as (60, 120), or (60,) for one")
            for value in values:
                require_number(value, name, whole=name == "participants")
        if faults := list(self._faults()):
            raise PlanError(faults)

    def __iter__(self) -> Iterator[Design]:
        """The designs, participants varying fastest."""
        measured = (self.score_reliability, self.marker_reliability, self.lower_limit)
        ways = itertools.product(*(values or (None,) for values in measured))
        for (score, marker, limit), lost, number in itertools.product(ways, self.dropout, self.participants):
            yield Design(
                participants=number,
                dropout=lost,
                lower_limit=limit,
                marker_reliability=marker,
                score_reliability=score,
            )

    def __len__(self) -> int:
        """How many designs there are."""
        return sum(1 for _ in self)

    def _faults(self) -> Iterator[Fault]:
        for name, values in self._values().items():
            if len(set(values)) < len(values):
                found = ", ".join(f"{value:g}" for value in values)
                yield Fault(name, None, None, "every value once", found, "leave out what is there twice")
            required, is_right = REQUIRED[name]
            for value in values:
                if not is_right(value):
                    of_per_cent = name != "participants" and name != "lower_limit" and 1 <= value <= 100
                    action = f"write {value:g}% as {value / 100:g}" if of_per_cent else "correct it"
                    yield Fault(name, None, None, required, f"{value:g}", action)
        for name in ("participants", "dropout"):
            if not getattr(self, name):
                yield Fault(name, None, None, REQUIRED[name][0], "nothing", "give at least one value")

    def _values(self) -> Mapping[str, tuple[float, ...]]:
        return {item.name: getattr(self, item.name) for item in fields(self)}
