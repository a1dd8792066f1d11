"""One simulated study of a plan: a truth of the design prior, its data, and what their analysis decides."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cochange.data.study import Study
from cochange.inference.calibrating import chain, generate, truths
from cochange.inference.calibrating.chain import NOT_FINITE, elements, sample_chain
from cochange.inference.calibrating.generate import Generator, make_generator
from cochange.inference.calibrating.truths import GivenTruth, element_named, given_truth
from cochange.inference.compiled import Compiled, compile_model
from cochange.inference.many.fingerprint import fingerprint_of, values_of
from cochange.inference.many.work import Perform, Record, seeds_of
from cochange.inference.planning.decision import Decision
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import PriorsLike

DRAWS = 1000
# Enough for a probability near the one that decisions need: about 0.02 of Monte Carlo error at 0.95.
LEAST_EFFECTIVE = 100


@dataclass(frozen=True, kw_only=True)
class PlannedFits:
    """Simulated studies of one design.

    Attributes
    ----------
    model : str
        A model's name or file.
    truth_study, study : Study
        The design as outcomes come about, and as it is analysed.
    design_families, families : mapping of str to Family
        The family of each parameter in the design prior, and in that of the analysis.
    truth : mapping of str to float
        What is given of the truth.
    decision : Decision
        What the study should end with.
    seed : int
        Seed of the whole; the same for every design, so that they are compared on the same truths.
    label : str
        The design in words.
    """

    model: str
    truth_study: Study
    study: Study
    design_families: Mapping[str, Family]
    families: Mapping[str, Family]
    truth: Mapping[str, float]
    decision: Decision
    seed: int
    label: str

    @property
    def name(self) -> str:
        """What is being done."""
        return f"{Path(self.model).stem}, {self.label}: planning"

    def fingerprint(self) -> str:
        """Hash of the model and what it is built from, the design, the priors, the question, the seed, the versions."""
        files = (__file__, chain.__file__, generate.__file__, truths.__file__)
        asked = {
            "priors": [values_of(self.design_families), values_of(self.families)],
            "truth": dict(self.truth),
            "decision": [self.decision.estimand, *self.decision.limits],
            "seed": self.seed,
        }
        return fingerprint_of(self.model, (self.truth_study, self.study), files, asked)

    def open(self) -> Perform:
        """Make the forward draws, then compile or load the model: a truth that cannot be given is told at once."""
        model = load_model(self.model)
        kind = type(next(iter(model.shipped.values())))
        priors, design = kind(**self.families), kind(**self.design_families)
        with quiet():
            graph = model.build(self.truth_study, design)
        generator = make_generator(model, self.truth_study, design, graph)
        drawn, _ = generator.parameters(self.seed)
        derived = model.derive(drawn, self.truth_study)
        known = [label for name, values in derived.items() for label, _ in elements(name, values)]
        element = element_named(self.decision.estimand, known)
        given = given_truth(model, self.truth_study, self.truth, drawn)
        if self.truth:
            generator.outcomes(given.of(drawn), self.seed)
        compiled = compile_model(model, self.study, priors)
        opened = _Opened(compiled, priors, compiled.under(priors), generator, given, element)
        return lambda number: _fit(self, opened, number)


@dataclass(frozen=True, eq=False)
class _Opened:
    compiled: Compiled
    priors: PriorsLike
    sampler: Any
    generator: Generator
    given: GivenTruth
    element: str


def _fit(work: PlannedFits, opened: _Opened, number: int) -> Record:
    start = time.process_time()
    of_parameters, of_outcomes, of_sampler, of_graph = seeds_of(work.seed, number, 4)
    generator = opened.generator
    truth, outcomes = generator.parameters(of_parameters)
    if work.truth:
        truth = opened.given.of(truth)
        outcomes = generator.outcomes(truth, of_graph)
    data = generator.data(truth, outcomes, work.study, of_outcomes)
    name = opened.element.split("[")[0]
    true = float(dict(elements(name, generator.model.derive(truth, work.truth_study)[name]))[opened.element].item())
    record: dict[str, Any] = {"number": number, "problems": [], **({"truth": true} if np.isfinite(true) else {})}
    if not all(np.isfinite(values).all() for values in data.values()):
        return record | {"problems": [NOT_FINITE], "seconds": time.process_time() - start}
    sampled = sample_chain(
        opened.compiled, opened.priors, opened.sampler.with_data(**data), DRAWS, LEAST_EFFECTIVE, of_sampler
    )
    record |= sampled.record
    if sampled.posterior is None:
        return record | {"seconds": time.process_time() - start}
    derived = opened.compiled.model.derive(sampled.posterior, work.study)[name]
    draws = dict(elements(name, derived))[opened.element].to_numpy()
    low, high = work.decision.limits
    if not np.isfinite(draws).all():
        record["problems"] = [*record["problems"], NOT_FINITE]
    else:
        record |= {"below": float((draws < low).mean()), "above": float((draws > high).mean())}
        record |= {"mean": float(draws.mean()), "sd": float(draws.std(ddof=1))}
    return record | {"seconds": time.process_time() - start}
