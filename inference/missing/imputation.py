"""Bayesian imputation: missing values drawn under a strategy, and the completed data analysed as a trial would be.

Each draw of the parameters completes the data once; the completed data are analysed by least squares, the change from
baseline at a visit on the arms, the baselines and the covariates, or, in one arm, by its mean. Where the model compares
arms by their changes alone, baselines are not among the predictors: errors of measurement in those of arms that lie
apart before treatment would make a difference of their own. Rubin's rules pool the analyses. The variance is that of
the analysis had nothing been missing, and what imputing adds: in a reference-based strategy it counts the borrowed
values as if they had been observed, so that the loss of information is about that under missing at random
(information-anchored).

References
----------
Carpenter JR, Roger JH, Kenward MG (2013). Journal of Biopharmaceutical Statistics 23, 1352-1371.
doi:10.1080/10543406.2013.834911
Cro S, Carpenter JR, Kenward MG (2019). Information-anchored sensitivity analysis: theory and application. Journal of
the Royal Statistical Society A 182, 623-645. doi:10.1111/rssa.12423
Barnard J, Rubin DB (1999). Small-sample degrees of freedom with multiple imputation. Biometrika 86, 948-955.
doi:10.1093/biomet/86.4.948
"""

from dataclasses import dataclass

import numpy as np

from cochange.inference.missing.conditional import alike, draw_seen, drawn
from cochange.inference.missing.outcomes import HELD, Outcomes
from cochange.inference.missing.strategies import AT_RANDOM, Scenario
from cochange.inference.missing.substitution import covariance_under, means_under


def completed(scenario: Scenario, rules: np.ndarray, outcomes: Outcomes, rng: np.random.Generator) -> np.ndarray:
    """The outcomes with everything missing or beyond a limit drawn, once a draw, shape ``(draw, n, cell)``.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    rules : numpy.ndarray
        Each participant's rule, from `strategies.assign`.
    outcomes : Outcomes
        The participants and the draws.
    rng : numpy.random.Generator
        Source of the random numbers.
    """
    found = np.broadcast_to(outcomes.value, (outcomes.n_draws, *outcomes.value.shape)).copy()
    for group in alike(outcomes, rules, np.full(len(outcomes.participant), True)):
        seen = draw_seen(group, outcomes, rng)
        found[:, group.rows[:, None], group.seen] = seen.value
        if not len(group.missing):
            continue
        rule = scenario.rules[group.rule] if group.rule >= 0 else None
        strategy = AT_RANDOM if rule is None else rule.strategy
        mean = means_under(strategy, group.rows, group.arm, group.last, outcomes)
        covariance = covariance_under(strategy, group.arm, group.last, outcomes)
        values = drawn(seen, mean, covariance, group, group.missing, rng)
        if rule is not None:
            delta = np.array([rule.delta(outcomes.kind[cell]) for cell in group.missing])
            values = values + delta * (outcomes.visit[group.missing] > group.last)
        found[:, group.rows[:, None], group.missing] = values
    return found


@dataclass(frozen=True, eq=False)
class Analyses:
    """The analyses of completed data, of one outcome.

    Attributes
    ----------
    estimate, error : numpy.ndarray
        Estimates and standard errors in points or log units: contrasts with the reference arm, or the mean change where
        there is one arm; shape ``(draw, contrast, cell)``.
    degrees : float
        Degrees of freedom of the completed data.
    """

    estimate: np.ndarray
    error: np.ndarray
    degrees: float

    def pooled(self) -> "Pooled":
        """The analyses pooled by Rubin's rules."""
        number = len(self.estimate)
        within, between = (self.error**2).mean(axis=0), self.estimate.var(axis=0, ddof=1)
        total = within + (1 + 1 / number) * between
        lost = (1 + 1 / number) * between / total
        known = (self.degrees + 1) / (self.degrees + 3) * self.degrees * (1 - lost)
        # Both degrees of freedom by their reciprocals: nothing is lost where nothing was missing.
        degrees = 1 / (lost**2 / (number - 1) + 1 / known)
        return Pooled(self.estimate.mean(axis=0), np.sqrt(total), degrees)

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """One draw of the estimand from its posterior given each completed data set; as `estimate`.

        Their mean and variance are those of Rubin's rules with as many imputations as there are draws.
        """
        return np.asarray(self.estimate + self.error * rng.standard_t(self.degrees, size=self.estimate.shape))


@dataclass(frozen=True, eq=False)
class Pooled:
    """Estimates, standard errors and degrees of freedom by Rubin's rules, each of shape ``(contrast, cell)``."""

    estimate: np.ndarray
    error: np.ndarray
    degrees: np.ndarray


def analyses(
    scenario: Scenario, rules: np.ndarray, outcomes: Outcomes, rng: np.random.Generator
) -> dict[str, Analyses]:
    """Complete the data once a draw and analyse them; arguments as in `completed`.

    Returns
    -------
    dict of str to Analyses
        By outcome; empty where there are no more participants than the analysis has predictors.
    """
    step = max(1, HELD // outcomes.value.size)
    parts: dict[str, list[Analyses]] = {}
    for start in range(0, outcomes.n_draws, step):
        some = outcomes.of_draws(slice(start, start + step))
        values = completed(scenario, rules, some, rng)
        for kind in ("marker", "score"):
            if len(outcomes.cells_of(kind)) and (analysed := _analyse(values, kind, outcomes)) is not None:
                parts.setdefault(kind, []).append(analysed)
    return {
        kind: Analyses(
            np.concatenate([part.estimate for part in own]),
            np.concatenate([part.error for part in own]),
            own[0].degrees,
        )
        for kind, own in parts.items()
    }


def _analyse(values: np.ndarray, kind: str, outcomes: Outcomes) -> Analyses | None:
    """Least squares in each completed data set; None where no degree of freedom is left."""
    baselines = np.flatnonzero(outcomes.visit == 0)
    own = [cell for cell in baselines if outcomes.kind[cell] == kind]
    change = values[..., outcomes.cells_of(kind)]
    if own:
        change = change - values[..., own]
    in_arm = (outcomes.arm[:, None] == np.array(outcomes.arms)).astype(float)
    design = np.broadcast_to(in_arm, (len(values), *in_arm.shape))
    if outcomes.has_reference:
        adjusted = baselines[:0] if outcomes.changes_alone else baselines
        before = values[..., adjusted] - values[..., adjusted].mean(axis=1, keepdims=True)
        covariates = np.broadcast_to(outcomes.covariates, (len(values), *outcomes.covariates.shape))
        design = np.concatenate([design, covariates, before], axis=2)
    # The rank: a covariate's level that nobody has takes no degree of freedom.
    degrees = design.shape[1] - int(np.linalg.matrix_rank(design[0]))
    if degrees < 1:
        return None
    inverse = np.linalg.pinv(design.mT @ design, hermitian=True)
    coefficients = inverse @ (design.mT @ change)
    variance = ((change - design @ coefficients) ** 2).sum(axis=1) / degrees
    contrast = np.eye(design.shape[2])[: len(outcomes.arms)]
    contrast = contrast[1:] - contrast[0] if outcomes.has_reference else contrast
    spread = np.einsum("gq,sqr,gr->sg", contrast, inverse, contrast)
    return Analyses(contrast @ coefficients, np.sqrt(spread[..., None] * variance[:, None]), float(degrees))
