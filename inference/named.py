"""Models and prior sets by the names a command or a study file gives, refused in one form where there are none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cochange.models
from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.paths import as_path
from cochange.data.read import read_study
from cochange.data.spec import StudySpec
from cochange.data.specification.judge import JudgedSpec, judge_spec
from cochange.data.specification.located import located
from cochange.data.specification.tables import AnalysisTable, EstimandTable
from cochange.data.study import Study
from cochange.inference.important import faults_of_estimands
from cochange.inference.own_sets import faults_for_model, faults_of_sets
from cochange.inference.primary import faults_of_primary
from cochange.models.parts.contract import OF_TABLES, Model, available, file_named, load_model
from cochange.models.parts.prior_sets import NAMES, PriorsLike, prior_sets

# The argument that names are given by, which the command line has as an option, and the key of the study file.
MODELS = ("model", "analysis.models")
PRIORS = ("prior", "analysis.priors")
# That of a plan, which a study file does not name.
DESIGN_PRIOR = "design_prior"


def named_model(model: str) -> Model:
    """A shipped model by its name, or a model file by its path.

    Parameters
    ----------
    model : str
        Name of a model that ships, or the path of a model file.

    Raises
    ------
    InputError
        If there is no such model, or a file bears the name of another model.
    ContractError
        If a model file does not meet the contract.
    """
    return named_models([model])[0]


def named_models(names: Sequence[str], study_file: Path | None = None, argument: str = MODELS[0]) -> list[Model]:
    """Models by their names or files, each once.

    Parameters
    ----------
    names : sequence of str
        Names of models that ship, or paths of model files.
    study_file : Path, optional
        The study file that names them; they are told of as those of the argument without it.
    argument : str
        The argument that names them.

    Raises
    ------
    InputError
        If there is no such model, or a file bears the name of another model.
    ContractError
        If a model file does not meet the contract.
    """
    check_models(names, study_file, argument)
    return list({model.source.resolve(): model for model in map(load_model, names)}.values())


def check_models(names: Sequence[str], study_file: Path | None = None, argument: str = MODELS[0]) -> None:
    """Refuse models that are not there, and load none; arguments as those of `named_models`.

    No file may bear the name of another model, by which results are kept and reported.

    Parameters
    ----------
    names : sequence of str
        As of `named_models`.
    study_file : Path, optional
        As of `named_models`.
    argument : str
        As of `named_models`.

    Raises
    ------
    InputError
        For each of them.
    TypeError
        If a name is no text.
    """
    folder = Path(cochange.models.__path__[0]).resolve()
    taken = {name: folder / f"{name}.py" for name in available()}
    faults = []
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{argument} must be the text of a model's name or of a model file's path; got {name!r}")
        path = Path(name)
        if path.suffix != ".py" or not path.is_file():
            apart = _apart(name, study_file)
            for required, found, action in _not_there(name):
                faults.append(_fault((argument, MODELS[1]), study_file, required, found, apart or action))
        elif (owner := taken.setdefault(path.stem, path.resolve())) != path.resolve():
            whose = "a model that ships" if owner.parent == folder else str(owner)
            required, found = "a file name that no other model has", f"'{path.stem}', the name of {whose}"
            faults.append(Fault(name, None, None, required, found, "give the file another name"))
    if faults:
        raise InputError(faults)


def check_priors(
    names: Sequence[str],
    model: Model | None,
    spec: StudySpec,
    study_file: Path | None = None,
    argument: str = PRIORS[0],
) -> None:
    """Refuse prior sets that neither a model nor the study file has, and names none of which the model has.

    A statistician's own model need not have each of the four sets that shipped models have: it is fitted under those
    of the sets asked for that it has.

    Parameters
    ----------
    names : sequence of str
        Prior sets asked for.
    model : Model or None
        The model; None for any that ships, which all have the same sets.
    spec : StudySpec
        The study file, which may define sets.
    study_file : Path, optional
        As of `named_models`.
    argument : str
        The argument that names them.

    Raises
    ------
    InputError
        For each of them.
    """
    if faults := _faults_of_priors(names, model, spec, study_file, argument):
        raise InputError(faults)


def _faults_of_priors(
    names: Sequence[str], model: Model | None, spec: StudySpec, study_file: Path | None, argument: str
) -> list[Fault]:
    sets = list(dict.fromkeys((*(model.shipped if model else NAMES), *spec.analysis.prior_sets)))
    lacking = [name for name in names if name not in (*sets, *NAMES)]
    if not lacking and not any(name in sets for name in names):
        lacking = list(names)
    of = f" of {model.name}" if model else ""
    required = f"a prior set{of}, shipped or defined under [analysis.prior_sets],"
    place = argument, PRIORS[1]
    return [
        _fault(place, study_file, required, f"'{name}'", _apart(name, study_file) or choice(name, sets))
        for name in lacking
    ]


def read_named(
    study_file: Path | str, data_root: Path | str | None, models: Sequence[str] = (), priors: Sequence[str] = ()
) -> Study:
    """Read a study; what its file and the command say of models and prior sets is judged beside all else.

    Parameters
    ----------
    study_file, data_root : Path or str
        As of `read_study`.
    models, priors : sequence of str
        Those asked for; those of the study file where empty.

    Raises
    ------
    InputError
        With the faults of the study file, those of `faults_of_names`, and those of the data.
    ContractError
        If a model file does not meet the contract.
    TypeError
        If a path is none, such as a study.
    """
    path = as_path(study_file, "study_file must be that of a study file")
    judged = judge_spec(path)
    faults = faults_of_names(judged, path, models, priors)
    try:
        study = read_study(path, data_root)
    except InputError as error:
        own = [fault for fault in (*error.faults, *faults) if fault.file == path.name]
        rest = [fault for fault in (*faults, *error.faults) if fault.file != path.name]
        raise InputError([*sorted(own, key=lambda fault: fault.row or 0), *rest], error.notices) from None
    if faults:
        raise InputError(faults, study.notices)
    return study


def faults_of_names(
    judged: JudgedSpec,
    path: Path,
    models: Sequence[str] = (),
    priors: Sequence[str] = (),
    design_priors: Sequence[str] = (),
) -> list[Fault]:
    """What is wrong with the names of models and prior sets, and what models tell of a study file.

    Of the file, its prior sets, smallest important differences and what it states as primary are judged, as far as its
    keys are sound; its data are not read.

    Parameters
    ----------
    judged : JudgedSpec
        The study file.
    path : Path
        Its path.
    models, priors : sequence of str
        Those asked for; those of the study file where empty.
    design_priors : sequence of str
        Prior sets that a plan draws truths from.

    Raises
    ------
    ContractError
        If a model file does not meet the contract.
    """
    tables, wrong = vars(judged.spec), {str(fault.column) for fault in judged.faults}
    given = vars(tables["analysis"]) if "analysis" in tables else {}
    analysis = AnalysisTable.model_construct(**given)
    # Without the scale, shipped sets stay in the points they are written in, which makes no fault of another.
    symptom = None if any(key.startswith("symptom") for key in wrong) else tables.get("symptom")
    estimand = EstimandTable.model_construct(**vars(tables["estimand"]) if "estimand" in tables else {})
    spec = StudySpec.model_construct(symptom=symptom, analysis=analysis, estimand=estimand)
    fitted, faults = _fitted(models or analysis.models, None if models else path)
    asked = [name for name in priors or analysis.priors if f"analysis.prior_sets.{name}" not in wrong]
    for model in fitted if "prior_sets" in given else ():
        faults += _faults_of_priors(asked, model, spec, None if priors else path, PRIORS[0]) if asked else []
        faults += _faults_of_priors(design_priors, model, spec, None, DESIGN_PRIOR) if design_priors else []
    chosen = [model for model in fitted if model is not None]
    faults += faults_of_estimands(spec, path, chosen, _important_at_fault(wrong))
    faults += faults_of_primary(spec, path, chosen)
    faults += faults_of_sets(spec, path, chosen)
    return list(dict.fromkeys(faults))


def _important_at_fault(wrong: Iterable[str]) -> list[str]:
    """Names of smallest important differences in whose tables something is wrong."""
    found = (re.match(r"estimand\.smallest_important\.(\w+)", key) for key in wrong)
    return sorted({name[1] for name in found if name is not None})


def _fitted(names: Sequence[str], study_file: Path | None) -> tuple[Sequence[Model | None], list[Fault]]:
    """The models named, or what is wrong with the names; None stands for any model that ships.

    A model file may have prior sets of its own, which cannot be told before it is there: then there is nothing.
    """
    try:
        return named_models(names, study_file) or [None], []
    except InputError as error:
        return [] if any(Path(name).suffix == ".py" for name in names) else [None], list(error.faults)


def sets_of_study(study: Study, model: Model) -> dict[str, PriorsLike]:
    """Every prior set of a model for a study, shipped and its own.

    Raises
    ------
    InputError
        With every fault of the study's own sets, and the lines of the study file.
    """
    if faults := faults_for_model(study.spec, study.path, model):
        raise InputError(located(faults, study.path))
    return prior_sets(model.name, model.shipped, study)


def _not_there(name: str) -> Iterator[tuple[str, str, str]]:
    """What is required, found and to be done, where a name is none of a model."""
    if name.endswith(".py"):
        yield "a model file", f"none at '{name}'", "correct the path; it begins at the folder the command is given in"
    elif name in OF_TABLES:
        found = f"'{name}', which takes a table of published estimates"
        yield "a model of a study", found, "pool the table with `cochange pool`"
    elif name not in available():
        required = "the name of a model that ships, or the path of a .py file,"
        file = file_named(name)
        yield required, f"'{name}'", f"give the file as '{file}'" if file else choice(name, available())


def _apart(name: str, study_file: Path | None) -> str:
    """What to do with several names in one, separated by commas; "" where it is one name."""
    names = [part.strip() for part in name.split(",") if part.strip()]
    if len(names) < 2:
        return ""
    if study_file is not None:
        return f"write each in quotes of its own: {', '.join(f'"{each}"' for each in names)}"
    return f"give each by itself, where several may be: {names} in Python, the option once for each in a command"


def _fault(place: tuple[str, str], study_file: Path | None, required: str, found: str, action: str) -> Fault:
    argument, key = place
    if study_file is None:
        return Fault(argument, None, None, required, found, action)
    return located([Fault(study_file.name, None, key, required, found, action)], study_file)[0]
