"""Sets the correlations of the changes that a report shows against each other: whose they are, and given what."""

from collections.abc import Iterator, Sequence

from cochange.data.study import Study
from cochange.inference.plan import OF_MANY_VISITS
from cochange.inference.results import Results
from cochange.models.parts.growth.course import course_of
from cochange.models.parts.repeated.frame import options_of
from cochange.reports.labels import ARMS_POOLED, GROWTH, JOINT, REPEATED, described, listed

CORRELATION = "change_correlation"
GIVEN, RAW, WITHIN = "is given the design", "is raw, of measured values alone", "is within arms"
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
        of = "is raw" if results.study.spec.arms is None else WITHIN
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
    differ = f" They need not agree: {reasons}." if reasons else ""
    return f"Correlations of the observed changes: {listed(said)}.{given}{differ}"


def _adjusted(model: str, study: Study) -> str:
    """What a model's correlation is given; of one that is given nothing, that arms are pooled in it."""
    pooled = f", {ARMS_POOLED}" if study.spec.arms is not None and _ADJUSTED[model] == RAW else ""
    return f"{_ADJUSTED[model]}{pooled}"


def _reasons(models: Sequence[str], usual: Sequence[int], results: Results) -> Iterator[str]:
    """What tells them apart: participants, adjustment, limits, visits, and the structure a model lays over these."""
    study = results.study
    used = {name: frozenset(results.selections[name].used.tolist()) for name in models}
    if len(set(used.values())) > 1 or not {len(who) for who in used.values()} >= set(usual):
        yield "they are of different participants"
    given = {_given(_ADJUSTED[name], study) for name in models} | ({_given(WITHIN, study)} if usual else set())
    if len(given) > 1:
        yield "some are given more of the design than others"
    ends = study.data["marker_status"].sel(visit=[study.baseline, study.follow_up])
    if usual and bool(ends.isin(["below", "above"]).any()):
        yield "they treat values beyond a limit differently"
    many = [name for name in models if name in OF_MANY_VISITS]
    two = [name for name in models if name not in OF_MANY_VISITS] + (["the no-change benchmark"] if usual else [])
    if many and two:
        yield f"{listed(two)} {'takes' if len(two) == 1 else 'take'} the values of two visits alone"
    if GROWTH in many:
        yield (
            f"{GROWTH} has {_COURSES[course_of(study).kind]}, the same spread around them and one correlation of "
            "marker and score within persons at every visit"
        )
    if REPEATED in many:
        rule = _STRUCTURES.get(options_of(study).covariance)
        if rule is not None:
            yield f"{REPEATED} leaves every visit its own spread and takes correlations over the visits as {rule}"
        elif GROWTH in many:
            yield f"{REPEATED} leaves every visit its own spread and every two their own correlation"


def _given(adjusted: str, study: Study) -> frozenset[str]:
    """The parts of this study's design that a correlation is given."""
    spec = study.spec
    parts = {
        "arms": spec.arms is not None,
        "groups": spec.groups is not None,
        "sites": spec.sites is not None,
        "covariates": bool(spec.covariates.numeric or spec.covariates.categorical),
    }
    of = {GIVEN: tuple(parts), WITHIN: ("arms",), RAW: ()}[adjusted]
    return frozenset(part for part in of if parts[part])
