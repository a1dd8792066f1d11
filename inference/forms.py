"""The forms a model can take: with or without measurement error, normal or Student-t."""

from dataclasses import replace

from cochange.data.study import Study

MEASUREMENT = {"on": "measurement error", "off": "observed scores taken as true"}
LIKELIHOOD = {"normal": "normal", "student_t": "Student-t"}


def form_of(study: Study) -> str:
    """The form the study file asks for, in words."""
    analysis = study.spec.analysis
    return f"{LIKELIHOOD[analysis.likelihood]}, {MEASUREMENT[analysis.measurement]}"


def other_forms(study: Study) -> dict[str, Study]:
    """The same study analysed in each of the other forms, by the form in words."""
    forms = {}
    for likelihood in LIKELIHOOD:
        for measurement in MEASUREMENT:
            analysis = study.spec.analysis.model_copy(update={"likelihood": likelihood, "measurement": measurement})
            other = replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))
            forms[form_of(other)] = other
    del forms[form_of(study)]
    return forms


def stored_name(prior: str, form: str) -> str:
    """Name under which a fit of another form is stored."""
    return f"{prior}-{form.lower().replace(', ', '-').replace(' ', '_')}"
