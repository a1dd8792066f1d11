"""The standardised expectation: means of the arms had those who left followed a strategy, by conditional expectations.

For each draw of the parameters, what a strategy changes in the expectation of a participant's missing values, given
what was observed of them, is averaged over the participants and added to the mean the model gives under missing at
random. Nothing is imputed. Its posterior standard deviation is that of the estimand, as a frequentist's jackknife or
bootstrap of conditional-mean imputation is of the estimator.

References
----------
Wolbers M, Noci A, Delmar P, Gower-Page C, Yiu S, Bartlett JW (2022). Standard and reference-based conditional mean
imputation. Pharmaceutical Statistics 21, 1246-1257. doi:10.1002/pst.2234
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.inference.missing.conditional import Alike, alike, draw_seen, expected
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.standardising import bootstrap_weights, standardise
from cochange.inference.missing.strategies import AT_RANDOM, Scenario
from cochange.inference.missing.substitution import covariance_under, means_under
from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.joint.draws import unflat

CHANGES: Mapping[str, str] = {"marker": "geometric_mean_ratio", "score": "symptom_change"}
CONTRASTS: Mapping[str, str] = {"marker": "arm_ratio", "score": "arm_difference"}


@dataclass(frozen=True, eq=False)
class Moved:
    """What a scenario adds to the means of the arms.

    Attributes
    ----------
    mean : numpy.ndarray
        In points and log units, by arm and cell, shape ``(draw, arm, cell)``.
    per_unit : numpy.ndarray
        What one point or log unit, added to the missing values of those who left one arm (last axis but one), adds to
        the mean of each arm, shape ``(draw, arm, arm left, cell)``.
    """

    mean: np.ndarray
    per_unit: np.ndarray


def moved(scenario: Scenario, rules: np.ndarray, outcomes: Outcomes, rng: np.random.Generator) -> Moved:
    """What a scenario adds to the means of the arms under missing at random.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    rules : numpy.ndarray
        Each participant's rule, from `strategies.assign`.
    outcomes : Outcomes
        The participants and the draws.
    rng : numpy.random.Generator
        Weighs participants, and draws values beyond a limit.
    """
    left = np.flatnonzero(outcomes.left)
    counts = standardise(bootstrap_weights(outcomes, outcomes.n_draws, rng), outcomes, outcomes.left)
    mean = np.zeros((outcomes.n_draws, len(outcomes.arms), len(outcomes.kind)))
    for group in alike(outcomes, rules, outcomes.left & (rules >= 0)):
        places = np.searchsorted(left, group.rows)
        mean[:, :, group.missing] += counts[:, :, places] @ _added(scenario, group, outcomes, rng)
    after = outcomes.after[left][:, None] * (outcomes.arm[left, None] == np.array(outcomes.arms))[..., None]
    return Moved(mean, np.einsum("sgi,iac->sgac", counts, after.astype(float), optimize=True))


def _added(scenario: Scenario, group: Alike, outcomes: Outcomes, rng: np.random.Generator) -> np.ndarray:
    """What a rule adds to the expectations of missing values, shape ``(draw, row, missing)``."""
    rule = scenario.rules[group.rule]
    kinds = [outcomes.kind[cell] for cell in group.missing]
    delta = np.array([rule.delta(kind) for kind in kinds]) * (outcomes.visit[group.missing] > group.last)
    if not rule.needs_reference:
        return np.broadcast_to(delta, (outcomes.n_draws, len(group.rows), len(delta)))
    seen = draw_seen(group, outcomes, rng)
    found = [
        expected(
            seen,
            means_under(strategy, group.rows, group.arm, group.last, outcomes),
            covariance_under(strategy, group.arm, group.last, outcomes),
            group,
            group.missing,
        )
        for strategy in (rule.strategy, AT_RANDOM)
    ]
    return np.asarray(found[0] - found[1] + delta)


def standardised(
    at_random: Mapping[str, xr.DataArray], added: np.ndarray, outcomes: Outcomes
) -> dict[str, xr.DataArray]:
    """Mean changes of the arms, or of everyone where there is one, and contrasts, with what a scenario adds.

    Parameters
    ----------
    at_random : mapping of str to xarray.DataArray
        Draws of the model's estimands, which take what is missing as missing at random.
    added : numpy.ndarray
        What is added to the means of the arms, shape ``(draw, arm, cell)``.
    outcomes : Outcomes
        The participants and the draws.

    Returns
    -------
    dict of str to xarray.DataArray
        By the model's estimands, with dims ``(chain, draw, group, visit)``.
    """
    found = {}
    for kind in ("marker", "score"):
        cells = outcomes.cells_of(kind)
        if not len(cells):
            continue
        own = added[:, :, cells]
        labels = [arm_label(arm) for arm in outcomes.arms] if outcomes.has_reference else [OVERALL]
        versus = [f"{arm} versus {outcomes.reference}" for arm in outcomes.arms[1:]]
        visits = [outcomes.visits[visit] for visit in outcomes.visit[cells]]
        for name, groups, values in (
            (CHANGES[kind], labels, own), (CONTRASTS[kind], versus, own[:, 1:] - own[:, :1]),
        ):  # fmt: skip
            if name in at_random and groups:
                base = of_analysed(at_random[name], outcomes).sel(group=groups)
                more = unflat(values, base.to_dataset(name=name), {"group": groups, "visit": visits})
                found[name] = base * np.exp(more) if kind == "marker" else base + more
    return found


def of_analysed(draws: xr.DataArray, outcomes: Outcomes) -> xr.DataArray:
    """The draws of the analysed marker, where a model takes several."""
    return draws.sel(marker=outcomes.marker, drop=True) if "marker" in draws.dims else draws
