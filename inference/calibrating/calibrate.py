"""Simulation-based calibration of a model under a prior set, from the design to the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cochange.data.arguments import require_number
from cochange.data.faults import CochangeError
from cochange.data.paths import usable_folder
from cochange.data.study import Study, require_study
from cochange.inference.calibrating.design import around_the_centre, check_design, reference_design
from cochange.inference.calibrating.fits import CalibrationFits
from cochange.inference.calibrating.judge import Ranked, judge, problems_of, set_apart
from cochange.inference.many.engine import do_many
from cochange.inference.many.work import LEAST_FITS, SEED, Record
from cochange.inference.named import named_model
from cochange.inference.plan import main_prior
from cochange.inference.progress import Progress
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, families

FITS_FILE = "fits.jsonl"
# What the data have and the fits do not know of: settings of the data's analysis, then of the fits'.
MISSPECIFIED: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "measurement": ({"measurement": "on"}, {"measurement": "off"}),
    "outliers": ({"likelihood": "student_t"}, {"likelihood": "normal"}),
}


class CalibrationError(CochangeError):
    """What is asked of a calibration cannot be done."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A calibration of one model under one prior set.

    Attributes
    ----------
    model : Model
        The model.
    prior : str
        Name of the prior set.
    priors : Priors
        Its values as drawn from and fitted with.
    study : Study
        The design, analysed as the fits are.
    reference : bool
        Whether the design is the one that ships.
    misspecified : str
        A key of `MISSPECIFIED`, or empty where the data come about as the fits assume.
    truth : mapping of str to float
        Parameters and estimands whose truth was given instead of drawn; their ranks need not be even.
    seed : int
        Seed of the whole.
    records : list of mapping
        One a fit.
    rows : list of Ranked
        One a quantity, estimands first.
    """

    model: Model
    prior: str
    priors: PriorsLike
    study: Study
    reference: bool
    misspecified: str
    truth: Mapping[str, float]
    seed: int
    records: list[Record]
    rows: list[Ranked]

    @property
    def problems(self) -> Mapping[str, int]:
        """How many fits ended with each problem."""
        return problems_of(self.records)

    @property
    def failed(self) -> int:
        """How many fits ended with any."""
        return sum(bool(record["problems"]) for record in self.records)

    @property
    def uneven(self) -> list[Ranked]:
        """Quantities whose ranks are uneven, the worst first."""
        return set_apart(self.rows)

    @property
    def as_assumed(self) -> bool:
        """Whether truths and data come about as the fits assume, so that ranks are to be even."""
        return not self.misspecified and not self.truth

    @property
    def smallest_p(self) -> Ranked:
        """The quantity with the least even ranks."""
        return min(self.rows, key=lambda row: row.p_value)

    @property
    def seconds(self) -> float:
        """Mean processor time of a fit."""
        return float(np.mean([record["seconds"] for record in self.records]))


def calibrate(
    model: str,
    fits: int = 200,
    prior: str | None = None,
    study: Study | None = None,
    directory: Path | str | None = None,
    misspecified: str = "",
    seed: int = SEED,
    cores: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    truth: Mapping[str, float] | None = None,
) -> Calibration:
    """Draw truths from the prior, simulate data, fit them, and rank each truth among its posterior draws.

    Where a model and its sampler are right, the ranks of every quantity are even. In a script, call this under
    ``if __name__ == "__main__":``, for its worker processes import the script.

    Parameters
    ----------
    model : str
        A model's name or file.
    fits : int
        How many data sets.
    prior : str, optional
        Prior set; the main one of `study` by default, ``reference`` without one.
    study : Study, optional
        The design: participants, covariates, limits, gaps and rule of inclusion; by default `reference_design`.
    directory : Path or str, optional
        Where each fit is stored as it is done; a killed calibration goes on from there.
    misspecified : {"", "measurement", "outliers"}
        What the data have and the fits do not know of: errors of measurement, or Student-t outcomes.
    seed : int
        Seed of the whole; the same seed gives the same fits whoever does them.
    cores : int, optional
        Local processes; all processors by default.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the fits.
    progress : Progress, optional
        Told of each fit.
    truth : mapping of str to float, optional
        Values of parameters and estimands that are given instead of drawn: bias and coverage are then those of a
        recovery at that truth, everything else drawn from the prior.

    Returns
    -------
    Calibration

    Raises
    ------
    CalibrationError
        If there are too few fits, or there is no such misspecification.
    DesignError
        If the model cannot be fitted to the design.
    TruthError
        If a truth cannot be given as asked.
    InputError
        If there is no such model, it has no such prior set, or the directory is a file.
    TypeError
        If an argument is of another kind, such as the path of a study in place of it.
    """
    if study is not None:
        require_study(study)
    require_number(fits, "fits", whole=True)
    require_number(seed, "seed", whole=True)
    folder = None if directory is None else usable_folder(directory)
    chosen = named_model(model)
    design = study or reference_design(chosen.name)
    check_design(chosen, design)
    name, stated = main_prior(design, chosen, prior)
    if misspecified and misspecified not in MISSPECIFIED:
        raise CalibrationError(f"misspecified must be one of {', '.join(MISSPECIFIED)}; got '{misspecified}'")
    if fits < LEAST_FITS:
        raise CalibrationError(f"fits must be at least {LEAST_FITS}; got {fits}")
    of_truth = None
    if misspecified:
        of_data, of_fits = MISSPECIFIED[misspecified]
        of_truth, design = _analysed(design, of_data), _analysed(design, of_fits)
    priors = around_the_centre(chosen, stated)
    work = CalibrationFits(
        model=model,
        study=design,
        prior=name,
        families=families(priors),
        seed=seed,
        truth=of_truth,
        values=dict(truth or {}),
    )
    path = folder / FITS_FILE if folder is not None else None
    records = do_many(work, fits, path, cores, scheduler, progress)
    rows = judge(records, list(chosen.estimands), seed)
    if not rows:
        raise CalibrationError(f"{chosen.name}: none of the {fits} fits could be sampled: {records[0]['problems'][0]}")
    return Calibration(
        model=chosen,
        prior=name,
        priors=priors,
        study=design,
        reference=study is None,
        misspecified=misspecified,
        truth=dict(truth or {}),
        seed=seed,
        records=records,
        rows=sorted(rows, key=lambda row: not row.estimand),
    )


def _analysed(study: Study, settings: Mapping[str, str]) -> Study:
    analysis = study.spec.analysis.model_copy(update=dict(settings))
    return replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))
