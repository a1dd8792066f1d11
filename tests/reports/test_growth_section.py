"""The section on courses from draws of a prior, which stand for a posterior: its numbers are those of the estimates."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.numbers import centre, interval, with_interval

CHAINS, DRAWS, N = 4, 250, 30
TITLE = "Courses over the visits"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two randomised arms, marker and score at four visits, some missing and some under a limit."""
    folder = tmp_path_factory.mktemp("growth")
    rng = np.random.default_rng(4)
    table: dict[str, Any] = {"id": [f"P{i:03}" for i in range(N)], "arm": ["T", "C"] * (N // 2)}
    for visit in range(4):
        marker = np.exp(rng.normal(0.5 - 0.1 * visit, 0.6, N))
        table[f"m{visit}"] = [f"{x:.4f}" if x > 0.7 else "<0.7" for x in marker]
        table[f"y{visit}"] = rng.normal(25 - 3 * visit, 5, N).round(1)
    frame = pd.DataFrame(table).astype(str)
    frame.loc[3:7, "y3"] = ""
    frame.to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(
        """
[study]
title = "Four visits"
design = "randomised"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["start", "week 4", "week 8", "week 12"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["m0", "m1", "m2", "m3"]
confirmed = ["scale", "floors"]
[symptom]
scale = "S"
range = [-20, 80]
direction = "higher is worse"
columns = ["y0", "y1", "y2", "y3"]
[arms]
column = "arm"
control = "C"
[time]
unit = "weeks"
visits = [0, 4, 8, 12]
""",
        encoding="utf-8",
    )
    return read_study(folder / "study.toml")


@pytest.fixture(scope="module")
def results(study: Study, from_prior: Callable[..., Results]) -> Results:
    return from_prior(study, "growth")


@pytest.fixture(scope="module")
def report(results: Results, make_report: Callable[..., Any]) -> Any:
    return make_report(results)


def test_tables_hold_every_estimate_of_the_model(report: Any, results: Results) -> None:
    block = report.blocks[TITLE]
    assert [table.name for table in block.tables] == ["growth_rates", "growth_spreads", "growth_associations"]
    printed = {row[0]: row[1:] for table in block.tables for group in table.groups for row in group.rows}
    for estimand in ("score_rate", "slope_correlation", "within_slope", "marker_residual_spread"):
        (row,) = (row for row in results.estimates_of(estimand=estimand) if row.group == "overall")
        assert any(
            cells[:2] == (centre(row, results.estimates), interval(row, results.estimates))
            for cells in printed.values()
        ), estimand
    assert "Mean change of S per week [points]" in printed
    assert "SD between persons of the level of log IL-6 [log units]" in printed


def test_each_outcome_has_its_courses_by_arm(report: Any) -> None:
    figures = report.blocks[TITLE].figures
    assert [figure.name for figure in figures] == ["growth_marker", "growth_score"]
    for figure in figures:
        assert "by arm" in figure.caption
        assert "arm T" in figure.alt
        assert "arm C" in figure.alt
        assert figure.picture.svg.startswith(b"<?xml")


def test_the_sentences_say_what_the_table_shows(report: Any, results: Results) -> None:
    (points,) = (part for part in report.blocks[TITLE].parts if part.kind == "points")
    between, within, raw = points.items
    for said, estimand in ((between, "slope_correlation"), (within, "within_correlation"), (raw, "change_correlation")):
        (row,) = results.estimates_of(estimand=estimand)
        assert with_interval(row, results.estimates) in said
    # Draws of the prior tell no direction.
    assert between.startswith("Between persons, it is unclear whether slopes of marker and score are correlated: ")
    deviations = "deviations of marker and score at a visit"
    assert within.startswith(f"Within persons, it is unclear whether {deviations} are correlated: ")


def test_sections_of_two_visits_say_why_they_are_absent(report: Any) -> None:
    for title in ("No-change benchmark", "Measurement error", "From visit to visit", "Change score and ANCOVA form"):
        (paragraph,) = report.blocks[title].parts
        assert paragraph.text.startswith("Not shown: ")
        assert "not fitted" in paragraph.text


def test_a_study_of_two_visits_says_why_it_has_no_courses(make_report: Callable[..., Any], fabricate: Any) -> None:
    two = fabricate(read_study(example_path()), ("reference",))
    (paragraph,) = make_report(two, TITLE).blocks[TITLE].parts
    assert paragraph.text == "Not shown: two visits are analysed, and growth needs three or more."


def test_the_whole_page_and_its_methods_name_the_model(report: Any) -> None:
    assert (
        "growth (30 participants) is a growth model of the log of IL-6 and S, linear over time in weeks" in report.words
    )
    assert "What this study cannot show" in report.words
    assert "a deviation that lasts from one visit to the next counts as part of the course" in report.words
