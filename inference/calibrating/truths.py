"""Truths of which some quantities are given instead of drawn: a parameter's value, or that of an estimand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.faults import CochangeError
from cochange.data.names import FEW, choice
from cochange.data.study import Study
from cochange.inference.calibrating.chain import elements
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL

STEP = 1e-3


class TruthError(CochangeError):
    """The truth cannot be set as asked."""


@dataclass(frozen=True)
class Carried:
    """An estimand with a given value, and the element of a parameter that moves it one for one.

    Attributes
    ----------
    label : str
        The estimand's name with its labels.
    value : float
        Its value.
    parameter : str
        The parameter.
    place : tuple of int
        Its element, along the dims after chain and draw.
    """

    label: str
    value: float
    parameter: str
    place: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class GivenTruth:
    """What is given of a truth; everything else stays as it was drawn.

    Attributes
    ----------
    model : Model
        The model.
    study : Study
        The design the truth belongs to.
    parameters : mapping of str to float
        Values of parameters, the same in all elements.
    estimands : sequence of Carried
        Estimands with their values.
    """

    model: Model
    study: Study
    parameters: Mapping[str, float]
    estimands: Sequence[Carried]

    def of(self, truth: xr.Dataset) -> xr.Dataset:
        """A truth with the given values, dims ``(chain, draw, ...)`` of size 1."""
        truth = truth.assign({name: xr.full_like(truth[name], value) for name, value in self.parameters.items()})
        for item in self.estimands:
            lacking = _scaled(self.model, item.label, item.value) - _estimand(self.model, self.study, truth, item.label)
            truth = _moved(truth, item.parameter, item.place, lacking)
        return truth


def given_truth(model: Model, study: Study, values: Mapping[str, float], drawn: xr.Dataset) -> GivenTruth:
    """Find how truths get the values asked for.

    Parameters
    ----------
    model : Model
        The model.
    study : Study
        The design the truths belong to.
    values : mapping of str to float
        Values by name. A parameter is set in all its elements. An estimand, named with its labels where it has several
        elements (``prognostic_slope[ancova]``), is reached by moving the one parameter that moves it one for one; that
        of a ratio moves its log.
    drawn : xarray.Dataset
        Any truth drawn from the prior, dims ``(chain, draw, ...)`` of size 1.

    Raises
    ------
    TruthError
        If there is no such name, no parameter moves the estimand one for one, or the values exclude each other.
    """
    parameters = {name: value for name, value in values.items() if name in drawn}
    truth = GivenTruth(model, study, parameters, ()).of(drawn)
    known = [label for name, draws in model.derive(drawn, study).items() for label, _ in elements(name, draws)]
    estimands = []
    for name, value in values.items():
        if name in parameters:
            continue
        label = element_named(name, known, [str(variable) for variable in drawn.data_vars])
        if _is_ratio(model, label) and value <= 0:
            raise TruthError(f"the truth of {label} is a ratio and must be above 0; got {value:g}")
        estimands.append(Carried(label, value, *_carrier(model, study, truth, label)))
    found = GivenTruth(model, study, parameters, tuple(estimands))
    truth = found.of(drawn)
    kept = [bool((truth[name] == value).all()) for name, value in parameters.items()]
    kept += [
        bool(np.isclose(_estimand(model, study, truth, item.label), _scaled(model, item.label, item.value)))
        for item in estimands
    ]
    if not all(kept):
        raise TruthError(f"these truths exclude each other: {', '.join(values)}; give one of them")
    return found


def element_named(name: str, known: Sequence[str], others: Sequence[str] = ()) -> str:
    """The element of an estimand that a name stands for: its own label, its only one, or that of the whole sample.

    Parameters
    ----------
    name : str
        As the user wrote it.
    known : sequence of str
        Labels of all elements there are.
    others : sequence of str
        What else a name could have been, for the message.

    Raises
    ------
    TruthError
        If there is no such element, or there are several.
    """
    if name in known:
        return name
    same = [label for label in known if label.split("[")[0] == name]
    if len(same) == 1:
        return same[0]
    whole = [label for label in same if OVERALL in label.partition("[")[2].rstrip("]").split(", ")]
    if len(whole) == 1:
        return whole[0]
    if same:
        raise TruthError(f"{name} has several elements; name one of {', '.join(whole or same)}")
    # An element is one of its estimand's, of which there may be many; else names without elements.
    names = list(dict.fromkeys([*(label.split("[")[0] for label in known), *others]))
    elements_of = [label for label in known if label.split("[")[0] == name.split("[")[0]]
    told = choice(name, elements_of, FEW) if elements_of else choice(name, names, len(names))
    raise TruthError(f"there is no '{name}'; {told}")


def _carrier(model: Model, study: Study, truth: xr.Dataset, label: str) -> tuple[str, tuple[int, ...]]:
    """The parameter element that moves an estimand, or its log, as far as it is moved itself."""
    before = _estimand(model, study, truth, label)
    for parameter in model.prior_vars:
        for place in np.ndindex(truth[parameter].shape[2:]) if parameter in truth else ():
            # A parameter with bounds may be moved out of them: what comes of that is not one for one.
            with np.errstate(all="ignore"):
                after = _estimand(model, study, _moved(truth, parameter, place, STEP), label)
            if np.isclose(after - before, STEP, rtol=1e-6, atol=0):
                return parameter, place
    raise TruthError(
        f"no parameter of {model.name} moves {label} one for one, so that it cannot be given; give the truth of "
        f"parameters: {', '.join(name for name in model.prior_vars if name in truth)}"
    )


def _moved(truth: xr.Dataset, parameter: str, place: tuple[int, ...], by: float) -> xr.Dataset:
    values = truth[parameter].to_numpy().copy()
    values[(0, 0, *place)] += by
    return truth.assign({parameter: truth[parameter].copy(data=values)})


def _estimand(model: Model, study: Study, truth: xr.Dataset, label: str) -> float:
    """The value of an estimand; of a ratio its log."""
    name = label.split("[")[0]
    found = dict(elements(name, model.derive(truth, study)[name]))
    return _scaled(model, label, float(found[label].item()))


def _scaled(model: Model, label: str, value: float) -> float:
    return float(np.log(value)) if _is_ratio(model, label) else value


def _is_ratio(model: Model, label: str) -> bool:
    return model.estimands[label.split("[")[0]].unit == "ratio"
