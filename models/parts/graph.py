"""PyMC and PyTensor, loaded when a graph is first built: reading a study and reporting stored draws need neither."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pymc as pm
    import pytensor.tensor as pt
    from pytensor.tensor.variable import TensorVariable
else:
    from importlib import import_module
    from types import ModuleType
    from typing import Any

    class _Later(ModuleType):
        """A module that is imported when something of it is first asked for."""

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module(self.__name__), name)

    pm, pt = _Later("pymc"), _Later("pytensor.tensor")
    TensorVariable = Any

__all__ = ["TensorVariable", "pm", "pt"]
