"""The decision a planned study should end with, in the words and by the rules of the report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from cochange.data.faults import Fault, InputError, collected
from cochange.data.names import choice, listing, nearest
from cochange.data.spec import StudySpec
from cochange.inference.estimates import important_limits
from cochange.models.parts.contract import Model

Ending = Literal[
    "decrease", "increase", "important decrease", "important increase", "important difference", "unimportant difference"
]
# What a study can end with; those of importance exclude each other, and so do those of direction.
DIRECTIONS = ("decrease", "increase", "unclear direction")
IMPORTANCES = ("important decrease", "important increase", "unimportant difference", "undecided importance")
# Other words for a direction.
MEANING = {
    **dict.fromkeys(("fall", "drop", "decline", "reduction", "lower", "less"), "decrease"),
    **dict.fromkeys(("rise", "gain", "growth", "higher", "more"), "increase"),
}
# The arguments that state it.
DECISION, PROBABILITY, SMALLEST = "decision", "probability", "smallest_important"
# A truth that is given lies where it is asked to up to rounding.
ROUNDING = 1e-9


class PlanError(InputError):
    """What is asked of a plan cannot be done; every fault found is carried."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the study should end with.

    Attributes
    ----------
    estimand : str
        The estimand, with its labels where it has several elements.
    ending : str
        One of `Ending`.
    probability : float
        Posterior probability that the ending needs.
    null : float
        Value of no change or no association.
    unit : str
        Unit of the estimand.
    smallest : float or None
        The smallest important difference, for a ratio a factor; None where the ending is a direction alone.
    reason : str
        Its reason; empty where the study file does not state it.
    """

    estimand: str
    ending: Ending
    probability: float
    null: float
    unit: str
    smallest: float | None = None
    reason: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """Where differences begin to be important on either side; the null value itself for a direction."""
        if self.smallest is None:
            return self.null, self.null
        return important_limits(self.null, self.unit, self.smallest)

    @property
    def endings(self) -> tuple[str, ...]:
        """What the study can end with."""
        return DIRECTIONS if self.smallest is None else IMPORTANCES

    @property
    def meets(self) -> tuple[str, ...]:
        """Those of the endings that are what was asked for."""
        return IMPORTANCES[:2] if self.ending == "important difference" else (self.ending,)

    def ending_of(self, record: Mapping[str, Any]) -> str:
        """What one simulated study ends with; nothing is decided where it could not be fitted."""
        decrease, increase, *others = self.endings
        below, above = record.get("below", 0.0), record.get("above", 0.0)
        if below >= self.probability:
            return decrease
        if above >= self.probability:
            return increase
        if "below" in record and self.smallest is not None and 1 - below - above >= self.probability:
            return others[0]
        return others[-1]

    def ending_of_truth(self, value: float) -> str:
        """What a study would end with that knew the true value of the estimand."""
        low, high = self.limits
        if value < low - ROUNDING * max(1.0, abs(low)):
            return self.endings[0]
        return self.endings[1] if value > high + ROUNDING * max(1.0, abs(high)) else self.endings[2]


def decision_of(
    spec: StudySpec, model: Model, asked: str | None, probability: float | None, smallest: float | None
) -> Decision:
    """The decision stated by the study file and the arguments; what it is about and how large is never guessed.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    model : Model
        The model of the analysis.
    asked : str or None
        ``"ESTIMAND=ENDING"``; by default an important difference of the one estimand that the study file states a
        smallest important difference of.
    probability : float or None
        Posterior probability the ending needs; by default that of the report: `ci_prob` of the study file (0.95
        where it writes none) for importance, half of what it leaves on either side for a direction.
    smallest : float or None
        Smallest important difference, in place of the study file's.

    Raises
    ------
    PlanError
        With every fault: an estimand or an ending that is unknown, a number that cannot be, what is stated nowhere.
    """
    faults: list[Fault] = []
    with collected(faults):
        name, ending = _asked(spec, model, asked)
    faults += _faults_of_numbers(probability, smallest)
    if faults:
        raise PlanError(faults)
    estimand, directed = model.estimands[name.split("[")[0]], ending in DIRECTIONS
    with collected(faults):
        value, reason = (None, "") if directed else _smallest(spec, model, name.split("[")[0], smallest)
    if directed and smallest is not None:
        required = f"no smallest important difference with the ending '{ending}'"
        faults.append(Fault(SMALLEST, None, None, required, f"{smallest:g}", "leave it out"))
    if faults:
        raise PlanError(faults)
    return Decision(
        estimand=name,
        ending=ending,
        probability=probability or ((1 + spec.analysis.ci_prob) / 2 if directed else spec.analysis.ci_prob),
        null=float(estimand.null or 0.0),
        unit=estimand.unit,
        smallest=value,
        reason=reason,
    )


def _asked(spec: StudySpec, model: Model, asked: str | None) -> tuple[str, Ending]:
    if asked is None:
        stated = [name for name in spec.estimand.smallest_important if name in model.estimands]
        if len(stated) != 1:
            required = f"the decision that the study is made for, or one smallest important difference of {model.name},"
            found = f"those of {listing(stated)} in the study file" if stated else "none in the study file"
            raise PlanError([Fault(DECISION, None, None, required, found, "give `decision` as ESTIMAND=ENDING")])
        return stated[0], "important difference"
    name, equals, words = (part.strip() for part in asked.partition("="))
    faults, plain, known = [], name.split("[")[0], get_args(Ending)
    decided = [each for each, estimand in model.estimands.items() if estimand.null is not None]
    if plain not in decided:
        required = f"an estimand of {model.name} that has a value of no change or no association"
        faults.append(Fault(DECISION, None, None, required, f"'{plain}'", choice(plain, decided)))
    if not equals or words not in known:
        required = f"ESTIMAND=ENDING, where the ending is one of {listing(known)},"
        meant = _meant(words) if equals else ""
        action = f"did you mean '{meant}'? Write it so" if meant else "write it so"
        faults.append(Fault(DECISION, None, None, required, f"'{asked}'", action))
    if faults:
        raise PlanError(faults)
    return name, cast(Ending, words)


def _meant(words: str) -> str:
    """The ending that words may stand for, each by itself; empty where one of them is near none."""
    known = {part for ending in get_args(Ending) for part in ending.split()}
    parts = [MEANING.get(word) or nearest(word, known) for word in words.lower().split()]
    meant = " ".join(part for part in parts if part is not None)
    return meant if None not in parts and meant in get_args(Ending) else ""


def _faults_of_numbers(probability: float | None, smallest: float | None) -> Iterator[Fault]:
    """What can be told of the numbers whatever the decision is."""
    if probability is not None and not 0.5 < probability < 1:
        action = f"write {probability:g}% as {probability / 100:g}" if 50 < probability < 100 else "correct it"
        yield Fault(PROBABILITY, None, None, "a probability between 0.5 and 1", f"{probability:g}", action)
    if smallest is not None and not smallest > 0:
        yield Fault(SMALLEST, None, None, "a number above 0", f"{smallest:g}", "correct it")


def _smallest(spec: StudySpec, model: Model, estimand: str, given: float | None) -> tuple[float, str]:
    """The smallest important difference and its reason, which is empty where the command gives it."""
    if given is not None:
        if model.estimands[estimand].unit == "ratio" and given <= 1:
            required = f"a factor above 1, of the ratio {estimand},"
            raise PlanError([Fault(SMALLEST, None, None, required, f"{given:g}", "correct it")])
        return given, ""
    stated = spec.estimand.smallest_important.get(estimand)
    if stated is None:
        action = (
            f"write it with its reason under [estimand.smallest_important.{estimand}] in the study file, or give "
            f"`{SMALLEST}`"
        )
        required = f"the smallest important difference of {estimand}"
        raise PlanError([Fault(SMALLEST, None, None, required, "none", action)])
    return stated.value, stated.reason
