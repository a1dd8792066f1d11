"""Whom a rule for those who left concerns: an intercurrent event, or a rule made from one."""

from collections.abc import Sequence
from typing import Protocol


class ForSome(Protocol):
    """A rule for participants of `arms` who left for `reasons`; empty stands for all."""

    @property
    def arms(self) -> Sequence[str]:
        """Names of arms."""

    @property
    def reasons(self) -> Sequence[str]:
        """Reasons of leaving."""


def first_that_concerns(rules: Sequence[ForSome], arm: str | None, reason: str | None) -> int:
    """Position of the first rule that concerns a participant, -1 where none does.

    Parameters
    ----------
    rules : sequence of ForSome
        Rules in order.
    arm, reason : str or None
        The participant's; None where unknown.
    """
    for position, rule in enumerate(rules):
        if (not rule.arms or arm in rule.arms) and (not rule.reasons or reason in rule.reasons):
            return position
    return -1
