"""What simulated studies ended with beside what was true of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from cochange.inference.many.work import Record
from cochange.inference.planning.decision import Decision


@dataclass(frozen=True)
class Counted:
    """A share of simulated studies.

    Attributes
    ----------
    count, of : int
        How many of how many.
    share : float
        The share.
    lower, upper : float
        Its exact 95% confidence limits (Clopper and Pearson).
    """

    count: int
    of: int
    share: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Rightness:
    """True values of the estimand, and how often the decision was right or false.

    Attributes
    ----------
    median, lower, upper : float
        The median and the central 95% of the true values.
    true : Counted
        Studies of whose truth the decision is right: no larger share can rightly end with it, however many take part.
    power : Counted or None
        Of these, those that ended with it; None where there are none.
    false : Counted
        Studies that ended with the decision although their truth is another.
    """

    median: float
    lower: float
    upper: float
    true: Counted
    power: Counted | None
    false: Counted

    @property
    def given(self) -> bool:
        """Whether all studies have the same true value."""
        return bool(np.isclose(self.lower, self.upper, rtol=1e-9, atol=1e-9))


def counted(count: int, of: int) -> Counted:
    """A share with its exact limits."""
    limits = stats.binomtest(count, of).proportion_ci(0.95)
    return Counted(count, of, count / of, float(limits.low), float(limits.high))


def rightness_of(decision: Decision, records: Sequence[Record]) -> Rightness | None:
    """Hold decisions against truths.

    Parameters
    ----------
    decision : Decision
        The decision.
    records : sequence of mapping
        Of the simulated studies of a design.

    Returns
    -------
    Rightness or None
        None where the truth of no study is known.
    """
    known = [record for record in records if "truth" in record]
    if not known:
        return None
    values = [record["truth"] for record in known]
    pairs = [(decision.ending_of(record), decision.ending_of_truth(record["truth"])) for record in known]
    true = sum(truth in decision.meets for _, truth in pairs)
    right = sum(ended in decision.meets and ended == truth for ended, truth in pairs)
    false = sum(ended in decision.meets and ended != truth for ended, truth in pairs)
    lower, median, upper = np.quantile(values, (0.025, 0.5, 0.975)).tolist()
    return Rightness(
        median=median,
        lower=lower,
        upper=upper,
        true=counted(true, len(known)),
        power=counted(right, true) if true else None,
        false=counted(false, len(known)),
    )
