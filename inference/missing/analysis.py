"""The estimates of a fit under scenarios for those who left, as the rows that reports are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray as xr

from cochange.data.arguments import require_several
from cochange.data.study import Study
from cochange.inference.estimates import Estimate, summarise
from cochange.inference.fit import Fit
from cochange.inference.missing.expectation import CHANGES, CONTRASTS, moved, standardised
from cochange.inference.missing.from_models import outcomes_of, require_fitted, thinned
from cochange.inference.missing.imputation import analyses
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.responding import ESTIMANDS, responding
from cochange.inference.missing.strategies import AT_RANDOM, Scenario, assign, everyone
from cochange.inference.settings import Settings
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.joint.draws import unflat

Estimator = Literal["standardised expectation", "Bayesian imputation"]
EXPECTATION: Estimator = "standardised expectation"
IMPUTATION: Estimator = "Bayesian imputation"
# Data sets completed by Bayesian imputation, at the most.
IMPUTATIONS = 2000


@dataclass(frozen=True, kw_only=True)
class UnderScenario:
    """An estimate under a scenario for those who left.

    Attributes
    ----------
    scenario : str
        Its name.
    estimator : {"standardised expectation", "Bayesian imputation"}
        How it was found.
    left : int
        How many participants left, of those the estimate is about: of the arm, of both arms of a contrast, of everyone.
    estimate : Estimate
        The estimate; its prior is that where what is missing is so at random.
    """

    scenario: str
    estimator: Estimator
    left: int
    estimate: Estimate


def under_scenarios(fit: Fit, model: Model, study: Study, chosen: Sequence[Scenario]) -> tuple[UnderScenario, ...]:
    """Estimate a fit's changes, contrasts of arms, and shares of responders under scenarios for those who left.

    By standardised expectation: mean changes and contrasts, response and remission. By Bayesian imputation: contrasts,
    or mean changes where there is one arm. Nothing is sampled.

    Parameters
    ----------
    fit : Fit
        The fit, with its draws.
    model : Model
        Its model: `repeated_measures` or `joint_change`.
    study : Study
        Its study.
    chosen : sequence of Scenario
        The scenarios.

    Returns
    -------
    tuple of UnderScenario

    Raises
    ------
    InputError
        If a scenario speaks of a reference arm where there is none, or of an arm or a reason that is none.
    TypeError
        If an argument is of another kind, such as a model's name in place of it.
    """
    require_fitted(fit, model, study)
    require_several(chosen, 'chosen must be several scenarios in a list, such as [cochange.Scenario("mar", ...)]')
    posterior, prior, imputed = (
        _basis(draws, model, study)
        for draws in (
            thinned(fit.posterior, study),
            thinned(fit.prior_draws, study),
            thinned(fit.posterior, study, IMPUTATIONS),
        )
    )
    definitions, seeds = {**model.estimands, **ESTIMANDS}, Settings(seed=fit.seed)
    left = _left(posterior.outcomes)
    # What the priors imply is that of the estimand itself: where what is missing is so at random.
    before = _expected(prior, everyone(AT_RANDOM), study, np.random.default_rng(fit.seed))
    rows: list[UnderScenario] = []
    for scenario in chosen:
        first, second = (
            np.random.default_rng(seeds.seed_of(fit.model, fit.prior, f"{scenario.name}, {what}"))
            for what in (EXPECTATION, IMPUTATION)
        )
        for estimator, found in (
            (EXPECTATION, _expected(posterior, scenario, study, first)),
            (IMPUTATION, _imputed(imputed, scenario, study, second)),
        ):
            rows += [
                UnderScenario(scenario=scenario.name, estimator=estimator, left=left[row.group], estimate=row)
                for row in summarise(fit, definitions, study, found, before)
            ]
    return tuple(rows)


@dataclass(frozen=True, eq=False)
class _Basis:
    """Draws of the parameters, the outcomes under them, and the estimands where what is missing is so at random."""

    draws: xr.Dataset
    outcomes: Outcomes
    at_random: Mapping[str, xr.DataArray]


def _basis(draws: xr.Dataset, model: Model, study: Study) -> _Basis:
    return _Basis(draws, outcomes_of(draws, model, study), model.derive(draws, study))


def _left(outcomes: Outcomes) -> dict[str, int]:
    """How many left, by the group that an estimate is about."""
    by_arm = {arm: int((outcomes.left & (outcomes.arm == arm)).sum()) for arm in outcomes.arms}
    found = {OVERALL: sum(by_arm.values())} | {arm_label(arm): number for arm, number in by_arm.items()}
    return found | {
        f"{arm} versus {outcomes.reference}": by_arm[arm] + by_arm[outcomes.reference] for arm in outcomes.arms[1:]
    }


def _expected(basis: _Basis, scenario: Scenario, study: Study, rng: np.random.Generator) -> dict[str, xr.DataArray]:
    """The estimands by standardised expectation."""
    rules = assign(scenario, basis.outcomes, study)
    added = moved(scenario, rules, basis.outcomes, rng).mean
    shares = responding(scenario, rules, basis.outcomes, study, basis.draws, rng)
    return standardised(basis.at_random, added, basis.outcomes) | shares


def _imputed(basis: _Basis, scenario: Scenario, study: Study, rng: np.random.Generator) -> dict[str, xr.DataArray]:
    """The contrasts, or the mean changes of one arm, by Bayesian imputation."""
    outcomes = basis.outcomes
    groups = [f"{arm} versus {outcomes.reference}" for arm in outcomes.arms[1:]] or [OVERALL]
    names = CONTRASTS if outcomes.has_reference else CHANGES
    found = {}
    for kind, own in analyses(scenario, assign(scenario, outcomes, study), outcomes, rng).items():
        visits = [outcomes.visits[visit] for visit in outcomes.visit[outcomes.cells_of(kind)]]
        draws = unflat(own.drawn(rng), basis.draws, {"group": groups, "visit": visits})
        if names[kind] in basis.at_random:
            found[names[kind]] = xr.ufuncs.exp(draws) if kind == "marker" else draws
    return found
