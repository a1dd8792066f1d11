"""The assurance of planned studies, from the study file to the numbers.

References
----------
O'Hagan A, Stevens JW, Campbell MJ (2005). Assurance in clinical trial design. Pharmaceutical Statistics 4, 187-201.
doi:10.1002/pst.175
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cochange.data.arguments import require, require_number
from cochange.data.faults import Fault, InputError, collected
from cochange.data.names import choice, listed_names
from cochange.data.paths import as_path, usable_folder
from cochange.data.read import read_study
from cochange.data.simulation.skeleton import Expected, expected_study
from cochange.data.specification.judge import JudgedSpec, judge_spec
from cochange.data.study import Study
from cochange.inference.calibrating.design import around_the_centre
from cochange.inference.calibrating.judge import problems_of
from cochange.inference.many.engine import do_many
from cochange.inference.many.work import LEAST_FITS, SEED, Record
from cochange.inference.named import MODELS, faults_of_names, named_model, sets_of_study
from cochange.inference.plan import main_prior
from cochange.inference.planning.decision import Decision, PlanError, decision_of
from cochange.inference.planning.designs import Design, Designs
from cochange.inference.planning.fits import PlannedFits
from cochange.inference.planning.possible import parameters_of_plan
from cochange.inference.planning.rightness import Rightness, counted, rightness_of
from cochange.inference.progress import Progress
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, families

FITS_FOLDER = "fits"
# The tables of the study file that a decision rests on.
RESTED_ON = ("analysis", "estimand")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of a plan.

    Attributes
    ----------
    design_prior : str
        The prior set that truths are drawn from.
    prior : str
        The prior set of the analysis; empty for the study's main one.
    decision : str or None
        ``"ESTIMAND=ENDING"``, as `decision_of` takes it.
    probability, smallest_important : float or None
        In place of what the study file states.
    truth : mapping of str to float
        Values of parameters or estimands that are given instead of drawn: with them the assurance is a power, averaged
        over whatever else the design prior draws.
    """

    design_prior: str
    prior: str = ""
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
    arms : mapping of str to int
        How many take part in each arm, the control first; empty without arms.
    rightness : Rightness or None
        The truths, and the decision beside them; None where truths are not known.
    """

    design: Design
    fits: int
    failed: int
    assurance: float
    mcse: float
    lower: float
    upper: float
    endings: Mapping[str, float]
    arms: Mapping[str, int]
    rightness: Rightness | None


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
    parameters : tuple of str
        Those of their parameters that the study calls for.
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
    parameters: tuple[str, ...]
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
    directory: Path | str | None = None,
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
    directory : Path or str, optional
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
        If the study file, its data or what is expected is at fault, there is no such model or prior set, or the
        directory is a file.
    PlanError
        If decision, truth or designs are not those of the model and the study.
    DesignError
        If the model cannot be fitted to a design.
    TruthError
        If a truth cannot be given as asked.
    TypeError
        If an argument is of another kind, such as a study in place of its path.
    """
    require(designs, Designs, "designs must be Designs, such as cochange.Designs(participants=(60,))")
    require_number(seed, "seed", whole=True)
    folder = None if directory is None else usable_folder(directory)
    faults = faults_of(study_file, question, model, expected, fits)
    try:
        study = _base(study_file, expected, data_root, max(designs.participants))
    except InputError as error:
        raise PlanError(list(dict.fromkeys((*faults, *error.faults))), error.notices) from None
    if faults:
        raise PlanError(faults, study.notices)
    chosen = named_model(model)
    decision = decision_of(study.spec, chosen, question.decision, question.probability, question.smallest_important)
    prior, priors = main_prior(study, chosen, question.prior)
    question = replace(question, prior=prior)
    drawn_from = around_the_centre(chosen, sets_of_study(study, chosen)[question.design_prior])
    works = {}
    for design in designs:
        truth_study, planned = _studies(study_file, study, expected, design)
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
    parameters = parameters_of_plan(chosen, works, question.truth, priors, expected)
    rows, everything = [], []
    for design, work in works.items():
        path = None if folder is None else folder / FITS_FOLDER / f"{design.name}.jsonl"
        records = do_many(work, fits, path, cores, scheduler, progress)
        everything += records
        rows.append(_assured(design, work.study, decision, records))
    return Assurance(
        model=chosen,
        study=study,
        expected=expected,
        question=question,
        decision=decision,
        design_priors=drawn_from,
        priors=priors,
        parameters=parameters,
        seed=seed,
        rows=rows,
        problems=problems_of(everything),
        seconds=float(np.mean([record["seconds"] for record in everything])),
    )


def faults_of(
    study_file: Path | str, question: Question, model: str, expected: Expected | None, fits: int = LEAST_FITS
) -> list[Fault]:
    """What is wrong with what a plan is asked, and with the study file, as far as it is told without data and designs.

    Parameters
    ----------
    study_file, question, model, expected, fits
        As of `plan`.

    Raises
    ------
    InputError
        If the study file cannot be read.
    ContractError
        If a model file does not meet the contract.
    """
    path = as_path(study_file, "study_file must be that of a study file")
    require(question, Question, 'question must be a Question, such as cochange.Question(design_prior="reference")')
    require_number(fits, "fits", whole=True)
    if expected is not None:
        require(expected, Expected, "expected must be Expected, such as cochange.Expected(baselines={...})")
    judged = judge_spec(path)
    faults = faults_of_names(judged, path, [model], listed_names(question.prior, "prior"), [question.design_prior])
    # Of a model that is not there the first of these faults has told.
    if not any(fault.file in (MODELS[0], model) for fault in faults):
        faults += _of_question(judged, named_model(model), question)
    if fits < LEAST_FITS:
        faults.append(Fault("fits", None, None, f"a number of at least {LEAST_FITS}", f"{fits}", "give more"))
    if expected is not None and not judged.faults:
        with collected(faults):
            expected_study(study_file, expected, LEAST_FITS)
    own = [fault for fault in faults if fault.file == path.name]
    asked = [fault for fault in faults if fault not in own]
    return [*asked, *sorted((*judged.faults, *own), key=lambda fault: fault.row or 0)]


def _of_question(judged: JudgedSpec, model: Model, question: Question) -> list[Fault]:
    """What is wrong with truth and decision; the latter is judged where what it rests on is sound."""
    faults, known = list[Fault](), [*model.estimands, *model.prior_vars]
    for name in question.truth:
        if name.split("[")[0] not in known:
            required = f"a parameter or an estimand of {model.name}"
            faults.append(Fault("truth", None, None, required, f"'{name}'", choice(name, known)))
    at_fault = any(str(fault.column).startswith(RESTED_ON) for fault in judged.faults)
    if not at_fault and all(table in vars(judged.spec) for table in RESTED_ON):
        with collected(faults):
            decision_of(judged.spec, model, question.decision, question.probability, question.smallest_important)
    return faults


def _base(study_file: Path | str, expected: Expected | None, data_root: Path | str | None, most: int) -> Study:
    """The study the designs are made from."""
    if expected is not None:
        return expected_study(study_file, expected, most)
    try:
        return read_study(study_file, data_root)
    except InputError as error:
        if not any(fault.column == "data.file" for fault in error.faults):
            raise
        action = "give `baselines`, each as NAME=MEDIAN or NAME=MEDIAN,SD"
        without = Fault("baselines", None, None, "each expected baseline, of a study without data,", "none", action)
        raise PlanError([*error.faults, without], error.notices) from None


def _studies(path: Path | str, study: Study, expected: Expected | None, design: Design) -> tuple[Study, Study]:
    """Of a study without data, made in the size of the design, so that its centres are those expected."""
    return design.studies(study if expected is None else expected_study(path, expected, design.participants))


def _assured(design: Design, study: Study, decision: Decision, records: Sequence[Record]) -> Assured:
    ended = [decision.ending_of(record) for record in records]
    shares = {ending: ended.count(ending) / len(ended) for ending in decision.endings}
    met = counted(sum(ending in decision.meets for ending in ended), len(ended))
    arms = study.data["arm"].to_numpy().tolist() if "arm" in study.data.coords else []
    return Assured(
        design=design,
        fits=len(ended),
        failed=sum(bool(record["problems"]) for record in records),
        assurance=met.share,
        mcse=float(np.sqrt(met.share * (1 - met.share) / len(ended))),
        lower=met.lower,
        upper=met.upper,
        endings=shares,
        arms={level: arms.count(level) for level in study.data["arm"].attrs["levels"]} if arms else {},
        rightness=rightness_of(decision, records),
    )
