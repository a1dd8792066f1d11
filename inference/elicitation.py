"""From a statement on a parameter to a prior of its family, by maximum entropy, and into the study file."""

import math
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cochange.data.faults import CochangeError, Fault, InputError
from cochange.data.names import choice, suggestion
from cochange.data.specification.prior_set_rules import unstorable
from cochange.data.specification.prior_set_text import UnwritableError, with_prior
from cochange.data.study import Study
from cochange.inference.files import write_whole
from cochange.inference.named import sets_of_study
from cochange.inference.quiet import quiet
from cochange.inference.statements import Statement, contradictions, on_the_line
from cochange.models.parts.contract import Model
from cochange.models.parts.families import (
    ALTERNATIVES,
    Beta,
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    StudentT,
)
from cochange.models.parts.frozen import frozen
from cochange.models.parts.prior_sets import PriorsLike, families, notes

# The names PreliZ has for our hyperparameters; its families bear our names.
HYPERPARAMETERS: Mapping[type[Family], Mapping[str, str]] = {
    Normal: {"mean": "mu", "sd": "sigma"},
    StudentT: {"df": "nu", "mean": "mu", "sd": "sigma"},
    HalfNormal: {"sd": "sigma"},
    HalfStudentT: {"df": "nu", "sd": "sigma"},
    Gamma: {"shape": "alpha", "rate": "beta"},
    Beta: {"alpha": "alpha", "beta": "beta"},
}
# By how much the mass between the bounds may miss the stated one.
TOLERANCE = 5e-4
# Degrees of freedom that a Student-t family is tried with where none are given.
FREEDOM = 4.0
# Units in which nothing is counted.
UNCOUNTED = ("share", "precision", "Fisher z")


class NoElicitationError(CochangeError):
    """PreliZ, which fits priors to statements, is not installed."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a statement is on.

    Attributes
    ----------
    parameter : str
        The parameter.
    prior_set : str
        Name of the prior set in the study file; it is begun where it does not exist.
    base : str
        The shipped set a new one begins with; empty for ``reference``, or for what an existing one has.
    family : str
        The family; empty for that of the set.
    df : float or None
        Degrees of freedom of a Student-t family; None for those of the set.
    source : str
        Where the statement comes from; empty for the statement itself.
    """

    parameter: str
    prior_set: str = "elicited"
    base: str = ""
    family: str = ""
    df: float | None = None
    source: str = ""


@dataclass(frozen=True, eq=False)
class Elicited:
    """A prior made from a statement.

    Attributes
    ----------
    model, parameter, prior_set, base : str
        Where it belongs, and the shipped set under it.
    statement : Statement
        The statement.
    lower, upper : float
        Its bounds as those of the parameter.
    family : Family
        The prior.
    priors : Priors
        The whole prior set with it.
    """

    model: str
    parameter: str
    prior_set: str
    base: str
    statement: Statement
    lower: float
    upper: float
    family: Family
    priors: PriorsLike

    @property
    def mass(self) -> float:
        """Mass of the prior between the bounds."""
        return _mass(self.family, self.lower, self.upper)

    @property
    def table(self) -> dict[str, float | str]:
        """The prior as a table of the study file."""
        return {"family": type(self.family).__name__, **self.family.values(), "source": self.family.source}


def elicited_prior(study: Study, model: Model, statement: Statement, question: Question, force: bool) -> Elicited:
    """Fit a prior to a statement, and put it into its set; nothing is written.

    Parameters
    ----------
    study : Study
        The study, in whose units the statement is.
    model : Model
        The model.
    statement : Statement
        The statement.
    question : Question
        What it is on.
    force : bool
        Whether a prior the study file has already may be replaced.

    Returns
    -------
    Elicited

    Raises
    ------
    InputError
        If parameter, set or family do not exist, the study file has a prior already, or the statement contradicts the
        family.
    NoElicitationError
        If PreliZ is not installed.
    """
    base, current, here, kind = _place(study, model, statement, question, force)
    note = notes(current)[question.parameter]
    lower, upper = statement.bounds(kind)
    assert lower is not None
    assert upper is not None
    said = f"elicited: {100 * statement.mass:.4g}% between {lower:g} and {upper:g} {_counted(note.unit)}"
    fitted = fit_prior(kind, lower, upper, statement.mass, _freedom(question, kind, here))
    family = replace(fitted, source=question.source or said)
    priors = replace(current, **{question.parameter: family})
    return Elicited(model.name, question.parameter, question.prior_set, base, statement, lower, upper, family, priors)


def faults_of_parameter(model: Model, parameter: str) -> list[Fault]:
    """What is wrong with the name of a parameter of a model."""
    known = families(next(iter(model.shipped.values())))
    if parameter in known:
        return []
    required = f"a parameter of {model.name}"
    return [Fault("parameter", None, None, required, f"'{parameter}'", choice(parameter, known))]


def _counted(unit: str) -> str:
    """A unit as it stands after numbers: in brackets one in which nothing is counted."""
    return f"({unit})" if unit in UNCOUNTED else unit


def _place(
    study: Study, model: Model, statement: Statement, question: Question, force: bool
) -> tuple[str, PriorsLike, Family, type[Family]]:
    """Base, set, present prior and family of what a statement is on; all that is wrong with the two is told at once."""
    faults: list[Fault] = []
    base, current = "", next(iter(model.shipped.values()))
    try:
        base, current = _set_of(study, model, question)
    except InputError as error:
        faults += error.faults
    here, kind = families(current).get(question.parameter), None
    if here is None:
        faults += faults_of_parameter(model, question.parameter)
    else:
        try:
            kind = _kind(question, here)
            _freedom(question, kind, here)
        except InputError as error:
            faults += error.faults
    faults = [*contradictions(statement, question.parameter, notes(current).get(question.parameter), kind), *faults]
    own = study.spec.analysis.prior_sets.get(question.prior_set, {}).get(model.name, {})
    if question.parameter in own and not force:
        key = f"analysis.prior_sets.{question.prior_set}.{model.name}.{question.parameter}"
        faults.append(Fault(study.path.name, None, key, "no prior yet", str(here), "replace it with `force`"))
    if faults or here is None or kind is None:
        raise InputError(faults)
    return base, current, here, kind


def fit_prior(kind: type[Family], lower: float, upper: float, mass: float, df: float | None = None) -> Family:
    """The prior of a family that knows least beside the mass it gives an interval.

    Parameters
    ----------
    kind : type
        The family.
    lower, upper : float
        The interval, in the unit of the parameter.
    mass : float
        Mass between the two.
    df : float, optional
        Degrees of freedom, which a Student-t family keeps.

    Returns
    -------
    Family
        Hyperparameters have six digits, a mean those that six digits of the interval's width have.

    Raises
    ------
    InputError
        If no member of the family is found that has this mass there.
    NoElicitationError
        If PreliZ is not installed.

    References
    ----------
    Icazatti A, Abril-Pla O, Klami A, Martin OA (2023). PreliZ: A tool-box for prior elicitation. Journal of Open Source
    Software 8(89), 5499. doi:10.21105/joss.05499
    """
    family, found = _nearest(kind, lower, upper, mass, df)
    if abs(found - mass) > TOLERANCE:
        able = ", ".join(_reaching(kind, lower, upper, mass, df))
        required = f"an interval for which a {kind.__name__} with {100 * mass:.4g}% in it can be found"
        advice = f"give other bounds or another `family`: {able}" if able else "give other bounds"
        raise _fault(
            "the statement", required, f"{lower:g} to {upper:g}, with {100 * found:.3g}% at the nearest", advice
        )
    return family


def _nearest(kind: type[Family], lower: float, upper: float, mass: float, df: float | None) -> tuple[Family, float]:
    """The prior of a family that comes nearest to a mass, and the mass it has."""
    # Entropy knows no unit: the optimiser is given numbers of its own size.
    if on_the_line(kind):
        centre, size = (lower + upper) / 2, (upper - lower) / 2
    else:
        centre, size = 0.0, 1.0 if kind is Beta else upper
    standard = _fit_standard(kind, (lower - centre) / size, (upper - centre) / size, mass, df).times(size)
    values: dict[str, Any] = {name: float(f"{value:.6g}") for name, value in standard.values().items()}
    if on_the_line(kind):
        # Of symmetric priors with this mass in the interval, the widest is the one around its middle.
        values["mean"] = round(centre, 5 - math.floor(math.log10(upper - lower)))
    family = kind(**values)
    return family, _mass(family, lower, upper)


def _reaching(kind: type[Family], lower: float, upper: float, mass: float, df: float | None) -> Iterator[str]:
    """The other families in place of one that reach the mass, with the degrees of freedom they need."""
    for other in _fitted(kind):
        takes = "df" in HYPERPARAMETERS[other]
        if other is not kind:
            try:
                _, found = _nearest(other, lower, upper, mass, (df or FREEDOM) if takes else None)
            except ValueError:
                continue
            if abs(found - mass) <= TOLERANCE:
                yield f"{other.__name__} with `df` {df or FREEDOM:g}" if takes else other.__name__


def _fit_standard(kind: type[Family], lower: float, upper: float, mass: float, df: float | None) -> Family:
    preliz = _preliz()
    theirs = HYPERPARAMETERS[kind]
    with quiet():
        distribution = getattr(preliz, kind.__name__)(**({"nu": df} if "df" in theirs else {}))
        preliz.maxent(distribution, lower, upper, mass, plot=False)
    values: dict[str, Any] = {ours: float(getattr(distribution, name)) for ours, name in theirs.items()}
    return kind(**values)


def write_prior(study: Study, elicited: Elicited) -> Path:
    """Write a prior into its set in the study file; everything else in the file stays as it is.

    Raises
    ------
    InputError
        If the file writes its prior sets in a form to which nothing can be added.
    """
    path = study.path.resolve()
    place = (elicited.prior_set, elicited.model, elicited.parameter)
    text = path.read_bytes().decode("utf-8")
    try:
        changed = with_prior(text, place, elicited.base, elicited.table)
    except UnwritableError as error:
        key = f"analysis.prior_sets.{elicited.prior_set}"
        required = "a table under a header of its own for the priors of each model"
        action = f"write it as [{key}.{elicited.model}], with one line a parameter"
        raise InputError([Fault(path.name, None, key, required, "another form", action)]) from error

    def write(passing: Path) -> None:
        passing.write_bytes(changed.encode("utf-8"))
        shutil.copymode(path, passing)

    return write_whole(path, write)


def _preliz() -> ModuleType:
    try:
        with quiet():
            preliz = import_module("preliz")
    except ModuleNotFoundError as error:
        if error.name != "preliz":
            raise
        raise NoElicitationError(
            "priors are fitted to statements by PreliZ, which is not installed: pip install 'cochange[elicit]'"
        ) from None
    return preliz


def _mass(family: Family, lower: float, upper: float) -> float:
    distribution = frozen(family)
    return float(distribution.cdf(upper) - distribution.cdf(lower))


def _set_of(study: Study, model: Model, question: Question) -> tuple[str, PriorsLike]:
    """The shipped set under the one asked for, and the latter as it is now."""
    name = question.prior_set
    sets = sets_of_study(study, model)
    own = study.spec.analysis.prior_sets.get(name)
    if name in model.shipped:
        raise _fault("prior_set", "a name of its own", f"'{name}', which is shipped", "give yours another name")
    if own is not None:
        base = str(own.get("base", "reference"))
        if question.base not in ("", base):
            raise _fault("base", f"that of the set '{name}', {base},", f"'{question.base}'", "leave it out")
        return base, sets[name]
    if not name.replace("-", "").replace("_", "").isalnum():
        raise _fault("prior_set", "a name of letters, digits, - and _", f"'{name}'", "give it such a name")
    if words := unstorable(name):
        raise _fault("prior_set", words[0], f"'{name}'", words[1])
    base = question.base or "reference"
    if base not in model.shipped:
        required = f"a shipped set of {model.name}: {', '.join(model.shipped)}"
        raise _fault("base", required, f"'{base}'", suggestion(base, model.shipped) or "name one of them")
    return base, sets[base]


def _kind(question: Question, here: Family) -> type[Family]:
    allowed = {kind.__name__: kind for kind in _fitted(type(here))}
    name = question.family or type(here).__name__
    if name not in allowed:
        required = f"a family that {question.parameter} can have and one statement can tell: {', '.join(allowed)}"
        raise _fault("family", required, f"'{name}'", suggestion(name, allowed) or "name one of them")
    return allowed[name]


def _fitted(kind: type[Family]) -> tuple[type[Family], ...]:
    """The families in place of one that a statement on an interval can tell: no mixture."""
    return tuple(other for other in ALTERNATIVES[kind] if other in HYPERPARAMETERS)


def _freedom(question: Question, kind: type[Family], here: Family) -> float | None:
    """Degrees of freedom: a statement on one interval cannot tell them."""
    takes = "df" in HYPERPARAMETERS[kind]
    if not takes and question.df is not None:
        raise _fault("df", "a Student-t family", kind.__name__, "leave them out")
    df = here.values().get("df") if question.df is None else question.df
    if takes and (df is None or df <= 0):
        action = "give them with `df`: one interval cannot tell them"
        raise _fault("df", "a number above 0", "none" if df is None else f"{df:g}", action)
    return df if takes else None


def _fault(what: str, required: str, found: str, action: str) -> InputError:
    return InputError([Fault(what, None, None, required, found, action.strip() or "name one of these")])
