"""The models as paths: which variable stands on which, by the parameter that says how much."""

from collections.abc import Mapping
from dataclasses import dataclass

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models.parts.repeated.frame import options_of
from cochange.reports.labels import EACH_MARKER, GROWTH, JOINT, REPEATED, marker_of, scale_of

MARKER, SCORE = "{marker}", "{scale}"


@dataclass(frozen=True)
class Variable:
    """A variable of a diagram: what it is called, its column and row, and whether it is observed as it is."""

    name: str
    column: int
    row: int
    observed: bool


@dataclass(frozen=True)
class Path:
    """A path from one variable to another, by their places in the diagram; both ways where they are correlated."""

    start: int
    end: int
    parameter: str
    both_ways: bool = False


@dataclass(frozen=True)
class Diagram:
    """Variables and the paths between them."""

    variables: tuple[Variable, ...]
    paths: tuple[Path, ...]


_TWO_VISITS = (
    ("{marker} at {before}", 0, 0),
    ("{scale} at {before}", 0, 1),
    ("change of {marker}", 1, 0),
    ("change of {scale}", 1, 1),
    ("{marker} at {after}", 1, 0),
)
_COURSES = (
    ("level of {marker}", 0, 0),
    ("level of {scale}", 0, 1),
    ("slope of {marker}", 1, 0),
    ("slope of {scale}", 1, 1),
)
_EVERY_VISIT = (
    ("{marker} at {before}", 0, 0),
    ("{scale} at {before}", 0, 1),
    ("{marker} at a later visit", 1, 0),
    ("{scale} at a later visit", 1, 1),
)
_PATHS: Mapping[str, tuple[Path, ...]] = {
    JOINT: (
        Path(0, 1, "baseline_slope"),
        Path(0, 2, "marker_on_marker"),
        Path(1, 2, "marker_on_score"),
        Path(0, 3, "prognostic"),
        Path(1, 3, "score_on_score"),
        Path(2, 3, "parallel"),
    ),
    "marker_change": (Path(0, 4, "retest_z", both_ways=True),),
    "parallel_change": (Path(0, 3, "baseline_marker"), Path(1, 3, "baseline_symptom"), Path(2, 3, "parallel")),
    "symptom_change": (Path(0, 3, "prognostic"), Path(1, 3, "baseline_symptom")),
    GROWTH: (
        Path(0, 1, "levels_z", both_ways=True),
        Path(0, 2, "level_and_slope_z", both_ways=True),
        Path(1, 3, "level_and_slope_z", both_ways=True),
        Path(2, 3, "slopes_z", both_ways=True),
        Path(0, 3, "level_and_slope_z", both_ways=True),
        Path(1, 2, "level_and_slope_z", both_ways=True),
    ),
}


def diagram_of(model: str, results: Results) -> Diagram | None:
    """The paths of a model in this run; None for a model that has none drawn.

    Parameters
    ----------
    model : str
        Its name.
    results : Results
        The run: outcomes the study lacks are left out, and what is observed as it is depends on its study file.
    """
    study = results.study
    every = _of_repeated(study) if model == REPEATED else _PATHS.get(model)
    if every is None:
        return None
    places = {GROWTH: _COURSES, REPEATED: _EVERY_VISIT}.get(model, _TWO_VISITS)
    observed = model != GROWTH and not (model == JOINT and study.spec.analysis.measurement == "on")
    lacks = [text for text, there in ((MARKER, study.marker), (SCORE, study.scale)) if there is None]
    drawn = [place for place, (name, _, _) in enumerate(places) if not [text for text in lacks if text in name]]
    kept = [path for path in every if path.start in drawn and path.end in drawn]
    touched = sorted({place for path in kept for place in (path.start, path.end)})
    several = model == JOINT and len(study.spec.marker) > 1
    names = {
        "marker": EACH_MARKER if several else marker_of(study),
        "scale": scale_of(study),
        "before": study.baseline,
        "after": study.follow_up,
    }
    variables = tuple(
        Variable(name.format(**names), column, row, observed)
        for name, column, row in (places[place] for place in touched)
    )
    paths = tuple(
        Path(touched.index(path.start), touched.index(path.end), path.parameter, path.both_ways) for path in kept
    )
    return Diagram(variables, paths) if paths else None


def _of_repeated(study: Study) -> tuple[Path, ...]:
    """Outcomes given their baselines, or all of them together, as the study file has the model of every visit."""
    options = options_of(study)
    outcomes = [place for place, kind in enumerate(("marker", "score")) if kind in options.kinds]
    between = "partial_share" if options.covariance == "unstructured" else "outcome_z"
    if options.baseline == "covariate":
        slopes = (
            Path(0, 2, "marker_on_marker"), Path(0, 3, "prognostic"), Path(1, 2, "marker_on_score"),
            Path(1, 3, "score_on_score"),
        )  # fmt: skip
        kept = tuple(path for path in slopes if {path.start, path.end - 2} <= set(outcomes))
        return kept + ((Path(2, 3, between, both_ways=True),) if len(outcomes) > 1 else ())
    over_visits = "partial_share" if options.covariance == "unstructured" else "visit_z"
    same = [Path(place, place + 2, over_visits, both_ways=True) for place in outcomes]
    if len(outcomes) == 1:
        return tuple(same)
    # Where visits are structured, an outcome goes with the other at another visit by the product of the two.
    across = [(0, 3), (1, 2)] if options.covariance == "unstructured" else []
    together = [Path(first, second, between, both_ways=True) for first, second in [(0, 1), (2, 3), *across]]
    return (*same, *together)
