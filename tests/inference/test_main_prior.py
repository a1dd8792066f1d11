"""A fit under one prior set takes the study's main one, unless another is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cochange
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.folding.cross_validate import make_folding
from cochange.inference.plan import main_prior, make_plan
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families

# Prior sets that the study file names, the set asked for, the set taken.
CASES = [
    (["sceptical", "reference"], None, "sceptical"),
    (["sceptical", "reference"], "diffuse", "diffuse"),
    ([], None, "reference"),
]


class MadeError(Exception):
    """What was about to be fitted."""


def stop(work: Any, *others: object) -> None:
    raise MadeError(work)


def work_of(call: Callable[[], object]) -> Any:
    with pytest.raises(MadeError) as made:
        call()
    return made.value.args[0]


@pytest.fixture
def study(example_study: Study) -> Callable[[Sequence[str]], Study]:
    def naming(priors: Sequence[str]) -> Study:
        analysis = example_study.spec.analysis.model_copy(update={"priors": tuple(priors)})
        return replace(example_study, spec=example_study.spec.model_copy(update={"analysis": analysis}))

    return naming


@pytest.mark.parametrize(("named", "asked", "taken"), CASES)
def test_the_main_set_is_that_of_a_run(study: Any, named: list[str], asked: str | None, taken: str) -> None:
    model = load_model("symptom_change")
    assert main_prior(study(named), model, asked) == (taken, model.shipped[taken])
    assert (
        next(iter(make_plan(study(named), ["symptom_change"], [asked] if asked else ()).sets["symptom_change"]))
        == taken
    )


@pytest.mark.parametrize(("named", "asked", "taken"), CASES)
def test_one_fit_is_made_under_it(
    study: Any, named: list[str], asked: str | None, taken: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("cochange.fitting.compile_model", lambda model, study, priors: priors)
    monkeypatch.setattr("cochange.fitting.sample", lambda compiled, prior, priors, settings: stop((prior, compiled)))
    made = work_of(lambda: cochange.fit("symptom_change", study(named), asked))
    assert made == (taken, load_model("symptom_change").shipped[taken])


@pytest.mark.parametrize(("named", "asked", "taken"), CASES)
def test_folds_are_fitted_under_it(study: Any, named: list[str], asked: str | None, taken: str) -> None:
    folding = make_folding("joint_change", study(named), asked, 10, "participant", 1)
    assert (folding.prior, folding.priors) == (taken, load_model("joint_change").shipped[taken])


@pytest.mark.parametrize(("named", "asked", "taken"), CASES)
def test_truths_are_drawn_from_it(
    study: Any, named: list[str], asked: str | None, taken: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr("cochange.inference.calibrating.calibrate.do_many", stop)
    assert work_of(lambda: cochange.calibrate("symptom_change", 20, asked, study(named))).prior == taken
    assert work_of(lambda: cochange.calibrate("symptom_change", 20)).prior == "reference"


@pytest.mark.parametrize(("named", "asked", "taken"), CASES)
def test_a_planned_study_is_analysed_under_it(
    named: list[str], asked: str | None, taken: str, tmp_path: Path, monkeypatch: Any
) -> None:
    path = tmp_path / "study.toml"
    text, line = example_path().read_text("utf-8"), 'priors = ["reference", "sceptical", "literature", "diffuse"]'
    assert line in text
    path.write_text(text.replace(line, f"priors = {named}"), "utf-8")
    monkeypatch.setattr("cochange.inference.planning.assure.do_many", stop)
    question = cochange.Question(design_prior="literature", prior=asked or "", decision="parallel_slope=increase")
    designs = cochange.Designs(participants=(40,), lower_limit=(0,))
    work = work_of(lambda: cochange.plan(path, designs, question, "parallel_change", data_root=example_path().parent))
    assert work.families == families(load_model("parallel_change").shipped[taken])
