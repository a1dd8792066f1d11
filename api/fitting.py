"""One fit from Python."""

from dataclasses import dataclass

from cochange.data.names import counted
from cochange.data.study import Study, require_study
from cochange.inference.compiled import compile_model
from cochange.inference.convergence import convergence
from cochange.inference.estimates import Estimate, estimate
from cochange.inference.fit import Fit, sample
from cochange.inference.named import named_model
from cochange.inference.plan import main_prior, require_allowed
from cochange.inference.settings import Settings, settings_of
from cochange.inference.verdict import Diagnostics, diagnose
from cochange.models.parts.contract import Model


@dataclass(frozen=True, eq=False, repr=False)
class JudgedFit(Fit):
    """A fit with what it says; the other attributes are those of `Fit`.

    Attributes
    ----------
    estimates : tuple of Estimate
        Of every estimand by group, form, marker and visit, as the `Results` of a run have them for this fit.
    diagnostics : Diagnostics
        Whether it may be reported, and if not, why; likewise.
    """

    estimates: tuple[Estimate, ...]
    diagnostics: Diagnostics

    def __repr__(self) -> str:
        return f"{super().__repr__()}; {counted(len(self.estimates), 'estimate')}; {self.diagnostics.status}"


def fit(model: str, study: Study, prior: str | None = None, settings: Settings | None = None) -> JudgedFit:
    """Fit one model under one prior set.

    Parameters
    ----------
    model : str
        Name of a model that ships, or the path of a model file.
    study : Study
        From `cochange.read_study`.
    prior : str, optional
        A prior set of the model or of the study file; by default the main one: the first that the study file names,
        else ``reference``.
    settings : Settings, optional
        How to sample; the seed is the study file's by default.

    Returns
    -------
    JudgedFit
        Its ``estimates`` are rows, its ``tree`` is an ArviZ `DataTree`.

    Raises
    ------
    ContractError
        If the model file does not meet the contract.
    InputError
        If there is no such model or prior set.
    NothingToFitError
        If the study does not allow the model.
    TypeError
        If `study` is none, such as its path, or `settings` are none.
    """
    require_study(study)
    settings = settings_of(study, settings)
    chosen = named_model(model)
    name, priors = main_prior(study, chosen, prior)
    require_allowed(study, chosen)
    return judged(sample(compile_model(chosen, study, priors), name, priors, settings), chosen, study)


def judged(found: Fit, model: Model, study: Study) -> JudgedFit:
    """A fit of a model to a study with its estimates and diagnostics."""
    estimands = model.derive(found.posterior, study)
    return JudgedFit(
        **vars(found),
        estimates=estimate(found, model, study, estimands),
        diagnostics=diagnose(found, convergence(found.tree, estimands, model.prior_vars)),
    )
