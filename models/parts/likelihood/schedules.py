"""The log density of outcomes that follow random courses, for participants with visits at times of their own.

Random effects are integrated out: what a participant shows is normal with the covariance that effects and residuals
give it at the participant's times. Those who share their times share it, and enter by their cross-products.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.graph.basic import Apply, Variable
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch.basic import register_funcify_and_cache_key
from pytensor.tensor.variable import TensorVariable

from cochange.models.parts.likelihood.kernel import likelihood
from cochange.models.parts.likelihood.native import SOURCES, native
from cochange.models.parts.likelihood.pullback import pulled_back

# Coefficients, covariance of the effects, that of the residuals, and degrees of freedom.
PARAMETERS = 4


@native
def schedules_likelihood(  # type: ignore[no-untyped-def]
    coefficients, effects, residual, nu,
    basis, set_start, row_start, count, present, products, columns, value, status, weight,
):  # fmt: skip
    """Log density, its gradient by the first four arguments, and that of each row.

    Arguments and results are those of `ScheduledNormal`.
    """
    n_outcomes, n_cells = len(residual), basis.shape[1] * len(residual)
    to_coefficients, to_effects, to_residual = (
        np.zeros(coefficients.shape), np.zeros(effects.shape), np.zeros(residual.shape)
    )  # fmt: skip
    total, to_nu = 0.0, 0.0
    row_logp = np.zeros(len(value))
    no_wells = np.zeros((max(len(count), len(value)), n_cells))
    for schedule in range(len(basis)):
        loadings = np.zeros((n_cells, len(effects)))
        for visit in range(basis.shape[1]):
            for term in range(basis.shape[2]):
                for outcome in range(n_outcomes):
                    cell, effect = visit * n_outcomes + outcome, term * n_outcomes + outcome
                    loadings[cell, effect] = basis[schedule, visit, term]
        turned = np.ascontiguousarray(loadings.T)
        covariance = loadings @ effects @ turned
        for cell in range(n_cells):
            begin = cell - cell % n_outcomes
            for outcome in range(n_outcomes):
                covariance[cell, begin + outcome] += residual[cell % n_outcomes, outcome]
        first, last = int(set_start[schedule]), int(set_start[schedule + 1])
        top, end = int(row_start[schedule]), int(row_start[schedule + 1])
        logp, to_mean, to_covariance, _, own_nu, own_rows = likelihood(
            coefficients @ turned, covariance, np.zeros(n_cells), nu,
            count[first:last], present[first:last], no_wells[first:last], products[first:last],
            columns[top:end], value[top:end], status[top:end], no_wells[top:end], weight[top:end],
        )  # fmt: skip
        total += logp
        to_nu += own_nu
        row_logp[top:end] = own_rows
        to_coefficients += to_mean @ loadings
        to_effects += turned @ to_covariance @ loadings
        for cell in range(n_cells):
            begin = cell - cell % n_outcomes
            for outcome in range(n_outcomes):
                to_residual[cell % n_outcomes, outcome] += to_covariance[cell, begin + outcome]
    return total, to_coefficients, to_effects, to_residual, to_nu, row_logp


class ScheduledNormal(Op):
    """Log density of normal, or Student-t, outcomes with random courses, some of them missing or censored.

    Inputs are the coefficients of the design columns ``(column, effect)``, the covariance of the random effects
    ``(effect, effect)``, term by term and in each outcome by outcome, that of the residuals of a visit
    ``(outcome, outcome)``, the degrees of freedom (0 for normal outcomes) and the arrays of `Schedules`. Outputs are
    the log density and its gradients by the first four, then the log density of each row.
    """

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """The node of this log density in a graph."""
        variables = [pt.as_tensor(item).astype("float64") for item in inputs]
        outputs = [pt.dscalar(), *(item.type() for item in variables[:PARAMETERS]), pt.dvector()]
        return Apply(self, variables, outputs)

    def infer_shape(self, _node: Apply, shapes: Sequence[Any]) -> list[Any]:
        """Shapes of the outputs, known without computing them."""
        return [(), *shapes[:PARAMETERS], (shapes[-1][0],)]

    def perform(self, _node: Apply, inputs: Sequence[np.ndarray], storage: Sequence[list[Any]]) -> None:
        """Compute the outputs outside of Numba's linker."""
        arrays = [np.ascontiguousarray(item, dtype=np.float64) for item in inputs]
        coefficients, effects, residual, nu = arrays[:PARAMETERS]
        results = schedules_likelihood(coefficients, effects, residual, nu.item(), *arrays[PARAMETERS:])
        for cell, result in zip(storage, results, strict=True):
            cell[0] = np.asarray(result)

    def pullback(
        self, inputs: Sequence[Variable], outputs: Sequence[Variable], gradients: Sequence[Variable]
    ) -> list[Variable]:
        """Gradient of the log density, see `pulled_back`."""
        return pulled_back(gradients, outputs[1 : 1 + PARAMETERS], inputs[PARAMETERS:])


scheduled_normal = ScheduledNormal()


def schedules_logp(
    coefficients: TensorVariable,
    effects: TensorVariable,
    residual: TensorVariable,
    nu: TensorVariable,
    observations: Sequence[TensorVariable],
) -> TensorVariable:
    """Log density of the observations given the parameters of `ScheduledNormal`."""
    outputs: Any = scheduled_normal(coefficients, effects, residual, nu, *observations)
    logp: TensorVariable = outputs[0]
    return logp


@native
def _scheduled(  # type: ignore[no-untyped-def]
    coefficients, effects, residual, nu,
    basis, set_start, row_start, count, present, products, columns, value, status, weight,
):  # fmt: skip
    logp, to_coefficients, to_effects, to_residual, to_nu, row_logp = schedules_likelihood(
        np.ascontiguousarray(coefficients), np.ascontiguousarray(effects), np.ascontiguousarray(residual), nu.item(),
        basis, set_start, row_start, count, present, products, columns, value, status, weight,
    )  # fmt: skip
    return np.asarray(logp), to_coefficients, to_effects, to_residual, np.asarray(to_nu), row_logp


@register_funcify_and_cache_key(ScheduledNormal)  # type: ignore[untyped-decorator]
def _in_numba(_op: ScheduledNormal, **_: object) -> tuple[Callable[..., Any], str]:
    return _scheduled, SOURCES
