"""The primary model and the primary estimand of a study file: faults of their names, and what a run cannot give."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cochange.data.faults import Fault, Notice
from cochange.data.names import choice, listing
from cochange.data.spec import StudySpec
from cochange.data.specification.located import located
from cochange.data.study import Study
from cochange.models.parts.contract import Model, available, load_model

MODEL, ESTIMAND = "analysis.primary_model", "analysis.primary_estimand"
# Estimands of shipped models that compare arms, and the one of these that is estimated only where it is asked.
OF_ARMS = ("arm_ratio", "arm_difference", "arm_difference_given_marker", "benefit_slope")
OF_BENEFIT = "benefit_slope"


def faults_of_primary(spec: StudySpec, study_file: Path, models: Sequence[Model]) -> tuple[Fault, ...]:
    """Find names of what neither a model that ships nor one of the run is or estimates.

    Where the study file lists its models, its primary one is held to these when it is read.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    study_file : Path
        Its path.
    models : sequence of Model
        The models of the run.
    """
    analysis = spec.analysis
    known = {model.name: model for model in (*map(load_model, available()), *models)}
    asked = (
        (MODEL, "the name of a model", None if analysis.models else analysis.primary_model, known),
        (ESTIMAND, "an estimand of a model", analysis.primary_estimand, _estimands(known.values())),
    )
    faults = [
        Fault(study_file.name, None, key, f"{required} that ships or is fitted", f"'{name}'", choice(name, names))
        for key, required, name, names in asked
        if name is not None and name not in names
    ]
    return located(faults, study_file)


def primary_not_given(study: Study, fitted: Sequence[Model], not_fitted: Mapping[str, str]) -> list[Notice]:
    """Say which of what is stated as primary the fits of a run will not give.

    Parameters
    ----------
    study : Study
        The study.
    fitted : sequence of Model
        The models that the study allows, of those asked for.
    not_fitted : mapping of str to str
        The others of those asked for, with the reason.
    """
    analysis, instead = study.spec.analysis, listing(model.name for model in fitted)
    name, estimand = analysis.primary_model, analysis.primary_estimand
    said = {}
    if name is not None and name not in {model.name for model in fitted}:
        reason = not_fitted.get(name, "was not asked for")
        said[MODEL] = f"the primary model, '{name}', is not fitted: it {reason}. Answers are those of {instead}"
    if estimand is not None and (lack := _lack(estimand, study, fitted)):
        said[ESTIMAND] = f"the primary estimand, '{estimand}', is not estimated: {lack}"
    return [Notice(study.path.name, key, message) for key, message in said.items()]


def _lack(estimand: str, study: Study, fitted: Sequence[Model]) -> str:
    """Why no fit can give an estimand; empty where one may."""
    giving = [model for model in fitted if estimand in model.estimands]
    if not giving:
        return f"none of the models fitted, {listing(model.name for model in fitted)}, has it"
    if not all(model.ships for model in giving):
        return ""
    if estimand in OF_ARMS and study.spec.arms is None:
        return "it compares arms, and the study file declares none"
    if estimand == OF_BENEFIT and not study.spec.analysis.benefit_by_marker:
        return "it takes benefit_by_marker = true under [analysis]"
    return ""


def _estimands(models: Iterable[Model]) -> dict[str, None]:
    return dict.fromkeys(name for model in models for name in model.estimands)
