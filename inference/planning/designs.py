"""The designs of a plan: every combination of how many take part, who is lost, and how well it is measured."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from cochange.data.simulation.planned import (
    beyond_limits_censored,
    of_size,
    with_dropout,
    with_lower_limit,
    without_limits,
)
from cochange.data.study import Study
from cochange.inference.planning.decision import PlanError

RELIABILITIES = ("marker_reliability", "score_reliability")


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

    @property
    def name(self) -> str:
        """As part of a file's name."""
        return "_".join(f"{name}_{value:g}" for name, value in asdict(self).items() if value is not None)

    def studies(self, base: Study) -> tuple[Study, Study]:
        """The study as outcomes come about, without limits, and as it is analysed, with them."""
        sized = with_dropout(of_size(base, self.participants), self.dropout)
        limited = sized if self.lower_limit is None else with_lower_limit(sized, self.lower_limit)
        return without_limits(sized), beyond_limits_censored(limited)


@dataclass(frozen=True, kw_only=True)
class Designs:
    """Every combination of these; arguments as of `Design`, an empty one for what the study or the design prior says.

    Raises
    ------
    PlanError
        If a value is none that a design can have, or is given twice.
    """

    participants: tuple[int, ...]
    dropout: tuple[float, ...] = (0.0,)
    lower_limit: tuple[float, ...] = ()
    marker_reliability: tuple[float, ...] = ()
    score_reliability: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no design."""
        for name, values in self._values().items():
            if len(set(values)) < len(values):
                raise PlanError(f"{name}: every value once; got {', '.join(f'{value:g}' for value in values)}")
        if not self.participants or min(self.participants) < 1:
            raise PlanError("participants: at least one number above 0 is needed")
        if not self.dropout:
            raise PlanError("dropout: at least one share is needed, 0 where nobody is lost")
        for share in self.dropout:
            if not 0 <= share < 1:
                raise PlanError(f"dropout: a share from 0 to under 1 (20% is 0.2); got {share:g}")
        for limit in self.lower_limit:
            if not 0 <= limit < math.inf:
                raise PlanError(f"lower_limit: 0 (none) or more, in the marker's unit; got {limit:g}")
        for name in RELIABILITIES:
            for value in getattr(self, name):
                if not 0 < value < 1:
                    raise PlanError(f"{name}: a share between 0 and 1; got {value:g}")

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

    def _values(self) -> Mapping[str, tuple[float, ...]]:
        return {item.name: getattr(self, item.name) for item in fields(self)}
