"""A run of a study that states what the missing are taken to be: rows, file, report and reload."""

import json
from pathlib import Path
from typing import Any

import pytest

from cochange.inference.run import run_study
from cochange.inference.settings import Settings
from cochange.inference.store import load_results

STATED = """
[missing_data]
reason = "why"
compare = ["missing at random", "jump to reference"]
delta_score = [-4, 12]
delta_marker = [0.5, 4]
[[estimand.intercurrent_events]]
event = "no effect"
strategy = "composite variable"
missing_as = "non-response"
reasons = ["lack of effect"]
"""


@pytest.mark.slow
def test_a_run_stores_its_scenarios_and_finds_them_again(make_trial: Any, tmp_path: Path) -> None:
    study = make_trial(extra=STATED, n=60).study
    settings = Settings(draws=500, tune=500, chains=2, seed=3, max_draws=500)
    results = run_study(study, tmp_path, settings=settings, double=False)
    assert {row.scenario for row in results.under_scenarios} == {"as stated", "missing at random", "jump to reference"}
    assert len(results.surfaces) == 3
    content = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert len(content["under_scenarios"]) == len(results.under_scenarios)
    first, row = content["under_scenarios"][0], results.under_scenarios[0]
    assert (first["scenario"], first["left"], first["estimate"]["median"]) == (
        row.scenario, row.left, row.estimate.median,
    )  # fmt: skip
    found = load_results(tmp_path)
    assert repr(found.under_scenarios) == repr(results.under_scenarios)
    assert repr(found.surfaces) == repr(results.surfaces)
    # Made again from the stored draws where the rows are not to be trusted.
    (tmp_path / "sources.json").unlink()
    again = load_results(tmp_path)
    assert repr(again.surfaces) == repr(results.surfaces)
    assert repr(again.under_scenarios) == repr(results.under_scenarios)
