"""The prior sets of a comparison: those named, and the main one with one or two of its hyperparameters varied."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cochange.data.arguments import require, require_number, require_several
from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.study import Study
from cochange.inference.plan import choose_priors, same_sets
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, families

MOST_VARIED = 2
ARGUMENT = "vary"


@dataclass(frozen=True)
class Vary:
    """A hyperparameter and the values it is to take.

    Attributes
    ----------
    name : str
        Parameter and hyperparameter, as in ``"parallel_sd"``.
    values : tuple of float
        In the unit of the parameter in the study. An array becomes a tuple.
    """

    name: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse values that stand in no sequence, or are no numbers."""
        if isinstance(self.values, np.ndarray):
            object.__setattr__(self, "values", tuple(self.values.tolist()))
        require_several(self.values, "values must be several numbers, such as (0.5, 1), or (0.5,) for one")
        for value in self.values:
            require_number(value, "each of the values")


def read_vary(text: str) -> Vary:
    """A hyperparameter and its values as written on the command line, ``NAME=V1,V2,...``.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    name, _, given = text.partition("=")
    try:
        values = tuple(float(value) for value in given.split(","))
    except ValueError:
        required = "NAME=V1,V2,... with a hyperparameter and numbers"
        advice = "write it like parallel_sd=0.5,1,2"
        raise InputError([Fault(ARGUMENT, None, None, required, f"'{text}'", advice)]) from None
    return Vary(name.strip(), values)


def listed_vary(given: Vary | Sequence[Vary]) -> tuple[Vary, ...]:
    """One hyperparameter to vary, or several, as a tuple.

    Raises
    ------
    TypeError
        If it is neither.
    """
    listed = (given,) if isinstance(given, Vary) else given
    required = f'{ARGUMENT} must be a Vary or a list of them, such as cochange.Vary("parallel_sd", (0.5, 1))'
    require_several(listed, required)
    for item in listed:
        require(item, Vary, required)
    return tuple(listed)


def sets_of(
    study: Study, model: Model, priors: Sequence[str] = (), vary: Sequence[Vary] = ()
) -> tuple[dict[str, PriorsLike], dict[str, str]]:
    """The prior sets of a comparison, the main one first, and those named that are one of them, as of `same_sets`.

    Two rows of one set would differ by Monte Carlo error alone. Arguments and faults as those of `compare_priors`.
    """
    named = choose_priors(study, model, priors, "priors")
    same = same_sets(study, named)
    apart = {name: own for name, own in named.items() if name not in same}
    return {**apart, **grid_of(next(iter(named.values())), vary)}, same


def grid_of(main: PriorsLike, varied: Sequence[Vary]) -> dict[str, PriorsLike]:
    """Every combination of the values but those of the main set itself, as a prior set named after them.

    Parameters
    ----------
    main : Priors
        The main prior set, which gives everything else.
    varied : sequence of Vary
        One or two hyperparameters; none gives no set.

    Raises
    ------
    InputError
        For each unknown hyperparameter and each value it cannot have.
    """
    if faults := _faults(main, varied):
        raise InputError(faults)
    sets: dict[str, PriorsLike] = {}
    own = main_point(main, varied)
    for values in itertools.product(*(item.values for item in varied)) if varied else ():
        changed = main
        for item, value in zip(varied, values, strict=True):
            parameter, hyperparameter = _known(main)[item.name]
            family = families(changed)[parameter]
            source = f"varied from the main set's {hyperparameter} of {family.values()[hyperparameter]:g}"
            values_of = {hyperparameter: float(value), "source": source}
            changed = replace(changed, **{parameter: replace(family, **values_of)})  # type: ignore[arg-type]
        sets[_name(varied, values)] = changed
    return {name: priors for name, priors in sets.items() if name != own}


def main_point(main: PriorsLike, varied: Sequence[Vary]) -> str | None:
    """Name of the combination that is the main set itself; None where the grid has none."""
    values = [
        next((value for value in item.values if math.isclose(value, varied_in(main, item.name)[2])), None)
        for item in varied
    ]
    known = [value for value in values if value is not None]
    return _name(varied, known) if varied and len(known) == len(values) else None


def told_of_main(sets: Mapping[str, PriorsLike], varied: Sequence[Vary]) -> tuple[str, ...]:
    """What is to be said of a point of the grid that is the main set, the first of the sets."""
    main, priors = next(iter(sets.items()))
    own = main_point(priors, varied)
    return () if own is None else (f"{own} is the main set, {main}, and stands in its row",)


def _name(varied: Sequence[Vary], values: Sequence[float]) -> str:
    return ", ".join(f"{item.name}={value:g}" for item, value in zip(varied, values, strict=True))


def varied_in(priors: PriorsLike, name: str) -> tuple[str, str, float]:
    """Parameter, hyperparameter and value of what `Vary` names, in a prior set."""
    parameter, hyperparameter = _known(priors)[name]
    return parameter, hyperparameter, families(priors)[parameter].values()[hyperparameter]


def _known(main: PriorsLike) -> Mapping[str, tuple[str, str]]:
    """Parameter and hyperparameter by the name of both together."""
    return {
        f"{parameter}_{hyperparameter}": (parameter, hyperparameter)
        for parameter, family in families(main).items()
        for hyperparameter in family.values()
    }


def _faults(main: PriorsLike, varied: Sequence[Vary]) -> list[Fault]:
    known = _known(main)
    names = [item.name for item in varied]
    faults = []
    if len(varied) > MOST_VARIED or len(set(names)) < len(names):
        required = "one or two different hyperparameters"
        faults.append(Fault(ARGUMENT, None, None, required, ", ".join(names), "vary fewer at a time"))
    for item in varied:
        if item.name not in known:
            required = "a parameter of the main prior set with one of its hyperparameters"
            advice = f"{choice(item.name, known)}; `cochange models` lists parameters and their families"
            faults.append(Fault(ARGUMENT, None, None, required, f"'{item.name}'", advice))
            continue
        if len(set(item.values)) < len(item.values) or not item.values:
            found = ", ".join(f"{value:g}" for value in item.values) or "none"
            required = f"one or more different values of {item.name}"
            faults.append(Fault(ARGUMENT, None, None, required, found, "give each value once"))
        parameter, hyperparameter = known[item.name]
        for value in item.values:
            try:
                changed = {hyperparameter: value if math.isfinite(value) else math.nan}
                replace(families(main)[parameter], **changed)  # type: ignore[arg-type]
            except ValueError as error:
                required = f"a value that {item.name} can have"
                faults.append(Fault(ARGUMENT, None, None, required, f"{value:g}", f"correct it: {error}"))
    return faults
