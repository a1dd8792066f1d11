"""A prior in plain words, with its values in the field's units."""

from collections.abc import Callable, Mapping

import numpy as np

from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal, RobustNormal, StudentT
from cochange.models.parts.frozen import frozen
from cochange.models.parts.prior_sets import ParameterNote

CENTRAL = (0.025, 0.975)
# Scales that nobody thinks in: what their values stand for.
STANDS_FOR: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "log units": ("ratios", np.exp),
    "Fisher z": ("correlations", np.tanh),
}


# The source of a prior of the study file that gives none.
UNSAID = "the study file"


def source_in_words(family: Family) -> str:
    """The source of a prior; "" for one of a shipped set that is a convention of it."""
    return "no source is given" if family.source == UNSAID else family.source


def in_words(family: Family, note: ParameterNote) -> str:
    """A prior as a sentence says it.

    Parameters
    ----------
    family : Family
        The prior.
    note : ParameterNote
        What its parameter is, and in which unit.

    Returns
    -------
    str
        Such as "normal, mean 0, SD 10 points; 95% between -19.6 and 19.6".
    """
    return f"{_kind(family, note.unit)}; {_bounds(family, note.unit)}"


def _kind(family: Family, unit: str) -> str:
    match family:
        case Normal():
            return f"normal, mean {family.mean:.4g}, SD {_in_units(family.sd, unit)}"
        case StudentT():
            return f"Student-t, centre {family.mean:.4g}, scale {_in_units(family.sd, unit)}, {_freedom(family.df)}"
        case RobustNormal():
            own, vague = (_in_units(sd, unit) for sd in (family.sd, family.vague_sd))
            return (
                f"with probability {family.weight:.4g} normal, mean {family.mean:.4g}, SD {own}, else vague, mean "
                f"{family.vague_mean:.4g}, SD {vague}"
            )
        case HalfNormal():
            return f"half-normal, scale {_in_units(family.sd, unit)}"
        case HalfStudentT():
            return f"half-Student-t, scale {_in_units(family.sd, unit)}, {_freedom(family.df)}"
        case Gamma():
            mean = family.shape / family.rate
            return f"gamma, shape {family.shape:.4g}, rate {family.rate:.4g}, mean {_in_units(mean, unit)}"
        case Beta():
            mean = family.alpha / (family.alpha + family.beta)
            return f"beta, alpha {family.alpha:.4g}, beta {family.beta:.4g}, mean {mean:.4g}"
    return str(family)


def _in_units(value: float, unit: str) -> str:
    """A value with its unit, in the singular after 1."""
    name, *per = unit.split(" per ")
    # Odds have no singular.
    name = name.removesuffix("s") if value == 1 and not name.endswith("odds") else name
    return " ".join([f"{value:.4g} {name}", *(f"per {word}" for word in per)])


def _freedom(df: float) -> str:
    return f"{df:.4g} degrees of freedom"


def _bounds(family: Family, unit: str) -> str:
    distribution = frozen(family)
    if isinstance(family, HalfNormal | HalfStudentT):
        return f"95% under {distribution.ppf(0.95):.3g}"
    lower, upper = distribution.ppf(CENTRAL)
    said = f"95% between {lower:.3g} and {upper:.3g}"
    # Of a spread in log units the exponential is no ratio of two markers.
    if unit in STANDS_FOR and isinstance(family, Normal | StudentT):
        name, convert = STANDS_FOR[unit]
        said += f" ({name} {convert(lower):.2g} to {convert(upper):.2g})"
    return said
