"""The decision a planned study should end with, in the words and by the rules of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cochange.data.faults import CochangeError
from cochange.data.names import choice, listing, suggestion
from cochange.data.spec import StudySpec
from cochange.inference.estimates import important_limits
from cochange.models.parts.contract import Model

Ending = Literal[
    "decrease", "increase", "important decrease", "important increase", "important difference", "unimportant difference"
]
# What a study can end with; those of importance exclude each other, and so do those of direction.
DIRECTIONS = ("decrease", "increase", "unclear direction")
IMPORTANCES = ("important decrease", "important increase", "unimportant difference", "undecided importance")


class PlanError(CochangeError):
    """What is asked of a plan cannot be done."""


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


def decision_of(
    spec: StudySpec, model: Model, asked: str | None, probability: float | None, smallest: float | None
) -> Decision:
    """The decision stated by the study file and the arguments; what neither states is never guessed.

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
        Posterior probability the ending needs; by default that of the report: `ci_prob` of the study file for
        importance, half of what it leaves on either side for a direction.
    smallest : float or None
        Smallest important difference, in place of the study file's.

    Raises
    ------
    PlanError
        If the estimand or the ending is unknown, or something is stated nowhere.
    """
    name, ending = _asked(spec, model, asked)
    plain = name.split("[")[0]
    if plain not in model.estimands:
        raise PlanError(f"{model.name} has no estimand '{plain}'; {choice(plain, model.estimands)}")
    estimand = model.estimands[plain]
    if estimand.null is None:
        raise PlanError(f"{plain} has no value of no change or no association, so that no decision rests on it")
    directed = ending in DIRECTIONS
    stated = spec.estimand.smallest_important.get(plain)
    if not directed and smallest is None and stated is None:
        raise PlanError(
            f"the smallest important difference of {plain} is stated nowhere; write it with its reason under "
            f"[estimand.smallest_important.{plain}] in the study file, or give --smallest-important"
        )
    if directed and smallest is not None:
        raise PlanError(f"the ending '{ending}' needs no smallest important difference; leave it out")
    if smallest is not None and smallest <= (1 if estimand.unit == "ratio" else 0):
        required = "a factor above 1" if estimand.unit == "ratio" else "above 0"
        raise PlanError(f"the smallest important difference of {plain} must be {required}; got {smallest:g}")
    value = None if directed else smallest or (stated.value if stated else None)
    return Decision(
        estimand=name,
        ending=ending,
        probability=_needed(spec, directed, probability),
        null=estimand.null,
        unit=estimand.unit,
        smallest=value,
        reason=stated.reason if stated is not None and not directed and smallest is None else "",
    )


def _asked(spec: StudySpec, model: Model, asked: str | None) -> tuple[str, Ending]:
    if asked is None:
        stated = [name for name in spec.estimand.smallest_important if name in model.estimands]
        if len(stated) != 1:
            found = f"those of {listing(stated)}" if stated else "none"
            raise PlanError(
                f"one smallest important difference of an estimand of {model.name} is required; the study file states "
                f"{found}; say which decision the study is made for (--decision ESTIMAND=ENDING)"
            )
        return stated[0], "important difference"
    name, equals, words = (part.strip() for part in asked.partition("="))
    for ending in get_args(Ending):
        if equals and words == ending:
            return name, ending
    known = get_args(Ending)
    raise PlanError(
        f"a decision is written ESTIMAND=ENDING, where the ending is one of {listing(known)}; "
        f"{suggestion(words, known)}got '{asked}'"
    )


def _needed(spec: StudySpec, directed: bool, probability: float | None) -> float:
    if probability is None:
        if "ci_prob" not in spec.analysis.model_fields_set:
            raise PlanError(
                "the probability that the decision needs is stated nowhere; write ci_prob under [analysis] in the "
                "study file, or give --probability"
            )
        return (1 + spec.analysis.ci_prob) / 2 if directed else spec.analysis.ci_prob
    if not 0.5 < probability < 1:
        raise PlanError(f"the probability that the decision needs must lie between 0.5 and 1; got {probability:g}")
    return probability
