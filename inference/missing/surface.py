"""The tipping surface: a conclusion while the values of those who left are shifted ever further from missing at random.

A shift enters the mean of an arm in proportion to the share of the arm that left, so that draws made once serve every
shift, and the shift at which each draw tips is known without a search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.estimates import important_limits
from cochange.inference.fit import Fit
from cochange.inference.missing.expectation import CHANGES, CONTRASTS, Moved, moved, of_analysed
from cochange.inference.missing.from_models import outcomes_of, require_fitted, thinned
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.scores_of_left import expected_scores
from cochange.inference.missing.strategies import AT_RANDOM, assign, everyone
from cochange.inference.settings import Settings
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL
from cochange.models.parts.joint.draws import flat


@dataclass(frozen=True, kw_only=True)
class Axis:
    """What is shifted along one side of the grid.

    Attributes
    ----------
    outcome : {"score", "marker"}
        Whether points are added to scores, or markers multiplied by factors.
    arm : str
        Whose: of those who left this arm, or ``"overall"``.
    left : int
        How many they are.
    shifts : tuple of float
        The shifts, in points or as factors.
    expected : float or None
        Posterior mean of their mean score at the last visit where what is missing is so at random; None for a marker,
        and where nobody is shifted.
    """

    outcome: Literal["score", "marker"]
    arm: str
    left: int
    shifts: tuple[float, ...]
    expected: float | None = None

    @property
    def additive(self) -> np.ndarray:
        """The shifts on the scale on which they add."""
        shifts = np.array(self.shifts)
        return np.asarray(np.log(shifts)) if self.outcome == "marker" else shifts


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a conclusion.

    Attributes
    ----------
    estimand, unit : str
        What it is about.
    side : {"below", "above"}
        On which side of its limit that lies under missing at random.
    limit : float
        The value of no change or, where the study states one, the end of the smallest important difference.
    important : bool
        Whether it is the latter.
    """

    estimand: str
    unit: str
    side: Literal["below", "above"]
    limit: float
    important: bool


@dataclass(frozen=True, kw_only=True)
class Surface:
    """The probability of a conclusion over a grid of shifts.

    Attributes
    ----------
    model, prior : str
        The fit.
    group, visit : str
        The contrast of arms, or ``"overall"``, and the visit.
    statements : tuple of Statement
        The conclusion; with two, both have to hold at once.
    bound : float
        The probability at which it is drawn.
    x : Axis
        What is shifted first.
    y : Axis or None
        What is shifted beside it.
    probability : tuple of tuple of float
        The probability of the conclusion, by `x` within `y`; one row without `y`.
    contour : tuple of float
        For each row the shift of `x` at which the probability is the bound, inside the grid or not; not a number where
        no shift makes it so.
    at_random : float
        The probability under missing at random.
    tip : float
        As `contour`, where `y` shifts nothing.
    tip_y : float
        The shift of `y` that makes it the bound, where `x` shifts nothing; not a number without `y` too.
    """

    model: str
    prior: str
    group: str
    visit: str
    statements: tuple[Statement, ...]
    bound: float
    x: Axis
    y: Axis | None
    probability: tuple[tuple[float, ...], ...]
    contour: tuple[float, ...]
    at_random: float
    tip: float
    tip_y: float


@dataclass(frozen=True, eq=False)
class Ahead:
    """How far the draws of an estimand lie beyond its limit, and by how much a unit's shift brings them further.

    Attributes
    ----------
    statement : Statement
        What holds where a draw lies beyond.
    value : numpy.ndarray
        In points or log units, shape ``(draw,)``.
    of_left : mapping of str to numpy.ndarray
        By the arm that those who are shifted left, shape ``(draw,)``.
    """

    statement: Statement
    value: np.ndarray
    of_left: Mapping[str, np.ndarray]


def tipping_surfaces(
    fit: Fit,
    model: Model,
    study: Study,
    score: Sequence[float] = (),
    marker: Sequence[float] = (),
    together: Literal["active", "each"] = "active",
) -> tuple[Surface, ...]:
    """The conclusions of a fit at the follow-up over grids of shifts away from missing at random.

    With several arms each outcome's contrasts are shifted in either arm and, where both outcomes have shifts, those of
    both at once are, score and marker shifted together in one arm. With one arm its mean changes are shifted, those of
    both at once where both have shifts.

    Parameters
    ----------
    fit : Fit
        The fit, with its draws.
    model : Model
        Its model: `repeated_measures` or `joint_change`.
    study : Study
        Its study; it states smallest important differences and the mass of intervals.
    score : sequence of float
        Points added to the scores of those who left; the score is not shifted without them.
    marker : sequence of float
        Factors of their markers; the marker is not shifted without them.
    together : {"active", "each"}
        Whose score and marker are shifted together, with several arms: of those who left the arm that is contrasted
        with the control, or also, in a surface of its own, of those who left the control.

    Returns
    -------
    tuple of Surface
        Empty where nobody left.

    Raises
    ------
    TypeError
        If an argument is of another kind, such as a model's name in place of it.
    """
    require_fitted(fit, model, study)
    draws = thinned(fit.posterior, study)
    outcomes = outcomes_of(draws, model, study)
    asked: dict[Literal["score", "marker"], Sequence[float]] = {"score": score, "marker": marker}
    shifts = {kind: tuple(map(float, own)) for kind, own in asked.items() if len(own) and len(outcomes.cells_of(kind))}
    if not outcomes.left.any():
        return ()
    rng = np.random.default_rng(Settings(seed=fit.seed).seed_of(fit.model, fit.prior, "tipping surface"))
    scenario = everyone(AT_RANDOM)
    weighed = moved(scenario, assign(scenario, outcomes, study), outcomes, rng)
    at_random = model.derive(draws, study)
    scores = expected_scores(outcomes, study, rng) if "score" in shifts else {}
    found = []
    for arm in outcomes.arms[1:] or outcomes.arms:
        aheads = {kind: _ahead(kind, arm, at_random, weighed, outcomes, model, study) for kind in shifts}
        group, of_both = OVERALL, [arm] if aheads else []
        if outcomes.has_reference:
            group = f"{arm} versus {outcomes.reference}"
            # Those of the arm along one side of the grid, those of the control along the other.
            for kind, ahead in aheads.items():
                axes = [_axis(kind, shifts[kind], own, outcomes, scores) for own in (arm, outcomes.reference)]
                found.append(_surface(fit, group, [ahead], axes, study))
            of_both = [arm, *([outcomes.reference] if together == "each" else [])] if len(aheads) == 2 else []
        for whose in of_both:
            axes = [_axis(kind, shifts[kind], whose, outcomes, scores) for kind in aheads]
            found.append(_surface(fit, group, list(aheads.values()), axes, study))
    return tuple(found)


def _axis(
    kind: Literal["score", "marker"],
    shifts: tuple[float, ...],
    arm: str,
    outcomes: Outcomes,
    scores: Mapping[str, float],
) -> Axis:
    left = int((outcomes.left & (outcomes.arm == arm)).sum())
    return Axis(outcome=kind, arm=arm, left=left, shifts=shifts, expected=scores.get(arm) if kind == "score" else None)


def _ahead(
    kind: Literal["score", "marker"],
    arm: str,
    at_random: Mapping[str, xr.DataArray],
    weighed: Moved,
    outcomes: Outcomes,
    model: Model,
    study: Study,
) -> Ahead:
    """The last visit's estimand of an outcome, from the side of its limit it lies on."""
    contrast = outcomes.has_reference
    name = (CONTRASTS if contrast else CHANGES)[kind]
    group = f"{arm} versus {outcomes.reference}" if contrast else OVERALL
    cell = int(outcomes.cells_of(kind)[-1])
    own = of_analysed(at_random[name], outcomes).sel(group=group)
    own = own.isel(visit=-1) if "visit" in own.dims else own
    draws = flat(own.to_dataset(name=name))[name]
    estimand = model.estimands[name]
    assert estimand.null is not None
    side: Literal["below", "above"] = "above" if np.mean(draws > estimand.null) >= 0.5 else "below"
    asked = study.spec.estimand.smallest_important.get(name)
    limit = estimand.null
    if asked is not None:
        limit = important_limits(estimand.null, estimand.unit, asked.value)[side == "above"]
    per_unit = weighed.per_unit[:, outcomes.arms.index(arm), :, cell]
    if contrast:
        per_unit = per_unit - weighed.per_unit[:, 0, :, cell]
    sign = 1.0 if side == "above" else -1.0
    beyond = np.log(draws) - np.log(limit) if estimand.unit == "ratio" else draws - limit
    return Ahead(
        Statement(estimand=name, unit=estimand.unit, side=side, limit=limit, important=asked is not None),
        sign * beyond,
        {left: sign * per_unit[:, position] for position, left in enumerate(outcomes.arms)},
    )


def _surface(fit: Fit, group: str, aheads: Sequence[Ahead], axes: Sequence[Axis], study: Study) -> Surface:
    x, y = axes[0], axes[1] if len(axes) > 1 else None
    mass = study.spec.analysis.ci_prob
    bound = max(mass if ahead.statement.important else (1 + mass) / 2 for ahead in aheads)
    first, slope = aheads[0].value, aheads[0].of_left[x.arm]
    others = [0.0] if y is None else [*y.additive, 0.0]
    probability, contour = [], []
    for shift in others:
        holds = np.full(len(first), True)
        ahead = first
        if y is not None and len(aheads) == 1:
            ahead = first + shift * aheads[0].of_left[y.arm]
        elif y is not None:
            holds = aheads[1].value + shift * aheads[1].of_left[y.arm] > 0
        reached = (ahead + x.additive[:, None] * slope > 0) & holds
        probability.append(tuple(float(share) for share in reached.mean(axis=1)))
        contour.append(_on_scale(tipping_shift(ahead, slope, holds, bound), x))
    tip_y = float("nan")
    if y is not None:
        # Of one statement, both sides of the grid shift it; of two, `y` shifts the second alone.
        holds = np.full(len(first), True) if len(aheads) == 1 else first > 0
        tip_y = _on_scale(tipping_shift(aheads[-1].value, aheads[-1].of_left[y.arm], holds, bound), y)
    rows = len(others) if y is None else len(others) - 1
    unshifted = np.all([ahead.value > 0 for ahead in aheads], axis=0)
    return Surface(
        model=fit.model,
        prior=fit.prior,
        group=group,
        visit=study.follow_up,
        statements=tuple(ahead.statement for ahead in aheads),
        bound=bound,
        x=x,
        y=y,
        probability=tuple(probability[:rows]),
        contour=tuple(contour[:rows]),
        at_random=float(unshifted.mean()),
        tip=contour[-1],
        tip_y=tip_y,
    )


def tipping_shift(ahead: np.ndarray, slope: np.ndarray, holds: np.ndarray, bound: float) -> float:
    """The shift at which the probability of a conclusion is the bound.

    Each draw tips where ``ahead + shift * slope`` is 0; the probability is the share of draws that have not tipped yet,
    so the shift asked for is one of theirs.

    Parameters
    ----------
    ahead, slope : numpy.ndarray
        How far each draw lies beyond the limit, and by how much a unit's shift brings it further, all to the same side,
        shape ``(draw,)``.
    holds : numpy.ndarray
        Whether whatever else the conclusion says holds, bool of shape ``(draw,)``.
    bound : float
        The probability.

    Returns
    -------
    float
        Not a number where no shift makes it so: where nobody is shifted, or where what else it says does not hold often
        enough.
    """
    needed = int(np.ceil(bound * len(ahead)))
    if holds.sum() < needed or not (np.all(slope > 0) or np.all(slope < 0)):
        return float("nan")
    at = np.sort((-ahead / slope)[holds])
    # Shifting against the slope, the draws that tip last are those with the furthest shift.
    return float(at[needed - 1] if slope[0] > 0 else at[len(at) - needed])


def _on_scale(shift: float, axis: Axis) -> float:
    return float(np.exp(shift)) if axis.outcome == "marker" else shift
