"""The JSON Schema of results.json against the dataclasses it describes, and against files right and wrong."""

import copy
import json
from collections.abc import Callable
from dataclasses import fields, replace
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import jsonschema
import numpy as np
import pytest

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.specification.tables import StudyTable
from cochange.inference.doubled import Doubling
from cochange.inference.estimates import Decision, Estimate
from cochange.inference.loo import FormComparison
from cochange.inference.manifest import make_manifest
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.surface import Axis, Statement, Surface
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import Results, use_of_cells
from cochange.inference.settings import Settings
from cochange.inference.store import SCHEMA, results_schema, save_results
from cochange.inference.verdict import Diagnostics, Verdict
from cochange.models.parts.estimand import UNITS
from cochange.models.parts.selection import Selection

ROWS = {
    "estimate": Estimate,
    "decision": Decision,
    "diagnosis": Diagnostics,
    "statistic": NaiveStatistic,
    "form": FormComparison,
    "doubling": Doubling,
    "under_scenario": UnderScenario,
    "surface": Surface,
    "statement": Statement,
    "axis": Axis,
    "settings": Settings,
    "verdict": Verdict,
}
KEY = ("model", "prior", "estimand", "form", "marker", "visit", "group")
NESTED = {"estimate", "x", "y"}
PLAIN = {str: {"string"}, float: {"number", "null"}, int: {"integer"}, bool: {"boolean"}, type(None): {"null"}}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(results_schema())


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> dict[str, Any]:
    """What a run writes that has a row of every kind, one with numbers that are not finite."""
    study = read_study(example_path())
    estimate = Estimate(
        model="joint_change", prior="reference", estimand="symptom_change", form=None, marker=None, group="overall",
        unit="points", question="Q1", meaning="E[y1 - y0]", null=0.0, mean=-8.0, median=-8.1, sd=0.7, lower=-9.5,
        upper=-6.6, ci_kind="eti", ci_prob=0.95, p_direction=1.0, side="below", mcse_mean=0.01, r_hat=1.001,
        ess_bulk=4000.0, ess_tail=3000.0, prior_median=0.0, prior_sd=8.0, prior_lower=-15.0, prior_upper=15.0,
        learned=0.9, smallest_important=3.0, reason="chosen", below=0.99, inside=0.01, above=0.0,
    )  # fmt: skip
    bare = replace(estimate, r_hat=np.nan, null=None, p_direction=None, side=None, form="ancova", marker="IL-6")
    results = Results(
        study=study,
        models=(),
        not_fitted={"parallel_change": "needs two visits"},
        selections={"joint_change": Selection(np.array(["P001"]), {"P002": "no score"}, ("a note",), "")},
        priors={},
        main_prior="reference",
        fits={},
        estimates=(estimate, bare),
        decisions=(
            Decision(estimate, "decrease", "important", True), Decision(bare, "not applicable", "undecided", False),
        ),
        diagnostics=(
            Diagnostics("joint_change", "reference", 1.2, 300.0, 200.0, 3, np.nan, 0.0, 1000, 1000, 4, 2, 0.99, 3.5,
                        "do not report", ("R-hat 1.200 is above 1.05, the bound for reporting: the chains disagree",)),
        ),
        verdict=Verdict("do not report", ("a reason",)),
        use=use_of_cells(study, {}),
        manifest=make_manifest(study, Settings(), {"joint_change": {}}, {"parallel_change": ""}),
        no_change=(NaiveStatistic("joint_change", "IL-6", "x", "t test", "points", 81, 0.1, 9, -1, 0, 1, 0.2, 0.05),),
        comparison=(
            FormComparison(
                "joint_change", "normal", -1.0, 1.0, 3.0, np.nan, np.nan, 1.0, 116, 0.5, 0, 0, 1.0, 900.0, 0
            ),
        ),
        doubled=(
            Doubling(
                model="joint_change", prior="reference", estimand="symptom_change", form=None, marker=None,
                group="overall", draws=1000, draws_doubled=2000, mean=-8.0, mean_doubled=-8.0, sd=0.7,
                relative_change=0.0, mean_shift=0.0, lower_shift=0.1, upper_shift=-0.1, mcse=0.02, r_hat=np.nan,
            ),
        ),
        under_scenarios=(
            UnderScenario(scenario="as stated", estimator="Bayesian imputation", left=3, estimate=estimate),
        ),
        surfaces=(
            Surface(
                model="joint_change", prior="reference", group="overall", visit="w12",
                statements=(
                    Statement(estimand="symptom_change", unit="points", side="below", limit=-3.0, important=True),
                ),
                bound=0.95, x=Axis(outcome="score", arm="overall", left=3, shifts=(0.0, 5.0)), y=None,
                probability=((0.99, 0.4),), contour=(np.nan,), at_random=0.99, tip=np.nan, tip_y=np.nan,
            ),
        ),
    )  # fmt: skip
    directory = tmp_path_factory.mktemp("run")
    save_results(directory, results)
    assert (directory / "results.schema.json").read_text("utf-8") == results_schema()
    return json.loads((directory / "results.json").read_text("utf-8"))


def validate(content: object, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(content)


def test_the_schema_is_one_and_bears_the_name_of_the_format(schema) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    name, number = SCHEMA.split(".")[0], SCHEMA.rpartition("/")[2]
    assert schema["title"] == schema["properties"]["schema"]["const"] == SCHEMA
    assert schema["$id"] == f"urn:{name}:results:{number}"


def test_what_a_run_writes_is_valid(content, schema) -> None:
    validate(content, schema)
    assert content["estimates"][1]["r_hat"] is None


def test_every_field_that_is_written_is_described_and_required(content, schema) -> None:
    def compare(described: dict[str, Any], written: Any, place: str) -> None:
        described = schema["$defs"][described["$ref"].rpartition("/")[2]] if "$ref" in described else described
        if described.get("type") == "array" and isinstance(written, list):
            assert written or "$ref" not in described["items"], place
            for row in written:
                compare(described["items"], row, f"{place}[]")
        elif "properties" in described:
            assert list(written) == list(described["properties"]) == described["required"], place
            for name, value in written.items():
                compare(described["properties"][name], value, f"{place}.{name}")

    compare(schema, content, "results")


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_the_fields_of_their_class_with_their_types(name: str, schema) -> None:
    described = schema["$defs"][name]["properties"]
    hints = get_type_hints(ROWS[name])
    expected = [item.name for item in fields(ROWS[name]) if name != "decision" or item.name != "estimate"]
    key = list(KEY) if name == "decision" else []
    assert list(described) == [*key, *expected]
    for field in expected:
        if field in NESTED:
            assert "$ref" in str(described[field])
            continue
        kinds, choices = _kinds(hints[field])
        allowed = described[field]
        if choices:
            assert allowed["enum"] == choices, field
        elif "enum" in allowed:
            assert all(value is None or isinstance(value, str) for value in allowed["enum"])
            assert (None in allowed["enum"]) == ("null" in kinds), field
        else:
            found = allowed["type"] if isinstance(allowed["type"], list) else [allowed["type"]]
            never_missing = field in ("ci_prob", "target_accept", "bound", "at_random", "limit")
            assert set(found) == kinds - ({"null"} if never_missing else set()), field


def _kinds(hint: Any) -> tuple[set[str], list[str]]:
    """The JSON types of an annotation, and its choices."""
    if get_origin(hint) is Literal:
        return {"string"}, list(get_args(hint))
    if get_origin(hint) is tuple:
        return {"array"}, []
    options = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return set().union(*(PLAIN[option] for option in options)), []


def test_choices_are_those_of_the_program(schema) -> None:
    estimate = schema["$defs"]["estimate"]["properties"]
    assert estimate["unit"]["enum"] == list(UNITS)
    design = get_type_hints(StudyTable)["design"]
    assert schema["$defs"]["study"]["properties"]["design"]["enum"] == list(get_args(design))


def _without(*path: str) -> Callable[[dict[str, Any]], object]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[0][step] if isinstance(content, list) else content[step]
        del (content[0] if isinstance(content, list) else content)[path[-1]]

    return change


def _with(value: object, *path: str) -> Callable[[dict[str, Any]], object]:
    def change(content: Any) -> None:
        for step in path[:-1]:
            content = content[0][step] if isinstance(content, list) else content[step]
        (content[0] if isinstance(content, list) else content)[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        _without("verdict"),
        _without("estimates", "r_hat"),
        _without("manifest", "input_hash"),
        _without("audit", "left_out"),
        _with("cochange.results/2", "schema"),
        _with("fine", "verdict", "status"),
        _with("1.2", "estimates", "mean"),
        _with(True, "estimates", "mean"),
        _with(1.2, "estimates", "p_direction"),
        _with(-0.1, "estimates", "below"),
        _with("kg", "estimates", "unit"),
        _with(None, "estimates", "model"),
        _with("maybe", "decisions", "importance"),
        _with("yes", "decisions", "settled"),
        _with(0.5, "diagnostics", "divergences"),
        _with(-1, "comparison", "k_high"),
        _with(81.5, "no_change", "n"),
        _with({"P001": 3}, "audit", "left_out"),
        _with("abc", "manifest", "input_hash"),
        _with({}, "estimates"),
    ],
)
def test_a_wrong_file_fails(change: Callable[[dict[str, Any]], object], content, schema) -> None:
    wrong = copy.deepcopy(content)
    change(wrong)
    with pytest.raises(jsonschema.ValidationError):
        validate(wrong, schema)


def test_fields_may_be_added(content, schema) -> None:
    more = copy.deepcopy(content)
    more["estimates"][0]["a_later_field"] = 1
    validate(more, schema)
