"""The primary model and estimand of a study file: names that are none, and what the fits of a run do not give."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.named import named_models, read_named
from cochange.inference.plan import make_plan
from cochange.inference.primary import primary_not_given

OWN = Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py"


@pytest.fixture
def stating(tmp_path: Path) -> Callable[..., Path]:
    """The study file of the example with more lines under ``[analysis]``, and other models."""

    def write(*lines: str) -> Path:
        path = tmp_path / "study.toml"
        text = example_path().read_text("utf-8")
        path.write_text(text.replace("ci_prob =", "\n".join((*lines, "ci_prob =")), 1), "utf-8")
        return path

    return write


def read(path: Path) -> Study:
    return read_study(path, example_path().parent)


def test_names_of_no_model_and_no_estimand_are_refused_with_their_lines(stating: Callable[..., Path]) -> None:
    path = stating('primary_model = "joint_chnage"', 'primary_estimand = "parallel_slop"')
    lines = path.read_text("utf-8").splitlines()
    with pytest.raises(InputError) as named:
        read_named(path, example_path().parent, ["symptom_change"])
    model, estimand = named.value.faults
    assert (model.column, lines[model.row - 1]) == ("analysis.primary_model", 'primary_model = "joint_chnage"')
    assert "did you mean 'joint_change'?" in model.action
    assert (estimand.column, estimand.row) == ("analysis.primary_estimand", model.row + 1)
    assert "did you mean 'parallel_slope'?" in estimand.action
    with pytest.raises(InputError) as planned:
        make_plan(read(path), ["symptom_change"])
    assert planned.value.faults == named.value.faults


def test_a_model_of_ones_own_can_be_primary(stating: Callable[..., Path]) -> None:
    path = stating('primary_model = "own_model"', 'primary_estimand = "symptom_change"')
    study = read_named(path, example_path().parent, [str(OWN)])
    assert not primary_not_given(study, named_models([str(OWN)]), {})
    with pytest.raises(InputError):
        read_named(path, example_path().parent, ["symptom_change"])
    # Where the study file lists it, a command that leaves it out is told so, and not refused.
    path = stating(f'models = ["{OWN}"]', 'primary_model = "own_model"')
    (notice,) = primary_not_given(
        read_named(path, example_path().parent, ["symptom_change"]), named_models(["symptom_change"]), {}
    )
    assert "'own_model', is not fitted: it was not asked for. Answers are those of 'symptom_change'" in notice.message


def test_what_the_fits_do_not_give_is_told_before_they_begin(stating: Callable[..., Path]) -> None:
    study = read(stating('primary_model = "growth"', 'primary_estimand = "slope_correlation"'))
    asked = named_models(["symptom_change"])
    model, estimand = primary_not_given(study, asked, {"growth": "needs three visits or more"})
    assert model.column == "analysis.primary_model"
    assert "is not fitted: it needs three visits or more." in model.message
    assert "'slope_correlation', is not estimated: none of the models fitted, 'symptom_change'" in estimand.message
    assert not primary_not_given(study, named_models(["growth"]), {})


@pytest.mark.parametrize(
    ("estimand", "told"),
    [
        ("arm_difference", "it compares arms, and the study file declares none"),
        ("benefit_slope", "it compares arms"),
        ("parallel_slope", None),
    ],
)
def test_an_estimand_that_the_study_does_not_allow_is_told(
    stating: Callable[..., Path], estimand: str, told: str | None
) -> None:
    study = read(stating(f'primary_estimand = "{estimand}"'))
    notices = primary_not_given(study, named_models(["joint_change", "symptom_change"]), {})
    assert [told in notice.message for notice in notices] == ([True] if told else [])


def test_nothing_is_said_where_nothing_is_primary(example_study: Study) -> None:
    assert not primary_not_given(example_study, named_models(["symptom_change"]), {})
