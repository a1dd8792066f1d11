from dataclasses import replace

import pytest

from cochange.inference.results import Results
from cochange.reports.block import Paragraph
from cochange.reports.sections import models
from cochange.reports.sentences import observed


@pytest.fixture
def counting(results: Results) -> Results:
    """The same results of a study whose file asks for Student-t residuals and a beta-binomial score."""
    spec = results.study.spec
    assert spec.symptom is not None
    symptom = spec.symptom.model_copy(update={"distribution": "beta_binomial"})
    analysis = spec.analysis.model_copy(update={"likelihood": "student_t"})
    changed = spec.model_copy(update={"symptom": symptom, "analysis": analysis})
    return replace(results, study=replace(results.study, spec=changed))


def test_the_models_section_names_the_model_whose_score_is_counted(results: Results, counting: Results) -> None:
    def first(of: Results) -> str:
        return next(part.text for part in models.SECTION.block(of).parts if isinstance(part, Paragraph))

    assert first(results) == "Residuals are normal in this run."
    assert first(counting) == (
        "Residuals are Student-t in this run. The follow-up score of symptom_change has none: it is beta-binomial."
    )


def test_a_share_of_responders_says_what_it_assumes(results: Results, counting: Results) -> None:
    row = next(row for row in results.estimates if row.estimand == "response_probability")
    assert observed(row, results).endswith("the model's share assumes normal residuals.")
    assert observed(row, counting).endswith("the model's share assumes a beta-binomial score.")
    # The likelihood of the file holds for the other models.
    assert observed(replace(row, model="parallel_change"), counting).endswith("share assumes Student-t residuals.")
