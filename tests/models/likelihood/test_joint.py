"""The log density as a node of a PyTensor graph: through Python and through Numba."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from pytensor.gradient import NullTypeGradError

from cochange.models.parts.likelihood.joint import JointNormal, joint_logp, joint_normal

Make = Callable[..., Any]
MODES = {"python": Mode(linker="py", optimizer="fast_compile"), "numba": "NUMBA"}
STEP = 1e-3


@pytest.fixture(scope="module")
def parts(parameters: Make, rows: Make) -> tuple[Any, Any]:
    """Parameters, and rows of every kind: missing, censored, in several wells and with weights."""
    at = parameters(5, outcomes=3, nu=5.0)
    return at, rows(6, at, (0.2, 0.4, 0.2, 0.2), 15, (0.0, 1.0, 0.5), (1.0, 2.0, -0.7))


def symbols() -> list[Any]:
    return [pt.dmatrix("mean"), pt.dmatrix("covariance"), pt.dvector("noise"), pt.dscalar("nu")]


def values(at: Any, nu: float) -> list[Any]:
    return [at.mean, at.covariance, at.noise, np.asarray(nu)]


def constants(observations: Any) -> list[Any]:
    return [pt.constant(array) for array in observations.arrays.values()]


@pytest.fixture(scope="module", params=MODES)
def evaluate(request: pytest.FixtureRequest, parts: tuple[Any, Any]) -> Callable[..., Any]:
    """Value and gradients of twice the log density."""
    inputs = symbols()
    logp = joint_logp(*inputs, constants(parts[1]))
    outputs = [logp, *pytensor.grad(2 * logp, inputs)]
    return pytensor.function(inputs, outputs, mode=MODES[request.param])


@pytest.mark.parametrize("nu", [0.0, 5.0])
def test_value_and_gradients_are_those_of_the_kernel(
    nu: float, evaluate: Callable[..., Any], parts: tuple[Any, Any], parameters: Make
) -> None:
    at = parameters(5, outcomes=3, nu=nu)
    logp, *gradients = evaluate(*values(at, nu))
    expected = at.kernel(parts[1])
    assert logp == pytest.approx(expected[0], rel=1e-12)
    for found, own in zip(gradients, expected[1:5], strict=True):
        assert found.shape == np.shape(own)
        np.testing.assert_allclose(found, 2 * np.asarray(own), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("which", range(4))
def test_improper_parameters_give_minus_infinity(
    which: int, evaluate: Callable[..., Any], parts: tuple[Any, Any]
) -> None:
    broken = [array.copy() for array in values(parts[0], 5.0)]
    broken[which][...] = np.nan
    assert evaluate(*broken)[0] == -np.inf
    negative = values(parts[0], 5.0)
    negative[1] = -parts[0].covariance
    assert evaluate(*negative)[0] == -np.inf


def test_the_density_of_each_row_is_the_last_output(parts: tuple[Any, Any]) -> None:
    at, observations = parts
    inputs = symbols()
    by_row = joint_normal(*inputs, *constants(observations))[-1]
    found = pytensor.function(inputs, by_row, mode=MODES["python"])(*values(at, 5.0))
    np.testing.assert_array_equal(found, at.kernel(observations)[-1])


def test_shapes_are_known_without_computing_the_density(parts: tuple[Any, Any]) -> None:
    at, observations = parts
    inputs = symbols()
    outputs = joint_normal(*inputs, *constants(observations))
    mode = Mode(linker="py", optimizer="fast_run")
    shapes = pytensor.function(inputs, [output.shape for output in outputs], mode=mode, on_unused_input="ignore")
    assert not any(isinstance(node.op, JointNormal) for node in shapes.maker.fgraph.toposort())
    found = [tuple(shape) for shape in shapes(*values(at, 5.0))]
    assert found == [np.shape(result) for result in at.kernel(observations)]


def graph_of_scalars(observations: Any) -> tuple[Any, Any]:
    """Means, covariance, noise and degrees of freedom made of four numbers, and a term of their own."""
    vector = pt.dvector("vector")
    level, spread, correlation, tail = vector[0], pt.exp(vector[1]), pt.tanh(vector[2]), pt.exp(vector[3])
    n_columns, outcomes = observations.columns.shape[1], observations.value.shape[1]
    mean = level * pt.outer(pt.arange(1, n_columns + 1), pt.arange(outcomes) - 0.5)
    scale = spread * (1 + pt.arange(outcomes) / 3)
    equal = correlation + (1 - correlation) * pt.eye(outcomes)
    logp = joint_logp(mean, equal * pt.outer(scale, scale), scale / 4, tail, constants(observations))
    return vector, logp - 0.5 * (vector**2).sum()


AT = np.array([0.3, -0.2, 0.35, 1.4])


@pytest.mark.parametrize("mode", MODES)
def test_the_gradient_of_a_graph_is_its_difference(mode: str, parts: tuple[Any, Any]) -> None:
    vector, logp = graph_of_scalars(parts[1])
    both = pytensor.function([vector], [logp, pytensor.grad(logp, vector)], mode=MODES[mode])
    gradient = both(AT)[1]
    for i, direction in enumerate(np.eye(len(AT)) * STEP):
        near = both(AT + direction)[0] - both(AT - direction)[0]
        far = both(AT + 2 * direction)[0] - both(AT - 2 * direction)[0]
        assert gradient[i] == pytest.approx((8 * near - far) / (12 * STEP), rel=1e-7, abs=1e-7)


def test_a_gradient_through_the_density_of_each_row_is_refused(parts: tuple[Any, Any]) -> None:
    """It is not computed: the gradients are those of the weighted sum."""
    inputs = symbols()
    outputs = joint_normal(*inputs, *constants(parts[1]))
    with pytest.raises((TypeError, ValueError, NotImplementedError, NullTypeGradError)):
        pytensor.grad(outputs[0] + outputs[-1].sum(), inputs[0])
