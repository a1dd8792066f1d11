"""The Bayes factor of a point null, under every prior set of a comparison."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from scipy import special

from cochange.data.arguments import require
from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.study import Study
from cochange.inference.comparing.comparison import Comparison, require_comparison
from cochange.inference.comparing.local_density import density_at
from cochange.inference.comparing.log_prior import log_prior_of
from cochange.inference.estimates import cell_of, places
from cochange.inference.graph_priors import hyperparameters_of, prior_of_each
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL
from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT
from cochange.models.parts.frozen import frozen
from cochange.models.parts.prior_sets import PriorsLike, families, structure

# Effective draws near the null, below which its density is not known.
LEAST_NEAR = 50.0
POSITIVE = (HalfNormal, HalfStudentT, Gamma)
ARGUMENT = "null"


@dataclass(frozen=True)
class PointNull:
    """A value that a parameter or an estimand may have exactly.

    Attributes
    ----------
    name : str
        The parameter or the estimand.
    value : float
        In its unit.
    """

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class BayesFactor:
    """The Bayes factor of a point null under one prior set.

    Attributes
    ----------
    prior : str
        The prior set.
    null : str
        What the null is about, with its element where there are several.
    value : float
        The value under the null.
    parameter : str
        The parameter the null comes down to; empty where there is none.
    at : float
        Its value under the null.
    prior_density, posterior_density : float
        Densities of the parameter at that value, before and after the data.
    factor : float
        Posterior over prior density: how the odds of the null against any other value move; over 1 for the null.
    error : float
        Monte Carlo standard error of the factor's logarithm.
    near : float
        Effective number of draws near the null.
    prior_odds : float
        Odds of the null before the data.
    refused : str
        Why there is no factor; empty where there is one.
    """

    prior: str
    null: str
    value: float
    parameter: str
    at: float
    prior_density: float
    posterior_density: float
    factor: float
    error: float
    near: float
    prior_odds: float
    refused: str

    @property
    def probability(self) -> float:
        """Posterior probability of the null."""
        odds = self.factor * self.prior_odds
        return odds / (1 + odds)


def read_null(text: str) -> PointNull:
    """A point null as written on the command line, ``NAME=VALUE``.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    name, _, given = text.partition("=")
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not name.strip() or not math.isfinite(value):
        required = "NAME=VALUE with a parameter or an estimand and a number"
        advice = "write it like prognostic=0"
        raise InputError([Fault(ARGUMENT, None, None, required, f"'{text}'", advice)])
    return PointNull(name.strip(), value)


def check_nulls(study: Study, model: Model, sets: Mapping[str, PriorsLike], nulls: Sequence[PointNull]) -> None:
    """Check before anything is sampled that there are such parameters or estimands, with room for such values.

    Raises
    ------
    InputError
        With every fault.
    """
    first = next(iter(sets.values()))
    main, known = families(first), priors_of(study, model, first)
    faults = []
    for null in nulls:
        if null.name not in known and null.name not in model.estimands:
            required = f"a parameter or an estimand of {model.name}"
            advice = choice(null.name, [*known, *model.estimands])
            faults.append(Fault(ARGUMENT, None, None, required, f"'{null.name}'", advice))
        elif null.name in known and not _inside(main[known[null.name]], null.value):
            required = f"a value of {null.name} inside its range, not on the edge"
            advice = "a prior of this family gives the edge no density of its own; name an inner value"
            faults.append(Fault(ARGUMENT, None, None, required, f"{null.value:g}", advice))
    if faults:
        raise InputError(faults)


def priors_of(study: Study, model: Model, priors: PriorsLike) -> dict[str, str]:
    """The field of the prior set by parameter, for the parameters whose prior is one of its families."""
    if model.parameters is not None:
        return {item.name: item.prior for item in model.parameters(study).items if item.prior}
    with quiet():
        graph = model.build(study, priors)
    found = prior_of_each(graph, hyperparameters_of(model, priors))
    return {name: prior for name, prior in found.items() if prior is not None and name in model.prior_vars}


def bayes_factors(comparison: Comparison, null: PointNull, prior_odds: float = 1.0) -> tuple[BayesFactor, ...]:
    """The Bayes factor of a point null against any other value, under each prior set.

    It is the Savage-Dickey ratio: the density of the parameter at the null after the data over that before them. The
    density before is that of the prior's family; the one after is estimated from the draws, on the log scale for a
    positive parameter and on the logit scale for a share, which leaves the ratio as it is. An estimand has an exact
    prior density only where it, or its logarithm, is a parameter but for a factor and a constant, draw by draw.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    null : PointNull
        The null, as `check_nulls` passes it.
    prior_odds : float
        Odds of the null against any other value before the data.

    Returns
    -------
    tuple of BayesFactor
        One a prior set, or more where the null is about several markers, groups or elements.

    Raises
    ------
    TypeError
        If `comparison` is none or `null` is none.

    References
    ----------
    Dickey JM (1971). The weighted likelihood ratio, linear hypotheses on normal location parameters. Annals of
    Mathematical Statistics 42(1), 204-223. doi:10.1214/aoms/1177693507
    """
    require_comparison(comparison)
    require(null, PointNull, 'null must be a PointNull, such as cochange.PointNull("intercept", 0)')
    found = []
    for label, target in _targets(comparison, null):
        for under in comparison.under:
            priors = comparison.sets[under.prior]
            refused, at, factor = "", math.nan, _UNKNOWN
            compiled = comparison.compiled[structure(priors)]
            if target is None:
                refused = "it is no parameter, nor one but for a factor: its prior density is not known exactly"
            elif elsewhere := log_prior_of(compiled, priors).elsewhere:
                refused = f"the prior enters {', '.join(elsewhere)} directly: its density is not that of the parameter"
            else:
                at = target.at
                draws = _element(under.drawn.fit.posterior[target.name], target.element)
                weights = np.full(draws.size, 1 / draws.size) if under.weights is None else under.weights.values
                factor = savage_dickey(at, families(priors)[target.prior], draws, weights.reshape(draws.shape))
                if factor.near < LEAST_NEAR:
                    refused = f"too few draws near {null.value:g}: {factor.near:.0f}, and {LEAST_NEAR:.0f} are needed"
            found.append(
                BayesFactor(
                    prior=under.prior,
                    null=label,
                    value=null.value,
                    parameter="" if target is None else target.label,
                    at=at,
                    prior_density=factor.before,
                    posterior_density=math.nan if refused else factor.after,
                    factor=math.nan if refused else factor.after / factor.before,
                    error=math.nan if refused else factor.error,
                    near=factor.near,
                    prior_odds=prior_odds,
                    refused=refused,
                )
            )
    return tuple(found)


@dataclass(frozen=True)
class Ratio:
    """Densities of a parameter at a value, before and after the data, with the error of the second's logarithm."""

    before: float
    after: float
    error: float
    near: float


_UNKNOWN = Ratio(math.nan, math.nan, math.nan, math.nan)


def savage_dickey(at: float, family: Family, draws: np.ndarray, weights: np.ndarray) -> Ratio:
    """The densities of a parameter at a value.

    Parameters
    ----------
    at : float
        The value.
    family : Family
        Its prior.
    draws, weights : numpy.ndarray
        Posterior draws and their weights, which sum to 1, shape ``(chain, draw)``.
    """
    before = float(frozen(family).pdf(at))
    if not _inside(family, at):
        return Ratio(before, math.nan, math.nan, 0.0)
    if isinstance(family, POSITIVE):
        local, slope = density_at(math.log(at), np.log(draws), weights), 1 / at
    elif isinstance(family, Beta):
        local, slope = density_at(float(special.logit(at)), special.logit(draws), weights), 1 / (at * (1 - at))
    else:
        local, slope = density_at(at, draws, weights), 1.0
    return Ratio(before, math.exp(local.log) * slope, local.error, local.near)


@dataclass(frozen=True)
class _Target:
    name: str
    prior: str
    element: int
    label: str
    at: float


def _targets(comparison: Comparison, null: PointNull) -> Iterator[tuple[str, _Target | None]]:
    """What the null is about, and the element of a parameter it comes down to."""
    posterior = comparison.main.drawn.fit.posterior
    known = priors_of(comparison.study, comparison.model, next(iter(comparison.sets.values())))
    elements = [
        _Target(name, prior, place, f"{name}[{labels}]" if labels else name, null.value)
        for name, prior in known.items()
        if name in posterior
        for place, labels in enumerate(_labels(posterior[name]))
    ]
    if null.name in known:
        yield from ((item.label, item) for item in elements if item.name == null.name)
        return
    for place in places(draws := comparison.main.drawn.estimands[null.name]):
        words = [word for word in place.values() if word is not None and word != OVERALL]
        label = f"{null.name} ({', '.join(words)})" if words else null.name
        yield label, _behind(cell_of(draws, place).transpose("chain", "draw").values, null.value, elements, posterior)


def _behind(values: np.ndarray, value: float, elements: Sequence[_Target], posterior: xr.Dataset) -> _Target | None:
    """The parameter that the draws of an estimand, or their logarithms, are but for a factor and a constant."""
    scales = [(values, value)]
    if value > 0 and (values > 0).all():
        scales.append((np.log(values), math.log(value)))
    for item in elements:
        parameter = _element(posterior[item.name], item.element)
        for draws, at in scales:
            factor, constant = np.polyfit(parameter.ravel(), draws.ravel(), 1)
            if np.abs(constant + factor * parameter - draws).max() < 1e-8 * draws.std():
                return replace(item, at=float((at - constant) / factor))
    return None


def _element(draws: xr.DataArray, element: int) -> np.ndarray:
    """One element of a parameter, shape ``(chain, draw)``."""
    values = draws.transpose("chain", "draw", ...).values
    return np.asarray(values.reshape(*values.shape[:2], -1)[..., element])


def _labels(draws: xr.DataArray) -> list[str]:
    """The names of a parameter's elements; one empty name for a scalar."""
    rest = [str(dim) for dim in draws.dims if dim not in ("chain", "draw")]
    shape = tuple(draws.sizes[dim] for dim in rest)
    return [
        ", ".join(str(draws[dim].values[at]) for dim, at in zip(rest, index, strict=True))
        for index in np.ndindex(shape)
    ]


def _inside(family: Family, value: float) -> bool:
    """Whether a value is inside the range of a family."""
    if isinstance(family, POSITIVE):
        return value > 0
    return not isinstance(family, Beta) or 0 < value < 1
