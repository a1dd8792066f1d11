"""One fit of a calibration: a truth, its data, their posterior, and where the truth ranks in it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.calibrating import chain, generate, truths
from cochange.inference.calibrating.chain import NOT_FINITE, elements, sample_chain
from cochange.inference.calibrating.generate import Generator, make_generator
from cochange.inference.calibrating.truths import GivenTruth, given_truth
from cochange.inference.compiled import Compiled, compile_model
from cochange.inference.many.fingerprint import fingerprint_of, values_of
from cochange.inference.many.work import Perform, Record, seeds_of
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import PriorsLike

# Draws kept of a fit, evenly spaced: with 79 the central half, four fifths and 95% of the 80 ranks are whole numbers.
KEPT = 79
DRAWS = 500
# Prior draws in which a parameter and an estimand that are not the same differ somewhere.
TOLD_APART_BY = 500


@dataclass(frozen=True, kw_only=True)
class CalibrationFits:
    """Fits of data drawn from the prior.

    Attributes
    ----------
    model : str
        A model's name or file.
    study : Study
        The design, analysed as the fits are.
    prior : str
        Name of the prior set.
    families : mapping of str to Family
        The family of each parameter, with its values. The class of a statistician's own set is not known to other
        processes.
    seed : int
        Seed of the whole.
    truth : Study or None
        The design analysed as the data come about, where that is not what the fits assume.
    values : mapping of str to float
        Parameters and estimands whose truth is given instead of drawn.
    """

    model: str
    study: Study
    prior: str
    families: Mapping[str, Family]
    seed: int
    truth: Study | None = None
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What is being done."""
        return f"{Path(self.model).stem}, {self.prior} prior: calibrating"

    def fingerprint(self) -> str:
        """Hash of the model and what it is built from, the design, the prior values, the seed and the versions."""
        files = (__file__, chain.__file__, generate.__file__, truths.__file__)
        asked = {"priors": values_of(self.families), "values": dict(self.values), "seed": self.seed}
        return fingerprint_of(self.model, (self.study, self.truth), files, asked)

    def open(self) -> Perform:
        """Make the forward draws, then compile or load the model: a truth that cannot be given is told at once."""
        model = load_model(self.model)
        priors = type(next(iter(model.shipped.values())))(**self.families)
        of_truth = self.truth or self.study
        with quiet():
            graph = model.build(of_truth, priors)
        generator = make_generator(model, of_truth, priors, graph)
        given = None
        if self.values:
            drawn, _ = generator.parameters(self.seed)
            given = given_truth(model, generator.study, self.values, drawn)
        compiled = compile_model(model, self.study, priors)
        sampler = compiled.under(priors)
        parameters = parameters_apart(compiled, priors, self.seed)
        return lambda number: _fit(self, compiled, sampler, generator, given, parameters, number)


def _fit(
    work: CalibrationFits,
    compiled: Compiled,
    sampler: Any,
    generator: Generator,
    given: GivenTruth | None,
    parameters: Sequence[str],
    number: int,
) -> Record:
    start = time.process_time()
    of_parameters, of_outcomes, of_sampler, of_graph, of_ties = seeds_of(work.seed, number, 5)
    truth, outcomes = generator.parameters(of_parameters)
    if given is not None:
        truth = given.of(truth)
        outcomes = generator.outcomes(truth, of_graph)
    data = generator.data(truth, outcomes, work.study, of_outcomes)
    record: dict[str, Any] = {"number": number, "problems": []}
    if not all(np.isfinite(values).all() for values in data.values()):
        return record | {"problems": [NOT_FINITE], "seconds": time.process_time() - start}
    sampled = sample_chain(compiled, generator.priors, sampler.with_data(**data), DRAWS, KEPT, of_sampler)
    record |= sampled.record
    if sampled.posterior is None:
        return record | {"seconds": time.process_time() - start}
    places = np.linspace(0, record["draws"] - 1, KEPT).round().astype(int)
    quantities = _quantities(compiled, sampled.posterior.isel(draw=places), truth, generator, parameters)
    if not all(np.isfinite([*draws, true]).all() for draws, true in quantities.values()):
        record["problems"] = [*record["problems"], NOT_FINITE]
    else:
        rng = np.random.default_rng(of_ties)
        record["ranks"] = {name: rank_of(true, draws, rng) for name, (draws, true) in quantities.items()}
        record["truth"] = {name: true for name, (_, true) in quantities.items()}
        record["mean"] = {name: float(draws.mean()) for name, (draws, _) in quantities.items()}
        record["sd"] = {name: float(draws.std(ddof=1)) for name, (draws, _) in quantities.items()}
    return record | {"seconds": time.process_time() - start}


def rank_of(true: float, draws: np.ndarray, rng: np.random.Generator) -> int:
    """How many draws lie under the truth; draws equal to it, as of a share that is 0 or 1, lie on either side.

    Modrak M, Moon AH, Kim S, et al. (2025). Simulation-based calibration checking for Bayesian computation: the choice
    of test quantities shapes sensitivity. Bayesian Analysis 20(2), 461-488. doi:10.1214/23-BA1404
    """
    return int((draws < true).sum() + rng.integers(0, (draws == true).sum() + 1))


def _quantities(
    compiled: Compiled, thinned: xr.Dataset, truth: xr.Dataset, generator: Generator, parameters: Sequence[str]
) -> dict[str, tuple[np.ndarray, float]]:
    """Draws and truth of every estimand and of the parameters, element by element."""
    model = compiled.model
    sampled, true = model.derive(thinned, compiled.study), model.derive(truth, generator.study)
    both = {name: (draws, true[name]) for name, draws in sampled.items() if name in true}
    both |= {name: (thinned[name], truth[name]) for name in parameters if name in truth}
    return {
        label: (sampled_element.to_numpy().ravel(), float(true_element.item()))
        for name, (draws, value) in both.items()
        for (label, sampled_element), (_, true_element) in zip(
            elements(name, draws), elements(name, value), strict=True
        )
    }


def parameters_apart(compiled: Compiled, priors: PriorsLike, seed: int) -> list[str]:
    """The top-level parameters but those that are an estimand, which count once: in prior draws, to rounding."""
    model, study = compiled.model, compiled.study
    draws = compiled.draw_priors(priors, TOLD_APART_BY, seed)
    estimands = model.derive(draws, study).values()
    return [name for name in model.prior_vars if name in draws and not _is_one_of(draws[name], estimands)]


def _is_one_of(draws: xr.DataArray, others: Iterable[xr.DataArray]) -> bool:
    """Whether the draws are those of another quantity, with or without dims of size 1."""
    own = np.squeeze(draws.to_numpy())
    alike = (other for found in others if (other := np.squeeze(found.to_numpy())).shape == own.shape)
    return any(np.allclose(own, other, rtol=1e-6, atol=0) for other in alike)
