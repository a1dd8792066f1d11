"""Numbers as the report prints them: as many digits as the draws support."""

import math
import re
from collections.abc import Iterable, Mapping
from statistics import NormalDist, median_high
from typing import Protocol

from cochange.inference.estimates import Estimate
from cochange.inference.verdict import ESS_LEAST, R_HAT_MOST
from cochange.reports.labels import is_whole

MINUS = "\N{MINUS SIGN}"
ABSENT = "\N{EN DASH}"
# What marks a number that is only a bound, and one that is not even that.
BOUNDS = {"": "", "<=": "\N{LESS-THAN OR EQUAL TO}", ">=": "\N{GREATER-THAN OR EQUAL TO}"}
DIGITS = 3
# Of what has no Monte Carlo error; no interval's width asks for as many.
MOST_DECIMALS = 15
LARGE, SMALL = 1e6, 1e-4
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Over this multiple of a normal distribution's SD with the same interval, an SD is made by the tails.
HEAVY = 1.5
_HYPHEN = re.compile(r"(?<![\w.])-(?=\.?\d)")
INTERVALS = {"eti": "equal-tailed", "hdi": "highest-density"}


def decimals_of(estimate: Estimate, among: Iterable[Estimate]) -> int:
    """Decimals of an estimate: those of its estimand, and one more where a limit would be printed as what it is not.

    That is where rounding puts a limit of the interval on the value of no change, on which it does not lie.
    """
    decimals = decimals_of_estimand(estimate, among)
    return decimals + 1 if _put_on_null(estimate, decimals) else decimals


def decimals_of_estimand(estimate: Estimate, among: Iterable[Estimate]) -> int:
    """Decimals that an estimate shares with those it is read beside, so that rows can be compared.

    Those are the estimates of its estimand for the whole sample, or those for its parts, by every model, under every
    prior set, in every form and at every visit. Their decimals are what the middle one supports: two digits of its
    interval's width, and none that Monte Carlo error shakes. Of the least sure, Monte Carlo error may shake the last
    decimal and no other, lest one wide prior take the digits of all. One more decimal is given within that bound where
    rounding would put a limit of any of them on the value of no change. Fits that must not be reported do not count.

    Parameters
    ----------
    estimate : Estimate
        The estimate.
    among : iterable of Estimate
        Every estimate of the report, or of the page.
    """
    beside = [row for row in among if _kind(row) == _kind(estimate)] or [estimate]
    sound = [row for row in beside if not (row.ess_bulk < ESS_LEAST or row.r_hat > R_HAT_MOST)] or beside
    most = 1 + min(_steady(row) for row in sound)
    decimals = min(most, median_high(min(_decimals_for(row.upper - row.lower, 2), _steady(row)) for row in sound))
    return decimals + 1 if decimals < most and any(_put_on_null(row, decimals) for row in sound) else decimals


def _kind(estimate: Estimate) -> tuple[str, str, bool]:
    """What estimates share that are read beside one another."""
    return estimate.estimand, estimate.unit, is_whole(estimate)


def _steady(estimate: Estimate) -> int:
    """The most decimals of which Monte Carlo error shakes none."""
    error = estimate.mcse_mean
    return max(0, math.floor(-math.log10(2 * error))) if error > 0 and math.isfinite(error) else MOST_DECIMALS


def _put_on_null(estimate: Estimate, decimals: int) -> bool:
    """Whether rounding puts a limit of the interval on the value of no change, on which it does not lie."""
    limits = (estimate.lower, estimate.upper)
    return any(round(limit, decimals) == estimate.null != limit for limit in limits)


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals, a true minus sign, and no minus before a zero."""
    if not math.isfinite(value):
        return ABSENT
    if abs(value) >= LARGE:
        return _scientific(value)
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if float(text.replace(",", "")) == 0 else MINUS + text[1:]
    return text


def with_minus(text: str) -> str:
    """A text whose numbers have true minus signs."""
    return _HYPHEN.sub(MINUS, text)


def significant(value: float, digits: int = DIGITS) -> str:
    """A number with so many significant digits."""
    return _scientific(value) if 0 < abs(value) < SMALL else fixed(value, _decimals_for(value, digits))


def bounded(value: float, bound: str) -> str:
    """A number with the sign of what it bounds, by the codes of `quantile`; a dash where it is no bound either."""
    return ABSENT if bound == "?" else f"{BOUNDS[bound]}{significant(value)}"


def beside(value: float, sd: float, digits: int = 2) -> str:
    """A number with the decimals of a standard deviation given with so many digits."""
    return fixed(value, _decimals_for(sd, digits)) if math.isfinite(sd) else significant(value)


def mean_and_sd(mean: float, sd: float) -> str:
    """A mean with the decimals of its standard deviation, which follows in brackets."""
    return f"{beside(mean, sd, DIGITS)} ({significant(sd)})" if math.isfinite(mean) else ABSENT


def decimals_among(values: Iterable[float]) -> int:
    """Decimals that several numbers are printed with beside one another: those of the largest of them."""
    return min((_decimals_for(value) for value in values if math.isfinite(value)), default=DIGITS - 1)


def within(value: float, width: float) -> str:
    """A number with the decimals of an interval's width given with two digits, and no more than 4 digits in all."""
    return fixed(value, min(_decimals_for(width, 2), _decimals_for(value, 4))) if math.isfinite(width) else ABSENT


def told_apart(value: float, lower: float, upper: float) -> int:
    """Decimals of a value and the interval it is set against: those of `within`, alike for all three.

    As many more are given as tell the value from a limit it does not lie on.
    """
    few = min(_decimals_for(upper - lower, 2), _decimals_for(max(map(abs, (value, lower, upper))), 4))
    limits = [limit for limit in (lower, upper) if limit != value]
    enough = (
        decimals
        for decimals in range(few, MOST_DECIMALS)
        if all(round(value, decimals) != round(limit, decimals) for limit in limits)
    )
    return next(enough, few)


def prior_sd_tells(estimate: Estimate) -> bool:
    """Whether the SD of an estimand's prior draws tells of their spread, and not of a few draws far out.

    It does not for a ratio, nor where it is over `HEAVY` times the SD of a normal distribution with the same interval.
    """
    normal = NormalDist().inv_cdf((1 + estimate.ci_prob) / 2)
    width = estimate.prior_upper - estimate.prior_lower
    return estimate.unit != "ratio" and estimate.prior_sd <= HEAVY * width / (2 * normal)


def interval(estimate: Estimate, among: Iterable[Estimate]) -> str:
    """The limits of an estimate's interval, to the decimals of `decimals_of`."""
    decimals = decimals_of(estimate, among)
    return f"{fixed(estimate.lower, decimals)} to {fixed(estimate.upper, decimals)}"


def centre(estimate: Estimate, among: Iterable[Estimate]) -> str:
    """The median of an estimate, to the decimals of `decimals_of`."""
    return fixed(estimate.median, decimals_of(estimate, among))


def with_interval(estimate: Estimate, among: Iterable[Estimate]) -> str:
    """The median of an estimate, and its interval in brackets."""
    return f"{centre(estimate, among)} ({interval(estimate, among)})"


def spread(estimate: Estimate, among: Iterable[Estimate]) -> str:
    """The SD of an estimate, to one decimal more than its median."""
    return fixed(estimate.sd, decimals_of(estimate, among) + 1)


class HasInterval(Protocol):
    """An estimate, or what the study file says of intervals."""

    @property
    def ci_prob(self) -> float: ...  # noqa: D102

    @property
    def ci_kind(self) -> str: ...  # noqa: D102


def interval_name(of: HasInterval) -> str:
    """Mass and type of an interval."""
    return f"{100 * of.ci_prob:g}% {INTERVALS[of.ci_kind]} interval"


def side_of(estimate: Estimate) -> str:
    """The probability of the side of the value of no change an estimate lies on, as "0.98 below 0"."""
    if estimate.null is None:
        return "not applicable"
    return f"{probability(estimate.p_direction)} {estimate.side} {estimate.null:g}"


def probability(value: float | None) -> str:
    """A probability: two decimals in the middle, three towards 0 and 1."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value < 0.001:
        return "<0.001"
    if value > 0.999:
        return ">0.999"
    return f"{value:.2f}" if 0.055 < value < 0.945 else f"{value:.3f}"


def span(lowest: float, highest: float) -> str:
    """Two shares, or one where they print alike."""
    low, high = share(lowest), share(highest)
    return low if low == high else f"{low} to {high}"


def share(value: float) -> str:
    """A share as a percentage; one that is nearly none or all is not printed as 0 or 100."""
    if 0 < value < 0.001:
        return "under 0.1%"
    return "over 99.9%" if 0.999 < value < 1 else f"{100 * value:.1f}%"


def whole_share(value: float) -> str:
    """A share of a thousand draws, of which Monte Carlo error leaves whole per cent at the most."""
    if 0 < value < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < value < 1 else f"{100 * value:.0f}%"


def of_variances(value: float) -> str:
    """A ratio of variances of a thousand draws, known to about 5%: one decimal, and two digits from 10 on."""
    digits = max(0, math.floor(math.log10(abs(value))) - 1) if math.isfinite(value) and abs(value) >= 10 else None
    return fixed(value, 1) if digits is None else fixed(round(value, -digits), 0)


def with_counts(counts: Mapping[str, int]) -> str:
    """Each of several reasons and how often it applied, in brackets of a sentence."""
    return "; ".join(f"{reason}: {count}" for reason, count in counts.items())


def _decimals_for(value: float, digits: int = DIGITS) -> int:
    if value == 0 or not math.isfinite(value):
        return digits - 1
    return max(0, digits - 1 - math.floor(math.log10(abs(value))))


def _scientific(value: float) -> str:
    digits, power = f"{value:.1e}".split("e")
    return f"{digits.replace('-', MINUS)}\N{MULTIPLICATION SIGN}10{str(int(power)).translate(SUPERSCRIPTS)}"
