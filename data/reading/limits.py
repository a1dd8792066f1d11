"""The limits that hold for one reading: its sample's, its plate's, its visit's."""

import math
from dataclasses import dataclass

from cochange.data.reading.readings import NAN
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable


@dataclass(frozen=True)
class Limits:
    """Limits of one reading, on the scale of the column (NaN: none).

    `least` stands for zero on the raw scale: a reading at or under it is none, and is left to the checks.
    """

    lower: float
    upper: float
    floors: tuple[float, ...]
    ceilings: tuple[float, ...]
    least: float

    @property
    def lower_of_observed(self) -> float:
        """Limit under which an observed sample would have been censored, NaN when it cannot be told."""
        if math.isnan(self.lower) and len(self.floors) == 1:
            return self.floors[0]
        return self.lower

    @property
    def upper_of_observed(self) -> float:
        """Limit over which an observed sample would have been censored, NaN when it cannot be told."""
        if math.isnan(self.upper) and len(self.ceilings) == 1:
            return self.ceilings[0]
        return self.upper


def limits_of(marker: MarkerTable, visit_number: int, plate: str, own: tuple[float, float]) -> Limits:
    """Find the limits of a reading: those of its sample before those of its plate before those of its visit.

    Parameters
    ----------
    marker : MarkerTable
        The declaration.
    visit_number : int
        Position of the visit.
    plate : str
        Plate of the sample, "" when unknown.
    own : tuple of float
        Lower and upper limit recorded for the sample itself, NaN without.

    Returns
    -------
    Limits
    """

    def general(limits: tuple[float, ...] | None) -> float:
        if limits is None:
            return NAN
        return limits[visit_number] if len(limits) > 1 else limits[0]

    lower = marker.lower_limit_by_plate.get(plate, general(marker.lower_limit))
    upper = marker.upper_limit_by_plate.get(plate, general(marker.upper_limit))
    return Limits(
        lower if math.isnan(own[0]) else own[0],
        upper if math.isnan(own[1]) else own[1],
        marker.floors,
        marker.ceilings,
        least=0.0 if marker.scale in ZERO_STAYS_ZERO else -math.inf,
    )
