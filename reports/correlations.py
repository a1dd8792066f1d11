"""Sets the correlations of the changes that a report shows against each other: whose they are, and given what."""

from collections.abc import Iterator, Sequence

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models.parts.growth.course import course_of
from cochange.models.parts.repeated.frame import options_of
from cochange.reports.labels import ARMS_POOLED, GROWTH, JOINT, REPEATED, described, listed

CORRELATION = "change_correlation"
GIVEN, RAW = "is given the design", "is raw, of measured values alone"
_ADJUSTED = {JOINT: GIVEN, GROWTH: GIVEN, REPEATED: GIVEN, "parallel_change": RAW}
_COURSES = {
    "linear": "straight courses",
    "log": "courses straight over the log of time",
    "piecewise": "courses straight between knots",
}
# Structures over the visits whose correlations follow a rule.
_STRUCTURES = {"ar1": "AR(1)", "toeplitz": "Toeplitz", "compound symmetry": "equal"}


def apart(results: Results) -> str:
    """Why several correlations of the changes need not agree; empty where there is one."""
    estimated = described(dict.fromkeys(row.model for row in results.estimates if row.estimand == CORRELATION))
    said = [
        f"that of {name} {_adjusted(name, results.study)} ({len(results.selections[name].used)} participants)"
        for name in estimated
    ]
    usual = [row.n for row in results.no_change if row.statistic == CORRELATION]
    if usual:
        of = "is raw" if results.study.spec.arms is None else "is within arms"
        said.append(
            f"that of the no-change benchmark {of}, with censored values at their limit "
            f"({', '.join(map(str, usual))} participants)"
        )
    if len(said) < 2:
        return ""
    given = ""
    if GIVEN in {_ADJUSTED[name] for name in estimated}:
        given = " Given the design, differences between arms, groups and sites and of covariates are no part of it."
    reasons = "; ".join(_reasons(estimated, usual, results))
    return f"Correlations of the observed changes: {listed(said)}.{given} They need not agree: {reasons}."


def _adjusted(model: str, study: Study) -> str:
    """What a model's correlation is given; of one that is given nothing, that arms are pooled in it."""
    pooled = f", {ARMS_POOLED}" if study.spec.arms is not None and _ADJUSTED[model] == RAW else ""
    return f"{_ADJUSTED[model]}{pooled}"


def _reasons(models: Sequence[str], usual: Sequence[int], results: Results) -> Iterator[str]:
    """What differs between them: participants, adjustment, and the structure that a model lays over the visits."""
    used = {name: frozenset(results.selections[name].used.tolist()) for name in models}
    if len(set(used.values())) > 1 or not {len(who) for who in used.values()} >= set(usual):
        yield "they are of different participants"
    adjusted = {_ADJUSTED[name] for name in models}
    if GIVEN in adjusted and (RAW in adjusted or usual):
        yield "some are given the design and some are not"
    elif usual and bool(results.study.data["marker_status"].isin(["below", "above"]).any()):
        yield "they treat values beyond a limit differently"
    yield from (said for name in models if (said := _structure(name, results.study)))


def _structure(model: str, study: Study) -> str:
    """What a model of many visits takes for granted of spreads and correlations; empty of any other model."""
    if model == GROWTH:
        return (
            f"{GROWTH} has {_COURSES[course_of(study).kind]}, the same spread around them and one correlation of "
            "marker and score within persons at every visit"
        )
    if model == JOINT:
        return f"{JOINT} takes the values of two visits alone" if len(study.spec.data.visits) > 2 else ""
    if model != REPEATED:
        return ""
    rule = _STRUCTURES.get(options_of(study).covariance)
    if rule is None:
        return f"{REPEATED} leaves every visit its own spread and every two their own correlation"
    return f"{REPEATED} leaves every visit its own spread and takes correlations over the visits as {rule}"
