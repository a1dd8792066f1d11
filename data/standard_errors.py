"""The standard error of a published estimate from what the publication gives: itself, an interval, or an SD."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.readings import Kind, parse_reading
from cochange.data.specification.kinds import MARK_NAMES, DecimalMark

NUMBERS = ("estimate", "se", "lower", "upper", "level", "sd", "n")
INTERVAL = ("estimate", "lower", "upper", "level")
POSITIVE = {"se": "a number above 0", "sd": "a number above 0", "n": "a number of participants above 0"}
TRANSFORMS: Mapping[str, tuple[Callable[[float], float], float, float, str]] = {
    "as given": (lambda value: value, -math.inf, math.inf, "a number"),
    "log": (math.log, 0.0, math.inf, "a ratio above 0"),
    "fisher z": (math.atanh, -1.0, 1.0, "a correlation between -1 and 1"),
}
SCALES = tuple(TRANSFORMS)
# Of two statements of one standard error, what rounding of a published interval may make of it.
ROUNDING = 0.1
# Fisher's z of n pairs has the variance 1 / (n - 3).
FISHER_PAIRS = 3.0


@dataclass(frozen=True)
class Published:
    """The numbers of one row.

    Attributes
    ----------
    file : str
        Name of the file.
    row : int
        Row of the table.
    scale : str
        A key of `TRANSFORMS`.
    numbers : mapping of str to float
        Those of `NUMBERS` that the row gives, as published.
    """

    file: str
    row: int
    scale: str
    numbers: Mapping[str, float]

    def fault(self, column: str, required: str, found: str, action: str) -> Fault:
        """A fault in this row."""
        return Fault(self.file, self.row, column, required, found, action)

    def pooled(self, column: str) -> float:
        """The number of a column on the scale the estimates are pooled on."""
        return TRANSFORMS[self.scale][0](self.numbers[column])


def read_numbers(
    file: str, row: int, cells: Mapping[str, str], scale: str, decimal: DecimalMark
) -> tuple[Published, list[Fault]]:
    """Read the numbers of a row, and find those that cannot be.

    Parameters
    ----------
    file, row : str, int
        Where the row stands.
    cells : mapping of str to str
        Its cells by column; a blank one gives no number.
    scale : str
        A key of `TRANSFORMS`.
    decimal : {".", ","}
        Decimal mark.
    """
    read = {name: parse_reading(cells[name], decimal) for name in NUMBERS if cells[name]}
    published = Published(file, row, scale, {k: item.number for k, item in read.items() if item.kind == "number"})
    faults = [
        published.fault(name, "a number", f"'{cells[name]}'", _plainly(item.kind, decimal))
        for name, item in read.items()
        if item.kind != "number"
    ]
    if not cells["estimate"]:
        faults.append(published.fault("estimate", "a number", "a blank cell", "give it, or delete the row"))
    _, least, greatest, required = TRANSFORMS[scale]
    for name, value in published.numbers.items():
        if name in POSITIVE:
            required_here, fits = POSITIVE[name], value > 0
        elif name == "level":
            required_here, fits = "a confidence level between 0 and 1", 0 < value < 1
        else:
            required_here, fits = required, least < value < greatest
        if not fits:
            action = "correct it" if name != "level" else "write 0.95 for 95%"
            faults.append(published.fault(name, required_here, f"'{cells[name]}'", action))
    return published, faults


def standard_error(published: Published) -> tuple[float, list[Fault]]:
    """The standard error on the scale of pooling.

    The interval is taken to be the estimate plus and minus a normal quantile times the standard error on that scale, so
    that the standard error is its width over twice the quantile. From an SD, or on Fisher's z scale, it follows from
    the number of participants.

    Parameters
    ----------
    published : Published
        The numbers of a row, without faults.

    Returns
    -------
    float
        NaN where there are faults.
    list of Fault
        An incomplete or impossible interval, statements that disagree, or none at all.
    """
    given = published.numbers
    if "se" in given and published.scale != "as given":
        action = f"give lower, upper and level, or the estimate after the transformation and '{SCALES[0]}' as scale"
        required = "no standard error where the estimate is still to be transformed"
        fault = published.fault("se", required, f"'{given['se']:g}'", action)
        return math.nan, [fault, *interval_faults(published)]
    if faults := interval_faults(published):
        return math.nan, faults
    found = {"se": given["se"]} if "se" in given else {}
    if "lower" in given:
        quantile = NormalDist().inv_cdf((1 + given["level"]) / 2)
        found["lower"] = (published.pooled("upper") - published.pooled("lower")) / (2 * quantile)
    if published.scale == "as given" and {"sd", "n"} <= given.keys():
        found["sd"] = given["sd"] / math.sqrt(given["n"])
    if not found:
        return _from_pairs(published)
    return next(iter(found.values())), _disagreements(published, found)


def _disagreements(published: Published, found: Mapping[str, float]) -> list[Fault]:
    """What contradicts the first statement of the standard error."""
    (column, first), *others = found.items()
    interval = " from lower and upper"
    said = f"{first:.3g}{interval if column == 'lower' else ''}"
    ways = {
        "lower": ("the standard error of the interval", interval, "correct the one that is wrong, or leave it out"),
        "sd": (
            "a standard error of sd over the square root of n",
            " from sd and n",
            "correct the one that is wrong, or leave out sd or n; sd is what one participant contributes, to a "
            "difference of two equal groups twice the SD within them",
        ),
    }
    return [
        published.fault(column, required, f"{said}, but {value:.3g}{source}", action)
        for name, value in others
        for required, source, action in [ways[name]]
        if max(first, value) > (1 + ROUNDING) * min(first, value)
    ]


def off_the_middle(published: Published) -> float:
    """How far the estimate lies from the middle of its interval, in widths; 0 without an interval."""
    if not {"lower", "upper"} <= published.numbers.keys():
        return 0.0
    lower, estimate, upper = (published.pooled(name) for name in ("lower", "estimate", "upper"))
    return abs((estimate - lower) / (upper - lower) - 0.5)


def _plainly(kind: Kind, decimal: DecimalMark) -> str:
    """What to do about a cell that is no number."""
    action = f"write a plain number with a decimal {MARK_NAMES[decimal]}"
    if kind != "other decimal mark":
        return action
    other = "," if decimal == "." else "."
    return f"{action}, or read the table with `decimal` '{other}' if all of its numbers have a {MARK_NAMES[other]}"


def interval_faults(published: Published) -> list[Fault]:
    """Find what an interval lacks, and one that is reversed or does not hold its estimate; nothing without any."""
    given = published.numbers
    if not given.keys() & {"lower", "upper"}:
        return []
    faults = [
        published.fault(name, f"a number beside {beside}", "a blank cell", f"give the {name}")
        for name, beside in (("lower", "upper"), ("upper", "lower"), ("level", "lower and upper"))
        if name not in given
    ]
    if not faults and not given["lower"] < given["upper"]:
        found = f"{given['lower']:g} and {given['upper']:g}"
        faults.append(published.fault("lower", "a number below upper", found, "correct the interval"))
    if not faults and not given["lower"] <= given["estimate"] <= given["upper"]:
        found = f"{given['estimate']:g} outside {given['lower']:g} to {given['upper']:g}"
        faults.append(published.fault("estimate", "an estimate within its interval", found, "correct one of them"))
    return faults


def _from_pairs(published: Published) -> tuple[float, list[Fault]]:
    """The standard error of Fisher's z from the number of pairs, or what the row lacks."""
    given = published.numbers
    ways = {"as given": "se; lower, upper and level; or sd and n", "log": "lower, upper and level"}
    way = ways.get(published.scale, f"lower, upper and level; or n above {FISHER_PAIRS:g}")
    if published.scale == "fisher z" and "n" in given:
        if given["n"] > FISHER_PAIRS:
            return 1 / math.sqrt(given["n"] - FISHER_PAIRS), []
        required = f"a number of participants above {FISHER_PAIRS:g}, for a standard error of 1 / sqrt(n - 3),"
        return math.nan, [published.fault("n", required, f"'{given['n']:g}'", f"give {way}")]
    present = listing(name for name in NUMBERS if name in given and name != "estimate") or "none of them"
    return math.nan, [published.fault("se", "a standard error or what it follows from", present, f"give {way}")]
