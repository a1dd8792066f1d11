"""One estimand under one prior set beside the same under the main one."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import xarray as xr

from cochange.inference.comparing.weights import moments
from cochange.inference.doubled import in_units
from cochange.inference.estimates import Decision, Estimate, cell_of, places

GRID = 160
How = Literal["sampled", "reweighted", "moment-matched"]
# Decisions within so many Monte Carlo standard errors of their bound are left open.
NEAR = 2.0


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One estimand under one prior set.

    Attributes
    ----------
    decision : Decision
        What may be said under this set, with the estimate.
    how : {"sampled", "reweighted", "moment-matched"}
        Whether the draws are its own, those of another set with importance weights, or those moved by moment matching
        and then weighted.
    pareto_k : float or None
        Pareto shape of the weights; None where sampled.
    shift, shift_mcse : float
        Posterior mean less that under the main set, in posterior SDs under the main set, and its Monte Carlo standard
        error; for a ratio on the log scale. Of an estimand that every draw gives alike, 0 or infinite.
    width, width_ratio : float
        Width of the interval, and over that under the main set; for a ratio on the log scale. Not a number where both
        are 0.
    overlap : float
        Area that the densities of prior and posterior share, 0 to 1.
    data_to_prior : float
        How much the data outweigh the prior: precision the data add over the prior's, as if both were normal; below 0
        where the posterior is wider than the prior. For a ratio on the log scale.
    changed : {"no", "yes", "unsure"}
        Whether direction or importance are judged otherwise than under the main set; unsure where one of the two lies
        within two Monte Carlo standard errors of its bound.
    """

    decision: Decision
    how: How
    pareto_k: float | None
    shift: float
    shift_mcse: float
    width: float
    width_ratio: float
    overlap: float
    data_to_prior: float
    changed: Literal["no", "yes", "unsure"]

    @property
    def estimate(self) -> Estimate:
        """The estimate."""
        return self.decision.estimate

    @property
    def quantity(self) -> tuple[str | None, ...]:
        """What it is an estimate of, whatever the prior set."""
        return self.estimate.quantity

    def record(self) -> dict[str, Any]:
        """Every field in one flat record."""
        own = {name: value for name, value in asdict(self).items() if name != "decision"}
        said = {name: getattr(self.decision, name) for name in ("direction", "importance", "settled")}
        return {**asdict(self.estimate), **said, **own}


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of one estimand before and after the data.

    Attributes
    ----------
    before : numpy.ndarray
        Prior draws, shape ``(draw,)``.
    after, weights : numpy.ndarray
        Posterior draws and their weights, which sum to 1, shape ``(chain * draw,)``.
    """

    before: np.ndarray
    after: np.ndarray
    weights: np.ndarray


def samples_of(
    after: Mapping[str, xr.DataArray], before: Mapping[str, xr.DataArray], weights: np.ndarray | None
) -> tuple[Sample, ...]:
    """The draws behind every row, in the order of the rows."""
    found = []
    for name, draws in after.items():
        for place in places(draws):
            values = cell_of(draws, place).transpose("chain", "draw").values.ravel()
            mass = np.full(values.size, 1 / values.size) if weights is None else weights
            found.append(Sample(cell_of(before[name], place).values.ravel(), values, mass))
    return tuple(found)


def compared(
    decision: Decision,
    main: Decision,
    sample: Sample,
    main_sample: Sample,
    how: How,
    pareto_k: float | None,
) -> Compared:
    """Put one estimand under one prior set beside that under the main one.

    Parameters
    ----------
    decision, main : Decision
        What may be said under the one and under the other.
    sample, main_sample : Sample
        The draws behind them.
    how, pareto_k
        As in `Compared`.
    """
    row, other = decision.estimate, main.estimate
    on = scale_of(row)
    mean, sd = moments(on(sample.after), sample.weights)
    main_mean, main_sd = moments(on(main_sample.after), main_sample.weights)
    _, prior_sd = moments(on(sample.before), np.full(sample.before.size, 1 / sample.before.size))
    width, main_width = (float(on(np.array(item.upper)) - on(np.array(item.lower))) for item in (row, other))
    # Each row's own error in its own posterior SDs, carried to the scale of the shift; what is fixed has none.
    error, main_error = (
        item.mcse_mean / item.sd * spread if spread else 0.0 for item, spread in ((row, sd), (other, main_sd))
    )
    same = row.prior == other.prior
    return Compared(
        decision=decision,
        how=how,
        pareto_k=pareto_k,
        shift=0.0 if same else in_units(mean - main_mean, main_sd),
        shift_mcse=0.0 if same else in_units(float(np.hypot(error, main_error)), main_sd),
        width=width,
        width_ratio=_over(width, main_width),
        overlap=overlap(on(sample.before), on(sample.after), sample.weights),
        data_to_prior=_over(prior_sd, sd) ** 2 - 1,
        changed=_changed(decision, main),
    )


def overlap(before: np.ndarray, after: np.ndarray, weights: np.ndarray) -> float:
    """Area that two densities share, from draws; 1 where they are the same, 0 where they are apart.

    Parameters
    ----------
    before : numpy.ndarray
        Draws of the one.
    after, weights : numpy.ndarray
        Draws of the other with their weights, which sum to 1.
    """
    if np.ptp(after) == 0:
        return float(np.mean(before == after[0]))
    density = []
    ends = np.quantile(after, [0.0005, 0.9995])
    margin = 0.15 * (ends[1] - ends[0])
    grid = np.linspace(ends[0] - margin, ends[1] + margin, GRID)
    for values, mass in ((before, np.full(before.size, 1 / before.size)), (after, weights)):
        step = grid[1] - grid[0]
        width = max(_bandwidth(values, mass), step)
        if values.size > 2 * GRID and width < margin:
            # Binned first: the kernel then runs over the bins.
            edges = np.append(grid - step / 2, grid[-1] + step / 2)
            mass, values = np.histogram(values, edges, weights=mass)[0], grid
        kernel = np.exp(-0.5 * ((grid[:, None] - values) / width) ** 2) / (width * np.sqrt(2 * np.pi))
        density.append((kernel * mass).sum(axis=1))
    return float(min(1.0, np.trapezoid(np.minimum(*density), grid)))


def _bandwidth(values: np.ndarray, mass: np.ndarray) -> float:
    """Silverman's rule, with the effective number of weighted draws."""
    _, sd = moments(values, mass)
    low, high = np.quantile(values, [0.25, 0.75])
    spread = min(sd, float(high - low) / 1.349) or sd
    return float(0.9 * spread * (mass**2).sum() ** 0.2)


def _over(value: float, other: float) -> float:
    """A ratio; not a number where both are 0, as of what every draw gives alike."""
    if other == 0:
        return math.inf if value else math.nan
    return value / other


def scale_of(row: Estimate) -> Any:
    """Ratios are compared on the log scale, where a prior has a spread of its own."""
    return np.log if row.unit == "ratio" else np.asarray


def _changed(decision: Decision, main: Decision) -> Literal["no", "yes", "unsure"]:
    if decision.estimate.prior == main.estimate.prior:
        return "no"
    if not (decision.settled and main.settled) or _is_near(decision) or _is_near(main):
        return "unsure"
    same = (decision.direction, decision.importance) == (main.direction, main.importance)
    return "no" if same else "yes"


def _is_near(decision: Decision) -> bool:
    """Whether Monte Carlo error could move the decision."""
    row = decision.estimate
    bounds = [(row.p_direction, (1 + row.ci_prob) / 2)]
    bounds += [(mass, row.ci_prob) for mass in (row.below, row.inside, row.above)]
    return any(
        mass is not None and abs(mass - bound) < NEAR * np.sqrt(max(bound * (1 - bound), 0) / row.ess_tail)
        for mass, bound in bounds
    )
