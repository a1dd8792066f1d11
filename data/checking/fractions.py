"""Whether a number is what laboratories write in for "below the limit": half of it, or the limit over sqrt(2)."""

import math
from collections.abc import Collection
from decimal import Decimal

from cochange.data.reading.raw_scale import share_on_scale, to_raw
from cochange.data.specification.tables import MarkerTable

SHARES = {0.5: "half of the limit", 1 / math.sqrt(2): "1/sqrt(2) of the limit"}
NEAR = 0.05


def fraction_of(number: float, limits: Collection[float], marker: MarkerTable) -> str | None:
    """Say of which limit a number is a usual fraction.

    Parameters
    ----------
    number : float
        On the scale of the column.
    limits : collection of float
        Limits, on the same scale.
    marker : MarkerTable
        Its scale.

    Returns
    -------
    str or None
        Such as ``"half of the limit 0.11"``. The number may be rounded to the digits it has, as long as that moves it
        by no more than 5% on the raw scale.
    """
    digits = max(0, -int(Decimal(repr(float(number))).normalize().as_tuple().exponent))
    found = []
    for limit in limits:
        if not 0 < to_raw(limit, marker) < math.inf:
            continue
        for share, words in SHARES.items():
            expected = share_on_scale(limit, share, marker)
            off = abs(number - expected)
            moved = abs(to_raw(number, marker) / to_raw(expected, marker) - 1)
            if off <= 0.5 * 10**-digits * (1 + 1e-9) and moved <= NEAR:
                found.append((moved, f"{words} {limit:g}"))
    return min(found)[1] if found else None
