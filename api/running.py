"""The main job from Python: every model of a study under every prior set, with a bar while it works."""

from collections.abc import Sequence
from pathlib import Path

from cochange.data.names import listed_names
from cochange.data.paths import usable_folder
from cochange.data.study import Study, require_study
from cochange.inference import run
from cochange.inference.plan import make_plan
from cochange.inference.results import Results
from cochange.inference.settings import Settings, settings_of
from cochange.progress import progress


def run_study(
    study: Study,
    directory: Path | str | None = None,
    models: str | Sequence[str] = (),
    priors: str | Sequence[str] = (),
    settings: Settings | None = None,
    double: bool = True,
    quiet: bool = False,
) -> Results:
    """Fit the models of a study under its prior sets, judge the fits and summarise them.

    Parameters
    ----------
    study : Study
        From `cochange.read_study`.
    directory : Path or str, optional
        Where to store the fits and the results; a run that was killed goes on from what it stored there, and one of
        another input is replaced. Nothing is stored without it.
    models : str or sequence of str, optional
        Names or model files; those of the study file by default, or every model that ships and suits its visits.
    priors : str or sequence of str, optional
        Prior sets; those of the study file by default, or every set there is.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.
    double : bool
        Whether the joint model, or the first where that is not fitted, is sampled again with twice the draws under the
        main prior set, to see whether its estimates stay.
    quiet : bool
        Whether to show nothing of how far it has come, which goes to standard error otherwise.

    Returns
    -------
    Results

    Raises
    ------
    ContractError
        If a model file does not meet the contract.
    InputError
        If there is no such model, or a prior set or a smallest important difference names what no model has, or
        the directory is a file, or another run is at work in it.
    NothingToFitError
        If the study allows none of the models; says why for each.
    TypeError
        If an argument is of another kind, such as the path of a study in place of it.
    """
    require_study(study)
    folder = None if directory is None else usable_folder(directory)
    models, priors = listed_names(models, "models"), listed_names(priors, "priors")
    settings = settings_of(study, settings)
    plan = make_plan(study, models, priors)
    with progress(run.count_fits(study, plan, double), hidden=quiet) as reporter:
        return run.run_study(study, folder, models, priors, settings, reporter, double=double)
