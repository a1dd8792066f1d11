"""Units of concentration: which names are equal, and the exact factor from one to another.

Mass and amount per volume are understood (pg/mL, ng/dL, pmol/L, nM). Every other unit equals only its own name, and
those in which markers are reported besides (activities, counts, shares, arbitrary units) are known by it.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_POWERS = {"": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
_PREFIX = "([dcmunpf]?)"
_PER_VOLUME = re.compile(rf"{_PREFIX}(g|mol)/{_PREFIX}[lL]")
_MOLAR = re.compile(f"{_PREFIX}M")
_MOLAR_MASS = re.compile(r"(\d+(?:\.\d*)?) ?(Da|kDa|g/mol|kg/mol)")
# Activities, counts, and what has no unit of its own.
_OTHER = re.compile(
    rf"(?:{_PREFIX}|k)(?:IU|U|AU|kat)/{_PREFIX}[lL]|(?:cells|10[\^*e]\d+(?:cells)?)/{_PREFIX}[lL]"
    r"|%|NPX|MFI|RFU|AU|OD|Ct|ratio|asreported"
)
_GRAMS = {"Da": 1, "g/mol": 1, "kDa": 1000, "kg/mol": 1000}


@dataclass(frozen=True)
class Concentration:
    """A unit of concentration.

    Attributes
    ----------
    kind : {"g", "mol"}
        Mass or amount of substance, a litre.
    power : int
        Power of ten of the unit, in grams or moles a litre.
    """

    kind: Literal["g", "mol"]
    power: int


def concentration(unit: str) -> Concentration | None:
    """Understand the name of a unit.

    Parameters
    ----------
    unit : str
        Such as ``"pg/mL"``.

    Returns
    -------
    Concentration or None
        None for a unit that is no mass or amount per volume.

    Examples
    --------
    >>> concentration("pg/mL") == concentration("ng/L") == concentration("fg/µL")
    True
    """
    name = _plain(unit)
    if match := _PER_VOLUME.fullmatch(name):
        above, kind, below = match.groups()
        return Concentration("g" if kind == "g" else "mol", _POWERS[above] - _POWERS[below])
    if match := _MOLAR.fullmatch(name):
        return Concentration("mol", _POWERS[match[1]])
    return None


def same_unit(one: str, other: str) -> bool:
    """Say whether two names stand for one unit."""
    understood = concentration(one)
    return _plain(one) == _plain(other) or (understood is not None and understood == concentration(other))


def known_unit(unit: str) -> bool:
    """Say whether a name is one that readings of markers usually come in, with or without a conversion."""
    return concentration(unit) is not None or _OTHER.fullmatch(_plain(unit)) is not None


def grams_per_mole(molar_mass: str) -> Decimal | None:
    """Read a molar mass with its unit, such as ``"20.9 kDa"`` or ``"362.5 g/mol"``; None when it is not one."""
    match = _MOLAR_MASS.fullmatch(molar_mass)
    mass = Decimal(match[1]) * _GRAMS[match[2]] if match else Decimal(0)
    return mass or None


def conversion_factor(unit: str, to: str, molar_mass: str | None) -> Decimal | None:
    """Return what a number in `unit` is multiplied by to be in `to`.

    Parameters
    ----------
    unit, to : str
        Names of units.
    molar_mass : str or None
        With its unit; used between mass and amount only.

    Returns
    -------
    Decimal or None
        None when the one unit cannot be had from the other.

    Examples
    --------
    >>> conversion_factor("ng/dL", "pg/mL", None)
    Decimal('1E+1')
    """
    start, end = concentration(unit), concentration(to)
    if start is None or end is None:
        return Decimal(1) if same_unit(unit, to) else None
    power = Decimal(1).scaleb(start.power - end.power)
    if start.kind == end.kind:
        return power
    mass = None if molar_mass is None else grams_per_mole(molar_mass)
    if mass is None:
        return None
    return power * mass if start.kind == "mol" else power / mass


def _plain(unit: str) -> str:
    return re.sub(r"\s", "", unit).replace("µ", "u").replace("μ", "u").replace("mcg", "ug")
