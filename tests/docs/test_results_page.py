"""The page on results against what is written: every field, key and threshold."""

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cochange.data.study import Study
from cochange.inference import settings, verdict
from cochange.inference.estimates import Decision, Estimate
from cochange.inference.loo import FormComparison
from cochange.inference.manifest import make_manifest
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.surface import Surface
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.predictive import PRIOR_DRAWS
from cochange.inference.results import Results, use_of_cells
from cochange.inference.settings import Settings
from cochange.inference.store import SCHEMA, fit_path, results_schema, save_results, save_study
from cochange.inference.verdict import Diagnostics, Verdict
from cochange.reports.carried import BUDGET, BYTES, LEAST, MOST


@pytest.fixture(scope="module")
def results_page(page: Any) -> Any:
    return page("docs/results.md")


@pytest.fixture(scope="module")
def written(example: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run without fits."""
    directory = tmp_path_factory.mktemp("run")
    results = Results(
        study=example,
        models=(),
        not_fitted={},
        selections={},
        priors={},
        main_prior="",
        fits={},
        estimates=(),
        decisions=(),
        diagnostics=(),
        verdict=Verdict("report", ()),
        use=use_of_cells(example, {}),
        manifest=make_manifest(example, Settings(), {}, {}),
    )
    save_study(directory, example)
    save_results(directory, results)
    return directory


def test_every_field_of_an_estimate_is_documented(results_page: Any) -> None:
    section = results_page.sections["Rows of estimates"]
    assert section.names("field", "type", "meaning") == [item.name for item in fields(Estimate)]


def test_the_types_of_an_estimate_are_documented(results_page: Any) -> None:
    words = {"str": "text", "float": "number", "str | None": "text or null", "float | None": "number or null"}
    kinds = {
        item.name: words[item.type.__name__ if isinstance(item.type, type) else str(item.type)]
        for item in fields(Estimate)
    }
    rows = results_page.sections["Rows of estimates"].rows("field", "type", "meaning")
    assert {row[0].strip("`"): row[1] for row in rows} == kinds


def test_every_field_of_a_decision_is_documented(results_page: Any) -> None:
    names = results_page.sections["Rows of decisions"].names("field", "values", "rule")
    assert names == [item.name for item in fields(Decision) if item.name != "estimate"]


def test_every_field_of_the_diagnostics_is_documented(results_page: Any) -> None:
    names = results_page.sections["Rows of diagnostics"].names("field", "meaning")
    assert sorted(names) == sorted(item.name for item in fields(Diagnostics))


@pytest.mark.parametrize(
    ("title", "row"),
    [
        ("Rows of no_change", NaiveStatistic),
        ("Rows of comparison", FormComparison),
        ("Rows of under_scenarios", UnderScenario),
        ("Rows of surfaces", Surface),
    ],
)
def test_every_field_of_the_other_rows_is_documented(title: str, row: type, results_page: Any) -> None:
    names = results_page.sections[title].names("field", "meaning")
    assert sorted(names) == sorted(item.name for item in fields(row))


def test_every_key_of_the_results_is_documented(results_page: Any, written: Path) -> None:
    content = json.loads((written / "results.json").read_text("utf-8"))
    section = results_page.sections["results.json"]
    assert section.names("key", "what it holds") == list(content)
    texts = {row[0].strip("`"): row[1] for row in section.rows("key", "what it holds")}
    assert [key for key in content["study"] if f"`{key}`" not in texts["study"]] == []
    assert [key for key in content["verdict"] if f"`{key}`" not in texts["verdict"]] == []
    assert [key for key in content["audit"] if f"`{key}`" not in texts["audit"]] == []
    assert f"`{SCHEMA}`" in texts["schema"]


def test_every_key_of_the_manifest_is_documented(results_page: Any, written: Path) -> None:
    manifest = json.loads((written / "manifest.json").read_text("utf-8"))
    section = results_page.sections["manifest.json"]
    assert section.names("key", "what it holds") == list(manifest)
    (asked,) = [row[1] for row in section.rows("key", "what it holds") if row[0] == "`settings`"]
    assert [item.name for item in fields(Settings) if f"`{item.name}`" not in asked] == []


@pytest.mark.parametrize(
    ("title", "header", "definition"),
    [
        ("results.json", ("key", "what it holds"), ""),
        ("Rows of estimates", ("field", "type", "meaning"), "estimate"),
        ("Rows of decisions", ("field", "values", "rule"), "decision"),
        ("Rows of diagnostics", ("field", "meaning"), "diagnosis"),
        ("Rows of no_change", ("field", "meaning"), "statistic"),
        ("Rows of comparison", ("field", "meaning"), "form"),
        ("Rows of under_scenarios", ("field", "meaning"), "under_scenario"),
        ("Rows of surfaces", ("field", "meaning"), "surface"),
        ("manifest.json", ("key", "what it holds"), "manifest"),
    ],
)
def test_the_schema_says_of_every_field_what_the_page_says(
    title: str, header: tuple[str, ...], definition: str, results_page: Any
) -> None:
    rows = results_page.sections[title].rows(*header)
    told = {name: row[-1].replace("`", "") for row in rows for name in re.findall("`(.+?)`", row[0])}
    schema = json.loads(results_schema())
    described = (schema["$defs"][definition] if definition else schema)["properties"]
    keys = ["model", "prior", "estimand", "form", "marker", "visit", "group"] if definition == "decision" else []
    assert set(described) == {*told, *keys}
    assert {name: described[name].get("description") for name in told} == told


def test_the_choices_of_a_decision_are_those_of_the_schema(results_page: Any) -> None:
    described = json.loads(results_schema())["$defs"]["decision"]["properties"]
    rows = results_page.sections["Rows of decisions"].rows("field", "values", "rule")
    told = {row[0].strip("`"): re.findall("`(.+?)`", row[1]) for row in rows}
    assert [told[name] for name in ("direction", "importance")] == [
        described[name]["enum"] for name in ("direction", "importance")
    ]


def test_the_program_that_checks_a_file_works(
    results_page: Any, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (program,) = results_page.sections["results.json"].blocks("python")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").symlink_to(written)
    exec(compile(program, "docs/results.md", "exec"), {})
    (tmp_path / "results").unlink()
    (tmp_path / "results").mkdir()
    shutil.copy(written / "results.schema.json", tmp_path / "results")
    (tmp_path / "results" / "results.json").write_text("{}")
    with pytest.raises(jsonschema.ValidationError):
        exec(compile(program, "docs/results.md", "exec"), {})


def test_every_file_of_a_run_is_documented(results_page: Any, written: Path) -> None:
    names = results_page.sections["The run directory"].names("path", "what it holds")
    assert {path.name + "/" * path.is_dir() for path in written.iterdir()} <= set(names)
    assert str(fit_path(Path(), "MODEL", "PRIOR")) in names
    study = {f"`{path.name}`" for path in (written / "study").iterdir()}
    (text,) = [
        row[1]
        for row in results_page.sections["The run directory"].rows("path", "what it holds")
        if row[0] == "`study/`"
    ]
    assert [name for name in study if name not in text] == []


def test_the_thresholds_of_the_verdict_are_those_of_the_code(results_page: Any) -> None:
    rows = {row[0]: row[1:] for row in results_page.sections["The verdict"].rows("finding", "caution", "do not report")}
    assert rows["R-hat"] == [f"above {settings.R_HAT_MAX:g}", f"above {verdict.R_HAT_MOST:g}"]
    sizes = [f"under {settings.ESS_MIN:g}", f"under {verdict.ESS_LEAST:g}"]
    assert rows["bulk or tail effective sample size"] == sizes
    assert rows["divergent draws"] == ["any", f"more than {100 * verdict.DIVERGENT_MOST:g}% of all draws"]
    assert rows["energy fraction of missing information"] == [f"under {verdict.BFMI_LEAST:g}", "never"]
    beyond = rows["marker values of the analysed marker beyond a limit of detection"]
    assert beyond == [f"more than {100 * verdict.CENSORED_MUCH:g}% at a visit", "never"]


def test_the_numbers_of_the_sampler_are_those_of_the_code(results_page: Any) -> None:
    first, *_, last = settings.TARGET_ACCEPTS
    text = " ".join(results_page.sections["The verdict"].text.split())
    assert f"from {first:g} in steps up to {last:g};" in text
    assert f"up to {Settings().max_draws} a chain" in text
    assert f"from {PRIOR_DRAWS:,} prior draws" in results_page.text


def test_what_the_page_carries_is_documented(results_page: Any) -> None:
    text = results_page.sections["Exploring the answers in the browser"].text
    assert f"at most {MOST:,} draws" in text
    assert f"beyond {BUDGET // (BYTES * LEAST)} of them" in text
    assert f"1/{2 ** (8 * BYTES) - 1:,} of their range" in text
    assert f"about {round(BUDGET * 4 / 3, -4) / 1000:.0f} kB" in text
