"""What missing values are taken to be, by intercurrent event, and whom each event concerns."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from cochange.data.arguments import require, require_number, require_several
from cochange.data.faults import Fault, InputError
from cochange.data.names import listing
from cochange.data.specification.concerning import first_that_concerns
from cochange.data.study import Study
from cochange.inference.missing.leaving import Leaving

Strategy = Literal[
    "missing at random", "jump to reference", "copy reference", "copy increments in reference", "non-response"
]
AT_RANDOM: Strategy = "missing at random"
NON_RESPONSE: Strategy = "non-response"
AS_STATED = "as stated"


@dataclass(frozen=True)
class Rule:
    """What values are taken to be that are missing after some of the participants left, or had their event.

    Attributes
    ----------
    strategy : str
        ``"missing at random"`` given what was observed of the participant; ``"jump to reference"``: from then on the
        mean is that of the reference arm; ``"copy reference"``: it was that of the reference arm all along; ``"copy
        increments in reference"``: from then on it changes as in the reference arm; ``"non-response"``: they count as
        no response and no remission, while their mean has no value of its own and is taken as missing at random.
    score : float
        Points added to each of these scores.
    marker : float
        Log units added to each of these log markers.
    arms, reasons : tuple of str
        Whom it concerns, of those who left: everyone where empty.

    Raises
    ------
    ValueError
        If there is no such strategy, or a shift is not finite.
    TypeError
        If a shift is no number, or arms or reasons are not several names.
    """

    strategy: Strategy = AT_RANDOM
    score: float = 0.0
    marker: float = 0.0
    arms: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no rule."""
        known = get_args(Strategy)
        if self.strategy not in known:
            raise ValueError(f"strategy must be one of {listing(known)}; got {self.strategy!r}")
        for shift in ("score", "marker"):
            value = getattr(self, shift)
            require_number(value, shift)
            if not math.isfinite(value):
                raise ValueError(f"{shift} must be finite; got {value}")
        for names in ("arms", "reasons"):
            value = getattr(self, names)
            required = f"{names} must be several names, such as ('A', 'B'), or ('A',) for one"
            require_several(value, required)
            for name in value:
                require(name, str, required)

    @property
    def needs_reference(self) -> bool:
        """Whether it speaks of a reference arm."""
        return self.strategy.endswith("reference")

    def delta(self, kind: str) -> float:
        """What is added to an outcome; nothing to any but the analysed marker and the score."""
        return {"score": self.score, "marker": self.marker}.get(kind, 0.0)


@dataclass(frozen=True)
class Scenario:
    """Rules by which everyone who left is dealt with: by the first that concerns them, else as missing at random.

    Attributes
    ----------
    name : str
        What it is called.
    rules : tuple of Rule
        In order.

    Raises
    ------
    TypeError
        If rules are not several rules.
    """

    name: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        """Refuse what are no rules."""
        required = "rules must be several, such as (Rule(score=2.0),) for one"
        require_several(self.rules, required)
        for rule in self.rules:
            require(rule, Rule, required)


def everyone(strategy: Strategy) -> Scenario:
    """The scenario that deals with all who left alike."""
    return Scenario(strategy, (Rule(strategy),))


def stated(study: Study) -> Scenario | None:
    """The scenario that the intercurrent events of the study file make; None where none says what is missing."""
    rules = tuple(
        Rule(event.missing_as, event.delta_score, float(np.log(event.delta_marker)), event.arms, event.reasons)
        for event in study.spec.estimand.intercurrent_events
        if event.missing_as is not None
    )
    return Scenario(AS_STATED, rules) if rules else None


def scenarios(study: Study) -> tuple[Scenario, ...]:
    """Every scenario a study file states: that of its events, then those it compares."""
    own = stated(study)
    compared = tuple(everyone(strategy) for strategy in dict.fromkeys(study.spec.missing_data.compare))
    return (own, *compared) if own is not None else compared


def assign(scenario: Scenario, leaving: Leaving, study: Study) -> np.ndarray:
    """The rule of each participant who left: its position in the scenario, -1 for anyone else, shape ``(n,)``.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    leaving : Leaving
        The participants, as those of `Outcomes`.
    study : Study
        For the reasons they left for.

    Raises
    ------
    InputError
        If a rule speaks of a reference arm and there is none, of an arm or a reason that is none, or of reasons where
        the study has no column of them.
    """
    check(scenario, leaving, study)
    reasons = np.full(len(leaving.participant), "", dtype=object)
    if "reason" in study.data:
        reasons = study.data["reason"].sel(participant=leaving.participant).values.astype(str)
    found = np.full(len(leaving.participant), -1)
    for row in np.flatnonzero(leaving.left):
        found[row] = first_that_concerns(scenario.rules, str(leaving.arm[row]), str(reasons[row]))
    return found


def check(scenario: Scenario, leaving: Leaving, study: Study) -> None:
    """Refuse what the study has no ground for; faults as in `assign`."""
    faults = []
    for rule in scenario.rules:
        if rule.needs_reference and not leaving.has_reference:
            action = 'take "missing at random", with a delta where those who left fared worse'
            faults.append(_fault(study, f"'{rule.strategy}'", "a reference arm", "a study of one arm", action))
        faults += _unknown(rule.arms, leaving.arms, "arm", study)
        if rule.reasons and "reason" not in study.data:
            action = 'write reason = "..." under [missing_data] of the study file'
            faults.append(_fault(study, "reasons", "a column of reasons", "none", action))
        elif rule.reasons:
            known = sorted({str(reason) for reason in study.data["reason"].values} - {""})
            faults += _unknown(rule.reasons, known, "reason", study)
    if faults:
        raise InputError(faults)


def _unknown(names: Sequence[str], known: Sequence[str], what: str, study: Study) -> list[Fault]:
    return [
        _fault(study, f"{what}s", f"one of {', '.join(known) or 'none'}", f"'{name}'", f"name another {what}")
        for name in names
        if name not in known
    ]


def _fault(study: Study, what: str, required: str, found: str, action: str) -> Fault:
    return Fault(study.path.name, None, what, required, found, action)
