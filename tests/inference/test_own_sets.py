"""Every fault of the prior sets of a study file in one run, whichever set, model and value it is in."""

from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.inference.named import read_named
from cochange.inference.plan import make_plan

OWN = """
[analysis.prior_sets]
five = 5
[analysis.prior_sets.Sceptical]
[analysis.prior_sets.mine]
base = "refernce"
[analysis.prior_sets.mine.joint_change]
prognostik = { mean = 0, sd = 1 }
[analysis.prior_sets.mine.joint_chnage]
prognostic = { mean = 0, sd = 1 }
[analysis.prior_sets.diffuse.growth]
nothing = { sd = 1 }
[analysis.prior_sets.two.symptom_change]
prognostic = { family = "Cauchy", mean = 0, sd = 1 }
sigma = { sd = -1 }
[analysis.prior_sets.two.marker_change]
change = { mean = "a", sd = -1 }
[analysis.prior_sets.two]
parallel_change = 3
"""


def _told(tmp_path: Path, own: str, changes: tuple[tuple[str, str], ...] = ()) -> dict[str, list[str]]:
    """What is to be done, by the key it is said of."""
    text = example_path().read_text("utf-8") + own
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "study.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_named(path, example_path().parent)
    told: dict[str, list[str]] = {}
    for fault in caught.value.faults:
        told.setdefault(str(fault.column).removeprefix("analysis.prior_sets."), []).append(fault.action)
    return told


def test_faults_of_every_set_model_and_value_together_and_beside_others(tmp_path: Path) -> None:
    changes = (
        ('design = "single arm"', 'design = "one arm"'),
        ('column = "intensity"', 'column = "intensitty"'),
        ("[estimand.smallest_important.symptom_change]", "[estimand.smallest_important.symptom_chang]"),
        ('priors = ["reference",', 'priors = ["refference",'),
    )
    told = _told(tmp_path, OWN, changes)
    assert told.keys() == {
        "study.design",
        "intensitty",
        "estimand.smallest_important.symptom_chang",
        "analysis.priors",
        "five",
        "Sceptical",
        "mine.base",
        "mine.joint_change.prognostik",
        "mine.joint_chnage",
        "diffuse",
        "diffuse.growth.nothing",
        "two.symptom_change.prognostic",
        "two.symptom_change.sigma",
        "two.marker_change.change",
        "two.parallel_change",
    }
    assert told["mine.base"] == ["did you mean 'reference'? Others are 'sceptical', 'literature', 'diffuse'"]
    # The mean and the SD are wrong, each in its own way.
    assert [action.rpartition(": ")[2] for action in told["two.marker_change.change"]] == [
        "mean must be a number, got 'a'",
        "sd must be finite and above 0, got -1.0",
    ]


def test_a_number_in_quotes_is_told_how_to_write_it(tmp_path: Path) -> None:
    own = '\n[analysis.prior_sets.mine.joint_change]\nprognostic = { mean = "0,5", sd = 1 }\n'
    (action,) = _told(tmp_path, own)["mine.joint_change.prognostic"]
    assert action == "correct the values: mean must be a number, got '0,5': write mean = 0.5"


def test_the_base_of_a_set_lists_the_sets_once(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    own = '\n[analysis.prior_sets."a/b".joint_change]\n[analysis.prior_sets.Reference.joint_change]\n'
    own += '[analysis.prior_sets.mine]\nbase = "sceptic"\n'
    path.write_text(example_path().read_text("utf-8") + own, "utf-8")
    with pytest.raises(InputError) as caught:
        read_named(path, example_path().parent)
    last = len(path.read_text("utf-8").splitlines())
    told = {str(fault.column).removeprefix("analysis.prior_sets."): fault for fault in caught.value.faults}
    assert str(told["mine.base"]) == (
        f"study.toml, line {last}, key analysis.prior_sets.mine.base: the name of a shipped set is required; "
        "found 'sceptic'; did you mean 'sceptical'? Others are 'reference', 'literature', 'diffuse'"
    )
    # A set without a table of its own stands where its first table does.
    assert (told["a/b"].row, told["Reference"].row) == (last - 3, last - 2)


def test_a_number_in_place_of_a_prior_is_told_what_to_write(tmp_path: Path) -> None:
    (action,) = _told(tmp_path, "\n[analysis.prior_sets.mine.joint_change]\nprognostic = 5\n")[
        "mine.joint_change.prognostic"
    ]
    assert action.startswith("write its hyperparameters as a table; the base, reference, has Normal(mean = 0, sd = ")


@pytest.mark.parametrize(
    ("prior", "hint"),
    [
        (
            "{ sd = 1 }",
            "Normal takes mean, sd, got sd; the base, sceptical, has Normal(mean = 0, sd = 0.5): write "
            "{ mean = 0, sd = 1 } to keep the rest of it",
        ),
        (
            "{ men = 0, sd = 1 }",
            "Normal takes mean, sd, got men, sd; the base, sceptical, has Normal(mean = 0, sd = 0.5)",
        ),
        (
            '{ family = "StudentT", df = 3, sd = 1 }',
            "StudentT takes df, mean, sd, got df, sd; the base, sceptical, has Normal(mean = 0, sd = 0.5)",
        ),
    ],
)
def test_a_prior_in_part_names_what_the_base_has_and_guesses_nothing(tmp_path: Path, prior: str, hint: str) -> None:
    own = f'\n[analysis.prior_sets.mine]\nbase = "sceptical"\nsymptom_change.prognostic = {prior}\n'
    (action,) = _told(tmp_path, own)["mine.symptom_change.prognostic"]
    assert action == f"correct the values: {hint}"


def test_what_the_base_has_is_in_points_of_the_studys_scale(tmp_path: Path) -> None:
    own = "\n[analysis.prior_sets.mine.symptom_change]\nsigma = { family = 'HalfStudentT', sd = 1 }\n"
    own_scale = (('scale = "MADRS"', 'scale = "Ours"\nrange = [0, 600]\ndirection = "higher is worse"'),)
    (here,) = _told(tmp_path, own)["mine.symptom_change.sigma"]
    (there,) = _told(tmp_path, own, own_scale)["mine.symptom_change.sigma"]
    first, second = (float(action.partition("HalfNormal(sd = ")[2].rstrip(")")) for action in (here, there))
    assert second == pytest.approx(10 * first)


def test_a_plan_tells_prior_sets_and_smallest_important_differences_together(tmp_path: Path) -> None:
    text = example_path().read_text("utf-8").replace("symptom_change]", "symptom_chang]", 1)
    path = tmp_path / "study.toml"
    path.write_text(text + "\n[analysis.prior_sets.mine]\nbase = 'none'\n", "utf-8")
    study = read_study(path, example_path().parent)
    with pytest.raises(InputError) as caught:
        make_plan(study)
    keys = [fault.column for fault in caught.value.faults]
    assert keys == ["estimand.smallest_important.symptom_chang", "analysis.prior_sets.mine.base"]


def test_an_unknown_parameter_is_told_with_the_nearest_first(tmp_path: Path) -> None:
    own = "\n[analysis.prior_sets.mine.symptom_change]\nsigmaa = { mean = 0, sd = 1 }\n"
    (action,) = _told(tmp_path, own)["mine.symptom_change.sigmaa"]
    assert action.startswith("did you mean 'sigma'? Others are ")
    assert action.endswith("more; `cochange models` lists them")
