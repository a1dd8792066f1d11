"""The assurance of planned studies, from the study file to the numbers.

References
----------
O'Hagan A, Stevens JW, Campbell MJ (2005). Assurance in clinical trial design. Pharmaceutical Statistics 4, 187-201.
doi:10.1002/pst.175
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import stats

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulation.skeleton import Expected, expected_study
from cochange.data.specification.judge import read_spec
from cochange.data.study import Study
from cochange.inference.calibrating.chain import elements
from cochange.inference.calibrating.design import around_the_centre, check_design
from cochange.inference.calibrating.judge import problems_of
from cochange.inference.calibrating.truths import element_named
from cochange.inference.compiled import draw_priors
from cochange.inference.many.engine import do_many
from cochange.inference.many.work import LEAST_FITS, SEED, Record
from cochange.inference.named import check_names, named_model, sets_of_study
from cochange.inference.planning.decision import Decision, PlanError, decision_of
from cochange.inference.planning.designs import RELIABILITIES, Design, Designs
from cochange.inference.planning.fits import PlannedFits
from cochange.inference.progress import Progress
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, families

FITS_FOLDER = "fits"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a plan.

    Attributes
    ----------
    design_prior : str
        The prior set that truths are drawn from.
    prior : str
        The prior set of the analysis.
    decision : str or None
        ``"ESTIMAND=ENDING"``, as `decision_of` takes it.
    probability, smallest_important : float or None
        In place of what the study file states.
    truth : mapping of str to float
        Values of parameters or estimands that are given instead of drawn: with them the assurance is a power, averaged
        over whatever else the design prior draws.
    """

    design_prior: str
    prior: str = "reference"
    decision: str | None = None
    probability: float | None = None
    smallest_important: float | None = None
    truth: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Assured:
    """What was found of one design.

    Attributes
    ----------
    design : Design
        The design.
    fits : int
        Simulated studies.
    failed : int
        Those that ended with a failed diagnostic.
    assurance : float
        Share that ended with the decision.
    mcse : float
        Its Monte Carlo standard error.
    lower, upper : float
        Its exact 95% confidence limits (Clopper and Pearson).
    endings : mapping of str to float
        Share of each ending.
    """

    design: Design
    fits: int
    failed: int
    assurance: float
    mcse: float
    lower: float
    upper: float
    endings: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Assurance:
    """A plan.

    Attributes
    ----------
    model : Model
        The model, of truths and analyses alike.
    study : Study
        The study the designs are made from: one with data, or as it is expected.
    expected : Expected or None
        What was expected of a study without data.
    question : Question
        What was asked.
    decision : Decision
        The decision, with what the study file states of it.
    design_priors, priors : Priors
        The prior sets, as drawn from and analysed with.
    seed : int
        Seed of the whole.
    rows : list of Assured
        One a design.
    problems : mapping of str to int
        How many fits ended with each problem.
    seconds : float
        Mean processor time of a fit.
    """

    model: Model
    study: Study
    expected: Expected | None
    question: Question
    decision: Decision
    design_priors: PriorsLike
    priors: PriorsLike
    seed: int
    rows: list[Assured]
    problems: Mapping[str, int]
    seconds: float


def plan(
    study_file: Path | str,
    designs: Designs,
    question: Question,
    model: str = "joint_change",
    expected: Expected | None = None,
    data_root: Path | str | None = None,
    fits: int = 200,
    directory: Path | None = None,
    seed: int = SEED,
    cores: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Assurance:
    """Find how probable it is that planned studies end with the decision they are made for.

    Truths are drawn from the design prior, data from the truths, and each study is analysed under its own prior: the
    share that ends with the decision is the assurance. All designs see the same truths. In a script, call this under
    ``if __name__ == "__main__":``, for its worker processes import the script.

    Parameters
    ----------
    study_file : path
        The study file.
    designs : Designs
        The designs to compare.
    question : Question
        Priors and decision.
    model : str
        A model's name or file.
    expected : Expected, optional
        Of a study without data, whose study file is then all that is read; by default participants are those of its
        data, taken again and again.
    data_root : path, optional
        Folder of the data files.
    fits : int
        Simulated studies of each design.
    directory : Path, optional
        Where each is stored as it is done, in ``fits/``; a killed plan goes on from there.
    seed : int
        Seed of the whole; the same seed gives the same answer whoever does the work.
    cores : int, optional
        Local processes; all processors by default.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the work.
    progress : Progress, optional
        Told of each simulated study.

    Returns
    -------
    Assurance

    Raises
    ------
    InputError
        If the study file, its data or what is expected is at fault, or there is no such model or prior set.
    PlanError
        If decision, truth or designs are not those of the model and the study.
    DesignError
        If the model cannot be fitted to a design.
    TruthError
        If a truth cannot be given as asked.
    """
    check_names(read_spec(study_file), Path(study_file), [model], [question.prior], [question.design_prior])
    chosen = named_model(model)
    study = _base(study_file, expected, data_root, max(designs.participants))
    if fits < LEAST_FITS:
        raise PlanError(f"fits must be at least {LEAST_FITS}; got {fits}")
    decision = decision_of(study.spec, chosen, question.decision, question.probability, question.smallest_important)
    sets = sets_of_study(study, chosen)
    drawn_from, priors = around_the_centre(chosen, sets[question.design_prior]), sets[question.prior]
    works = {}
    for design in designs:
        truth_study, planned = _studies(study_file, study, expected, design)
        _check(chosen, planned, design, question)
        works[design] = PlannedFits(
            model=model,
            truth_study=truth_study,
            study=planned,
            design_families=families(drawn_from),
            families=families(priors),
            truth={**question.truth, **design.truth},
            decision=decision,
            seed=seed,
            label=f"{design.participants} participants, {design.lost} lost",
        )
    _check_element(chosen, next(iter(works.values())).study, priors, decision)
    rows, everything = [], []
    for design, work in works.items():
        path = None if directory is None else directory / FITS_FOLDER / f"{design.name}.jsonl"
        records = do_many(work, fits, path, cores, scheduler, progress)
        everything += records
        rows.append(_assured(design, decision, records))
    return Assurance(
        model=chosen,
        study=study,
        expected=expected,
        question=question,
        decision=decision,
        design_priors=drawn_from,
        priors=priors,
        seed=seed,
        rows=rows,
        problems=problems_of(everything),
        seconds=float(np.mean([record["seconds"] for record in everything])),
    )


def _base(study_file: Path | str, expected: Expected | None, data_root: Path | str | None, most: int) -> Study:
    """The study the designs are made from."""
    if expected is not None:
        return expected_study(study_file, expected, most)
    try:
        return read_study(study_file, data_root)
    except InputError as error:
        if not any(fault.column == "data.file" for fault in error.faults):
            raise
        raise PlanError(f"{error}\nA study without data is planned from its expected baselines (--baseline)") from None


def _studies(path: Path | str, study: Study, expected: Expected | None, design: Design) -> tuple[Study, Study]:
    """Of a study without data, made in the size of the design, so that its centres are those expected."""
    return design.studies(study if expected is None else expected_study(path, expected, design.participants))


def _check(model: Model, study: Study, design: Design, question: Question) -> None:
    """Refuse a design that the model does not know how to have."""
    if model.with_outcomes is None:
        data = study.data
        if bool((data["lower_limit"] > 0).any()) or bool(np.isfinite(data["upper_limit"]).any()):
            raise PlanError(
                f"{model.name} does not draw values beyond a limit of detection; plan with joint_change, or with "
                "--limit 0 for an assay without one"
            )
        for name in _predictors_without_spread(study):
            raise PlanError(
                f"{model.name} takes the baseline of {name} as given; state how much people differ "
                f"(--baseline {name}=MEDIAN,SD)"
            )
    for name in RELIABILITIES:
        if getattr(design, name) is not None:
            if name not in model.prior_vars or study.spec.analysis.measurement == "off":
                raise PlanError(f"{name}: {model.name} has no errors of measurement here; plan with joint_change")
            if name in question.truth:
                raise PlanError(f"{name} is given twice: as a truth, and as one of the designs")
    check_design(model, study)


def _check_element(model: Model, study: Study, priors: PriorsLike, decision: Decision) -> None:
    """Refuse a decision on an element of an estimand that is not there, before anything is compiled."""
    with quiet():
        drawn = draw_priors(model.build(study, priors), model, study, priors, 2, 0)
    derived = model.derive(drawn, study)
    element_named(decision.estimand, [label for name, values in derived.items() for label, _ in elements(name, values)])


def _predictors_without_spread(study: Study) -> list[str]:
    """Names of baselines that are the same for everybody."""
    at_baseline = study.data.sel(visit=study.baseline)
    found = {}
    if study.marker is not None:
        found[study.marker] = at_baseline["log_marker"].sel(marker=study.marker)
    if study.scale is not None:
        found[study.scale.name] = at_baseline["symptom"]
    return [name for name, values in found.items() if float(values.std()) == 0]


def _assured(design: Design, decision: Decision, records: Sequence[Record]) -> Assured:
    ended = [decision.ending_of(record) for record in records]
    shares = {ending: ended.count(ending) / len(ended) for ending in decision.endings}
    met = sum(ending in decision.meets for ending in ended)
    assurance = met / len(ended)
    limits = stats.binomtest(met, len(ended)).proportion_ci(0.95)
    return Assured(
        design=design,
        fits=len(ended),
        failed=sum(bool(record["problems"]) for record in records),
        assurance=assurance,
        mcse=float(np.sqrt(assurance * (1 - assurance) / len(ended))),
        lower=float(limits.low),
        upper=float(limits.high),
        endings=shares,
    )
