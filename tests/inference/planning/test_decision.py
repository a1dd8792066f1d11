"""Decisions: read from the study file and the arguments, and never guessed."""

import math
import tomllib
from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.data.simulation.skeleton import Expected
from cochange.data.spec import StudySpec
from cochange.data.specification.judge import read_spec
from cochange.inference.calibrating.truths import TruthError
from cochange.inference.planning.assure import Question, plan
from cochange.inference.planning.decision import PlanError, decision_of
from cochange.inference.planning.designs import Designs
from cochange.models.parts.contract import load_model

MODEL = load_model("joint_change")


@pytest.fixture
def spec(study_file: Path) -> StudySpec:
    return read_spec(study_file)


def without(study_file: Path, *lines: str) -> StudySpec:
    """The study file without some of its lines."""
    text = study_file.read_text("utf-8")
    for line in lines:
        assert line in text
        text = text.replace(line, "")
    study_file.write_text(text, "utf-8")
    return read_spec(study_file)


STATED = ("[estimand.smallest_important.symptom_change]", "value = 3\n", 'reason = "chosen for this test"')


def test_the_study_file_states_the_decision(spec: StudySpec) -> None:
    found = decision_of(spec, MODEL, None, None, None)
    assert (found.estimand, found.ending, found.probability) == ("symptom_change", "important difference", 0.9)
    assert (found.smallest, found.limits, found.reason) == (3.0, (-3.0, 3.0), "chosen for this test")
    assert found.meets == ("important decrease", "important increase")


def test_the_limits_of_a_ratio_are_factors(spec: StudySpec) -> None:
    found = decision_of(spec, MODEL, "geometric_mean_ratio=important decrease", 0.8, 1.25)
    assert found.limits == (0.8, 1.25)
    assert found.reason == ""


@pytest.mark.parametrize(
    ("ending", "below", "above", "found"),
    [
        ("important difference", 0.95, 0.0, "important decrease"),
        ("important difference", 0.05, 0.9, "important increase"),
        ("important difference", 0.03, 0.06, "unimportant difference"),
        ("important difference", 0.5, 0.0, "undecided importance"),
        ("decrease", 0.95, 0.05, "decrease"),
        ("decrease", 0.94, 0.06, "unclear direction"),
        ("increase", 0.01, 0.99, "increase"),
    ],
)
def test_what_a_simulated_study_ends_with(spec: StudySpec, ending: str, below: float, above: float, found: str) -> None:
    decision = decision_of(spec, MODEL, f"symptom_change={ending}", None, None)
    assert decision.ending_of({"below": below, "above": above}) == found
    assert decision.ending_of({}) == decision.endings[-1]


@pytest.mark.parametrize(
    ("asked", "probability", "smallest", "message"),
    [
        ("symptom_chnge=decrease", None, None, "found 'symptom_chnge'; did you mean 'symptom_change'"),
        ("symptom_change=fall", None, None, "the ending is one of 'decrease', 'increase', 'important decrease'"),
        ("symptom_change", None, None, "decision: ESTIMAND=ENDING, where the ending is one of"),
        (
            "parallel_slope=important increase",
            None,
            None,
            "the smallest important difference of parallel_slope is required; found none",
        ),
        (
            "marker_reliability=increase",
            None,
            None,
            "that has a value of no change or no association is required; found 'marker_r",
        ),
        (
            "symptom_change=decrease",
            None,
            3.0,
            "no smallest important difference with the ending 'decrease' is required; found 3",
        ),
        ("symptom_change=decrease", 0.3, None, "probability: a probability between 0.5 and 1 is required; found 0.3"),
        (
            "geometric_mean_ratio=important decrease",
            None,
            0.8,
            "a factor above 1, of the ratio geometric_mean_ratio, is required; found 0.8",
        ),
        (
            "symptom_change=important decrease",
            None,
            -3.0,
            "smallest_important: a number above 0 is required; found -3",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    spec: StudySpec, asked: str, probability: float | None, smallest: float | None, message: str
) -> None:
    with pytest.raises(PlanError, match=message.replace("(", r"\(")):
        decision_of(spec, MODEL, asked, probability, smallest)


def test_all_that_is_wrong_with_a_decision_is_told_together(spec: StudySpec) -> None:
    with pytest.raises(PlanError) as raised:
        decision_of(spec, MODEL, "symptom_chnge=decraese", 95, -1)
    assert [fault.file for fault in raised.value.faults] == [
        "decision", "decision", "probability", "smallest_important"
    ]  # fmt: skip
    assert "found 95; write 95% as 0.95" in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "value", "found"),
    [
        ("symptom_change=decrease", -1e-17, "unclear direction"),
        ("symptom_change=decrease", -0.1, "decrease"),
        ("symptom_change=important difference", -3.0 - 1e-12, "unimportant difference"),
        ("symptom_change=important difference", 3.1, "important increase"),
    ],
)
def test_what_a_study_would_end_with_that_knew_the_truth(spec: StudySpec, asked: str, value: float, found: str) -> None:
    assert decision_of(spec, MODEL, asked, None, None).ending_of_truth(value) == found


def test_nothing_that_is_stated_nowhere_is_guessed(study_file: Path) -> None:
    silent = without(study_file, *STATED)
    with pytest.raises(PlanError, match="found none in the study file; give `decision` as ESTIMAND=ENDING"):
        decision_of(silent, MODEL, None, None, None)
    with pytest.raises(PlanError, match="found none; write it with its reason"):
        decision_of(silent, MODEL, "symptom_change=important decrease", None, None)


def test_the_probability_is_that_of_the_report_where_the_study_file_writes_none(study_file: Path) -> None:
    silent = without(study_file, "ci_prob = 0.9\n")
    assert decision_of(silent, MODEL, None, None, None).probability == 0.95
    assert decision_of(silent, MODEL, "symptom_change=decrease", None, None).probability == pytest.approx(0.975)


@pytest.mark.parametrize(
    ("ending", "action"),
    [
        ("important fall", "did you mean 'important decrease'? Write it so"),
        ("fall", "did you mean 'decrease'? Write it so"),
        ("Reduction", "did you mean 'decrease'? Write it so"),
        ("important rise", "did you mean 'important increase'? Write it so"),
        ("imporant decraese", "did you mean 'important decrease'? Write it so"),
        ("important gain", "did you mean 'important increase'? Write it so"),
        ("important change", "write it so"),
        ("important", "write it so"),
        ("unimportant rise", "write it so"),
    ],
)
def test_an_ending_in_other_words_is_taken_for_none_of_the_other_direction(
    spec: StudySpec, ending: str, action: str
) -> None:
    with pytest.raises(PlanError) as raised:
        decision_of(spec, MODEL, f"symptom_change={ending}", None, None)
    assert raised.value.faults[0].action == action


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"participants": ()}, "participants: a number of participants of at least 10 is required; found nothing"),
        ({"participants": (3,)}, "participants: a number of participants of at least 10 is required; found 3"),
        ({"participants": (60, 60)}, "participants: every value once is required; found 60, 60"),
        ({"participants": (60,), "dropout": (20.0,)}, "to under 1 is required; found 20; write 20% as 0.2"),
        ({"participants": (60,), "lower_limit": (math.nan,)}, "lower_limit: a limit of 0"),
        ({"participants": (60,), "lower_limit": (-1.0,)}, "lower_limit: a limit of 0"),
        (
            {"participants": (60,), "marker_reliability": (1.0,)},
            "marker_reliability: a share between 0 and 1 is required; found 1",
        ),
    ],
)
def test_designs_that_cannot_be_are_refused(values: dict[str, tuple[float, ...]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        Designs(**values)  # type: ignore[arg-type]


def test_designs_are_every_combination() -> None:
    designs = list(Designs(participants=(60, 120), dropout=(0.0, 0.2), score_reliability=(0.7,)))
    assert [(one.participants, one.dropout) for one in designs] == [(60, 0.0), (120, 0.0), (60, 0.2), (120, 0.2)]
    assert all(one.truth == {"score_reliability": 0.7} for one in designs)
    assert len({one.name for one in designs}) == 4


def test_what_the_model_does_not_have_is_refused(study_file: Path, own_model: str, expected: Expected) -> None:
    def asked(question: Question, designs: Designs, model: str = own_model, fits: int = 20) -> None:
        plan(study_file, designs, question, model, expected, fits=fits, cores=1)

    sixty = Designs(participants=(60,))
    right = Question(design_prior="design", prior="own")
    with pytest.raises(InputError) as error:
        asked(Question(design_prior="dezign", prior="owm"), sixty)
    prior, design = map(str, error.value.faults)
    assert prior.startswith("prior: a prior set of own_model, shipped or defined under [analysis.prior_sets],")
    assert design.startswith("design_prior: a prior set of own_model, shipped")
    assert "found 'dezign'; did you mean 'design'?" in design
    with pytest.raises(PlanError, match="fits: a number of at least 20 is required; found 3"):
        asked(right, sixty, fits=3)
    with pytest.raises(
        PlanError, match="score_reliability: a model with errors of measurement is required; found own_model"
    ):
        asked(right, Designs(participants=(60,), score_reliability=(0.7,)))
    with pytest.raises(
        PlanError, match="lower_limit: a model that draws values beyond a limit of detection is required; found own"
    ):
        asked(right, Designs(participants=(60,), lower_limit=(0.5,)))
    with pytest.raises(
        PlanError, match="truth: a parameter or an estimand of own_model is required; found 'symptom_chang'; did you"
    ):
        asked(Question(design_prior="design", prior="own", truth={"symptom_chang": 1.0}), sixty)
    both = Question(design_prior="design", prior="own", truth={"symptom_change": 1.0, "mean_change": 2.0})
    with pytest.raises(TruthError, match="exclude each other: symptom_change, mean_change"):
        asked(both, sixty)


def test_an_element_that_is_not_is_refused_before_anything_is_compiled(
    study_file: Path, own_model: str, expected: Expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: object) -> None:
        raise AssertionError("nothing should be compiled")

    monkeypatch.setattr("cochange.inference.planning.assure.do_many", begun)
    question = Question(design_prior="design", prior="own", decision="symptom_change[men]=decrease")
    with pytest.raises(PlanError, match=r"decision: .* there is no 'symptom_change\[men\]'; did you mean 'symptom_ch"):
        plan(study_file, Designs(participants=(60,)), question, own_model, expected, fits=20, cores=1)


def test_a_limit_is_told_by_what_gives_it_and_beside_what_else_is_wrong(
    study_file: Path, own_model: str, expected: Expected
) -> None:
    text = study_file.read_text("utf-8").replace('"il6_12"]', '"il6_12"]\nlower_limit = 0.5\nupper_limit = 90')
    study_file.write_text(text, "utf-8")
    question = Question(design_prior="design", prior="own", decision="symptom_change[men]=decrease")
    with pytest.raises(PlanError) as raised:
        plan(study_file, Designs(participants=(60, 80)), question, own_model, expected, fits=20, cores=1)
    lower, upper, element = map(str, raised.value.faults)
    assert lower == (
        "study.toml, line 18, key marker[1].lower_limit: a model that draws values beyond a limit of detection is "
        "required; found own_model; plan with joint_change, or with `lower_limit` 0 for no limit"
    )
    assert upper.startswith("study.toml, line 19, key marker[1].upper_limit: ")
    assert upper.endswith("plan with joint_change")
    assert element.startswith("decision: one element of an estimand is required; found that there is no 'symptom_ch")
    with pytest.raises(PlanError) as raised:
        plan(study_file, Designs(participants=(60,), lower_limit=(0.0,)), question, own_model, expected, fits=20)
    assert [fault.column for fault in raised.value.faults] == ["marker[1].upper_limit", None]


def test_what_is_asked_wrongly_is_told_before_the_faults_of_study_file_and_data(
    study_file: Path, own_model: str
) -> None:
    def told() -> list[str]:
        question = Question(design_prior="dezign", decision="symptom_chang=decrease", truth={"mean_chang": 1.0})
        with pytest.raises(PlanError) as raised:
            plan(study_file, Designs(participants=(60,)), question, own_model, fits=3)
        faults = list(raised.value.faults)
        assert len(faults) == len(set(faults))
        return list(dict.fromkeys(fault.file for fault in faults))

    asked = ["design_prior", "truth", "decision", "fits"]
    rows = ["id,il6_0,il6_12,madrs_0,madrs_12", "1,3.1,2.2,25,14", "2,two,2.0,27,ninety"]
    text = study_file.read_text("utf-8")
    (data := study_file.parent / tomllib.loads(text)["data"]["file"]).write_text("\n".join(rows), "utf-8")
    assert told() == [*asked, data.name]
    study_file.write_text(text.replace("ci_prob = 0.9", "ci_prob = 0.9\nseeed = 1"), "utf-8")
    # A decision rests on what is at fault there.
    assert told() == ["design_prior", "truth", "fits", study_file.name, data.name]
    study_file.write_text(text.replace("[study]", "[study]\ntitel = 1"), "utf-8")
    assert told() == [*asked, study_file.name, data.name]
