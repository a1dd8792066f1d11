"""Everything a run found, from which tables, figures and sentences are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cochange.data.faults import Fault, InputError
from cochange.data.names import choice, counted
from cochange.data.study import Study
from cochange.inference.convergence import convergence
from cochange.inference.doubled import Doubling, compare_doubled
from cochange.inference.estimand_draws import Draws
from cochange.inference.estimates import Decision, Estimate, decide, estimate
from cochange.inference.fit import Fit
from cochange.inference.forms import form_of
from cochange.inference.loo import GROUP, FormComparison, compare_forms
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.stated import if_missing_differ
from cochange.inference.missing.surface import Surface
from cochange.inference.named import named_model
from cochange.inference.no_change import NaiveStatistic, no_change
from cochange.inference.settings import Settings
from cochange.inference.stored_rows import Rows
from cochange.inference.verdict import Diagnostics, Verdict, diagnose, judge
from cochange.models.parts.contract import Model, available, load_model
from cochange.models.parts.prior_sets import NAMES, PriorsLike
from cochange.models.parts.selection import Selection


@dataclass(frozen=True, eq=False)
class Results:
    """The results of a run.

    Attributes
    ----------
    study : Study
        The study.
    models : tuple of Model
        The models fitted, in order.
    not_fitted : mapping of str to str
        The models asked for that the study does not allow, with the reason.
    selections : mapping of str to Selection
        Who each model uses, and who it leaves out and why.
    priors : mapping of str to mapping of str to Priors
        Model, prior set, priors in the units of the study.
    main_prior : str
        The prior set the report speaks of first.
    fits : mapping of (str, str) to Fit
        By model and prior set.
    estimates : tuple of Estimate
        Of every fit.
    decisions : tuple of Decision
        In the order of the estimates.
    diagnostics : tuple of Diagnostics
        Of every fit.
    verdict : Verdict
        May the results be reported?
    use : pandas.DataFrame
        The records of the audit with one column a model: ``"used"``, or why the participant, or somebody
        who is none, is left out.
    manifest : mapping
        Versions, seeds, hashes and settings.
    no_change : tuple of NaiveStatistic
        The usual statistics beside those of data sets without change, of the models that can draw them.
    forms : mapping of (str, str) to Fit
        By model and form: the main fit of each model with a joint density of a participant, and its other forms.
    comparison : tuple of FormComparison
        Of the forms of a model, by leave-one-out cross-validation.
    doubled : tuple of Doubling
        The estimates of the main fit beside those with twice the draws; empty where it was not sampled twice.
    under_scenarios : tuple of UnderScenario
        Estimates if those who left are different, as far as the study states how, under the main prior set.
    surfaces : tuple of Surface
        Conclusions while their values are shifted, likewise.
    draws : mapping of (str, str) to mapping of str to xarray.DataArray
        Posterior draws of the estimands, by model and prior set and then by estimand.
    """

    study: Study
    models: tuple[Model, ...]
    not_fitted: Mapping[str, str]
    selections: Mapping[str, Selection]
    priors: Mapping[str, Mapping[str, PriorsLike]]
    main_prior: str
    fits: Mapping[tuple[str, str], Fit]
    estimates: tuple[Estimate, ...]
    decisions: tuple[Decision, ...]
    diagnostics: tuple[Diagnostics, ...]
    verdict: Verdict
    use: pd.DataFrame
    manifest: Mapping[str, Any]
    no_change: tuple[NaiveStatistic, ...] = ()
    forms: Mapping[tuple[str, str], Fit] = field(default_factory=dict)
    comparison: tuple[FormComparison, ...] = ()
    doubled: tuple[Doubling, ...] = ()
    under_scenarios: tuple[UnderScenario, ...] = ()
    surfaces: tuple[Surface, ...] = ()
    draws: Draws = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = {"model": len(self.models), "fit": len(self.fits), "estimate": len(self.estimates)}
        held = ", ".join(counted(number, what) for what, number in counts.items())
        return f"Results of {self.study.spec.study.title!r}: {held}; verdict: {self.verdict.status}"

    def estimates_of(
        self, model: str | None = None, prior: str | None = None, estimand: str | None = None
    ) -> tuple[Estimate, ...]:
        """The estimates of a model, a prior set, an estimand, or any of these together.

        Raises
        ------
        ContractError
            If a model file does not meet the contract.
        InputError
            If there is no such model, prior set or estimand; one that was not fitted has no estimates.
        """
        if model is not None and not (self.fitted(model) or model in self.not_fitted):
            named_model(model)
        found = tuple(
            row
            for row in self.estimates
            if model in (None, row.model) and prior in (None, row.prior) and estimand in (None, row.estimand)
        )
        if not found:
            self._check_asked(prior, estimand)
        return found

    def _check_asked(self, prior: str | None, estimand: str | None) -> None:
        """Refuse names of prior sets and estimands that no model has."""
        sets = dict.fromkeys(row.prior for row in self.estimates)
        estimands = dict.fromkeys(name for model in self.models for name in model.estimands)
        shipped = dict.fromkeys(name for model in available() for name in load_model(model).estimands)
        asked = (
            ("prior", "a prior set of these results", prior, sets, dict.fromkeys(NAMES)),
            ("estimand", "an estimand of these results", estimand, estimands, shipped),
        )
        if faults := [
            Fault(argument, None, None, required, f"'{name}'", choice(name, known))
            for argument, required, name, known, others in asked
            if name is not None and name not in known | others
        ]:
            raise InputError(faults)

    def decisions_of(self, model: str, prior: str, estimand: str | None = None) -> tuple[Decision, ...]:
        """The decisions on the estimates of a model under a prior set, or on those of one estimand."""
        return tuple(
            item
            for item in self.decisions
            if (item.estimate.model, item.estimate.prior) == (model, prior)
            and estimand in (None, item.estimate.estimand)
        )

    def fitted(self, model: str) -> bool:
        """Whether a model is among those fitted."""
        return any(item.name == model for item in self.models)


def assemble(
    study: Study,
    models: tuple[Model, ...],
    not_fitted: Mapping[str, str],
    selections: Mapping[str, Selection],
    priors: Mapping[str, Mapping[str, PriorsLike]],
    fits: Mapping[tuple[str, str], Fit],
    manifest: Mapping[str, Any],
    other_forms: Mapping[tuple[str, str], Fit] | None = None,
    twice: Fit | None = None,
    rows: Rows | None = None,
    draws: Draws | None = None,
) -> Results:
    """Summarise and judge the fits of a run; arguments as the attributes of `Results`.

    `twice` is the fit with twice the draws of the model it names, under the first of its prior sets; `rows` what the
    same fits were summarised by before, and `draws` the estimands derived from them then.
    """
    main_prior = next(iter(fits))[1]
    forms = {(fit.model, form_of(study, fit.model)): fit for fit in _mains(fits) if GROUP in fit.tree.children} | dict(
        other_forms or {}
    )
    by_name = {model.name: model for model in models}
    if draws is None:
        draws = {place: by_name[fit.model].derive(fit.posterior, study) for place, fit in fits.items()}
    if rows is None:
        rows = _summarise(study, models, fits, draws, forms, twice, Settings(seed=int(manifest["seed"])))
    settled = {(item.model, item.prior): item.status != "do not report" for item in rows.diagnostics}
    return Results(
        study=study,
        models=models,
        not_fitted=not_fitted,
        selections=selections,
        priors=priors,
        main_prior=main_prior,
        fits=fits,
        estimates=rows.estimates,
        decisions=tuple(decide(row, settled[row.model, row.prior]) for row in rows.estimates),
        diagnostics=rows.diagnostics,
        verdict=judge(rows.diagnostics, study, selections, rows.estimates),
        use=use_of_cells(study, selections),
        manifest=manifest,
        no_change=rows.no_change,
        forms=forms,
        comparison=rows.comparison,
        doubled=rows.doubled,
        under_scenarios=rows.under_scenarios,
        surfaces=rows.surfaces,
        draws=draws,
    )


def _summarise(
    study: Study,
    models: tuple[Model, ...],
    fits: Mapping[tuple[str, str], Fit],
    draws: Draws,
    forms: Mapping[tuple[str, str], Fit],
    twice: Fit | None,
    settings: Settings,
) -> Rows:
    main_prior = next(iter(fits))[1]
    by_name = {model.name: model for model in models}
    diagnostics: list[Diagnostics] = []
    estimates: list[Estimate] = []
    for place, fit in fits.items():
        model, estimands = by_name[fit.model], draws[place]
        diagnostics.append(diagnose(fit, convergence(fit.tree, estimands, model.prior_vars)))
        estimates += estimate(fit, model, study, estimands)
    under_scenarios, surfaces = if_missing_differ(models, fits, main_prior, study)
    return Rows(
        estimates=tuple(estimates),
        diagnostics=tuple(diagnostics),
        no_change=tuple(
            row
            for model in models
            if (model.name, main_prior) in fits
            for row in no_change(fits[model.name, main_prior], model, study, settings)
        ),
        comparison=compare_forms(forms),
        doubled=_doubled(estimates, twice, fits, by_name, study),
        under_scenarios=under_scenarios,
        surfaces=surfaces,
    )


def _mains(fits: Mapping[tuple[str, str], Fit]) -> list[Fit]:
    """The fit of each model under the first of its prior sets, which need not be that of the others."""
    first: dict[str, Fit] = {}
    for fit in fits.values():
        first.setdefault(fit.model, fit)
    return list(first.values())


def _doubled(
    estimates: list[Estimate],
    twice: Fit | None,
    fits: Mapping[tuple[str, str], Fit],
    models: Mapping[str, Model],
    study: Study,
) -> tuple[Doubling, ...]:
    if twice is None:
        return ()
    main = next(fit for fit in _mains(fits) if fit.model == twice.model)
    own = [row for row in estimates if (row.model, row.prior) == (main.model, main.prior)]
    return compare_doubled(own, main, twice, models[main.model], study)


def use_of_cells(study: Study, selections: Mapping[str, Selection]) -> pd.DataFrame:
    """The audit with one column a model: whether the participant of each cell is used, and if not, why."""
    records = study.audit.records.copy()
    known = set(study.data["participant"].to_numpy().tolist())
    for model, selection in selections.items():
        participants = records["participant"].astype(str)
        records[model] = [
            selection.left_out.get(who, "used") if who in known else "no participant of the study"
            for who in participants
        ]
    return records
