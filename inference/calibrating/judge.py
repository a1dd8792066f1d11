"""What the ranks of many fits say: evenness, coverage and bias of every quantity.

References
----------
Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian inference algorithms with
simulation-based calibration. arXiv:1804.06788
Tesso H et al. (2026). LOO-PIT predictive model checking. arXiv:2603.02928 (the test of evenness)
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import arviz_stats  # noqa: F401 (its accessor holds the test)
import numpy as np
import xarray as xr
from scipy import stats

from cochange.inference.calibrating.fits import KEPT
from cochange.inference.many.work import Record

MASSES = (0.5, 0.8, 0.95)
# Probability that a calibrated model has any quantity set apart, shared out over all of them.
FALSE_ALARM = 0.05


@dataclass(frozen=True)
class Coverage:
    """How often central intervals of one mass hold the truth.

    Attributes
    ----------
    mass : float
        Nominal mass.
    held : float
        Share of the fits whose interval holds the truth.
    lower, upper : float
        Exact 95% confidence limits of that share (Clopper and Pearson).
    """

    mass: float
    held: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Ranked:
    """One quantity over the fits.

    Attributes
    ----------
    quantity : str
        Its name.
    estimand : bool
        Whether it is an estimand or else a parameter.
    fits : int
        Fits with a rank.
    p_value : float
        Probability of ranks as uneven as these, were the model calibrated.
    mean_rank : float
        Mean rank as a share; one half where the truth lies in the middle of the draws on average.
    bias, bias_mcse : float
        Mean of posterior mean less truth, in the unit of the quantity, and its Monte Carlo standard error.
    coverage : tuple of Coverage
        For 50%, 80% and 95%.
    """

    quantity: str
    estimand: bool
    fits: int
    p_value: float
    mean_rank: float
    bias: float
    bias_mcse: float
    coverage: tuple[Coverage, ...]


def pit_of(ranks: np.ndarray, seed: int) -> np.ndarray:
    """Ranks as shares between 0 and 1, spread evenly over the width of a rank; uniform where ranks are even."""
    return np.asarray((ranks + np.random.default_rng(seed).uniform(size=len(ranks))) / (KEPT + 1))


def ranks_of(records: Sequence[Record]) -> dict[str, np.ndarray]:
    """The ranks of every quantity over the fits that have them."""
    ranked = [record["ranks"] for record in records if "ranks" in record]
    return {name: np.array([ranks[name] for ranks in ranked]) for name in (ranked[0] if ranked else ())}


def judge(records: Sequence[Record], estimands: Sequence[str], seed: int) -> list[Ranked]:
    """Judge every quantity; fits whose diagnostics failed count like the others.

    Parameters
    ----------
    records : sequence of mapping
        Of the fits.
    estimands : sequence of str
        Names of the estimands.
    seed : int
        Seed of the spread within a rank.
    """
    with_draws = [record for record in records if "ranks" in record]
    return [
        _ranked(name, name.split("[")[0] in estimands, ranks, with_draws, seed)
        for name, ranks in ranks_of(records).items()
    ]


def _ranked(name: str, estimand: bool, ranks: np.ndarray, records: Sequence[Record], seed: int) -> Ranked:
    pit = xr.Dataset({"pit": ("fit", pit_of(ranks, seed))})
    p_value = float(pit.azstats.uniformity_test(dim="fit")[0]["pit"])
    errors = np.array([record["mean"][name] - record["truth"][name] for record in records])
    return Ranked(
        quantity=name,
        estimand=estimand,
        fits=len(ranks),
        p_value=p_value,
        mean_rank=float(ranks.mean() / KEPT),
        bias=float(errors.mean()),
        bias_mcse=float(errors.std(ddof=1) / np.sqrt(len(errors))),
        coverage=tuple(_coverage(ranks, mass) for mass in MASSES),
    )


def _coverage(ranks: np.ndarray, mass: float) -> Coverage:
    outside = round((KEPT + 1) * (1 - mass) / 2)
    held = int(((ranks >= outside) & (ranks <= KEPT - outside)).sum())
    limits = stats.binomtest(held, len(ranks)).proportion_ci(0.95)
    return Coverage(mass, held / len(ranks), float(limits.low), float(limits.high))


def set_apart(rows: Sequence[Ranked]) -> list[Ranked]:
    """Quantities whose ranks are uneven, the worst first, by Bonferroni's bound over all of them."""
    return sorted((row for row in rows if row.p_value < FALSE_ALARM / len(rows)), key=lambda row: row.p_value)


def problems_of(records: Sequence[Record]) -> Mapping[str, int]:
    """How many fits ended with each problem; a fit may have several."""
    return Counter(problem.split(":")[0] for record in records for problem in record["problems"])
