"""The log density of the outcomes as one node of a PyTensor graph, with its gradient."""

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
from cochange.models.parts.likelihood.observations import Observations
from cochange.models.parts.likelihood.pullback import pulled_back


class JointNormal(Op):
    """Log density of normal, or Student-t, outcomes of which some are missing or censored.

    Inputs are the coefficients of the design columns ``(column, outcome)``, the covariance ``(outcome, outcome)``, the
    variance of one well ``(outcome,)``, the degrees of freedom (0 for normal outcomes) and the arrays of
    `Observations`. Outputs are the log density and its gradients by the first four, then the log density of each row.
    """

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply:
        """The node of this log density in a graph."""
        variables = [pt.as_tensor(item).astype("float64") for item in inputs]
        mean, covariance, noise, nu = variables[:4]
        outputs = [pt.dscalar(), mean.type(), covariance.type(), noise.type(), nu.type(), pt.dvector()]
        return Apply(self, variables, outputs)

    def infer_shape(self, _node: Apply, shapes: Sequence[Any]) -> list[Any]:
        """Shapes of the outputs, known without computing them."""
        return [(), shapes[0], shapes[1], shapes[2], (), (shapes[9][0],)]

    def perform(self, _node: Apply, inputs: Sequence[np.ndarray], storage: Sequence[list[Any]]) -> None:
        """Compute the outputs outside of Numba's linker."""
        arrays = [np.ascontiguousarray(item, dtype=np.float64) for item in inputs]
        mean, covariance, noise, nu = arrays[:4]
        data = Observations(*arrays[4:])
        results = likelihood(mean, covariance, noise, nu.item(), **data.arrays)
        for cell, result in zip(storage, results, strict=True):
            cell[0] = np.asarray(result)

    def pullback(
        self, inputs: Sequence[Variable], outputs: Sequence[Variable], gradients: Sequence[Variable]
    ) -> list[Variable]:
        """Gradient of the log density, see `pulled_back`."""
        return pulled_back(gradients, outputs[1:5], inputs[4:])


joint_normal = JointNormal()


def joint_logp(
    mean: TensorVariable,
    covariance: TensorVariable,
    noise: TensorVariable,
    nu: TensorVariable,
    observations: Sequence[TensorVariable],
) -> TensorVariable:
    """Log density of the observations given the parameters of `JointNormal`."""
    outputs: Any = joint_normal(mean, covariance, noise, nu, *observations)
    logp: TensorVariable = outputs[0]
    return logp


@native
def _joint(  # type: ignore[no-untyped-def]
    mean, covariance, noise, nu, count, present, set_wells, products, columns, value, status, row_wells, weight
):
    logp, to_mean, to_covariance, to_noise, to_nu, row_logp = likelihood(
        np.ascontiguousarray(mean), np.ascontiguousarray(covariance), np.ascontiguousarray(noise), nu.item(),
        count, present, set_wells, products, columns, value, status, row_wells, weight,
    )  # fmt: skip
    return np.asarray(logp), to_mean, to_covariance, to_noise, np.asarray(to_nu), row_logp


@register_funcify_and_cache_key(JointNormal)  # type: ignore[untyped-decorator]
def _in_numba(_op: JointNormal, **_: object) -> tuple[Callable[..., Any], str]:
    return _joint, SOURCES
