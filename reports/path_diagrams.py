"""The models as path diagrams: which variable stands on which, by the parameter that says how much."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cochange.data.study import Study
from cochange.models.parts.repeated.covariance import Structure
from cochange.models.parts.repeated.frame import Baseline, options_of
from cochange.reports.labels import EACH_MARKER, GROWTH, JOINT, REPEATED, marker_of, scale_of, visit_name
from cochange.reports.sentences import counts_scores

Kind = Literal["observed", "latent", "residual"]


@dataclass(frozen=True)
class Variable:
    """A variable of a diagram.

    Attributes
    ----------
    name : str
        What it is called.
    column, row : float
        Its place: columns from 0 on the left to 1 on the right, rows from the top.
    kind : {"observed", "latent", "residual"}
        Whether it is observed, is not, or is what the arrows into another variable leave of that.
    """

    name: str
    column: float
    row: float
    kind: Kind = "observed"


@dataclass(frozen=True)
class Path:
    """A path between two variables.

    Attributes
    ----------
    start, end : str
        Keys of the variables.
    parameter : str
        The parameter it stands for; empty where it is part of a definition.
    both_ways : bool
        Whether it is a correlation.
    around : {"", "left", "right"}
        The side on which it goes around what lies between; straight where empty.
    """

    start: str
    end: str
    parameter: str = ""
    both_ways: bool = False
    around: Literal["", "left", "right"] = ""


@dataclass(frozen=True)
class Diagram:
    """Variables by their keys, the paths between them, and what is to be said besides."""

    variables: Mapping[str, Variable]
    paths: tuple[Path, ...]
    note: str


@dataclass(frozen=True)
class Scope:
    """What a study has of a model; as it stands, the model as its documentation shows it.

    Attributes
    ----------
    marker, score : str
        What the outcomes are called; empty for one that the study lacks.
    before, after : str
        Labels of the visits.
    measurement, screening, counted : bool
        Whether values have errors, a screening score was kept, and the score is counted.
    baseline : {"covariate", "constrained"}
        What baselines are to the model of every visit.
    covariance : str
        Structure of its covariance.
    """

    marker: str = "marker"
    score: str = "score"
    before: str = "baseline"
    after: str = "follow-up"
    measurement: bool = True
    screening: bool = True
    counted: bool = False
    baseline: Baseline = "covariate"
    covariance: Structure = "unstructured"


def diagram_of(model: str, study: Study | None = None) -> Diagram | None:
    """The path diagram of a model; None for a model that has none.

    Parameters
    ----------
    model : str
        Its name.
    study : Study, optional
        Outcomes it lacks are left out, and paths are those its study file asks for. Without one, the model in general.
    """
    if model not in _DIAGRAMS:
        return None
    scope = Scope() if study is None else _scope_of(model, study)
    diagram = _DIAGRAMS[model](scope)
    lacks = [text for text, name in (("{marker}", scope.marker), ("{score}", scope.score)) if not name]
    there = {key for key, item in diagram.variables.items() if not any(text in item.name for text in lacks)}
    paths = tuple(path for path in diagram.paths if {path.start, path.end} <= there)
    touched = {key for path in paths for key in (path.start, path.end)}
    names = {"marker": scope.marker, "score": scope.score, "before": scope.before, "after": scope.after}
    variables = {
        key: replace(item, name=item.name.format(**names)) for key, item in diagram.variables.items() if key in touched
    }
    return Diagram(variables, paths, diagram.note) if paths else None


def _scope_of(model: str, study: Study) -> Scope:
    spec = study.spec
    options = options_of(study)
    kinds = options.kinds if model == REPEATED else ("marker", "score")
    marker = EACH_MARKER if model == JOINT and len(spec.marker) > 1 else marker_of(study)
    return Scope(
        marker=marker if study.marker is not None and "marker" in kinds else "",
        score=scale_of(study) if study.scale is not None and "score" in kinds else "",
        before=visit_name(study.baseline, study),
        after=visit_name(study.follow_up, study),
        measurement=spec.analysis.measurement == "on",
        screening=spec.inclusion is not None and not spec.inclusion_on_baseline,
        counted=counts_scores(model, study),
        baseline=options.baseline,
        covariance=options.covariance,
    )


# What a diagram leaves out of every model of a study.
_DESIGN = "Covariates, arms, groups and sites, where there are any, enter beside these."
_PARTIAL = "are partial ones, each given what stands before both in the formula"
_BASELINES = {"m0": Variable("{marker} at {before}", 0, 0), "y0": Variable("{score} at {before}", 0, 1.35)}
_SCORE_CHANGE = Variable("change of {score}", 1, 1.35)


def _marker_change(scope: Scope) -> Diagram:
    variables = {"m0": _BASELINES["m0"], "m1": Variable("{marker} at {after}", 1, 0)}
    return Diagram(variables, (Path("m0", "m1", "retest_z", both_ways=True),), _DESIGN)


def _symptom_change(scope: Scope) -> Diagram:
    if scope.counted:
        variables = {**_BASELINES, "y1": Variable("{score} at {after}", 1, 1.35)}
        paths = (Path("m0", "y1", "log_odds_prognostic"), Path("y0", "y1", "log_odds_baseline_symptom"))
        return Diagram(variables, paths, f"The score is a count, and the paths are those of its log odds. {_DESIGN}")
    paths = (Path("m0", "dy", "prognostic"), Path("y0", "dy", "baseline_symptom"))
    return Diagram(
        {**_BASELINES, "dy": _SCORE_CHANGE}, paths, f"The change-score form lacks baseline_symptom. {_DESIGN}"
    )


def _parallel_change(scope: Scope) -> Diagram:
    variables = {**_BASELINES, "dm": Variable("change of {marker}", 1, 0), "dy": _SCORE_CHANGE}
    paths = (Path("m0", "dy", "baseline_marker"), Path("y0", "dy", "baseline_symptom"), Path("dm", "dy", "parallel"))
    return Diagram(variables, paths, f"The raw correlation of the changes, raw_z, is estimated apart. {_DESIGN}")


def _joint_change(scope: Scope) -> Diagram:
    true = "true " if scope.measurement else ""
    kind: Kind = "latent" if scope.measurement else "observed"
    variables = {
        "m0": Variable(true + "{marker} at {before}", 0, 1, kind),
        "y0": Variable(true + "{score} at {before}", 0, 2.7, kind),
        "dm": Variable(true + "change of {marker}", 1, 1, kind),
        "dy": Variable(true + "change of {score}", 1, 2.7, kind),
        "e3": Variable("residual e3 of {marker}", 1, 1.85, "residual"),
        "screening": Variable("screening score", 0.5, 3.8),
    }
    paths = [
        Path("m0", "y0", "baseline_slope"),
        Path("m0", "dm", "marker_on_marker"),
        Path("y0", "dm", "marker_on_score"),
        Path("m0", "dy", "prognostic"),
        Path("y0", "dy", "score_on_score"),
        # The slope of what both baselines leave of the marker's change, so that `prognostic` is not given that change.
        Path("e3", "dm"),
        Path("e3", "dy", "parallel"),
    ]
    if scope.screening:
        paths.append(Path("y0", "screening", "screening_slope"))
    if scope.measurement:
        variables |= {
            "observed m0": Variable("{marker} at {before}", 0, 0),
            "observed m1": Variable("{marker} at {after}", 1, 0),
            "observed y0": Variable("{score} at {before}", 0, 3.8),
            "observed y1": Variable("{score} at {after}", 1, 3.8),
            "error y0": Variable("error of {score} at {before}", 0.5, 4.75, "residual"),
        }
        paths += [
            Path("m0", "observed m0", "marker_reliability"),
            Path("m0", "observed m1"),
            Path("dm", "observed m1"),
            Path("y0", "observed y0", "score_reliability"),
            Path("y0", "observed y1"),
            Path("dy", "observed y1"),
            Path("observed m0", "observed y0", "state_z", both_ways=True, around="left"),
            Path("observed m1", "observed y1", "state_z", both_ways=True, around="right"),
        ]
        # The screening score shares a part of what is no true score at baseline.
        if scope.screening:
            paths += [Path("error y0", "observed y0"), Path("error y0", "screening", "screening_state")]
    return Diagram(variables, tuple(paths), _DESIGN)


def _growth(scope: Scope) -> Diagram:
    variables = {
        "level m": Variable("level of {marker}", 0, 1, "latent"),
        "level y": Variable("level of {score}", 0, 2.35, "latent"),
        "slope m": Variable("slope of {marker}", 1, 1, "latent"),
        "slope y": Variable("slope of {score}", 1, 2.35, "latent"),
        "m": Variable("{marker} at every visit", 1, 0),
        "y": Variable("{score} at every visit", 1, 3.35),
    }
    paths = (
        Path("level m", "m"), Path("slope m", "m"), Path("level y", "y"), Path("slope y", "y"),
        Path("level m", "level y", "levels_z", both_ways=True),
        Path("slope m", "slope y", "slopes_z", both_ways=True),
        Path("level m", "slope m", "level_and_slope_z", both_ways=True),
        Path("level y", "slope y", "level_and_slope_z", both_ways=True),
        Path("level m", "slope y", "level_and_slope_z", both_ways=True),
        Path("level y", "slope m", "level_and_slope_z", both_ways=True),
        Path("m", "y", "within_z", both_ways=True, around="right"),
    )  # fmt: skip
    return Diagram(variables, paths, f"Correlations of levels and slopes {_PARTIAL}. {_DESIGN}")


def _repeated_measures(scope: Scope) -> Diagram:
    """Changes given the baselines, or outcomes of every visit together, as the study file has it."""
    unstructured = scope.covariance == "unstructured"
    between, over_visits = ("partial_share", "partial_share") if unstructured else ("outcome_z", "visit_z")
    together = Path("mt", "yt", between, both_ways=True)
    note = f"Correlations {_PARTIAL}. {_DESIGN}" if unstructured else _DESIGN
    if scope.baseline == "covariate":
        variables = {
            **_BASELINES,
            "mt": Variable("change of {marker} by a later visit", 1, 0),
            "yt": Variable("change of {score} by a later visit", 1, 1.35),
        }
        slopes = (
            Path("m0", "mt", "marker_on_marker"), Path("m0", "yt", "prognostic"), Path("y0", "mt", "marker_on_score"),
            Path("y0", "yt", "score_on_score"),
        )  # fmt: skip
        return Diagram(variables, (*slopes, together), note)
    variables = {
        **_BASELINES,
        "mt": Variable("{marker} at a later visit", 1, 0),
        "yt": Variable("{score} at a later visit", 1, 1.35),
    }
    same = [Path(start, end, over_visits, both_ways=True) for start, end in (("m0", "mt"), ("y0", "yt"))]
    # Where visits are structured, an outcome goes with the other at another visit by the product of the two.
    across = [("m0", "yt"), ("y0", "mt")] if unstructured else []
    others = [Path(start, end, between, both_ways=True) for start, end in (("m0", "y0"), *across)]
    return Diagram(variables, (*same, *others, together), note)


def _pooled(scope: Scope) -> Diagram:
    variables = {
        "mean": Variable("mean over studies", 0, 0, "latent"),
        "effect": Variable("effect of study i", 1, 0, "latent"),
        "estimate": Variable("published estimate i", 1, 1),
        "new": Variable("effect of a new study", 0, 1, "latent"),
    }
    paths = (Path("mean", "effect", "heterogeneity"), Path("mean", "new", "heterogeneity"), Path("effect", "estimate"))
    return Diagram(variables, paths, "The standard errors of the estimates are taken as known.")


_DIAGRAMS: Mapping[str, Callable[[Scope], Diagram]] = {
    JOINT: _joint_change,
    "marker_change": _marker_change,
    "symptom_change": _symptom_change,
    "parallel_change": _parallel_change,
    GROWTH: _growth,
    REPEATED: _repeated_measures,
    "pooled": _pooled,
}
