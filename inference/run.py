"""The main job: every model under every prior set, stored as it goes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cochange.data.study import Study
from cochange.inference.compiled import Compiled, compile_telling
from cochange.inference.doubled import doubled_name, main_model, sample_doubled
from cochange.inference.earlier_run import begin_anew, remove_other_fits
from cochange.inference.fit import Fit, sample
from cochange.inference.forms import compared_forms, stored_name
from cochange.inference.lock import alone_in
from cochange.inference.loo import GROUP, with_loo
from cochange.inference.manifest import make_manifest
from cochange.inference.plan import Plan, make_plan
from cochange.inference.progress import Progress, Silent
from cochange.inference.results import Results, assemble
from cochange.inference.settings import Settings
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
    settings = settings or Settings(seed=study.spec.analysis.seed)
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
        sets, compiled = plan.sets[model.name], list[Compiled]()
        prior, main_priors = next(iter(sets.items()))
        for fit in _fits(study, model, sets, settings, manifest, directory, progress, compiled):
            fits[fit.model, fit.prior] = fit
        if model.name == main:
            first = fits[model.name, prior]
            twice = _doubled(study, model, first, main_priors, settings, manifest, directory, progress, compiled)
            progress.finished()
        for form, other in compared_forms(study, model).items():
            one = {stored_name(prior, form): main_priors}
            forms[model.name, form] = _fits(other, model, one, settings, manifest, directory, progress, [])[0]
    progress.step("summarising the draws")
    results = assemble(study, plan.models, plan.not_fitted, plan.selections, plan.sets, fits, manifest, forms, twice)
    if directory is not None:
        remove_other_fits(directory, study)
        save_results(directory, results)
    return results


def count_fits(study: Study, plan: Plan, double: bool) -> int:
    """How many fits `run_study` makes: of every prior set, of the forms compared, and that with twice the draws."""
    return plan.n_sets + sum(len(compared_forms(study, model)) for model in plan.models) + double


def _fits(
    study: Study,
    model: Model,
    sets: Mapping[str, PriorsLike],
    settings: Settings,
    manifest: Mapping[str, object],
    directory: Path | None,
    progress: Progress,
    compiled: list[Compiled],
) -> list[Fit]:
    """The fits of one model; prior sets of the same families share a compilation, kept in `compiled`."""
    fits = list[Fit]()
    for prior, priors in sets.items():
        key = fingerprint(study, model, priors, manifest)
        stored = load_fit(directory, model.name, prior, key) if directory is not None else None
        fit = stored
        if fit is not None:
            progress.step(f"{model.name}, {prior} prior: stored before")
        else:
            fit = sample(_compiled(study, model, priors, progress, compiled), prior, priors, settings, progress)
        # The main set of this run may have been another one of the run that stored it.
        if not fits and model.log_likelihood is not None and GROUP not in fit.tree.children:
            fit = with_loo(fit, _compiled(study, model, priors, progress, compiled), priors, settings, progress)
        if fit is not stored and directory is not None:
            save_fit(directory, fit, key, study.content_hash)
        progress.finished()
        fits.append(fit)
    return fits


def _compiled(study: Study, model: Model, priors: PriorsLike, progress: Progress, compiled: list[Compiled]) -> Compiled:
    """A compilation for the families of a prior set: one there is, or a new one that is kept."""
    usable = next((item for item in compiled if item.fits(priors)), None)
    if usable is None:
        again = " again, for a prior set with other families" if compiled else ""
        usable = compile_telling(model, study, priors, progress, again)
        compiled.append(usable)
    return usable


def _doubled(
    study: Study,
    model: Model,
    fit: Fit,
    priors: PriorsLike,
    settings: Settings,
    manifest: Mapping[str, object],
    directory: Path | None,
    progress: Progress,
    compiled: list[Compiled],
) -> Fit:
    """The fit with twice the draws, stored and used again like any other."""
    key = fingerprint(study, model, priors, manifest)
    twice = load_fit(directory, model.name, doubled_name(fit.prior), key) if directory is not None else None
    if twice is None:
        usable = _compiled(study, model, priors, progress, compiled)
        twice = sample_doubled(fit, usable, priors, settings, progress)
        if directory is not None:
            save_fit(directory, twice, key, study.content_hash)
    return twice
