"""The gradient of a log density that computes its own gradients beside itself."""

from collections.abc import Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Variable


def pulled_back(gradients: Sequence[Variable], slopes: Sequence[Variable], data: Sequence[Variable]) -> list[Variable]:
    """Gradient by every input of a log density; the data have none.

    Parameters
    ----------
    gradients : sequence of Variable
        Gradients by the outputs of the node, that by the log density first.
    slopes : sequence of Variable
        Outputs of the node: the gradients of the log density by its parameters.
    data : sequence of Variable
        Inputs of the node that follow the parameters.

    Raises
    ------
    NotImplementedError
        If the gradient of another output is asked for.
    """
    if not all(isinstance(gradient.type, DisconnectedType) for gradient in gradients[1:]):
        raise NotImplementedError("only the log density has a gradient, not its own gradients nor that of each row")
    scale: Any = gradients[0]
    return [*(scale * item for item in slopes), *(pt.zeros_like(item) for item in data)]
