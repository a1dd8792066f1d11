"""Priors from statements: the mass SciPy finds between the bounds, the set they join, the file they are written to."""

import shutil
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.elicitation import (
    HYPERPARAMETERS,
    Elicited,
    NoElicitationError,
    Question,
    elicited_prior,
    fit_prior,
    write_prior,
)
from cochange.inference.statements import Statement
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import (
    ALTERNATIVES,
    Beta,
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    RobustNormal,
    StudentT,
)
from cochange.models.parts.prior_sets import prior_sets

FALL = Statement(lower=4, upper=14, mass=0.9, fall=True)
# Distributions of SciPy from the numbers a study file would hold; a folded t is a t's two tails.
FITTED: list[tuple[type[Family], float, float, float, float | None, Callable[..., Any]]] = [
    (Normal, -14, -4, 0.9, None, lambda mean, sd: stats.norm(mean, sd).cdf),
    (Normal, -0.002, 0.001, 0.5, None, lambda mean, sd: stats.norm(mean, sd).cdf),
    (Normal, 99999.8, 100000.1, 0.99, None, lambda mean, sd: stats.norm(mean, sd).cdf),
    (StudentT, -14, -4, 0.9, 4, lambda df, mean, sd: stats.t(df, mean, sd).cdf),
    (HalfNormal, 0, 12, 0.9, None, lambda sd: stats.halfnorm(scale=sd).cdf),
    (HalfStudentT, 0, 12, 0.95, 3, lambda df, sd: lambda x: 2 * stats.t(df, scale=sd).cdf(x) - 1),
    (HalfNormal, 0, 0.003, 0.9, None, lambda sd: stats.halfnorm(scale=sd).cdf),
    (Gamma, 0.02, 0.12, 0.9, None, lambda shape, rate: stats.gamma(shape, scale=1 / rate).cdf),
    (Gamma, 2000, 12000, 0.5, None, lambda shape, rate: stats.gamma(shape, scale=1 / rate).cdf),
    (Beta, 0.7, 0.9, 0.9, None, lambda alpha, beta: stats.beta(alpha, beta).cdf),
]


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    folder = shutil.copytree(example_path().parent, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "study.toml"


def make(study: Study, model: str, statement: Statement, force: bool = False, **question: Any) -> Elicited:
    return elicited_prior(study, load_model(model), statement, Question(**question), force)


def test_every_family_is_fitted() -> None:
    assert {row[0] for row in FITTED} == set(HYPERPARAMETERS) == set(ALTERNATIVES) - {RobustNormal}


@pytest.mark.parametrize(("kind", "lower", "upper", "mass", "df", "cdf"), FITTED)
def test_the_mass_between_the_bounds_is_the_stated_one(
    kind: type[Family], lower: float, upper: float, mass: float, df: float | None, cdf: Callable[..., Any]
) -> None:
    family = fit_prior(kind, lower, upper, mass, df)
    cumulative = cdf(**family.values())
    assert cumulative(upper) - cumulative(lower) == pytest.approx(mass, abs=1e-3)
    assert family.values().get("df") == df


def test_a_normal_prior_is_the_one_of_the_closed_form() -> None:
    family = fit_prior(Normal, -14, -4, 0.9)
    assert family.values() == pytest.approx({"mean": -9, "sd": 5 / stats.norm.ppf(0.95)}, rel=1e-4)


def test_a_half_normal_prior_is_the_one_of_the_closed_form() -> None:
    assert fit_prior(HalfNormal, 0, 12, 0.9).values() == pytest.approx({"sd": 12 / stats.norm.ppf(0.95)}, rel=1e-4)


def test_an_interval_the_family_cannot_fill_is_refused() -> None:
    # A half-normal that starts at 0 gives 5 to 15 less than half.
    with pytest.raises(InputError, match=r"HalfNormal with 90%.*48.*another `family`: Gamma"):
        fit_prior(HalfNormal, 5, 15, 0.9)
    with pytest.raises(InputError, match=r"HalfStudentT with 90%.*another `family`: Gamma"):
        fit_prior(HalfStudentT, 6, 12, 0.9, 4)
    assert fit_prior(Gamma, 6, 12, 0.9).values()


def test_the_mean_of_a_prior_on_the_line_is_the_middle() -> None:
    assert fit_prior(Normal, 0.5, 1.5, 0.9).values()["mean"] == 1
    assert fit_prior(StudentT, 0.1, 0.2, 0.9, 4).values()["mean"] == 0.15


def test_all_that_is_wrong_is_told_together_the_statement_first(study_file: Path) -> None:
    study = read_study(study_file)
    write_prior(study, make(study, "joint_change", FALL, parameter="score_change"))
    wrong = Statement(lower=14, upper=4, mass=90)
    with pytest.raises(InputError) as caught:
        make(read_study(study_file), "joint_change", wrong, parameter="score_change", family="Gama", base="x")
    told = [(fault.file, fault.required) for fault in caught.value.faults]
    assert told == [
        ("the statement on score_change", "a probability between 0 and 1"),
        ("the statement on score_change", "a lower bound under the upper one"),
        ("base", "that of the set 'elicited', reference,"),
        ("family", "a family that score_change can have and one statement can tell: Normal, StudentT"),
        ("study.toml", "no prior yet"),
    ]
    with pytest.raises(InputError) as caught:
        make(study, "joint_change", wrong, parameter="score_chnge", prior_set="literature")
    assert [fault.file for fault in caught.value.faults][2:] == ["prior_set", "parameter"]


def test_a_statement_joins_the_set_it_is_made_for(example_study: Study) -> None:
    found = make(example_study, "joint_change", FALL, parameter="score_change", base="sceptical")
    sceptical = prior_sets("joint_change", load_model("joint_change").shipped, example_study)["sceptical"]
    assert (found.lower, found.upper) == (-14, -4)
    assert found.mass == pytest.approx(0.9, abs=1e-3)
    assert found.priors == replace(sceptical, score_change=found.family)
    assert type(found.family) is Normal
    assert found.family.source == "elicited: 90% between -14 and -4 points"
    share = make(
        example_study, "joint_change", Statement(lower=0.3, upper=0.7, mass=0.9), parameter="score_reliability"
    )
    assert share.family.source == "elicited: 90% between 0.3 and 0.7 (share)"


def test_another_family_and_its_degrees_of_freedom(example_study: Study) -> None:
    found = make(
        example_study, "symptom_change", FALL, parameter="intercept", family="StudentT", df=5, source="a panel"
    )
    assert isinstance(found.family, StudentT)
    assert (found.family.df, found.family.source) == (5, "a panel")


WRONG = [
    ({"parameter": "score_chnge"}, "did you mean 'score_change'"),
    ({"parameter": "score_change", "prior_set": "literature"}, "shipped"),
    ({"parameter": "score_change", "prior_set": "a set"}, "letters, digits"),
    ({"parameter": "score_change", "base": "referense"}, "did you mean 'reference'"),
    (
        {"parameter": "score_change", "family": "Gamma"},
        "a family that score_change can have and one statement can tell: Normal, StudentT",
    ),
    ({"parameter": "score_change", "family": "StudentT"}, "give them with `df`"),
    ({"parameter": "score_change", "df": 4.0}, "a Student-t family"),
    ({"parameter": "score_reliability"}, "can fall below 0"),
]


@pytest.mark.parametrize(("question", "told"), WRONG)
def test_what_there_is_not_is_refused(example_study: Study, question: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as error:
        make(example_study, "joint_change", FALL, **question)
    assert told in str(error.value)


def test_without_preliz_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "preliz", None)
    with pytest.raises(NoElicitationError, match=r"install 'cochange\[elicit\]'"):
        fit_prior(Normal, -14, -4, 0.9)


def test_statements_gather_in_one_set_and_the_file_is_otherwise_the_same(study_file: Path) -> None:
    before = study_file.read_bytes()
    study_file.chmod(0o640)
    first = make(read_study(study_file), "joint_change", FALL, parameter="score_change")
    assert write_prior(read_study(study_file), first) == study_file.resolve()
    after_one = study_file.read_bytes()
    assert after_one.startswith(before)

    share = Statement(lower=0.7, upper=0.9, mass=0.8)
    second = make(read_study(study_file), "joint_change", share, parameter="score_reliability")
    write_prior(read_study(study_file), second)
    assert study_file.read_bytes().startswith(after_one)
    assert study_file.stat().st_mode & 0o777 == 0o640
    assert list(study_file.parent.glob(".study.toml*")) == []

    study = read_study(study_file)
    sets = prior_sets("joint_change", load_model("joint_change").shipped, study)
    changed = {"score_change": first.family, "score_reliability": second.family}
    assert sets["elicited"] == replace(sets["reference"], **changed)
    content, old = tomllib.loads(study_file.read_text("utf-8")), tomllib.loads(before.decode("utf-8"))
    del content["analysis"]["prior_sets"]
    assert content == old


def test_a_prior_that_is_there_is_replaced_only_by_force(study_file: Path) -> None:
    study = read_study(study_file)
    write_prior(study, make(study, "joint_change", FALL, parameter="score_change"))
    study, written = read_study(study_file), study_file.read_bytes()
    with pytest.raises(InputError, match="replace it with `force`"):
        make(study, "joint_change", replace(FALL, mass=0.5), parameter="score_change")
    with pytest.raises(InputError, match="that of the set 'elicited', reference"):
        make(study, "joint_change", FALL, parameter="prognostic", base="diffuse")
    assert study_file.read_bytes() == written
    again = make(study, "joint_change", replace(FALL, mass=0.5), True, parameter="score_change")
    write_prior(study, again)
    assert len(study_file.read_text("utf-8").splitlines()) == len(written.decode("utf-8").splitlines())
    (family,) = (
        sets["elicited"].score_change  # type: ignore[attr-defined]
        for sets in [prior_sets("joint_change", load_model("joint_change").shipped, read_study(study_file))]
    )
    assert family == again.family
    assert stats.norm(family.mean, family.sd).cdf([-14, -4]) == pytest.approx([0.25, 0.75], abs=1e-3)


def test_a_set_written_in_line_is_refused_and_left_alone(study_file: Path) -> None:
    text = study_file.read_text("utf-8") + 'prior_sets = { panel = { base = "diffuse" } }\n'
    study_file.write_text(text, "utf-8")
    study = read_study(study_file)
    found = make(study, "joint_change", FALL, parameter="score_change", prior_set="panel")
    with pytest.raises(InputError, match=r"study.toml, key analysis.prior_sets.panel"):
        write_prior(study, found)
    assert study_file.read_text("utf-8") == text
