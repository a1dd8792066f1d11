"""`cochange compare` as its user meets it."""

import re
import shutil
from dataclasses import replace

import pytest

import cochange
from cochange.reports.numbers import ABSENT, centre, fixed, interval


@pytest.fixture
def paths(tmp_path, example_study, estimate_of, stored):
    rows = [
        estimate_of(model=model, prior=prior, form=None, mean=mean, median=mean, lower=mean - 4, upper=mean + 4)
        for model, mean in (("joint_change", -8.0), ("symptom_change", -5.0))
        for prior, mean in (("reference", mean), ("sceptical", mean + 1))
    ]
    lower = [replace(row, mean=row.mean - 0.5, median=row.median - 0.5, mcse_mean=0.04) for row in rows]
    return stored(tmp_path / "one", example_study, rows), stored(tmp_path / "two", example_study, lower, seed=2)


def printed(out: str) -> dict[str, list[list[str]]]:
    """The cells of every table of estimates by its heading."""
    tables: dict[str, list[list[str]]] = {}
    heading = ""
    for line in out.splitlines():
        if re.match(r"\w+_change, ", line):
            heading = line.strip()
        if line.startswith(("│ one", "│ two")) and heading:
            tables.setdefault(heading, []).append([cell.strip() for cell in line.strip("│").split("│")])
        if line.startswith("What differs"):
            break
    return tables


def test_every_cell_on_the_terminal_is_of_its_own_row(command, paths):
    code, out, _ = command("compare", *paths)
    assert code == 0
    tables = printed(out)
    assert len(tables) == 2
    (group,) = cochange.compare(paths).groups
    among = [row.estimate for row in group.rows]
    for model in ("joint_change", "symptom_change"):
        own = [row for row in group.rows if row.estimate.model == model]
        cells = tables[f"{model}, overall: before and after, no comparison"]
        assert len(cells) == len(own) == 4
        for row, (run, prior, median, limits, _, says, shift) in zip(own, cells, strict=True):
            estimate = row.estimate
            assert (run, prior, median) == (row.run.label, estimate.prior, centre(estimate, among))
            assert limits == f"{interval(estimate, among)} (95% ETI)"
            assert says == "below 0"
            # Means by hand: one notch of 1, or of half a point, in posterior SDs of 2.
            by_hand = {("one", "reference"): None, ("one", "sceptical"): 0.5, ("two", "reference"): -0.25}.get(
                (run, prior), 0.25
            )
            assert shift.split(" ")[0] == (ABSENT if by_hand is None else fixed(by_hand, 2))
    assert "seed" in out[out.index("What differs") :]
    assert "one and two are runs of the same study file and the same data" in out.replace("\n", " ")


def test_quiet_prints_the_page_alone(command, paths, tmp_path):
    code, out, err = command("compare", *paths, "--out", tmp_path / "out", "--quiet")
    assert (code, out, err) == (0, f"{tmp_path / 'out' / 'compare.html'}\n", "")
    assert (tmp_path / "out" / "compare.json").is_file()


def test_faults_of_the_runs_and_of_the_folder_are_told_together(command, paths, tmp_path):
    code, out, err = command("compare", paths[0], tmp_path / "absent", "--out", paths[0])
    assert (code, out) == (2, "")
    assert "a folder that holds no run is required" in err
    assert "no such directory" in err
    assert command("compare", paths[0], paths[1], "--out", paths[1])[0] == 2
    code, _, err = command("compare", paths[0])
    assert code == 2
    assert "a list of two run directories or more is required; found 1" in err


def test_a_run_that_must_not_be_reported_ends_with_3(command, paths, tmp_path, example_study, estimate_of, stored):
    failed = stored(tmp_path / "failed", example_study, [estimate_of(form=None)], failed=["reference"])
    code, out, err = command("compare", paths[0], failed, "--out", tmp_path / "out")
    assert code == 3
    assert "not to be reported" in out
    assert "Do not report: failed." in err
    assert (tmp_path / "out" / "compare.html").is_file()


def test_finished_runs_are_compared_without_their_draws(command, example_run, tmp_path):
    """A run as it was made, its draws taken away: what is shown is what it stored."""
    first = shutil.copytree(example_run.directory, tmp_path / "first", ignore=shutil.ignore_patterns("posterior"))
    second = shutil.copytree(first, tmp_path / "second")
    found = cochange.compare([first, second])
    assert [item.estimate for item in found.runs[0].decisions] == [
        item.estimate for item in example_run.results.decisions
    ]
    rows = [row for group in found.groups for row in group.rows if row.run.label == "second"]
    shifts = [row.shift for row in rows if row.estimate.prior == "reference"]
    assert len(shifts) > 10
    assert set(shifts) == {0.0}
    assert found.differences == ()
    code, out, _ = command("compare", first, second)
    assert code == 0
    assert "Nothing recorded of first and second differs." in out
