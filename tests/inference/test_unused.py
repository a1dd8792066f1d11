"""What a study file states and no fit uses: prior sets that are not named, scenarios that no fitted model gives."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.named import named_models
from cochange.inference.unused import scenarios_nobody_gives, unused_sets

SET = "\n[analysis.prior_sets.mine]\nbase = 'diffuse'\n"


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str], Study]:
    """The example with more in its study file."""

    def read(tables: str, old: str = "", new: str = "") -> Study:
        path = tmp_path / "study.toml"
        path.write_text(example_path().read_text("utf-8").replace(old, new, 1 if old else 0) + tables, "utf-8")
        return read_study(path, example_path().parent)

    return read


def test_a_set_that_priors_leaves_out_is_told(study: Callable[..., Study]) -> None:
    (notice,) = unused_sets(study(SET))
    assert notice.column == "analysis.prior_sets.mine"
    assert "unless it is asked for by name" in notice.message
    named = 'priors = ["reference", "sceptical", "literature", "diffuse"]'
    assert not unused_sets(study(SET, named, 'priors = ["mine"]'))
    assert not unused_sets(study(SET, named, ""))


@pytest.mark.parametrize(
    ("tables", "fitted", "told"),
    [
        ("", ["symptom_change"], []),
        ('[missing_data]\ncompare = ["missing at random"]\n', ["symptom_change", "joint_change"], []),
        (
            '[missing_data]\ncompare = ["missing at random"]\ndelta_score = [0, 5]\n',
            ["symptom_change"],
            ["[missing_data] compare and delta_score will not be answered: it takes repeated_measures or joint_change"],
        ),
        ("[missing_data]\ndelta_marker = [0.5, 2]\n", ["repeated_measures"], []),
        (
            '[missing_data]\ndelta_marker = [0.5, 2]\n[analysis.repeated_measures]\noutcomes = "score"\n',
            ["repeated_measures"],
            ["deltas of the marker will not be looked at: repeated_measures, which answers, is fitted to the score"],
        ),
    ],
)
def test_scenarios_that_no_fitted_model_gives_are_told(
    study: Callable[..., Study], tables: str, fitted: list[str], told: list[str]
) -> None:
    notices = scenarios_nobody_gives(study(f"\n{tables}"), named_models(fitted))
    assert len(notices) == len(told)
    assert all(words in notice.message for words, notice in zip(told, notices, strict=True))


def test_events_that_no_fitted_model_answers_are_told(study: Callable[..., Study]) -> None:
    event = 'strategy = "treatment policy"'
    read = study("", event, f'{event}, missing_as = "missing at random"')
    (notice,) = scenarios_nobody_gives(read, [])
    assert "missing_as under [[estimand.intercurrent_events]] will not be answered" in notice.message
