"""Models and prior sets by name: one form of refusal, wherever they are named."""

from collections.abc import Callable
from pathlib import Path

import pytest

import cochange
from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.inference.named import check_models, named_model, named_models, read_named
from cochange.inference.plan import make_plan

STUDY = """
[study]
title = "A trial"
design = "single arm"
treatment = "exercise"

[data]
file = "no_such.csv"
layout = "wide"
participant = "id"
visits = ["before", "after"]

[symptom]
scale = "MADRS"
columns = ["a", "b"]

[analysis]
"""


def told(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [str(fault) for fault in error.value.faults]


@pytest.fixture
def named(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of names in a study file or a command, beside that the data are not there."""

    def read(lines: str = "", **asked: list[str]) -> list[str]:
        path = tmp_path / "study.toml"
        path.write_text(STUDY + lines, "utf-8")
        with pytest.raises(InputError) as error:
            read_named(path, None, **asked)
        return [fault for fault in told(error) if "key data.file" not in fault]

    return read


def test_what_is_named_is_refused_beside_the_faults_of_the_study(named: Callable[..., list[str]]) -> None:
    assert named(models=["joint_chnage", "pooled", "no.py"]) == [
        "model: the name of a model that ships, or the path of a .py file, is required; found 'joint_chnage'; did "
        "you mean 'joint_change'? Others are 'growth', 'marker_change', 'parallel_change', 'repeated_measures', "
        "'symptom_change'",
        "model: a model of a study is required; found 'pooled', which takes a table of published estimates; pool the "
        "table with `cochange pool`",
        "model: a model file is required; found none at 'no.py'; correct the path; it begins at the folder the "
        "command is given in",
    ]
    (fault,) = named(priors=["skeptical"])
    assert fault.startswith("prior: a prior set, shipped or defined under [analysis.prior_sets], is required; found ")
    assert "did you mean 'sceptical'?" in fault
    (fault,) = named(models=["joint_change"], priors=["reference", "nonsense"])
    assert fault.startswith("prior: a prior set of joint_change, shipped")
    assert "found 'nonsense'; choose one of 'reference'" in fault
    model, prior = named(models=["joint_chnage"], priors=["skeptical"])
    assert "did you mean 'joint_change'" in model
    assert "did you mean 'sceptical'" in prior
    # What sets a file has is not known before the file is there.
    (fault,) = named(models=["no.py"], priors=["mine"])
    assert "a model file is required" in fault


def test_names_of_the_study_file_are_told_with_their_line(named: Callable[..., list[str]]) -> None:
    (fault,) = named('models = ["joint_chnage"]\n')
    assert fault.startswith("study.toml, line 18, key analysis.models: the name of a model that ships, or")
    (fault,) = named('models = ["joint_change"]\npriors = ["mine", "yours"]\nprior_sets.mine.base = "diffuse"\n')
    assert fault.startswith("study.toml, line 19, key analysis.priors: a prior set of joint_change")
    assert "found 'yours'" in fault


def test_faults_of_own_priors_are_told_with_their_line(tmp_path: Path) -> None:
    text = example_path().read_text("utf-8")
    own = "\n[analysis.prior_sets.mine.joint_change]\nslop = { mean = 0, sd = 1 }\nprognostic = { mean = 0 }\n"
    path = tmp_path / "study.toml"
    path.write_text(text + own, "utf-8")
    study, last = read_study(path, example_path().parent), len((text + own).splitlines())
    with pytest.raises(InputError) as error:
        make_plan(study, ["joint_change"])
    key = "key analysis.prior_sets.mine.joint_change"
    one, two = told(error)
    # A parameter that is not there stands on its own line all the same.
    assert one.startswith(f"study.toml, line {last - 1}, {key}.slop: ")
    assert two.startswith(f"study.toml, line {last}, {key}.prognostic: ")
    path.write_text(text + own.replace("joint_change", "joint_chnage"), "utf-8")
    with pytest.raises(InputError) as error:
        make_plan(read_study(path, example_path().parent), ["joint_change"])
    assert told(error)[0].startswith(f"study.toml, line {last - 2}, key analysis.prior_sets.mine.joint_chnage: ")


def test_the_name_of_an_important_difference_is_judged_beside_what_is_wrong_in_it(
    named: Callable[..., list[str]],
) -> None:
    faults = named("[estimand.smallest_important.symptom_chang]\nvalue = -3\n")
    (unknown,) = [fault for fault in faults if "key estimand.smallest_important.symptom_chang:" in fault]
    assert "did you mean 'symptom_change'?" in unknown
    assert len(faults) == 3
    known = named("[estimand.smallest_important.arm_ratio]\nvalue = -3\n")
    assert len(known) == 2


def test_a_file_with_the_name_of_a_model_that_ships_is_refused_everywhere(one_mean, example_study, tmp_path) -> None:
    path = tmp_path / "symptom_change.py"
    path.write_text(one_mean.source.read_text())
    name, designs = str(path), cochange.Designs(participants=(40,))
    for use in (
        lambda: named_model(name),
        lambda: cochange.load_model(name),
        lambda: cochange.fit(name, example_study),
        lambda: cochange.compare_priors(example_study, name),
        lambda: cochange.tipping(example_study, name, "mean", "mean"),
        lambda: cochange.calibrate(name, 20),
        lambda: cochange.cross_validate(name, example_study),
        lambda: cochange.priors(example_study, [name], quiet=True),
        lambda: cochange.plan(example_path(), designs, cochange.Question(design_prior="reference"), name),
    ):
        with pytest.raises(InputError, match="a file name that no other model has is required") as error:
            use()
        assert f"{name}: " in str(error.value)


def test_the_file_of_a_model_that_ships_is_that_model() -> None:
    source = named_model("symptom_change").source
    assert [model.name for model in named_models(["symptom_change", str(source)])] == ["symptom_change"]


def test_a_set_named_as_a_shipped_one_but_for_capitals_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    own = "\n[analysis.prior_sets.Reference.symptom_change]\nintercept = { mean = -8, sd = 5 }\n"
    path.write_text(example_path().read_text("utf-8") + own, "utf-8")
    with pytest.raises(InputError, match="'Reference' beside the shipped 'reference'"):
        make_plan(read_study(path, example_path().parent), ["symptom_change"])


def test_a_set_that_changes_nothing_of_a_model_is_not_fitted_twice(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    own = "\n[analysis.prior_sets.mine.symptom_change]\nintercept = { mean = -8, sd = 5 }\n"
    own += '[analysis.prior_sets.doubting]\nbase = "sceptical"\n'
    path.write_text(example_path().read_text("utf-8") + own, "utf-8")
    study, models = read_study(path, example_path().parent), ["symptom_change", "marker_change"]
    plan = make_plan(study, models, ["reference", "mine", "doubting", "sceptical"])
    assert {name: list(sets) for name, sets in plan.sets.items()} == {
        "symptom_change": ["reference", "mine", "doubting"],
        "marker_change": ["reference", "doubting"],
    }
    assert plan.same == {
        "symptom_change": {"sceptical": "doubting"},
        "marker_change": {"mine": "reference", "sceptical": "doubting"},
    }
    assert plan.n_sets == 5
    # A set asked for alone is fitted under its own name.
    assert list(make_plan(study, ["marker_change"], ["mine"]).sets["marker_change"]) == ["mine"]


def test_several_names_in_one_are_to_be_given_apart(named: Callable[..., list[str]]) -> None:
    said = "give each by itself, where several may be: {} in Python, the option once for each in a command"
    (fault,) = named(models=["growth,joint_change"])
    assert fault.endswith(said.format("['growth', 'joint_change']"))
    (fault,) = named(priors=["reference, sceptical"])
    assert fault.endswith(said.format("['reference', 'sceptical']"))
    (fault,) = named('models = ["growth,joint_change"]\n')
    assert fault.endswith('write each in quotes of its own: "growth", "joint_change"')


def test_a_part_of_a_name_finds_it(named: Callable[..., list[str]]) -> None:
    (fault,) = named(models=["joint"])
    assert "did you mean 'joint_change'? Others are 'growth'" in fault
    (fault,) = named(models=["chan"])
    assert "did you mean 'joint_change' or 'marker_change' or 'parallel_change' or 'symptom_change'?" in fault


def test_a_file_named_without_its_ending_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"found 'mine'; give the file as '\./mine\.py'"):
        check_models(["mine"])
