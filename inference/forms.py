"""The forms a model can take: with or without measurement error, normal or Student-t."""

from collections.abc import Mapping
from dataclasses import replace

from cochange.data.study import Study
from cochange.models.parts.contract import Model

MEASUREMENT = {"on": "measurement error", "off": "observed scores taken as true"}
# The models that tell true scores from errors of measurement.
MEASURING = frozenset({"joint_change"})
LIKELIHOOD = {"normal": "normal", "student_t": "Student-t"}


def form_of(study: Study, model: str) -> str:
    """The form of a model that the study file asks for, in words."""
    analysis = study.spec.analysis
    likelihood = LIKELIHOOD[analysis.likelihood]
    return f"{likelihood}, {MEASUREMENT[analysis.measurement]}" if model in MEASURING else likelihood


def other_forms(study: Study, model: str) -> dict[str, Study]:
    """The same study analysed in each of the other forms of a model, by the form in words."""
    forms = {}
    for likelihood in LIKELIHOOD:
        for measurement in MEASUREMENT if model in MEASURING else (study.spec.analysis.measurement,):
            analysis = study.spec.analysis.model_copy(update={"likelihood": likelihood, "measurement": measurement})
            other = replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))
            forms[form_of(other, model)] = other
    del forms[form_of(study, model)]
    return forms


def compared_forms(study: Study, model: Model) -> Mapping[str, Study]:
    """The other forms a run fits, where the study file asks for them: of a model with a density of a participant."""
    if not study.spec.analysis.alternatives or model.log_likelihood is None:
        return {}
    return other_forms(study, model.name)


def stored_name(prior: str, form: str) -> str:
    """Name under which a fit of another form is stored."""
    return f"{prior}-{in_a_name(form)}"


def in_a_name(form: str) -> str:
    """A form as it stands in the name of a file."""
    return form.lower().replace(", ", "-").replace(" ", "_")
