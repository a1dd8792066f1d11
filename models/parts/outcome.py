"""The residual distribution of a regression: normal, or Student-t where the study asks for it."""

from collections.abc import Mapping

from cochange.models.parts.families import Family
from cochange.models.parts.graph import TensorVariable, pm


def observe(
    name: str,
    mean: TensorVariable,
    sigma: TensorVariable,
    observed: TensorVariable,
    dims: tuple[str, ...],
    likelihood: str,
    priors: Mapping[str, Family],
    outcome: str | None = None,
) -> TensorVariable:
    """Add the observed outcome to the current model.

    Parameters
    ----------
    name : str
        Name of the outcome.
    mean, sigma : TensorVariable
        Expected value and residual scale, shapes that broadcast to that of `observed`.
    observed : TensorVariable
        The data.
    dims : tuple of str
        Dims of the outcome.
    likelihood : str
        ``"normal"`` or ``"student_t"``.
    priors : mapping
        Families; that of ``nu``, the degrees of freedom, is used by Student-t alone.
    outcome : str, optional
        Dimension of equations with degrees of freedom of their own.
    """
    if likelihood == "normal":
        return pm.Normal(name, mean, sigma, observed=observed, dims=dims)
    nu = priors["nu"].variable("nu", dims=outcome)
    return pm.StudentT(name, nu=nu[:, None] if outcome else nu, mu=mean, sigma=sigma, observed=observed, dims=dims)
