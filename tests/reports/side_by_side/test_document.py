"""The page of a comparison against rows given by hand: tables, figures, marks and words."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib import pyplot
from PIL import Image

from cochange.data.faults import InputError
from cochange.inference.side_by_side.comparison import compare
from cochange.reports.numbers import ABSENT, MINUS
from cochange.reports.side_by_side.document import SCHEMA, render_blocks, write_side_by_side

ALLOWED = ("data:image/svg+xml,", "#")


@pytest.fixture(scope="module")
def rows(estimate_of):
    asked = {"smallest_important": 3.0, "reason": "because", "below": 0.99, "inside": 0.01, "above": 0.0}
    ratio = estimate_of(
        model="marker_change", estimand="geometric_mean_ratio", form=None, unit="ratio", null=1.0, mean=0.81,
        median=0.8, sd=0.1, lower=0.62, upper=1.02, p_direction=0.96, mcse_mean=0.001, prior_lower=0.2, prior_upper=5.0,
    )  # fmt: skip
    return (
        estimate_of(**asked),
        estimate_of(**asked, prior="sceptical", mean=-7.0, median=-7.04, lower=-11.0, upper=-3.1, mcse_mean=0.04),
        estimate_of(**asked, group="light", mean=-5.0, median=-5.0, lower=-9.0, upper=-1.0),
        ratio,
        estimate_of(estimand="response_probability", unit="probability", null=None, p_direction=None, side=None,
                    form=None, mean=0.4, median=0.4, sd=0.05, lower=0.3, upper=0.5, mcse_mean=0.001),
    )  # fmt: skip


@pytest.fixture(scope="module")
def real(example_study):
    """A study of people: the example's values under another title, not called synthetic, with randomised arms."""
    spec = example_study.spec
    study = spec.study.model_copy(update={"title": "A trial of people", "synthetic": False})
    data = example_study.data.copy(deep=True)
    data["symptom"][0, 0] += 1
    return replace(example_study, spec=spec.model_copy(update={"study": study}), data=data, input_hash="e" * 64)


@pytest.fixture(scope="module")
def found(tmp_path_factory, example_study, rows, stored):
    folder = tmp_path_factory.mktemp("runs")
    second = [replace(row, mean=row.mean + 0.5 * row.sd) for row in rows]
    return compare(
        [stored(folder / "first", example_study, rows), stored(folder / "second", example_study, second, ["sceptical"])]
    )


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared") / "out"
    before = pyplot.get_fignums()
    assert write_side_by_side(found, out) == out / "compare.html"
    assert pyplot.get_fignums() == before
    return out


@pytest.fixture(scope="module")
def mixed(tmp_path_factory, example_study, real, rows, stored):
    folder = tmp_path_factory.mktemp("mixed")
    return compare([stored(folder / "made_up", example_study, rows), stored(folder / "people", real, rows)])


def words(page: str) -> str:
    """The text of a page outside of style."""
    parser = HTMLParser()
    texts: list[str] = []
    parser.handle_data = texts.append  # type: ignore[method-assign]
    parser.feed(re.sub(r"<style>.*?</style>", "", page, flags=re.S))
    return " ".join(" ".join(texts).split())


def cells(found, title: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    (table,) = render_blocks(found)[title].tables
    return {group.label: group.rows for group in table.groups}


def test_the_table_says_what_was_worked_out_by_hand(found):
    table = cells(found, "Mean change of MADRS")
    assert list(table) == [
        "symptom_change, ANCOVA, overall: before and after, no comparison",
        "symptom_change, ANCOVA, light: before and after, no comparison",
    ]
    whole = table["symptom_change, ANCOVA, overall: before and after, no comparison"]
    # Intervals 7.9 and 8 wide, Monte Carlo errors 0.03 and 0.04: one decimal. Shifts (-7 + 8) / 2 and 0.5 * 2 / 2;
    # the roots of 0.03² + 0.04² and of 2 * 0.03², over 2.
    assert whole == (
        ("first", "reference", "40", f"{MINUS}8.1", f"{MINUS}12.1 to {MINUS}4.2", ">0.999 below 0",
         "below 0, important", ABSENT),
        ("first", "sceptical", "40", f"{MINUS}7.0", f"{MINUS}11.0 to {MINUS}3.1", ">0.999 below 0",
         "below 0, important", "0.50 ± 0.03"),
        ("second", "reference", "40", f"{MINUS}8.1", f"{MINUS}12.1 to {MINUS}4.2", ">0.999 below 0",
         "below 0, important", "0.50 ± 0.02"),
        ("second", "sceptical", "40", f"{MINUS}7.0", f"{MINUS}11.0 to {MINUS}3.1", ABSENT,
         "not to be reported", ABSENT),
    )  # fmt: skip
    # Who is left out is not stored with these runs, so how many of the rest are of the group is not known.
    assert {row[2] for row in table["symptom_change, ANCOVA, light: before and after, no comparison"]} == {ABSENT}


def test_every_row_stands_in_full_in_its_file(found, written):
    for group in found.groups:
        frame = pd.read_csv(written / "tables" / f"compare_{group.quantity.estimand}.csv")
        assert list(frame["run"]) == [row.run.label for row in group.rows]
        assert set(frame["data"]) == {"synthetic"}
        for name in ("mean", "median", "lower", "upper", "mcse_mean"):
            assert list(frame[name]) == [getattr(row.estimate, name) for row in group.rows]
        text = (written / "tables" / f"compare_{group.quantity.estimand}.tex").read_text("utf-8")
        assert f"\\label{{tab:compare_{group.quantity.estimand}}}" in text


def test_numbers_are_kept_in_one_file(found, written):
    record = json.loads((written / "compare.json").read_text("utf-8"))
    assert record["schema"] == SCHEMA
    assert [run["label"] for run in record["runs"]] == ["first", "second"]
    assert [run["status"] for run in record["runs"]] == ["report", "do not report"]
    assert [len(item["rows"]) for item in record["quantities"]] == [len(group.rows) for group in found.groups]
    (change,) = [item for item in record["quantities"] if item["estimand"] == "symptom_change"]
    assert change["rows"][1]["shift"] == 0.5
    assert change["scale"] == "MADRS, 0 to 60 (higher is worse)"
    assert record["differences"] == []


def test_every_quantity_has_a_figure_in_every_form(found, written):
    drawn = {path.name for path in (written / "figures").iterdir()}
    names = [f"compare_{group.quantity.estimand}" for group in found.groups]
    assert drawn == {f"{name}.{ending}" for name in names for ending in ("svg", "pdf", "png")}
    for name in names:
        with Image.open(io.BytesIO((written / "figures" / f"{name}.png").read_bytes())) as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
            assert image.info["Description"] == "Synthetic data"


def test_figures_say_their_numbers_in_words(found):
    (figure,) = render_blocks(found)["Mean change of MADRS"].figures
    assert f"first, symptom_change, ancova, overall, reference: {MINUS}8.1 ({MINUS}12.1 to {MINUS}4.2)" in figure.alt
    assert "second, symptom_change, ancova, overall, sceptical" in figure.alt
    assert "not to be reported" in figure.alt
    assert "light" not in figure.alt
    assert "dotted: smallest important difference" in figure.caption
    (share,) = render_blocks(found)["Share with a response on MADRS, a fall by 50%"].figures
    assert "dashed" not in share.caption


def test_the_page_needs_nothing_else_and_says_what_must_not_be_reported(written):
    page = (written / "compare.html").read_text("utf-8")
    targets = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert [target for target in targets if not target.startswith(ALLOWED)] == []
    assert "<script" not in page
    text = words(page)
    assert "Do not report: second. Its fits of symptom_change under the sceptical prior failed" in text
    assert "Not to be reported here: rows of second, marked in the table." in text
    assert "Worst verdict of these runs: not to be reported" in text
    assert "first and second are runs of the same study file and the same data: the same evidence twice" in text
    assert "Nothing recorded of them differs." in text
    assert "first and second: made before the values of priors were recorded" in text
    assert "pool" not in text.replace("nothing pooled", "")
    assert "significant" not in text.lower()
    assert "SYNTHETIC DATA:" in text
    assert "Synthetic data: first" not in text
    assert page.count("<caption><span>Synthetic data.") == page.count("<caption>")
    assert page.count("<figcaption>Synthetic data.") == page.count("<figcaption>")


def test_mixed_data_say_which_are_made_up(mixed, tmp_path):
    page = words(write_side_by_side(mixed, tmp_path / "out").read_text("utf-8"))
    assert "SYNTHETIC DATA IN PART: made_up is of simulated data." in page
    # Once under every table of estimates and under every figure.
    assert page.count("Synthetic data: made_up.") == 2 * len(mixed.groups)
    assert "The runs are of different studies. Their estimates are set beside each other and are not pooled" in page
    frame = pd.read_csv(tmp_path / "out" / "tables" / "compare_geometric_mean_ratio.csv")
    assert dict(zip(frame["run"], frame["data"], strict=True)) == {"made_up": "synthetic", "people": "study"}
    runs = pd.read_csv(tmp_path / "out" / "tables" / "compare_runs.csv")
    assert list(runs["data"]) == ["synthetic", "study"]
    assert list(runs["run"]) == ["made_up", "people"]
    differences = pd.read_csv(tmp_path / "out" / "tables" / "compare_differences.csv")
    assert set(differences["data"]) == {"synthetic in part"}
    with Image.open(tmp_path / "out" / "figures" / "compare_geometric_mean_ratio.png") as image:
        assert image.info["Description"] == "Synthetic data in part"


def test_data_of_people_are_not_called_synthetic(tmp_path, real, rows, stored):
    paths = [stored(tmp_path / name, real, rows[:1], seed=seed) for seed, name in enumerate(("a", "b"))]
    page = write_side_by_side(compare(paths), tmp_path / "out").read_text("utf-8")
    assert "synthetic" not in words(page).lower().replace("synthetic exercise trial", "")
    assert b"ynthetic data" not in (tmp_path / "out" / "figures" / "compare_symptom_change.svg").read_bytes()


def test_changes_and_contrasts_of_arms_are_kept_apart(tmp_path, example_study, estimate_of, stored):
    spec = example_study.spec
    randomised = spec.study.model_copy(update={"design": "randomised"})
    arms = {"column": "clinic", "control": "North"}
    trial = spec.model_validate({**spec.model_dump(mode="json"), "arms": arms, "sites": None})
    trial = trial.model_copy(update={"study": randomised})
    contrast = estimate_of(estimand="arm_difference", group="T versus C")
    observed = spec.model_copy(update={"study": spec.study.model_copy(update={"design": "observational"})})
    paths = [
        stored(tmp_path / "one_arm", example_study, [estimate_of()]),
        stored(tmp_path / "trial", replace(example_study, spec=trial, input_hash="t" * 64),
               [estimate_of(), estimate_of(group="arm T"), contrast]),
        stored(tmp_path / "cohort", replace(example_study, spec=observed, input_hash="o" * 64), [contrast]),
    ]  # fmt: skip
    found = compare(paths)
    assert list(cells(found, "Mean change of MADRS")) == [
        "symptom_change, ANCOVA, overall: before and after, no comparison",
        "symptom_change, ANCOVA, overall: all arms pooled, before and after, no comparison of arms",
        "symptom_change, ANCOVA, arm T: one arm of several, before and after, no comparison of arms",
    ]
    assert list(cells(found, "Difference between arms in the change of MADRS")) == [
        "symptom_change, ANCOVA, T versus C: randomised arms compared",
        "symptom_change, ANCOVA, T versus C: arms compared that were not randomised",
    ]
    text = words(write_side_by_side(found, tmp_path / "out").read_text("utf-8"))
    assert "one_arm and cohort: no arms were randomised, so there are changes from before to after" in text
    assert "trial: arms were randomised; their contrasts stand in tables of their own" in text
    assert "effect" not in text


def test_other_intervals_are_named_in_every_row(tmp_path, example_study, estimate_of, stored):
    narrow = estimate_of(ci_prob=0.9, ci_kind="hdi", lower=-11.0, upper=-5.0)
    found = compare(
        [
            stored(tmp_path / "wide", example_study, [estimate_of()]),
            stored(tmp_path / "narrow", example_study, [narrow]),
        ]
    )
    block = render_blocks(found)["Mean change of MADRS"]
    assert block.tables[0].columns[4].label == "Interval"
    alike = compare([stored(tmp_path / name, example_study, [narrow]) for name in ("first", "second")])
    columns = render_blocks(alike)["Mean change of MADRS"].tables[0].columns
    assert columns[4].label == "90% highest-density interval"
    assert [row[4] for row in block.tables[0].groups[0].rows] == [
        f"{MINUS}12.1 to {MINUS}4.2 (95% ETI)",
        f"{MINUS}11.0 to {MINUS}5.0 (90% HDI)",
    ]
    assert "of the kind named beside it" in block.figures[0].caption
    assert any(
        "95% ETI in wide; 90% HDI in narrow" in item for part in block.parts for item in getattr(part, "items", ())
    )


def test_a_folder_of_a_run_is_refused_and_other_files_are_left_alone(tmp_path, found, example_study, rows, stored):
    run = stored(tmp_path / "run", example_study, rows)
    before = sorted(path.name for path in run.iterdir())
    with pytest.raises(InputError, match="a folder that holds no run is required; found the folder of one"):
        write_side_by_side(found, run)
    assert sorted(path.name for path in run.iterdir()) == before
    out = tmp_path / "paper"
    for name in ("tables/mine.csv", "figures/mine.png", "tables/compare_of_before.csv"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("x")
    write_side_by_side(found, out)
    assert (out / "tables" / "mine.csv").read_text() == (out / "figures" / "mine.png").read_text() == "x"
    assert not (out / "tables" / "compare_of_before.csv").exists()


def test_the_same_runs_give_the_same_bytes(found, written, tmp_path):
    write_side_by_side(found, tmp_path / "again")
    for path in written.rglob("*"):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(written)).read_bytes() == path.read_bytes(), path.name


def test_hostile_names_are_escaped(tmp_path, real, rows, stored):
    spec = real.spec
    hostile = spec.model_copy(update={"study": spec.study.model_copy(update={"title": "<script>alert(1)</script>"})})
    study = replace(real, spec=hostile)
    paths = [stored(tmp_path / name, study, rows[:1]) for name in ("<b>a", "b & c")]
    page = write_side_by_side(compare(paths), tmp_path / "out").read_text("utf-8")
    assert "<script" not in page
    assert "<b>" not in page
    assert "<script>alert(1)</script>" in words(page)
