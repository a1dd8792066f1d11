"""What a run will fit: the models the study allows, and the prior sets asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cochange.data.faults import CochangeError, InputError
from cochange.data.names import listed_names
from cochange.data.study import Study
from cochange.inference.built import selection_of
from cochange.inference.important import faults_of_estimands
from cochange.inference.named import PRIORS, check_priors, named_models, sets_of_study
from cochange.inference.own_sets import faults_of_sets
from cochange.inference.primary import faults_of_primary
from cochange.models.parts.contract import Model, available
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import NAMES, PriorsLike, families
from cochange.models.parts.selection import Selection
from cochange.models.parts.visits import visits_of

# Models of three visits and more, which two visits allow but do not call for: a run has to name them there.
OF_MANY_VISITS = frozenset({"growth", "repeated_measures"})


class NothingToFitError(CochangeError):
    """The study allows none of the models asked for."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The fits of a run.

    Attributes
    ----------
    models : tuple of Model
        The models the study allows, in order.
    not_fitted : mapping of str to str
        The others, with the reason.
    selections : mapping of str to Selection
        Of both.
    sets : mapping of str to mapping of str to Priors
        Model, prior set, priors; the main set first.
    same : mapping of str to mapping of str to str
        Model, prior set of the study file that changes nothing for it, the set among `sets` that it equals. Fitted
        under another name, the same priors would look like a second opinion.
    """

    models: tuple[Model, ...]
    not_fitted: Mapping[str, str]
    selections: Mapping[str, Selection]
    sets: Mapping[str, Mapping[str, PriorsLike]]
    same: Mapping[str, Mapping[str, str]]

    @property
    def n_sets(self) -> int:
        """How many prior sets its models have together."""
        return sum(len(sets) for sets in self.sets.values())


def make_plan(study: Study, models: Sequence[str] = (), priors: Sequence[str] = ()) -> Plan:
    """Find what can be fitted; faults are raised before anything is compiled or written.

    Parameters
    ----------
    study : Study
        The study.
    models : sequence of str, optional
        Names or model files; those of the study file by default, or every model that ships and suits its visits.
    priors : sequence of str, optional
        Prior sets; those of the study file by default, or every set there is.

    Raises
    ------
    ContractError
        If a model file does not meet the contract.
    InputError
        If there is no such model, a prior set, a smallest important difference or what is stated as primary names what
        no model has, or two models have one name.
    NothingToFitError
        If the study allows none of the models; says why for each.
    """
    chosen = chosen_models(study, models)
    check_stated(study, chosen)
    selections = {model.name: selection_of(model, study) for model in chosen}
    sets = {model.name: choose_priors(study, model, priors, "priors") for model in chosen}
    fitted = tuple(model for model in chosen if not selections[model.name].problem)
    not_fitted = {name: selection.problem for name, selection in selections.items() if selection.problem}
    if not fitted:
        raise NothingToFitError(_nothing_to_fit(study, not_fitted))
    same = {model.name: same_sets(study, sets[model.name]) for model in fitted}
    told_apart = {
        name: {prior: priors for prior, priors in sets[name].items() if prior not in like}
        for name, like in same.items()
    }
    return Plan(fitted, not_fitted, selections, told_apart, same)


def same_sets(study: Study, sets: Mapping[str, PriorsLike]) -> dict[str, str]:
    """The sets that are one before them under another name, where one of the two is the study file's own."""
    own = study.spec.analysis.prior_sets.keys()
    found: dict[str, str] = {}
    kept: dict[str, dict[str, Family]] = {}
    for name, priors in sets.items():
        alike = (
            other for other, values in kept.items() if values == families(priors) and not own.isdisjoint((name, other))
        )
        if (first := next(alike, None)) is None:
            kept[name] = families(priors)
        else:
            found[name] = first
    return found


def told_of_same(same: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """What is to be said of prior sets that are another one for a model; `same` as of a plan."""
    return tuple(
        f"for {model} the prior set '{prior}' is '{first}': it is fitted once, as '{first}'"
        for model, like in same.items()
        for prior, first in like.items()
    )


def chosen_models(study: Study, asked: Sequence[str] = ()) -> list[Model]:
    """The models of a run, each once; arguments and faults as those of `make_plan`."""
    if not asked and study.spec.analysis.models:
        return named_models(study.spec.analysis.models, study.path)
    return named_models(asked or usual_models(study), argument="models")


def usual_models(study: Study) -> tuple[str, ...]:
    """The models of a run that names none: those of many visits only where there are more than two."""
    few = not study.has_two_visits or len(visits_of(study)) == 2
    return tuple(name for name in available() if not (few and name in OF_MANY_VISITS))


def choose_priors(
    study: Study, model: Model, asked: Sequence[str] = (), argument: str = PRIORS[0]
) -> dict[str, PriorsLike]:
    """The prior sets to fit a model under, the main one first; of those that an argument asks for, those that it has.

    Raises
    ------
    InputError
        If a set is asked for that no model nor the study file has, or the model has none of those asked for.
    """
    sets = sets_of_study(study, model)
    names = asked or study.spec.analysis.priors
    if not names:
        return {name: sets[name] for name in (*(name for name in NAMES if name in sets), *sets)}
    check_priors(names, model, study.spec, None if asked else study.path, argument)
    return {name: sets[name] for name in names if name in sets}


def main_prior(
    study: Study, model: Model, asked: str | None = None, argument: str = PRIORS[0]
) -> tuple[str, PriorsLike]:
    """The prior set of a fit under one set: that asked for, else the main one; faults as of `choose_priors`."""
    return next(iter(choose_priors(study, model, listed_names(asked or "", argument), argument).items()))


def require_allowed(study: Study, model: Model) -> None:
    """Refuse a model that a study does not allow.

    Raises
    ------
    NothingToFitError
        With the reason.
    """
    if problem := selection_of(model, study).problem:
        raise NothingToFitError(f"{model.name}: {problem}")


def check_stated(study: Study, models: Sequence[Model]) -> None:
    """Refuse what models tell is wrong in the study file: smallest important differences, what is primary, prior sets.

    Raises
    ------
    InputError
        For each fault of `faults_of_estimands`, `faults_of_primary` and `faults_of_sets`.
    """
    faults = (
        *faults_of_estimands(study.spec, study.path, models),
        *faults_of_primary(study.spec, study.path, models),
        *faults_of_sets(study.spec, study.path, models),
    )
    if faults:
        raise InputError(faults)


def _nothing_to_fit(study: Study, reasons: Mapping[str, str]) -> str:
    """The message of a study that allows none of the models."""
    lines = [f"{study.path.name}: none of the models can be fitted to this study."]
    lines += [f"  {name}: {reason}" for name, reason in reasons.items()]
    return "\n".join(lines)
