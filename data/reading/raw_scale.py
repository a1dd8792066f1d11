"""From the scale and unit of a marker's column to the raw scale and the unit it is analysed in, and back."""

import math
from collections.abc import Callable
from decimal import Decimal

from cochange.data.specification.tables import MarkerTable
from cochange.data.units import conversion_factor

_TO_RAW: dict[str, Callable[[float], float]] = {
    "raw": lambda x: x,
    "ln": math.exp,
    "log10": lambda x: 10.0**x,
    "log2": lambda x: 2.0**x,
    "log(x+1)": math.expm1,
}
_FROM_RAW: dict[str, Callable[[float], float]] = {
    "raw": lambda x: x,
    "ln": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "log(x+1)": math.log1p,
}


def factor_of(marker: MarkerTable) -> Decimal:
    """Return what raw readings of a marker are multiplied by, 1 without a conversion."""
    if marker.convert_to is None:
        return Decimal(1)
    return conversion_factor(marker.unit, marker.convert_to, marker.molar_mass) or Decimal(1)


def to_raw(number: float, marker: MarkerTable) -> float:
    """Return the raw reading, in the unit of analysis, that a number on the scale of the column stands for.

    Powers of ten move the decimal point, so that 0.29 ng/mL is 290 pg/mL to the last digit; infinite where the number
    is too large to be transformed back.
    """
    try:
        raw = _TO_RAW[marker.scale](number)
    except OverflowError:
        return math.inf
    factor = factor_of(marker)
    return raw if factor == 1 else float(Decimal(repr(float(raw))) * factor)


def share_on_scale(number: float, share: float, marker: MarkerTable) -> float:
    """Return, on the scale of the column, a share of the raw reading that `number` on that scale stands for."""
    return _FROM_RAW[marker.scale](share * _TO_RAW[marker.scale](number))


def conversion_sentence(marker: MarkerTable) -> str:
    """Say how the readings of a marker with `convert_to` are converted."""
    factor = factor_of(marker)
    if factor == 1:
        return f"{marker.unit} and {marker.convert_to} are names of one unit: no number is changed"
    mass = "" if marker.molar_mass is None else f", with a molar mass of {marker.molar_mass}"
    rule = f"1 {marker.unit} = {float(factor):.6g} {marker.convert_to}{mass}"
    return f"readings and limits are converted from {marker.unit} to {marker.convert_to} ({rule})"
