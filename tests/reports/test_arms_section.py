"""Arms on marker and score together, from draws of a prior that stand for a posterior, and from contrasts made up."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.contrasts import Contrasts, contrasts
from cochange.inference.results import Results
from cochange.reports.block import Figure, Table
from cochange.reports.entering import not_entering
from cochange.reports.labels import is_randomised
from cochange.reports.needs import arms
from cochange.reports.numbers import centre, interval, probability
from cochange.reports.sections import arms as arms_section
from cochange.reports.sections import limits, methods, summary
from cochange.reports.sections.arms import SECTION, foretold, reading, together
from cochange.reports.sections.summary import main_decisions

FORBIDDEN = ("significant", "mediat", "because of")
CONTRASTS = ["exercise versus waiting", "drug versus waiting"]
# Halvings further, points lower.
MADE_UP = Contrasts(
    group="drug versus waiting", marker=None, halvings=np.array([0.5, 0.2]), score=np.array([-2.0, -1.0]),
    both_lower=0.62, marker_lower=0.2, score_lower=0.15, both_higher=0.03, correlation=-0.4,
)  # fmt: skip


def write_study(folder: Any, design: str, benefit: bool) -> Study:
    """Three arms, marker and score before and after."""
    rng = np.random.default_rng(8)
    n = 36
    table: dict[str, Any] = {"id": [f"P{i:02}" for i in range(n)], "arm": ["waiting", "drug", "exercise"] * (n // 3)}
    for visit in (0, 12):
        marker = np.exp(rng.normal(0.5, 0.6, n))
        table[f"m_{visit}"] = [f"{x:.4f}" if x > 0.7 else "<0.7" for x in marker]
        table[f"y_{visit}"] = rng.normal(28 - visit / 2, 4, n).round(1)
    pd.DataFrame(table).to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(
        f"""
[study]
title = "Three arms"
design = "{design}"
treatment = "drug or exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["0", "12"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["m_0", "m_12"]
confirmed = ["scale", "floors"]
[symptom]
scale = "MADRS"
columns = ["y_0", "y_12"]
[arms]
column = "arm"
control = "waiting"
[analysis]
models = ["joint_change"]
priors = ["reference"]
benefit_by_marker = {str(benefit).lower()}
""",
        encoding="utf-8",
    )
    return read_study(folder / "study.toml")


@pytest.fixture(scope="module")
def of_arms(tmp_path_factory: pytest.TempPathFactory, from_prior: Callable[..., Results]) -> Results:
    return from_prior(write_study(tmp_path_factory.mktemp("arms"), "randomised", True), "joint_change")


@pytest.fixture(scope="module")
def not_asked(tmp_path_factory: pytest.TempPathFactory, from_prior: Callable[..., Results]) -> Results:
    return from_prior(write_study(tmp_path_factory.mktemp("arms"), "observational", False), "joint_change")


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory, from_prior: Callable[..., Results]) -> Results:
    return from_prior(write_study(tmp_path_factory.mktemp("arms"), "observational", True), "joint_change")


def tables_of(results: Results) -> dict[str, Table]:
    return {part.name: part for part in SECTION.block(results).parts if isinstance(part, Table)}


def test_the_table_holds_the_shares_of_the_draws(of_arms: Results) -> None:
    draws = of_arms.draws["joint_change", "reference"]
    printed = {line[0]: line for group in tables_of(of_arms)["contrasts_together"].groups for line in group.rows}
    assert set(printed) == set(CONTRASTS)
    for group in CONTRASTS:
        ratio = draws["arm_ratio"].sel(group=group).to_numpy().ravel()
        score = draws["arm_difference"].sel(group=group).to_numpy().ravel()
        shares = [
            np.mean([(r < 1) == marker and (s < 0) == lower for r, s in zip(ratio, score, strict=True)])
            for marker, lower in ((True, True), (True, False), (False, True), (False, False))
        ]
        assert printed[group][2:6] == tuple(map(probability, shares))
        assert printed[group][6] == probability(shares[0] + shares[3])


def test_the_difference_along_the_marker_is_the_line_of_its_parameters(of_arms: Results, numbers_in: Any) -> None:
    table = tables_of(of_arms)["benefit_IL_6"]
    frame, printed = table.frame, table.groups[0].rows
    drawn = of_arms.fits["joint_change", "reference"].posterior
    log_centre = np.median([np.log(float(cell.lstrip("<"))) for cell in _column(of_arms, "m_0")])
    for cells, row in zip(printed, frame.itertuples(), strict=True):
        arm = row.contrast.split()[0]
        away = (np.log(row.value) - log_centre - drawn["marker_mean"].isel(marker=0)) / np.log(2)
        benefit = drawn["benefit"].sel(arm_effect=arm).isel(marker=0)
        line = drawn["score_arm"].sel(arm_effect=arm).isel(of_change=0) + away * benefit
        assert row.median == pytest.approx(float(line.median()))
        assert (row.lower, row.upper) == pytest.approx(tuple(np.quantile(line, [0.025, 0.975])))
        assert row.p_below_0 == pytest.approx(float((line < 0).mean()))
        shown = numbers_in(" ".join(cells[1:4]))
        for (value, half), own in zip(shown, (row.value, row.median, row.lower, row.upper), strict=True):
            assert abs(value - own) <= half
        assert (cells[0], cells[4]) == (row.contrast, probability(row.p_below_0))
    assert sorted(set(frame["contrast"])) == sorted(CONTRASTS)
    # Between the ends of nine in ten baseline values, those under the limit at it, and in their middle.
    log_values = np.log([float(cell.lstrip("<")) for cell in _column(of_arms, "m_0")])
    low, high = np.quantile(log_values, [0.05, 0.95])
    assert sorted(set(frame["value"])) == pytest.approx(np.exp([low, low + 30 / 59 * (high - low), high]))


def test_arms_with_baselines_of_their_own_are_compared_at_the_same_marker(apart: Results) -> None:
    """By the change that each arm expects of its people with that marker."""
    frame = tables_of(apart)["benefit_IL_6"].frame
    drawn = apart.fits["joint_change", "reference"].posterior.isel(marker=0)
    log_centre = np.median([np.log(float(cell.lstrip("<"))) for cell in _column(apart, "m_0")])

    def expected(arm: str, value: float) -> Any:
        # A third of the participants is in each arm.
        own = (drawn["arm_effect"] == arm) - 1 / 3
        mean = log_centre + drawn["marker_mean"] + (own * drawn["marker_arm_baseline"]).sum("arm_effect")
        slope = drawn["prognostic"] + (own * drawn["benefit"]).sum("arm_effect")
        change = (own * drawn["score_arm"].isel(of_change=0)).sum("arm_effect")
        return change + slope * (np.log(value) - mean) / np.log(2)

    for row in frame.itertuples():
        arm, _, control = row.contrast.split()
        line = expected(arm, row.value) - expected(control, row.value)
        assert row.median == pytest.approx(float(line.median()))
        assert row.p_below_0 == pytest.approx(float((line < 0).mean()))


def _column(results: Results, name: str) -> list[str]:
    return list(pd.read_csv(results.study.path.parent / "trial.csv", dtype=str)[name])


def test_figures_say_their_numbers(of_arms: Results) -> None:
    figures = {part.name: part for part in SECTION.block(of_arms).parts if isinstance(part, Figure)}
    assert set(figures) == {"contrasts_IL_6", "benefit_IL_6"}
    first = next(contrasts(of_arms.draws["joint_change", "reference"]))
    assert (
        f"{first.group}: lower on both with probability {probability(first.both_lower)}"
        in figures["contrasts_IL_6"].alt
    )
    assert all(group in figures["benefit_IL_6"].alt for group in CONTRASTS)


def test_sentences_say_which_side_and_never_a_cause(of_arms: Results) -> None:
    study = of_arms.study
    assert together(MADE_UP, study) == (
        "Arm drug against arm waiting: the changes of IL-6 and of MADRS both lay lower with probability 0.62, neither "
        "of them with 0.030, that of IL-6 alone with 0.20, that of MADRS alone with 0.15. The same side on both has "
        "probability 0.65."
    )
    for row in of_arms.estimates_of(estimand="arm_difference_given_marker"):
        said = foretold(row, of_arms)
        assert f"{centre(row, of_arms.estimates)} points ({interval(row, of_arms.estimates)})" in said
        assert said.endswith("This is an association, not a contrast of randomised arms.")
    parts = SECTION.block(of_arms).parts
    texts = [text for part in parts for text in (getattr(part, "text", ""), *getattr(part, "items", ()))]
    assert together(next(contrasts(of_arms.draws["joint_change", "reference"])), study) in texts
    assert not [word for word in FORBIDDEN for text in texts if word in text.lower()]


def test_contrasts_are_effects_where_arms_were_randomised_alone(of_arms: Results, not_asked: Results) -> None:
    assert "each an effect of assignment to the arm" in reading(of_arms.study)
    assert "not effects" in reading(not_asked.study)
    assert "assignment" not in reading(not_asked.study)


def test_nothing_speaks_of_equal_baselines_where_arms_were_not_randomised(of_arms: Results, apart: Results) -> None:
    def said(results: Results) -> str:
        blocks = [section.SECTION.block(results) for section in (arms_section, limits, methods)]
        return " ".join(text for block in blocks for part in block.parts for text in texts_of(part))

    randomised, observational = said(of_arms), said(apart)
    assert "from the same baselines, the change" in randomised
    assert "as they were assigned" in randomised
    for words in ("from the same baselines, the change", "assigned", "no longer as randomised", "of randomised arms"):
        assert words not in observational
    for words in ("let differ at baseline too", "Lord's paradox", "from the mean baselines of their own arm"):
        assert words in observational
        assert words not in randomised
    assert not_entering("joint_change", "score_arm_baseline", of_arms.study) == "arms were randomised"
    assert not_entering("joint_change", "score_arm_baseline", apart.study) == ""


def texts_of(part: Any) -> tuple[str, ...]:
    return part.items if part.kind == "points" else (part.text,) if part.kind == "paragraph" else ()


def test_associations_of_arms_and_markers_come_after_the_randomised_contrasts(of_arms: Results) -> None:
    names = [item.estimate.estimand for item in main_decisions(of_arms)]
    assert names.index("arm_difference") < names.index("symptom_change")
    assert names.index("parallel_slope") < names.index("arm_difference_given_marker")
    assert names.index("prognostic_slope") < names.index("benefit_slope")
    randomised = {row.estimand for row in of_arms.estimates if is_randomised(row, of_arms.study)}
    assert randomised == {"arm_ratio", "arm_difference"}


def test_what_is_left_of_the_contrast_is_no_direct_effect(of_arms: Results) -> None:
    words = (
        "They cannot show mediation, nor which of the two comes first; a state shared by both measurements of a visit "
        "looks the same as a parallel change. What is left of the arms' difference beyond what IL-6 foretells is no "
        "direct effect, and the rest is no mediated one."
    )
    for section in (summary, limits):
        texts = [text for part in section.SECTION.block(of_arms).parts for text in texts_of(part)]
        assert sum(text.count(words) for text in texts) == 1
    parts = summary.SECTION.block(of_arms).parts
    (place,) = [at for at, part in enumerate(parts) if words in " ".join(texts_of(part))]
    before = [text for part in parts[:place] for text in texts_of(part)]
    assert any("Difference between arms in the change of MADRS beyond what IL-6 foretells" in text for text in before)
    failed = replace(of_arms, decisions=tuple(replace(item, settled=False) for item in of_arms.decisions))
    assert words not in " ".join(text for part in summary.SECTION.block(failed).parts for text in texts_of(part))


def test_who_benefits_is_not_answered_where_it_is_not_asked(not_asked: Results) -> None:
    block = SECTION.block(not_asked)
    assert "benefit_IL_6" not in tables_of(not_asked)
    assert any("benefit_by_marker = true" in part.text for part in block.parts if part.kind == "paragraph")
    assert not not_asked.estimates_of(estimand="benefit_slope")


def test_a_fit_that_failed_says_no_sentence(of_arms: Results) -> None:
    failed = replace(of_arms, diagnostics=tuple(replace(item, status="do not report") for item in of_arms.diagnostics))
    parts = SECTION.block(failed).parts
    assert any(part.kind == "paragraph" and part.text.startswith("Do not report") for part in parts)
    assert not [part for part in parts if part.kind == "points" and any("Arm drug" in text for text in part.items)]


def test_one_arm_says_why_the_section_is_absent(results: Results) -> None:
    assert arms(results) == "the study has no arms to compare"


def test_the_whole_page_is_written(of_arms: Results, make_report: Callable[..., Any]) -> None:
    page = make_report(of_arms, "Summary", "Contrasts of arms", "Models and estimands", "Priors").words
    assert "benefit_slope" in page
    assert "Where each arm lies against the control" in page
    assert "Difference between arms in the change of MADRS, in points, along the true baseline IL-6." in page
