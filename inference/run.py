"""The main job: every model under every prior set, stored as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cochange.data.study import Study
from cochange.inference.compiled import Compiled, compile_telling
from cochange.inference.doubled import doubled_name, main_model, sample_doubled
from cochange.inference.earlier_run import begin_anew, remove_other_fits, replaced_results
from cochange.inference.fit import Fit, sample
from cochange.inference.forms import compared_forms, stored_name
from cochange.inference.lock import alone_in
from cochange.inference.loo import GROUP, with_loo
from cochange.inference.manifest import make_manifest
from cochange.inference.plan import Plan, make_plan
from cochange.inference.progress import Progress, Silent
from cochange.inference.results import Results, assemble
from cochange.inference.set_aside import set_aside
from cochange.inference.settings import Settings, settings_of
from cochange.inference.store import (
    fingerprint,
    keep_model_file,
    load_fit,
    save_fit,
    save_results,
    save_study,
)
from cochange.models.parts.contract import Model, available
from cochange.models.parts.prior_sets import PriorsLike


def run_study(
    study: Study,
    directory: Path | None = None,
    models: Sequence[str] = (),
    priors: Sequence[str] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    command: str = "",
    double: bool = True,
) -> Results:
    """Fit the models of a study under its prior sets, judge the fits and summarise them.

    Parameters
    ----------
    study : Study
        The study, read and checked.
    directory : Path, optional
        Where to store the fits and the results; a run that was killed goes on from what it stored there, and one of
        another input is replaced. Nothing is stored without it.
    models : sequence of str, optional
        Names or model files; those of the study file by default, or every model that ships.
    priors : sequence of str, optional
        Prior sets; those of the study file by default, or the four that ship and the study's own.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.
    progress : Progress, optional
        Told of each step.
    command : str
        The command that started the run, kept in its manifest.
    double : bool
        Whether the joint model, or the first where that is not fitted, is sampled again with twice the draws under the
        main prior set, to see whether its estimates stay.

    Returns
    -------
    Results

    Raises
    ------
    InputError
        If another run is at work in the directory; for the rest see `make_plan`.
    """
    settings = settings_of(study, settings)
    progress = progress or Silent()
    plan = make_plan(study, models, priors)
    main = main_model(plan.models).name if double else None
    manifest = make_manifest(study, settings, plan.sets, plan.not_fitted, command, main)
    with alone_in(directory):
        return _run(study, plan, directory, settings, progress, manifest, main)


def _run(
    study: Study,
    plan: Plan,
    directory: Path | None,
    settings: Settings,
    progress: Progress,
    manifest: Mapping[str, Any],
    main: str | None,
) -> Results:
    """Make the fits of a plan and summarise them; `main` is the model sampled with twice the draws, too."""
    if directory is not None:
        begin_anew(directory, study)
        save_study(directory, study)
        for model in plan.models:
            if model.name not in available():
                keep_model_file(directory, model)
    fits: dict[tuple[str, str], Fit] = {}
    forms: dict[tuple[str, str], Fit] = {}
    twice = None
    for model in plan.models:
        sets = plan.sets[model.name]
        prior, main_priors = next(iter(sets.items()))
        own = _FitsOfModel(study, model, settings, manifest, directory, progress)
        found = own.under(sets)
        fits |= {(fit.model, fit.prior): fit for fit in found}
        if model.name == main:
            twice = own.doubled(found[0], main_priors)
        for form, other in compared_forms(study, model).items():
            in_form = replace(own, study=other, compiled=[])
            (forms[model.name, form],) = in_form.under({stored_name(prior, form): main_priors})
    progress.step("summarising the draws")
    results = assemble(study, plan.models, plan.not_fitted, plan.selections, plan.sets, fits, manifest, forms, twice)
    if directory is not None:
        remove_other_fits(directory, study)
        if replaced_results(directory, study, plan.sets, settings) is not None:
            set_aside(directory)
        save_results(directory, results)
    return results


def count_fits(study: Study, plan: Plan, double: bool) -> int:
    """How many fits `run_study` makes: of every prior set, of the forms compared, and that with twice the draws."""
    return plan.n_sets + sum(len(compared_forms(study, model)) for model in plan.models) + double


@dataclass(frozen=True, eq=False)
class _FitsOfModel:
    """The fits of one model in a run: each taken from what is stored, or made and stored.

    Prior sets of the same families share a compilation, kept in `compiled`.
    """

    study: Study
    model: Model
    settings: Settings
    manifest: Mapping[str, Any]
    directory: Path | None
    progress: Progress
    compiled: list[Compiled] = field(default_factory=list)

    def under(self, sets: Mapping[str, PriorsLike]) -> list[Fit]:
        """The fits under prior sets; the first, the main one, with its leave-one-out cross-validation."""
        fits = list[Fit]()
        for prior, priors in sets.items():
            key = self._key(priors)
            fit = stored = self._stored(prior, key)
            if fit is not None:
                self.progress.step(f"{self.model.name}, {prior} prior: stored before")
            else:
                fit = sample(self._compiled(priors), prior, priors, self.settings, self.progress)
            # The main set of this run may have been another one of the run that stored it.
            if not fits and self.model.log_likelihood is not None and GROUP not in fit.tree.children:
                fit = with_loo(fit, self._compiled(priors), priors, self.settings, self.progress)
            if fit is not stored:
                self._store(fit, key)
            self.progress.finished()
            fits.append(fit)
        return fits

    def doubled(self, fit: Fit, priors: PriorsLike) -> Fit:
        """The fit with twice the draws of one."""
        key = self._key(priors)
        twice = self._stored(doubled_name(fit.prior), key)
        if twice is None:
            twice = sample_doubled(fit, self._compiled(priors), priors, self.settings, self.progress)
            self._store(twice, key)
        self.progress.finished()
        return twice

    def _key(self, priors: PriorsLike) -> str:
        """The fingerprint of a fit, taken before it is made: a model file may be edited meanwhile."""
        return fingerprint(self.study, self.model, priors, self.manifest)

    def _stored(self, name: str, key: str) -> Fit | None:
        return None if self.directory is None else load_fit(self.directory, self.model.name, name, key)

    def _store(self, fit: Fit, key: str) -> None:
        if self.directory is not None:
            save_fit(self.directory, fit, key, self.study.content_hash)

    def _compiled(self, priors: PriorsLike) -> Compiled:
        """A compilation for the families of a prior set: one there is, or a new one that is kept."""
        usable = next((item for item in self.compiled if item.fits(priors)), None)
        if usable is None:
            again = " again, for a prior set with other families" if self.compiled else ""
            usable = compile_telling(self.model, self.study, priors, self.progress, again)
            self.compiled.append(usable)
        return usable
