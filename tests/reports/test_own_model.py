"""Of a model that does not ship, a report goes by what its graph and its draws hold, whatever its names are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import prior_sets
from cochange.reports.checklists import on_priors, on_study
from cochange.reports.entering import NOT_IN_GRAPH, absent_from
from cochange.reports.replicates import SCORE_CHANGE, titled
from cochange.reports.sections import priors

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py"
# The same with other names, all of which mean something else in a shipped model, and a prior that it makes no use of.
RENAMED = (
    ("mean_change", "nu"),
    ('"sd"', '"group_sd"'),
    ("    sd: Family", '    arm: Family = prior("points", "nothing yet")\n    group_sd: Family'),
    ("sd=HalfNormal(sd=12)", "group_sd=HalfNormal(sd=12), arm=Normal(mean=0, sd=9)"),
)


@pytest.fixture(scope="module")
def own(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The results of the example with the renamed model in the place of those that ship."""
    text = EXAMPLE.read_text("utf-8")
    for old, new in RENAMED:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("models") / "mine.py"
    path.write_text(text, "utf-8")
    model = load_model(str(path))
    sets = prior_sets(model.name, model.shipped, results.study)
    return replace(results, models=(model,), priors={"mine": sets})


def test_a_parameter_is_in_the_analysis_where_the_graph_has_it(own: Results) -> None:
    assert own.study.spec.analysis.likelihood == "normal"
    (model,) = own.models
    assert absent_from(model, own) == {"arm": NOT_IN_GRAPH}
    block = priors.SECTION.block(own)
    (table,) = [table for table in block.tables if table.name == "priors_mine"]
    assert [row[0] for row in table.groups[0].rows] == ["nu", "group_sd"]
    assert table.frame.set_index("parameter")["does_not_enter"].to_dict() == {
        "nu": "", "arm": NOT_IN_GRAPH, "group_sd": ""
    }  # fmt: skip
    said = [part.text for part in block.parts if part.kind == "paragraph"]
    assert any(text.startswith(f"In the sets, but not in this analysis: arm ({NOT_IN_GRAPH}).") for text in said)


def test_a_spread_is_known_by_what_it_is(own: Results) -> None:
    """The example's sets differ in the mean change alone; with another spread they differ in one."""
    alike = on_priors.spreads(own)
    assert alike.status == "missing"
    assert "differ in the prior of a parameter that is a standard deviation or a correlation." in alike.text
    sets = own.priors["mine"]
    wider = replace(sets["sceptical"], group_sd=replace(sets["sceptical"].group_sd, sd=24))
    varied = replace(own, priors={"mine": {**sets, "sceptical": wider}}, diagnostics=(), fits=dict.fromkeys(
        (("mine", "reference"), ("mine", "sceptical"))
    ))  # fmt: skip
    assert on_priors.spreads(varied).text == "Sets differ in the prior of mine.group_sd."


def test_no_residuals_are_ascribed_to_it(
    own: Results, results: Results, monkeypatch: pytest.MonkeyPatch, with_analysis: Callable[..., object]
) -> None:
    monkeypatch.setattr(on_study, "extreme_values", lambda study: (1, 2))
    formula = "what becomes of them in mine stands with its formula"
    alone = on_study.outliers(own)
    assert (alone.status, alone.text) == ("answered", f"2 measured values lie far out; {formula}.")
    beside = replace(results, models=(results.models[0], *own.models))
    told = results.models[0].name
    stay = f"2 measured values lie far out and stay in the analysis of {told}"
    assert on_study.outliers(beside).text.startswith(f"{stay}, with normal residuals; {formula}. cochange check")
    robust = replace(beside, study=with_analysis(beside.study, {"likelihood": "student_t"}))
    assert on_study.outliers(robust).text == (
        f"{stay}; residuals are Student-t, which gives them less weight; {formula}."
    )
    assert "mine" not in on_study.outliers(results).text


def test_an_outcome_keeps_its_name() -> None:
    assert titled("change", "symptom_change") == SCORE_CHANGE
    assert titled("change", "mine") == "change"
