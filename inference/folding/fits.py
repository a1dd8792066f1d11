"""One fit of a cross-validation: the model without one fold, and the densities of those left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import arviz_stats as azs
import numpy as np
import xarray as xr
from scipy.special import logsumexp

from cochange.data.study import Study
from cochange.inference.calibrating import chain
from cochange.inference.calibrating.chain import NOT_FINITE, sample_chain
from cochange.inference.compiled import Compiled, compile_model
from cochange.inference.loo import LEAST_ESS, thinned
from cochange.inference.many.fingerprint import fingerprint_of, values_of
from cochange.inference.many.work import Perform, Record, seeds_of
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import PriorsLike

DRAWS = 1500


@dataclass(frozen=True, kw_only=True)
class FoldFits:
    """Fits of one form of a model, each without one fold.

    Attributes
    ----------
    model : str
        A model's name or file.
    study : Study
        The study, analysed in the form.
    form : str
        The form in words.
    families : mapping of str to Family
        The family of each parameter, with its values. The class of a statistician's own set is not known to other
        processes.
    folds : tuple of tuple of str
        Participants of each fold; a fit has the number of the fold it leaves out.
    seed : int
        Seed of the whole.
    """

    model: str
    study: Study
    form: str
    families: Mapping[str, Family]
    folds: tuple[tuple[str, ...], ...]
    seed: int

    @property
    def name(self) -> str:
        """What is being done."""
        return f"{Path(self.model).stem}, {self.form}: cross-validating"

    def fingerprint(self) -> str:
        """Hash of the model and what it is built from, the study, the priors, the folds, the seed and the versions."""
        asked = {"priors": values_of(self.families), "folds": self.folds, "seed": self.seed}
        return fingerprint_of(self.model, (self.study,), (__file__, chain.__file__), asked)

    def open(self) -> Perform:
        """Compile or load the model."""
        model = load_model(self.model)
        priors = type(next(iter(model.shipped.values())))(**self.families)
        compiled = compile_model(model, self.study, priors)
        sampler = compiled.under(priors)
        return lambda number: _fit(self, compiled, priors, sampler, number)


def _fit(work: FoldFits, compiled: Compiled, priors: PriorsLike, sampler: Any, number: int) -> Record:
    start = process_time()
    model, left_out = compiled.model, work.folds[number]
    assert model.leave_out is not None
    assert model.log_likelihood is not None
    others = sampler.with_data(**model.leave_out(work.study, left_out))
    (of_sampler,) = seeds_of(work.seed, number, 1)
    sampled = sample_chain(compiled, priors, others, DRAWS, int(LEAST_ESS), of_sampler)
    record: dict[str, Any] = {"number": number, **sampled.record}
    if sampled.posterior is not None:
        draws = thinned(sampled.posterior, sum(map(len, work.folds)))
        density = model.log_likelihood(draws, work.study).sel(participant=list(left_out))
        found = foretold(density.transpose("chain", "draw", "participant"), left_out)
        record |= found or {"problems": [*record["problems"], NOT_FINITE]}
    return record | {"seconds": process_time() - start}


def foretold(density: xr.DataArray, participants: Sequence[str]) -> dict[str, Any]:
    """Log predictive density of participants left out, averaged over the draws.

    Parameters
    ----------
    density : xarray.DataArray
        Log density of each, dims ``(chain, draw, participant)``, under draws that have not seen them.
    participants : sequence of str
        Who they are.

    Returns
    -------
    dict
        ``elpd`` by participant, and ``mcse``, the Monte Carlo standard error of their sum; empty where either is not
        finite.
    """
    values = density.values
    elpd = logsumexp(values, axis=(0, 1)) - np.log(values.shape[0] * values.shape[1])
    # To first order the error of a sum of log means is that of the mean of the ratios' sum.
    ratios = xr.DataArray(np.exp(values - elpd).sum(axis=-1), dims=("chain", "draw"))
    with quiet():
        mcse = float(azs.mcse(ratios))
    if not np.isfinite([*elpd, mcse]).all():
        return {}
    return {"elpd": dict(zip(participants, elpd.tolist(), strict=True)), "mcse": mcse}
