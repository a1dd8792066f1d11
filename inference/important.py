"""Smallest important differences of a study file: each must be of something that a model estimates."""

from collections.abc import Sequence
from pathlib import Path

from cochange.data.faults import Fault
from cochange.data.names import choice
from cochange.data.spec import StudySpec
from cochange.data.specification.located import located
from cochange.models.parts.contract import Model, available, load_model


def faults_of_estimands(
    spec: StudySpec, study_file: Path, models: Sequence[Model], at_fault: Sequence[str] = ()
) -> tuple[Fault, ...]:
    """Find those of what neither a model that ships nor one of the run estimates, and ratios that are no factor.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    study_file : Path
        Its path.
    models : sequence of Model
        The models of the run.
    at_fault : sequence of str
        Names of those whose tables are not in `spec`, for what is wrong in them: their names alone are judged.
    """
    shipped = [load_model(name) for name in available()]
    known = {name: estimand for model in (*shipped, *models) for name, estimand in model.estimands.items()}
    faults = []
    stated = spec.estimand.smallest_important
    for name in (*stated, *at_fault):
        key = f"estimand.smallest_important.{name}"
        if name not in known:
            required = "an estimand of a model that ships or is fitted"
            faults.append(Fault(study_file.name, None, key, required, f"'{name}'", choice(name, known)))
        elif name in stated and known[name].unit == "ratio" and stated[name].value <= 1:
            required = "for a ratio, a factor above 1 (1.25 stands for 0.8 to 1.25)"
            faults.append(Fault(study_file.name, None, key, required, f"{stated[name].value:g}", "give it as a factor"))
    return located(faults, study_file)
