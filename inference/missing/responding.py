"""Response and remission of the arms, with those who left dealt with by a strategy.

Whoever was seen at a visit counts as they were. Whoever left counts with the probability that their score would have
lain under the limit of response or remission, given what was observed of them and the strategy; as 0 where leaving is
itself a failure. The ends of the scale need no care: a limit lies between them, and a value beyond an end is on the
same side of it as the end. Shares of a sample are weighed by the Bayesian bootstrap, so that with nobody missing a
share of k in n has a Beta(k, n - k) posterior.
"""

import numpy as np
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.inference.missing.conditional import Alike, alike, draw_seen, expected, regression
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.standardising import bootstrap_weights
from cochange.inference.missing.strategies import AT_RANDOM, NON_RESPONSE, Scenario
from cochange.inference.missing.substitution import covariance_under, means_under
from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.joint.draws import unflat
from cochange.models.parts.likelihood.observations import MISSING
from cochange.models.parts.responders import thresholds

# Measuring from an origin must not part a score from a limit it equals.
ROUNDING = 1e-9
SHARES = {
    "response_probability": Estimand("share of the arm with a response", "probability", None),
    "remission_probability": Estimand("share of the arm in remission", "probability", None),
}
DIFFERENCES = {
    "response_probability": "response_difference",
    "remission_probability": "remission_difference",
}
ESTIMANDS = {
    **SHARES,
    "response_difference": Estimand("share of the arm with a response, less that of the control", "share", 0.0),
    "remission_difference": Estimand("share of the arm in remission, less that of the control", "share", 0.0),
}


def responding(
    scenario: Scenario,
    rules: np.ndarray,
    outcomes: Outcomes,
    study: Study,
    draws: xr.Dataset,
    rng: np.random.Generator,
) -> dict[str, xr.DataArray]:
    """Draws of the shares with response and remission, and of their differences from the control arm.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    rules : numpy.ndarray
        Each participant's rule, from `strategies.assign`.
    outcomes : Outcomes
        The participants and the draws.
    study : Study
        For the limits, which depend on the baseline score: participants without one are left out.
    draws : xarray.Dataset
        The draws of the parameters, for their chains.
    rng : numpy.random.Generator
        Weighs participants, and draws values beyond a limit.

    Returns
    -------
    dict of str to xarray.DataArray
        Dims ``(chain, draw, group, visit)``; empty where the scale has no response.
    """
    cells = outcomes.cells_of("score")
    limits = thresholds(study, outcomes.participant) if len(cells) else {}
    if not limits:
        return {}
    known = ~np.isnan(next(iter(limits.values())))
    weights = bootstrap_weights(outcomes, outcomes.n_draws, rng) * known
    groups = [arm_label(arm) for arm in outcomes.arms] if outcomes.has_reference else [OVERALL]
    versus = [f"{arm} versus {outcomes.reference}" for arm in outcomes.arms[1:]]
    visits = {"visit": [outcomes.visits[visit] for visit in outcomes.visit[cells]]}
    found = {}
    for name, limit in limits.items():
        chance = probabilities(scenario, rules, outcomes, _as_values(limit, outcomes, study), rng)
        chance[:, ~known] = 0.0
        shares = np.stack(
            [
                np.einsum("sn,snc->sc", weights[:, rows], chance[:, rows]) / weights[:, rows].sum(axis=1)[:, None]
                for rows in (outcomes.arm == arm for arm in outcomes.arms)
            ],
            axis=1,
        )
        found[name] = unflat(shares, draws, {"group": groups, **visits})
        if versus:
            apart = shares[:, 1:] - shares[:, :1]
            found[DIFFERENCES[name]] = unflat(apart, draws, {"group": versus, **visits})
    return found


def _as_values(limit: np.ndarray, outcomes: Outcomes, study: Study) -> np.ndarray:
    """The largest change that counts as the model's value of a score, shape ``(n,)``."""
    if outcomes.from_baseline:
        return limit
    before = study.data["symptom"].sel(participant=outcomes.participant, visit=study.baseline).values.astype(float)
    return np.asarray(limit + before - outcomes.score_origin)


def probabilities(
    scenario: Scenario, rules: np.ndarray, outcomes: Outcomes, limit: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Probability of each participant's scores after the baseline to lie at or under a limit.

    Parameters
    ----------
    scenario, rules, outcomes, rng
        As in `responding`.
    limit : numpy.ndarray
        The limit of each participant, measured as the outcomes are, shape ``(n,)``.

    Returns
    -------
    numpy.ndarray
        1 or 0 where the score was seen, shape ``(draw, n, visit)``.
    """
    cells = outcomes.cells_of("score")
    found = np.broadcast_to(
        (outcomes.value[:, cells] <= limit[:, None] + ROUNDING).astype(float),
        (outcomes.n_draws, len(limit), len(cells)),
    ).copy()
    lacks = (outcomes.status[:, cells] == MISSING).any(axis=1)
    for group in alike(outcomes, rules, lacks):
        places = np.flatnonzero(group.status[cells] == MISSING)
        found[:, group.rows[:, None], places] = _of_missing(scenario, group, outcomes, cells[places], limit, rng)
    return found


def _of_missing(
    scenario: Scenario, group: Alike, outcomes: Outcomes, cells: np.ndarray, limit: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The same of scores that are missing, shape ``(draw, row, cell)``."""
    rule = scenario.rules[group.rule] if group.rule >= 0 else None
    later = outcomes.visit[cells] > group.last
    strategy = AT_RANDOM if rule is None else rule.strategy
    seen = draw_seen(group, outcomes, rng)
    mean = means_under(strategy, group.rows, group.arm, group.last, outcomes)
    covariance = covariance_under(strategy, group.arm, group.last, outcomes)
    centre = expected(seen, mean, covariance, group, cells) + (0.0 if rule is None else rule.score) * later
    _, left = regression(covariance, cells, group.seen)
    sd = np.sqrt(np.diagonal(left, axis1=1, axis2=2))[:, None] / np.sqrt(seen.precision)[..., None]
    chance = stats.norm.cdf((limit[group.rows][:, None] - centre) / sd)
    return np.where(later & (strategy == NON_RESPONSE), 0.0, chance)
