"""The section from visit to visit, from draws of a prior that stand for a posterior: it prints the estimates."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.data.specification.tables import RepeatedMeasuresTable
from cochange.data.study import Study
from cochange.inference.forms import form_of, other_forms
from cochange.inference.plan import usual_models
from cochange.inference.results import Results
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.reports.block import Figure, Table
from cochange.reports.checklists import on_priors
from cochange.reports.entering import NOT_IN_FORM, absent_from
from cochange.reports.labels import is_main, quantity_of
from cochange.reports.needs import visits
from cochange.reports.numbers import centre, interval
from cochange.reports.sections.visits import SECTION

N = 24
VISITS = ["w0", "w2", "w6"]
MakeResults = Callable[..., Results]


def write_study(folder: Any, design: str) -> Study:
    """Two arms, marker and score at three visits, some missing and some under a limit."""
    rng = np.random.default_rng(4)
    table: dict[str, Any] = {"id": [f"P{i:02}" for i in range(N)], "arm": ["T", "C"] * (N // 2)}
    for position, visit in enumerate(VISITS):
        marker = np.exp(rng.normal(0.5 - 0.1 * position, 0.6, N))
        table[f"m_{visit}"] = [f"{x:.4f}" if x > 0.7 or not position else "<0.7" for x in marker]
        table[f"y_{visit}"] = rng.normal(30 - 3 * position, 4, N).round(1)
    frame = pd.DataFrame(table).astype(str)
    frame.loc[3:7, "y_w6"] = ""
    frame.to_csv(folder / "trial.csv", index=False)
    arms = '[arms]\ncolumn = "arm"\ncontrol = "C"\n' if design != "single arm" else ""
    (folder / "study.toml").write_text(
        f"""
[study]
title = "Three visits"
design = "{design}"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["w0", "w2", "w6"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["m_w0", "m_w2", "m_w6"]
confirmed = ["scale", "floors"]
[symptom]
scale = "MADRS"
columns = ["y_w0", "y_w2", "y_w6"]
{arms}
[estimand.smallest_important.arm_difference]
value = 3
reason = "for the test"
[analysis]
models = ["repeated_measures"]
priors = ["reference"]
[analysis.repeated_measures]
baseline = "covariate"
""",
        encoding="utf-8",
    )
    return read_study(folder / "study.toml")


@pytest.fixture(scope="module")
def make_results(tmp_path_factory: pytest.TempPathFactory, from_prior: Callable[..., Results]) -> MakeResults:
    def make(design: str = "randomised") -> Results:
        return from_prior(write_study(tmp_path_factory.mktemp("visits"), design), "repeated_measures")

    return make


@pytest.fixture(scope="module")
def of_visits(make_results: MakeResults) -> Results:
    return make_results()


def texts(results: Results) -> str:
    return " ".join(part.text for part in SECTION.block(results).parts if part.kind == "paragraph")


def test_every_visit_has_a_row_of_its_own(of_visits: Results) -> None:
    for row in of_visits.estimates:
        assert row.visit in VISITS[1:]
    keys = [row.quantity for row in of_visits.estimates]
    assert len(set(keys)) == len(keys)
    contrasts = of_visits.estimates_of(estimand="arm_difference")
    assert [row.visit for row in contrasts] == VISITS[1:]
    assert {row.smallest_important for row in contrasts} == {3}


def test_tables_print_the_estimates(of_visits: Results) -> None:
    tables = {part.name: part for part in SECTION.block(of_visits).parts if isinstance(part, Table)}
    assert set(tables) == {"contrasts_by_visit", "changes_by_visit", "correlations_by_visit"}
    printed = {line[:3] for group in tables["contrasts_by_visit"].groups for line in group.rows}
    for name in ("arm_difference", "arm_ratio"):
        for row in of_visits.estimates_of(estimand=name):
            assert (row.visit, centre(row, of_visits.estimates), interval(row, of_visits.estimates)) in printed
    assert len(printed) == 4
    assert set(tables["correlations_by_visit"].frame["estimand"]) == {"change_correlation_given_baseline"}


def test_figures_show_each_arm_at_each_visit(of_visits: Results) -> None:
    figures = {part.name: part for part in SECTION.block(of_visits).parts if isinstance(part, Figure)}
    assert set(figures) == {
        "visits_repeated_measures_symptom_change", "visits_repeated_measures_geometric_mean_ratio",
    }  # fmt: skip
    said = figures["visits_repeated_measures_symptom_change"].alt
    for row in of_visits.estimates_of(estimand="symptom_change"):
        place = f"{row.group} at {row.visit}: {centre(row, of_visits.estimates)} ({interval(row, of_visits.estimates)})"
        assert (place in said) == (row.group != "overall")


def test_contrasts_are_effects_where_arms_were_randomised_and_changes_never(make_results: MakeResults) -> None:
    assert "effects of assignment to the arm" in texts(make_results())
    assert "not effects" in texts(make_results())
    observational = texts(make_results("observational"))
    assert "Arms were not randomised" in observational
    assert "assignment" not in observational


def test_one_arm_has_a_figure_of_everyone(make_results: MakeResults) -> None:
    block = SECTION.block(make_results("single arm"))
    figures = [part for part in block.parts if isinstance(part, Figure)]
    assert len(figures) == 2
    assert all("overall at w6" in figure.alt for figure in figures)
    assert "contrasts_by_visit" not in [part.name for part in block.parts if isinstance(part, Table)]


def test_the_summary_speaks_of_the_follow_up_alone(of_visits: Results) -> None:
    main = [row for row in of_visits.estimates if is_main(row, of_visits.study)]
    assert {row.visit for row in main} == {"w6"}
    assert "at w6" in quantity_of(main[0], of_visits.study)


def test_the_whole_page_is_written(of_visits: Results, make_report: Callable[..., Any]) -> None:
    page = make_report(of_visits).words
    assert "mixed model for repeated measures of the log of IL-6 and MADRS at w0, w2 and w6" in page
    assert "The mean change of MADRS lay" in page or "Whether the mean change of MADRS differed" in page
    assert "baselines were given as covariates, the covariance over the visits unstructured" in page
    for absent in ("No-change benchmark", "Measurement error", "Change score and ANCOVA form"):
        (paragraph,) = make_report(of_visits).blocks[absent].parts
        assert paragraph.text.startswith("Not shown: ")


def test_a_study_of_two_visits_says_why_the_section_is_absent(results: Results) -> None:
    assert visits(results).startswith("two visits are analysed, and repeated_measures is for more")
    assert "repeated_measures" not in usual_models(results.study)


def test_many_visits_call_for_the_model_and_its_forms_are_two(of_visits: Results) -> None:
    assert "repeated_measures" in usual_models(of_visits.study)
    assert form_of(of_visits.study, "repeated_measures") == "normal"
    assert list(other_forms(of_visits.study, "repeated_measures")) == ["Student-t"]
    assert len(other_forms(of_visits.study, "joint_change")) == 3


@pytest.mark.parametrize(
    ("options", "absent"),
    [
        ({}, {"marker_on_marker", "marker_on_score", "score_on_score", "prognostic", "visit_z", "lag_z", "outcome_z"}),
        ({"baseline": "covariate", "covariance": "ar1"}, {"partial_share", "marker_mean", "lag_z"}),
    ],
)
def test_a_prior_enters_where_the_form_of_the_model_has_it(
    of_visits: Results, with_analysis: Any, options: dict[str, str], absent: set[str]
) -> None:
    (model,) = of_visits.models
    study = with_analysis(of_visits.study, {"repeated_measures": RepeatedMeasuresTable(**options)})
    sets = prior_sets(model.name, model.shipped, study)
    fits = {(model.name, name): next(iter(of_visits.fits.values())) for name in sets}
    of_form = replace(of_visits, study=study, priors={model.name: sets}, fits=fits)
    found = absent_from(model, of_form)
    assert absent <= {name for name, reason in found.items() if reason == NOT_IN_FORM}
    # What the study lacks keeps its reason.
    assert found["marker_group_sd"] == "no groups"
    assert model.parameters is not None
    entering = {item.prior for item in model.parameters(study).items}
    assert {name for name in families(sets["reference"]) if name not in found} == entering - {None, ""}
    tried = on_priors.spreads(of_form).text
    assert "repeated_measures.marker_sigma" in tried
    assert not any(f"repeated_measures.{name}" in tried for name in found)
