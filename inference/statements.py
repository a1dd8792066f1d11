"""What somebody believes of a parameter: bounds and how sure they are, with the direction told and never guessed."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cochange.data.faults import Fault, InputError
from cochange.models.parts.families import Beta, Family, Normal, StudentT
from cochange.models.parts.prior_sets import ParameterNote

# A ratio beyond this, or under its inverse, is taken for a mistaken unit.
LARGE_RATIO = 100.0
# Beyond this a float has no exponential.
MOST_EXPONENT = 700.0
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_SENTENCE = re.compile(
    rf"(?:I am |we are )?(?P<mass>\d+(?:\.\d+)?) ?% sure"
    rf"(?: of a (?:(?P<fall>fall)|(?P<rise>rise)|change)| that it is)?(?: of)?"
    rf" (?:(?:between |from )?(?P<lower>{_NUMBER}) (?:and|to) (?P<upper>{_NUMBER})"
    rf"|(?:under|below) (?P<most>{_NUMBER})|(?:over|above) (?P<least>{_NUMBER}))"
    rf"(?: (?P<unit>[A-Za-z][A-Za-z ]*?))?\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement on one parameter.

    Attributes
    ----------
    lower, upper : float or None
        Bounds in the parameter's unit; None where there is none on that side.
    mass : float
        Probability of lying between them.
    fall : bool
        Whether the bounds are those of a fall, so that the change has the opposite sign.
    rise : bool
        Whether the bounds are said to be those of a rise.
    unit : str
        Unit the statement names; empty where it names none.
    """

    lower: float | None
    upper: float | None
    mass: float
    fall: bool = False
    rise: bool = False
    unit: str = ""

    def bounds(self, kind: type[Family]) -> tuple[float | None, float | None]:
        """Bounds of the parameter itself; a side left open ends where the family does."""
        if self.fall:
            return (
                None if self.upper is None else 0.0 - self.upper,
                None if self.lower is None else 0.0 - self.lower,
            )
        if on_the_line(kind):
            return self.lower, self.upper
        greatest = 1.0 if kind is Beta else None
        return (0.0 if self.lower is None else self.lower), (greatest if self.upper is None else self.upper)


def on_the_line(kind: type[Family]) -> bool:
    """Whether a family takes values below zero."""
    return issubclass(kind, Normal | StudentT)


def statement_from(text: str) -> Statement:
    """A statement from a sentence such as "90% sure between 4 and 14" or "95% sure of a fall of 4 to 14 points".

    Raises
    ------
    InputError
        If it is no such sentence.
    """
    found = _SENTENCE.fullmatch(text.strip())
    if found is None:
        required = 'a sentence such as "90% sure between -14 and -4" or "95% sure of a fall of 4 to 14 points"'
        raise InputError([Fault("the statement", None, None, required, f"'{text}'", "write it so")])
    parts = found.groupdict()
    lower, upper = parts["lower"] or parts["least"], parts["upper"] or parts["most"]
    return Statement(
        lower=None if lower is None else float(lower),
        upper=None if upper is None else float(upper),
        mass=float(parts["mass"]) / 100,
        fall=parts["fall"] is not None,
        rise=parts["rise"] is not None,
        unit=parts["unit"] or "",
    )


def contradictions(
    statement: Statement, parameter: str, note: ParameterNote | None, kind: type[Family] | None
) -> list[Fault]:
    """Where a statement contradicts itself or, as far as they are known, its parameter and the family of that."""
    found = list(_of_its_numbers(statement))
    if note is not None and kind is not None:
        found += [*_of_parameter(statement, note, kind), *_of_family(statement, note, kind)]
    return [Fault(f"the statement on {parameter}", None, None, *each) for each in found]


def is_change(note: ParameterNote) -> bool:
    """Whether a parameter is a change, which alone can be a rise or a fall."""
    return "change" in note.meaning


def improbable_ratios(lower: float, upper: float, note: ParameterNote) -> str:
    """What to check where bounds in log units stand for ratios that no marker has; empty where they do not."""
    if note.unit != "log units" or max(abs(lower), abs(upper)) <= math.log(LARGE_RATIO):
        return ""
    least, most = (f"{math.exp(min(bound, MOST_EXPONENT)):.2g}" for bound in (lower, upper))
    return (
        f"the bounds stand for ratios of {least} to {most}: log units are natural logarithms, no percentages; a fall "
        f"by 30% is a ratio of 0.7 and a change of {math.log(0.7):.2f}"
    )


Contradiction = tuple[str, str, str]


def _of_its_numbers(statement: Statement) -> Iterator[Contradiction]:
    if not 0 < statement.mass < 1:
        yield "a probability between 0 and 1", f"{statement.mass:g}", "write 90% as 0.9"
    if statement.lower is not None and statement.upper is not None and statement.lower >= statement.upper:
        found = f"{statement.lower:g} and {statement.upper:g}"
        yield "a lower bound under the upper one", found, "give the lesser one first"


def _of_parameter(statement: Statement, note: ParameterNote, kind: type[Family]) -> Iterator[Contradiction]:
    if statement.unit and statement.unit != note.unit:
        yield f"a statement in {note.unit}", f"'{statement.unit}'", "give the bounds in the unit of the parameter"
    if not (direction := "fall" if statement.fall else "rise" if statement.rise else ""):
        return
    if not on_the_line(kind):
        yield "a parameter that can fall below 0", note.meaning, "leave the direction out"
    elif not is_change(note):
        yield f"a change, which alone can be a {direction}", note.meaning, "give the bounds with their signs"
    if any(bound is not None and bound < 0 for bound in (statement.lower, statement.upper)):
        action = f"give a {direction} of 4 to 14 as 4 and 14, or a change with its signs"
        yield f"a {direction} in numbers of 0 or more", "a bound below 0", action


def _of_family(statement: Statement, note: ParameterNote, kind: type[Family]) -> Iterator[Contradiction]:
    lower, upper = statement.bounds(kind)
    if on_the_line(kind):
        if lower is None or upper is None:
            yield "a bound on either side", "one bound", "give both: one alone fits infinitely many priors"
        return
    if lower is not None and lower < 0:
        what = "a share, from 0 to 1" if kind is Beta else f"a bound of 0 or more, for {note.meaning}"
        yield what, f"{lower:g}", "correct the lower bound"
    if kind is Beta and upper is not None and upper > 1:
        yield "a share, from 0 to 1", f"{upper:g}", "correct the upper bound"
    if kind is not Beta and upper is None:
        yield "an upper bound", "none", "give one: a lower bound alone fits infinitely many priors"
    if kind is Beta and (lower, upper) == (0, 1):
        yield "bounds that leave something out", "0 to 1, where a share always is", "give narrower ones"
