"""The page on prior sets: the sets there are, the families, the rule of carrying, the example."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

from cochange.cli import app
from cochange.data.read import read_study
from cochange.data.simulate import ExerciseTrial, write_simulated
from cochange.inference.predictive import PRIOR_DRAWS
from cochange.inference.statements import statement_from
from cochange.models.parts.contract import available, load_model
from cochange.models.parts.families import ALTERNATIVES
from cochange.models.parts.prior_sets import NAMES, SCALE_RANGE, carried_to, families, notes, prior_sets
from cochange.models.parts.readings import AT_MOST

# Units the page says are carried, and those it says stay.
CARRIED = {
    "points",
    "points per doubling",
    "points per halving",
    "points per SD",
    "log units per point",
    "SDs per point",
}
KEPT = {
    "points per point", "log odds", "log odds per doubling", "log odds per log odds", "log odds per SD", "log units",
    "log units per SD", "Fisher z", "SDs", "degrees of freedom", "precision",
    "log units per log unit", "share",
}  # fmt: skip


@pytest.fixture(scope="module")
def priors_page(page: Any) -> Any:
    return page("docs/prior-sets.md")


def test_the_sets_that_ship_are_listed(priors_page: Any) -> None:
    assert tuple(priors_page.names("set", "what it says")) == NAMES
    assert all(tuple(load_model(name).shipped) == NAMES for name in available())


def test_the_families_are_listed_with_their_hyperparameters(priors_page: Any) -> None:
    written = {row[0].strip("`"): re.findall(r"`(\w+)`", row[1]) for row in priors_page.rows("family")}
    assert written == {
        kind.__name__: [key for key in kind.__dataclass_fields__ if key != "source"] for kind in ALTERNATIVES
    }


@pytest.mark.parametrize("name", available())
def test_what_is_carried_to_another_scale_is_what_the_page_says(name: str) -> None:
    shipped = load_model(name).shipped["reference"]
    before, after = families(shipped), families(carried_to(shipped, 27))
    for parameter, note in notes(shipped).items():
        assert note.unit in CARRIED | KEPT, f"{parameter}: say here whether '{note.unit}' is carried to another scale"
        assert (before[parameter] != after[parameter]) == (note.unit in CARRIED), parameter


def test_means_change_their_sign_where_the_page_says_so() -> None:
    shipped = load_model("symptom_change").shipped["literature"].intercept
    turned = carried_to(load_model("symptom_change").shipped["literature"], -SCALE_RANGE).intercept
    assert (turned.mean, turned.sd) == (-shipped.mean, shipped.sd)


def test_other_sets_have_sources_of_il6_and_the_madrs_too(priors_page: Any) -> None:
    reference = families(load_model("joint_change").shipped["reference"])
    assert "IL-6" in reference["marker_reliability"].source
    assert "MADRS" in reference["score_reliability"].source
    assert "and so do sources in the other sets, such as" in " ".join(priors_page.text.split())


def test_the_number_in_the_text_is_right(priors_page: Any) -> None:
    assert f"a standard deviation of 15 points becomes {15 * 27 / SCALE_RANGE:g} on the PHQ-9" in priors_page.text


def test_what_is_said_of_differences_between_arms_is_what_their_priors_give(priors_page: Any) -> None:
    arm, marker = (families(load_model("growth").shipped["reference"])[name] for name in ("score_arm", "marker_arm"))
    phq9 = arm.sd * 27 / SCALE_RANGE
    text = " ".join(priors_page.text.split())
    assert f"lies within ±{1.96 * arm.sd:.1f} points with 95% probability" in text
    assert f"where the SD is {phq9:g}, within ±{1.96 * phq9:.1f}; a ratio of ratios lies within a factor of " in text
    assert f"within a factor of {np.exp(1.96 * marker.sd):.1f}." in text
    assert f"0.97 points on the PHQ-9, {0.97**2 / (0.97**2 + phq9**2):.0%} under `reference`" in text


def test_the_set_of_the_example_can_be_used(tmp_path: Path, priors_page: Any) -> None:
    path = write_simulated(tmp_path, ExerciseTrial(n=40, seed=1))
    (block,) = priors_page.blocks("toml")
    path.write_text(path.read_text("utf-8") + "\n" + block, "utf-8")
    study = read_study(path)
    for name in available():
        model = load_model(name)
        own = prior_sets(name, model.shipped, study)["colleague"]
        assert (own != model.shipped["sceptical"]) == (name == "parallel_change")


def test_the_options_of_elicit_are_all_told(priors_page: Any) -> None:
    command = typer.main.get_command(app).commands["elicit"]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    told = {name.split()[0] for name in priors_page.names("option", "meaning")}
    assert told == options - {"--model", "--parameter", "--data-root", "--help"}


def test_the_sentences_of_the_page_are_understood(priors_page: Any) -> None:
    sentences = set(re.findall(r'"(\d+% sure [^"]*)"', priors_page.text))
    assert len(sentences) >= 3
    for sentence in sentences:
        assert statement_from(sentence).mass > 0


def test_the_numbers_of_draws_and_participants_are_right(priors_page: Any) -> None:
    assert f"from {PRIOR_DRAWS:,} draws" in priors_page.text
    assert f"up to {AT_MOST} of the study's" in priors_page.text
