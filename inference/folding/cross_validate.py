"""K-fold cross-validation of the forms of a model, from the study to a row a form.

References
----------
Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC.
Statistics and Computing 27, 1413-1432. doi:10.1007/s11222-016-9696-4
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from cochange.data.arguments import require_number
from cochange.data.paths import usable_folder
from cochange.data.study import Study, require_study
from cochange.inference.calibrating.judge import problems_of
from cochange.inference.elpd import Place, elpd_of, places_of
from cochange.inference.folding.fits import FoldFits
from cochange.inference.folding.folds import CrossValidationError, make_folds
from cochange.inference.forms import form_of, in_a_name, other_forms
from cochange.inference.many.engine import do_many
from cochange.inference.many.work import SEED, Record
from cochange.inference.named import named_model
from cochange.inference.plan import main_prior, make_plan
from cochange.inference.progress import Progress
from cochange.models.parts.contract import OPTIONAL, Model, available, load_model
from cochange.models.parts.prior_sets import PriorsLike, families

FITS_FOLDER = "folds"
FOLDS = 10
NEEDED = ("log_likelihood", "leave_out")
# A form that some fits could not be sampled of has no sum to compare.
NO_PLACE = Place(weight=np.nan)


@dataclass(frozen=True, kw_only=True)
class FoldedForm:
    """How well one form foretells participants left out.

    Attributes
    ----------
    form : str
        The form.
    elpd, se : float
        Log predictive density, summed over the participants, and its standard error; NaN where a fit gave none.
    mcse : float
        Monte Carlo standard error of the sum.
    difference, difference_se : float
        From the best form, at most 0, and the standard error of the difference over the participants; NaN where there
        is no other.
    weight : float
        Weight of the form in a stacked prediction.
    participants : int
        Participants with a density.
    fits, failed : int
        Fits, and those that ended with a failed diagnostic.
    problems : mapping of str to int
        How many fits ended with each problem.
    """

    form: str
    elpd: float
    se: float
    mcse: float
    difference: float
    difference_se: float
    weight: float
    participants: int
    fits: int
    failed: int
    problems: Mapping[str, int]

    @property
    def reliable(self) -> bool:
        """Whether no fit of the form failed."""
        return self.failed == 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Folding:
    """What a cross-validation will fit.

    Attributes
    ----------
    model : Model
        The model.
    prior : str
        Name of the prior set.
    priors : Priors
        Its values.
    study : Study
        The study.
    by : {"participant", "site"}
        What is left out at a time.
    folds : mapping of str to tuple of str
        Participants of each fold by its name; the same for every form.
    seed : int
        Seed of the whole.
    works : mapping of str to FoldFits
        The fits of each form, that of the study file first.
    not_admitted : mapping of str to str
        Forms that cannot be compared, with the reason.
    """

    model: Model
    prior: str
    priors: PriorsLike
    study: Study
    by: str
    folds: Mapping[str, tuple[str, ...]]
    seed: int
    works: Mapping[str, FoldFits]
    not_admitted: Mapping[str, str]

    @property
    def fits(self) -> int:
        """How many fits it comes to."""
        return len(self.works) * len(self.folds)


@dataclass(frozen=True, eq=False, kw_only=True)
class CrossValidation:
    """A cross-validation of the forms of a model.

    Attributes
    ----------
    folding : Folding
        What was fitted.
    rows : tuple of FoldedForm
        One a form, the best first; those without a sum last.
    elpds : xarray.DataArray
        Log predictive density, dims ``(form, participant)``; NaN where a fit gave none.
    records : mapping of str to list of mapping
        One a fit, by form.
    """

    folding: Folding
    rows: tuple[FoldedForm, ...]
    elpds: xr.DataArray
    records: Mapping[str, list[Record]]

    @property
    def failed(self) -> int:
        """How many fits ended with a failed diagnostic."""
        return sum(row.failed for row in self.rows)

    @property
    def reliable(self) -> tuple[FoldedForm, ...]:
        """Forms of which no fit failed, each beside the best of them."""
        of_form = {row.form: row for row in self.rows if row.reliable}
        places = places_of({form: elpd_of(self.elpds.sel(form=form)) for form in of_form})
        return tuple(_row(form, self.elpds, self.records[form], place) for form, place in places.items())

    @property
    def seconds(self) -> float:
        """Mean processor time of a fit."""
        return float(np.mean([record["seconds"] for records in self.records.values() for record in records]))


def cross_validate(
    model: str,
    study: Study,
    prior: str | None = None,
    folds: int = FOLDS,
    by: str = "participant",
    seed: int = SEED,
    directory: Path | str | None = None,
    cores: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> CrossValidation:
    """Compare the forms of a model by how well they foretell participants left out, a fold at a time.

    Every form is fitted without each fold in turn; no importance sampling stands for a fit. In a script, call this
    under ``if __name__ == "__main__":``, for its worker processes import the script.

    Parameters
    ----------
    model : str
        A model's name or file, with `log_likelihood` and `leave_out`.
    study : Study
        The study.
    prior : str, optional
        Prior set; by default the main one of the study: the first that its file names, else ``reference``.
    folds : int
        How many folds participants are spread over, evenly over all and in every arm.
    by : {"participant", "site"}
        Whether participants are left out, or whole sites, one a fold.
    seed : int
        Seed of the whole; the same seed gives the same folds and fits whoever does them.
    directory : Path or str, optional
        Where each fit is stored as it is done, in ``folds/``; a killed cross-validation goes on from there.
    cores : int, optional
        Local processes; all processors by default.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the fits.
    progress : Progress, optional
        Told of each fit.

    Returns
    -------
    CrossValidation

    Raises
    ------
    CrossValidationError
        If the model has no density of a participant or nobody can be left out of it, if the folds are not those of the
        study, or if no form could be sampled.
    ContractError
        If the model file does not meet the contract.
    InputError
        If there is no such model, it has no such prior set, or the directory is a file.
    NothingToFitError
        If the study does not allow the model.
    TypeError
        If an argument is of another kind, such as the path of a study in place of it.
    """
    require_study(study)
    require_number(folds, "folds", whole=True)
    require_number(seed, "seed", whole=True)
    folder = None if directory is None else usable_folder(directory)
    return fit_folds(make_folding(model, study, prior, folds, by, seed), folder, cores, scheduler, progress)


def make_folding(model: str, study: Study, prior: str | None, folds: int, by: str, seed: int) -> Folding:
    """Find what is to be fitted; arguments and errors are those of `cross_validate`."""
    chosen = named_model(model)
    _check(chosen)
    name, priors = main_prior(study, chosen, prior)
    used = make_plan(study, (model,), (name,)).selections[chosen.name].used
    parts = make_folds(study, used.tolist(), folds, by, seed)
    works, not_admitted = dict[str, FoldFits](), dict[str, str]()
    for form, analysed in {form_of(study, chosen.name): study, **other_forms(study, chosen.name)}.items():
        selection = chosen.select(analysed)
        if selection.problem:
            not_admitted[form] = selection.problem
        elif set(selection.used) != set(used):
            not_admitted[form] = "it uses other participants than the form of the study file"
        else:
            works[form] = FoldFits(
                model=model,
                study=analysed,
                form=form,
                families=families(priors),
                folds=tuple(parts.values()),
                seed=seed,
            )
    return Folding(
        model=chosen,
        prior=name,
        priors=priors,
        study=study,
        by=by,
        folds=parts,
        seed=seed,
        works=works,
        not_admitted=not_admitted,
    )


def fit_folds(
    folding: Folding,
    directory: Path | None = None,
    cores: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> CrossValidation:
    """Do the fits; arguments and errors are those of `cross_validate`."""
    records = {}
    for form, work in folding.works.items():
        path = None if directory is None else directory / FITS_FOLDER / f"{in_a_name(form)}.jsonl"
        records[form] = do_many(work, len(folding.folds), path, cores, scheduler, progress)
    used = [participant for fold in folding.folds.values() for participant in fold]
    elpds = xr.DataArray(
        [_densities(done, used) for done in records.values()],
        dims=("form", "participant"),
        coords={"form": list(records), "participant": used},
    )
    whole = [form for form in records if elpds.sel(form=form).notnull().all()]
    if not whole:
        first = next(problem for done in records.values() for record in done for problem in record["problems"])
        raise CrossValidationError(f"{folding.model.name}: no form has a density for everyone left out: {first}")
    places = places_of({form: elpd_of(elpds.sel(form=form)) for form in whole})
    places |= {form: NO_PLACE for form in records if form not in places}
    rows = tuple(_row(form, elpds, records[form], place) for form, place in places.items())
    return CrossValidation(folding=folding, rows=rows, elpds=elpds, records=records)


def _check(model: Model) -> None:
    lacking = [name for name in NEEDED if getattr(model, name) is None]
    if lacking:
        loaded = map(load_model, available())
        able = [item.name for item in loaded if all(getattr(item, name) is not None for name in NEEDED)]
        said = f"{model.name} cannot be cross-validated; those that ship and can be are {', '.join(able)}"
        if model.name in available():
            raise CrossValidationError(said)
        meant = "; ".join(f"`{name}`, {OPTIONAL[name]}" for name in lacking)
        raise CrossValidationError(f"{said}. A model file can be when it has, as this one has not, {meant}")


def _densities(records: Sequence[Record], used: Sequence[str]) -> list[float]:
    found = {name: value for record in records for name, value in record.get("elpd", {}).items()}
    return [found.get(name, np.nan) for name in used]


def _row(form: str, elpds: xr.DataArray, records: Sequence[Record], place: Place) -> FoldedForm:
    of_form = elpds.sel(form=form)
    whole = bool(of_form.notnull().all())
    elpd = elpd_of(of_form)
    errors = [record["mcse"] for record in records if "mcse" in record]
    return FoldedForm(
        form=form,
        elpd=elpd.elpd if whole else np.nan,
        se=elpd.se if whole else np.nan,
        # Folds are sampled apart from each other.
        mcse=float(np.sqrt(np.square(errors).sum())) if whole else np.nan,
        difference=place.difference,
        difference_se=place.difference_se,
        weight=place.weight,
        participants=int(of_form.notnull().sum()),
        fits=len(records),
        failed=sum(bool(record["problems"]) for record in records),
        problems=dict(problems_of(records)),
    )
