"""One fit from Python."""

from cochange.data.study import Study, require_study
from cochange.inference.compiled import compile_model
from cochange.inference.fit import Fit, sample
from cochange.inference.named import named_model
from cochange.inference.plan import choose_priors, require_allowed
from cochange.inference.settings import Settings


def fit(model: str, study: Study, prior: str = "reference", settings: Settings | None = None) -> Fit:
    """Fit one model under one prior set.

    Parameters
    ----------
    model : str
        Name of a model that ships, or the path of a model file.
    study : Study
        From `cochange.read_study`.
    prior : str
        A prior set of the model or of the study file.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.

    Returns
    -------
    Fit
        Its ``tree`` is an ArviZ `DataTree`.

    Raises
    ------
    ContractError
        If the model file does not meet the contract.
    InputError
        If there is no such model or prior set.
    NothingToFitError
        If the study does not allow the model.
    TypeError
        If `study` is none, such as its path.
    """
    require_study(study)
    chosen = named_model(model)
    priors = choose_priors(study, chosen, [prior])[prior]
    require_allowed(study, chosen)
    settings = settings or Settings(seed=study.spec.analysis.seed)
    return sample(compile_model(chosen, study, priors), prior, priors, settings)
