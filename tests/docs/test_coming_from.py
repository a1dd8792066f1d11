"""The page for those who come from other programs: its study files are run, and its numbers are theirs."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cochange

# Contrast, folder of the public data, and the header of the table.
TRIALS = [("TRT versus PBO", "mmrm", 4), ("DRUG versus PLACEBO", "rbmi_antidepressant", 4)]


@pytest.fixture(scope="module")
def tables(page: Any) -> list[dict[str, list[tuple[float, float]]]]:
    """Mean and SD by visit and column, of both tables."""
    found = []
    for block in re.findall(r"^\| visit \|.*\n\| --- .*\n((?:\|.*\n)+)", page("docs/coming-from.md").text, re.M):
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]
        pairs = {row[0].strip("`"): re.findall(r"(-?[\d.]+) \(([\d.]+)\)", " ".join(row[1:])) for row in rows}
        found.append({visit: [(float(mean), float(sd)) for mean, sd in cells] for visit, cells in pairs.items()})
    return found


def test_every_column_agrees_with_the_first(tables: Any) -> None:
    """Flat priors and a likelihood: posterior mean and SD are near the estimate and its standard error."""
    assert [len(table) for table in tables] == [4, 4]
    for (_, _, columns), table in zip(TRIALS, tables, strict=True):
        for cells in table.values():
            assert len(cells) == columns
            (mean, sd), *others = cells
            for other, error in others:
                assert abs(mean - other) < 0.05 * error
                assert sd == pytest.approx(error, rel=0.05)


@pytest.fixture(scope="module")
def change_on_change(page: Any) -> dict[str, list[tuple[float, float]]]:
    """Mean and SD by parameter and column, of the last table."""
    rows = re.findall(r"^\| `(\w+)`: [^|]*\|(.*)\|$", page("docs/coming-from.md").text, re.M)
    pairs = {name: re.findall(r"(-?[\d.]+) \(([\d.]+)\)", cells) for name, cells in rows}
    return {name: [(float(mean), float(sd)) for mean, sd in cells] for name, cells in pairs.items()}


def test_change_on_change_is_that_of_brms(change_on_change: Any) -> None:
    """As far as priors of two and three levels, which are not the same, and the error of two posteriors let it be."""
    assert list(change_on_change) == ["parallel", "baseline_marker", "baseline_symptom", "sigma"]
    for (mean, sd), (other, error) in change_on_change.values():
        assert abs(mean - other) < 0.1 * error
        assert sd == pytest.approx(error, rel=0.05)


@pytest.mark.slow
def test_the_numbers_of_change_on_change_are_those_of_a_run(change_on_change: Any, example_study: Any) -> None:
    posterior = cochange.fit("parallel_change", example_study, prior="diffuse").posterior
    for name, ((mean, sd), _) in change_on_change.items():
        own = posterior[name]
        # Two runs of at least 1,000 effective draws each, and two decimals printed.
        error = float(own.std()) / np.sqrt(1000)
        assert float(own.mean()) == pytest.approx(mean, abs=4 * np.sqrt(2) * error + 0.005)
        assert float(own.std()) == pytest.approx(sd, abs=4 * error + 0.005)


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 1])
def test_the_numbers_are_those_of_a_run(place: int, page: Any, tables: Any, realdata: Path, tmp_path: Path) -> None:
    contrast, folder, _ = TRIALS[place]
    path = tmp_path / "study.toml"
    path.write_text(page("docs/coming-from.md").blocks("toml")[place], "utf-8")
    study = cochange.read_study(path, data_root=realdata / folder)
    fit = cochange.fit("repeated_measures", study, prior="diffuse")
    derived = cochange.load_model("repeated_measures").derive(fit.tree["posterior"].to_dataset(), study)
    draws = derived["arm_difference"].sel(group=contrast)
    assert draws["visit"].values.tolist() == list(tables[place])
    for visit, ((mean, sd), *_) in tables[place].items():
        own = draws.sel(visit=visit)
        # Two runs of at least 1,000 effective draws each, and two decimals printed.
        error = float(own.std()) / np.sqrt(1000)
        assert float(own.mean()) == pytest.approx(mean, abs=4 * np.sqrt(2) * error + 0.005)
        assert float(own.std()) == pytest.approx(sd, abs=4 * error + 0.005)
