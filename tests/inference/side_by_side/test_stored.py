"""Reading stored runs: what comes back, and every fault with what to do."""

import json
import math
from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.inference.side_by_side.stored import labels_of, read_runs
from cochange.inference.store import save_study


def spoil(directory: Path, change) -> None:
    path = directory / "results.json"
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


@pytest.fixture
def pair(tmp_path, example_study, estimate_of, stored) -> tuple[Path, Path]:
    rows = [estimate_of(), estimate_of(prior="sceptical", r_hat=math.nan, form=None)]
    return stored(tmp_path / "one", example_study, rows), stored(tmp_path / "two", example_study, rows, ["sceptical"])


def test_rows_come_back_as_they_were_stored(pair, estimate_of):
    one, two = read_runs(pair)
    assert one.decisions[0].estimate == estimate_of()
    assert math.isnan(one.decisions[1].estimate.r_hat)
    assert [item.settled for item in two.decisions] == [True, False]
    assert (one.verdict.status, two.verdict.status) == ("report", "do not report")
    assert two.verdict.reasons == ("the chains disagree",)
    assert one.used == {"symptom_change": 40}
    assert one.main_prior == "reference"
    assert one.synthetic


def test_fields_of_a_later_version_are_passed_over(pair):
    spoil(pair[0], lambda content: content["estimates"][0].update(later=1))
    assert read_runs(pair)[0].decisions[0].estimate.median == -8.05


def test_a_manifest_of_an_earlier_version_is_read(pair):
    spoil(pair[0], lambda content: [content["manifest"].pop(name) for name in ("priors", "doubled")])
    manifest = read_runs(pair)[0].manifest
    assert (manifest["priors"], manifest["doubled"]) == ({}, None)


def test_labels_are_as_short_as_they_can_be():
    assert labels_of([Path("/runs/a"), Path("/runs/b")]) == ["a", "b"]
    assert labels_of([Path("/x/2024/out"), Path("/x/2025/out"), Path("/x/2025/other")]) == [
        "2024/out",
        "2025/out",
        "2025/other",
    ]
    assert labels_of([Path("/a/run"), Path("/a/run")]) == ["run", "run"]


@pytest.mark.parametrize("given", [0, 1])
def test_fewer_than_two_runs_are_refused(pair, given):
    with pytest.raises(InputError, match=r"a list of two run directories or more is required; found (none|1); give"):
        read_runs(pair[:given])


def test_every_fault_is_told_at_once(pair, tmp_path):
    one, two = pair
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "results.json").write_text(one.joinpath("results.json").read_text("utf-8")[:900], "utf-8")
    spoil(two, lambda content: content.update(schema="cochange.results/2"))
    with pytest.raises(InputError) as caught:
        read_runs([one, one, tmp_path / "empty", broken, two, tmp_path / "absent"])
    said = [str(fault) for fault in caught.value.faults]
    assert len(said) == 5
    assert said[0] == f"{one}: each directory once is required; found it a second time; give it once"
    assert "found a directory without that file; give the --out of a finished `cochange run`" in said[1]
    assert "valid JSON is required" in said[2]
    assert f"write it again by `cochange report {broken}`" in said[2]
    assert "found 'cochange.results/2'; update cochange, which wrote them in a newer version" in said[3]
    assert "found no such directory" in said[4]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: content.update(schema="other/1"), "found 'other/1'; write it again"),
        (lambda content: content.pop("schema"), "found no name of a format"),
        (lambda content: content.update(schema="cochange.results/0"), "found 'cochange.results/0'; write it again"),
        (lambda content: content.pop("estimates"), "found estimates absent, or of another kind"),
        (lambda content: content.update(estimates={}), "found estimates absent, or of another kind"),
        (lambda content: content["estimates"][1].pop("learned"), "every field of estimates is required; found learned"),
        (lambda content: content["estimates"][1].update(mean="-8"), "found mean absent, or of another kind"),
        (lambda content: content["decisions"].pop(), "one decision an estimate is required; found 1 of 2"),
        (lambda content: content["decisions"][0].update(direction="up"), "found direction absent, or of another"),
        (lambda content: content["verdict"].update(status="fine"), "found status absent, or of another kind"),
        (lambda content: content["audit"].pop("used"), "every field of audit is required; found used absent"),
        (lambda content: content["manifest"].pop("versions"), "every field of manifest is required; found versions"),
        (lambda content: [content[name].clear() for name in ("estimates", "decisions")], "leave the directory out"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_what_it_lacks(pair, change, told):
    spoil(pair[1], change)
    with pytest.raises(InputError) as caught:
        read_runs(pair)
    assert told in str(caught.value)
    assert str(pair[1] / "results.json") in str(caught.value)


@pytest.mark.parametrize("content", ["[]", "1", '"x"', "null"])
def test_json_of_another_kind_is_a_fault(pair, content):
    (pair[0] / "results.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match=r"a file of the format cochange\.results/1 is required"):
        read_runs(pair)


def test_a_run_without_its_study_is_a_fault(pair):
    (pair[0] / "study" / "data.nc").write_bytes(b"no")
    (pair[1] / "study" / "study.json").unlink()
    with pytest.raises(InputError) as caught:
        read_runs(pair)
    said = [str(fault) for fault in caught.value.faults]
    assert len(said) == 2
    assert all("the study a run stored is required; found one that cannot be read" in text for text in said)


def test_results_whose_study_a_later_run_replaced_are_a_fault(pair, study_with):
    save_study(pair[0], study_with("f"))
    with pytest.raises(InputError, match="results of the study stored beside them is required") as caught:
        read_runs(pair)
    assert str(pair[0] / "results.json") in str(caught.value)
