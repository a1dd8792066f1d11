"""What a prior set says before the data: its parameters in use, and what it implies for estimands and readings."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.built import check_built, in_use
from cochange.inference.estimates import cell_of, places
from cochange.inference.impossible import impossible_scores
from cochange.inference.plan import make_plan
from cochange.inference.predictive import predict_before
from cochange.inference.progress import Progress, Silent
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL
from cochange.models.parts.prior_sets import PriorsLike
from cochange.models.parts.responders import are_whole, thresholds

QUANTILES = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class Quantity:
    """A number that a prior set implies.

    Attributes
    ----------
    name : str
        An estimand, with its form, marker or arms in brackets, or an outcome at a visit.
    unit : str
        Its unit; of a marker that of its readings.
    lower, median, upper : float
        The central 95% and the median of the prior draws.
    positive : bool
        Whether it is a ratio, or a reading of a marker.
    """

    name: str
    unit: str
    lower: float
    median: float
    upper: float
    positive: bool = False


@dataclass(frozen=True)
class Share:
    """The share of participants for whom something holds, before the data; or of scores that are impossible."""

    name: str
    value: float
    of_impossible: bool = False


@dataclass(frozen=True, eq=False)
class PriorTerms:
    """A prior set of a model in implied terms.

    Attributes
    ----------
    model, prior : str
        Model and prior set.
    priors : Priors
        The set, in the units of the study.
    parameters : tuple of str
        The parameters the study calls for.
    estimands, readings : tuple of Quantity
        What it implies for each estimand of everyone together and each contrast of arms, and for readings of a new
        participant, without limits of detection; readings a model takes as given are not among them.
    shares : tuple of Share
        Of the scores drawn for the participants of the study that are impossible on the scale, and of the new
        participants with a baseline score on the scale those who respond; not a number where no such score is drawn.
    """

    model: str
    prior: str
    priors: PriorsLike
    parameters: tuple[str, ...]
    estimands: tuple[Quantity, ...]
    readings: tuple[Quantity, ...]
    shares: tuple[Share, ...]


def prior_terms(
    study: Study,
    models: Sequence[str] = (),
    priors: Sequence[str] = (),
    seed: int | None = None,
    progress: Progress | None = None,
) -> tuple[PriorTerms, ...]:
    """Every prior set of the models of a study in implied terms; nothing is fitted or compiled.

    Parameters
    ----------
    study : Study
        The study.
    models : sequence of str, optional
        Names or model files; those of the study file by default, or every model that ships.
    priors : sequence of str, optional
        Prior sets; those of the study file by default, or every set there is.
    seed : int, optional
        Seed; the study file's by default.
    progress : Progress, optional
        Told of each set.

    Returns
    -------
    tuple of PriorTerms
        By model, the main set first.

    Raises
    ------
    ContractError
        If a model file does not meet the contract.
    InputError
        If there is no such model, or a prior set names what no model has.
    NothingToFitError
        If the study allows none of the models.
    """
    plan = make_plan(study, models, priors)
    progress = progress or Silent()
    settings = Settings(seed=study.spec.analysis.seed if seed is None else seed)
    found = []
    for model in plan.models:
        for name, own in plan.sets[model.name].items():
            progress.step(f"{model.name}: drawing from {name}")
            found.append(terms_of(model, study, name, own, settings))
            progress.finished()
    return tuple(found)


def terms_of(model: Model, study: Study, name: str, priors: PriorsLike, settings: Settings) -> PriorTerms:
    """One prior set in implied terms.

    Parameters
    ----------
    model : Model
        The model, which the study allows.
    study : Study
        The study.
    name : str
        The prior set's name.
    priors : Priors
        The prior set.
    settings : Settings
        For the seed.
    """
    # A graph of its own for every set: no data of another set can be left in it.
    with quiet():
        graph = model.build(study, priors)
    before = predict_before(graph, model, study, settings, name, priors)
    draws = before["prior"]
    derived = model.derive(draws, study)
    check_built(model, graph, priors)
    rng = np.random.default_rng(settings.seed_of(model.name, name, "new participants"))
    drawn = xr.Dataset() if model.readings is None else model.readings(draws, study, rng)
    return PriorTerms(
        model=model.name,
        prior=name,
        priors=priors,
        parameters=in_use(model, study, priors, graph),
        estimands=tuple(_estimands(model, derived)),
        readings=tuple(_readings(drawn, study)),
        shares=(*_impossible(before["prior_predictive"], model, study), *_responders(drawn, model, study)),
    )


def _estimands(model: Model, derived: Mapping[str, xr.DataArray]) -> Iterator[Quantity]:
    for name, values in derived.items():
        everyone = "group" in values.dims and OVERALL in values["group"].values
        for place in places(values.sel(group=[OVERALL]) if everyone else values):
            details = [label for label in place.values() if label not in (None, OVERALL)]
            title = f"{name} ({', '.join(details)})" if details else name
            unit = model.estimands[name].unit
            yield _quantity(title, unit, cell_of(values, place).values, unit == "ratio")


def _quantity(name: str, unit: str, values: np.ndarray, positive: bool = False) -> Quantity:
    lower, median, upper = np.quantile(values, QUANTILES)
    return Quantity(name, unit, float(lower), float(median), float(upper), positive)


def _readings(drawn: xr.Dataset, study: Study) -> Iterator[Quantity]:
    """Readings of markers in their unit, and of the score in points."""
    units = {marker.name: marker.analysed_unit for marker in study.spec.marker}
    for visit in (study.baseline, study.follow_up):
        for marker, unit in units.items():
            if (name := f"{marker} at {visit}") in drawn:
                yield _quantity(name, unit, np.exp(drawn[name].values), True)
        if (name := _score_at(study, visit)) in drawn and "draw" in drawn[name].dims:
            yield _quantity(name, "points", drawn[name].values)


def _score_at(study: Study, visit: str) -> str:
    return f"{study.scale.name} at {visit}" if study.scale is not None else ""


def _impossible(drawn: xr.Dataset, model: Model, study: Study) -> Iterator[Share]:
    """Shares of impossible scores, as the report of a run has them."""
    for item in impossible_scores(drawn, model.name, study):
        assert study.scale is not None
        form = f" ({item.form})" if item.form is not None else ""
        outside = f"outside {study.scale.lower:g} to {study.scale.upper:g}: values impossible on the scale"
        yield Share(f"{study.scale.name} at {item.visit}{form} {outside}", item.share, of_impossible=True)


def _responders(drawn: xr.Dataset, model: Model, study: Study) -> Iterator[Share]:
    """The share of responders; where the study's scores are whole numbers, so are those drawn.

    A baseline score off the scale, which a wide prior draws, is nobody's: half of what lies under 0 is no fall.
    """
    names = [_score_at(study, visit) for visit in (study.baseline, study.follow_up)]
    if study.scale is None or not set(names) <= set(drawn):
        return
    scale = study.scale
    scores = {name: drawn[name] for name in names}
    if are_whole(study.data["symptom"].values):
        scores = {name: values.round() for name, values in scores.items()}
    if "response_probability" in thresholds(study, model.select(study).used):
        before, after = scores.values()
        before, after = xr.broadcast(before, after)
        possible = (before >= scale.lower) & (before <= scale.upper)
        responds = possible & (after <= before * (1 - scale.response)) & (before > 0)
        share = float(responds.sum() / possible.sum()) if possible.any() else math.nan
        yield Share(f"new participants with a fall of the {scale.name} by {scale.response:.0%} or more", share)


def by_model(terms: Sequence[PriorTerms]) -> Mapping[str, list[PriorTerms]]:
    """The sets of each model, in order."""
    found: dict[str, list[PriorTerms]] = {}
    for item in terms:
        found.setdefault(item.model, []).append(item)
    return found
