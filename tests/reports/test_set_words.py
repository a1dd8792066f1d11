"""What is said of the diffuse set is true of every parameter that enters: those it leaves as they are are named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.reports import statements
from cochange.reports.checklists import on_priors
from cochange.reports.sections import priors
from cochange.reports.set_words import character, kept_by_diffuse

SETS = ("reference", "diffuse")
SCREENED = "marker_reliability, score_reliability, screening_mean, screening_slope, screening_state and screening_sd"


@pytest.fixture(scope="module")
def under_diffuse(study: Study, results: Results) -> Callable[..., Results]:
    """Results of models under the reference and the diffuse set, which no draws are needed of."""

    def make(*names: str, of: Study = study) -> Results:
        models = tuple(load_model(name) for name in names)
        sets = {model.name: prior_sets(model.name, model.shipped, of) for model in models}
        own = {name: {each: sets[name][each] for each in SETS} for name in names}
        fit = next(iter(results.fits.values()))
        fits = {(name, each): replace(fit, model=name, prior=each) for name in names for each in SETS}
        return replace(results, study=of, models=models, priors=own, fits=fits, diagnostics=())

    return make


def in_methods(results: Results) -> str:
    return " ".join(map(str, statements.priors(results)))


def test_informative_priors_that_the_diffuse_set_keeps_are_named(under_diffuse: Any) -> None:
    joint = under_diffuse("joint_change")
    kept = kept_by_diffuse(joint)
    assert kept == SCREENED
    sets = {name: families(priors) for name, priors in joint.priors["joint_change"].items()}
    for parameter in ("marker_reliability", "score_reliability"):
        assert sets["reference"][parameter].values() == sets["diffuse"][parameter].values()
    assert f"diffuse (next to no information, but the priors of reference for {SCREENED}) as well." in in_methods(joint)
    first = priors.render(joint).parts[0].text
    assert f"; the diffuse set says next to nothing, but keeps the priors of reference for {SCREENED}. Values" in first
    answer = on_priors.non_informative(joint)
    assert answer.status == "answered"
    assert answer.text.endswith(f"It keeps the priors of reference for {SCREENED}: of these nothing is compared.")


def test_a_diffuse_set_that_keeps_none_is_said_to_keep_none(under_diffuse: Any) -> None:
    regression = under_diffuse("symptom_change")
    assert kept_by_diffuse(regression) == ""
    assert "symptom_change was fitted under diffuse (next to no information) as well." in in_methods(regression)
    assert "keeps" not in priors.render(regression).parts[0].text
    assert on_priors.non_informative(regression).text == "Every estimate under the diffuse set, beside the others."


def test_each_model_has_its_own(under_diffuse: Any, study: Study, with_analysis: Any) -> None:
    assert kept_by_diffuse(under_diffuse("joint_change", "symptom_change")) == f"{SCREENED} of joint_change"
    assert character("diffuse", under_diffuse("joint_change", "symptom_change"), "symptom_change") == (
        "next to no information"
    )
    robust = with_analysis(study, {"likelihood": "student_t", "measurement": "off"})
    two = under_diffuse("marker_change", "symptom_change", of=robust)
    assert kept_by_diffuse(two) == "nu of marker_change and symptom_change"


def test_models_and_sets_are_counted(under_diffuse: Any, results: Results) -> None:
    one = under_diffuse("joint_change")
    assert priors.render(one).parts[0].text.startswith("The model was fitted under every prior set below.")
    alone = replace(one, priors={"joint_change": {"reference": one.priors["joint_change"]["reference"]}})
    assert priors.render(alone).parts[0].text.startswith("The model was fitted under the prior set below. The ref")
    assert priors.render(results).parts[0].text.startswith("Every model was fitted under every prior set below.")
