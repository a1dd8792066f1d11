"""Published restricted maxima of the likelihood: PROC MIXED, the R package mmrm and nlme, to the digits printed.

The likelihood and the design are those of the model; means are integrated out under a flat prior, which makes the
likelihood of them restricted (Harville 1974, doi:10.1093/biomet/61.2.383). Nothing is sampled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import optimize

from cochange.data.study import Study
from cochange.models import repeated_measures
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.likelihood.kernel import likelihood
from cochange.models.parts.repeated.frame import make_frame
from cochange.models.parts.repeated.parameters import coefficients


@dataclass(frozen=True)
class Restricted:
    """Effects at the restricted maximum with their standard errors, and the covariance."""

    effects: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray


def restricted_maximum(observed: Mapping[str, np.ndarray], basis: np.ndarray, free: np.ndarray) -> Restricted:
    """Maximise the restricted likelihood over an unstructured covariance.

    `basis` says which means each effect adds to, shape ``(effect, column, cell)``; `free` are the cells that are
    modelled, the others stand apart.
    """
    size, flat = basis.shape[2], basis.reshape(len(basis), -1)
    lower = np.tril_indices(len(free))
    diagonal = lower[0] == lower[1]

    def covariance_of(vector: np.ndarray) -> np.ndarray:
        factor = np.zeros((len(free), len(free)))
        factor[lower] = np.where(diagonal, np.exp(vector), vector)
        found = np.eye(size)
        found[np.ix_(free, free)] = factor @ factor.T
        return found

    def means(covariance: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Restricted log likelihood, effects and their information, which is how the gradient falls with each."""

        def at(effects: np.ndarray) -> tuple[float, np.ndarray]:
            mean = (effects @ flat).reshape(basis.shape[1:])
            total, to_mean, *_ = likelihood(mean, covariance, np.zeros(size), 0.0, *observed.values())
            return total, flat @ to_mean.ravel()

        start, gradient = at(np.zeros(len(basis)))
        information = np.stack([gradient - at(unit)[1] for unit in np.eye(len(basis))])
        effects = np.linalg.solve(information, gradient)
        total = start + 0.5 * gradient @ effects - 0.5 * np.linalg.slogdet(information)[1]
        return total, effects, information

    start = np.where(diagonal, np.log(5.0), 1.0)
    found = optimize.minimize(lambda vector: -means(covariance_of(vector))[0], start, method="BFGS")
    covariance = covariance_of(found.x)
    _, effects, information = means(covariance)
    return Restricted(effects, np.sqrt(np.diag(np.linalg.inv(information))), covariance[np.ix_(free, free)])


def contrasts_of(study: Study) -> tuple[np.ndarray, np.ndarray]:
    """Contrasts of the arms by visit in the model of a study, and their standard errors."""
    frame = make_frame(study, repeated_measures.select(study).used)
    parameters = repeated_measures.parameters(study)
    fixed = coefficients(parameters, frame).fixed
    of_means = np.flatnonzero(fixed.any(axis=1))
    basis = fixed[of_means].reshape(len(of_means), frame.columns.shape[1], len(frame.cells.names))
    observed = gather(frame.cells, frame.columns).arrays
    found = restricted_maximum(observed, basis, np.arange(basis.shape[2]))
    own = np.isin(of_means, parameters.places["score_arm"])
    return found.effects[own], found.errors[own]


def test_contrasts_by_visit_are_those_of_mmrm(fev: Study) -> None:
    """The frequentist column of the vignette of brms.mmrm: change = FEV1_BL + ARMCD:AVISIT + AVISIT + RACE + SEX."""
    effects, errors = contrasts_of(fev)
    np.testing.assert_allclose(effects, [3.983, 3.931, 2.984, 4.404], atol=6e-4)
    np.testing.assert_allclose(errors, [1.045, 0.814, 0.666, 1.660], atol=6e-4)


def test_contrasts_by_visit_are_those_of_nlme(with_hama: Callable[[str], Study]) -> None:
    """The antidepressant trial, HAMD-17 change = BASVAL * VISIT + THERAPY * VISIT, placebo minus drug."""
    effects, errors = contrasts_of(with_hama("score"))
    np.testing.assert_allclose(-effects, [-0.092, 1.403, 2.225, 2.802], atol=6e-4)
    np.testing.assert_allclose(errors, [0.683, 0.924, 1.000, 1.114], atol=6e-4)


def test_the_treatment_effect_is_that_of_sas(fev: Study, sas_columns: Any) -> None:
    """PROC MIXED, METHOD=REML: FEV1 = ARMCD SEX, the same mean at all visits, unstructured; no baseline."""
    columns, cells = sas_columns(fev)
    observed = gather(cells, columns).arrays
    # The baseline is no outcome: its column of the covariance stands apart and nothing of it is missing or modelled.
    observed["present"][:, 0] = 0
    basis = np.zeros((3, 3, 5))
    for effect in range(3):
        basis[effect, effect, 1:] = 1
    found = restricted_maximum(observed, basis, np.arange(1, 5))
    assert found.effects[0] + float(cells.origin[0, 1]) == pytest.approx(41.0762, abs=1e-3)
    np.testing.assert_allclose(found.effects[1:], [3.8265, -0.1404], atol=1.5e-4)
    np.testing.assert_allclose(found.errors, [0.5504, 0.6421, 0.6434], atol=1.5e-4)
    # SAS stops a little short of the maximum, as under maximum likelihood.
    printed = {(0, 0): 108.64, (1, 0): 45.5282, (3, 3): 152.49}
    for (row, column), value in printed.items():
        assert found.covariance[row, column] == pytest.approx(value, rel=2e-3)
