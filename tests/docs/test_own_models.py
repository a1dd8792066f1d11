"""The example of an own model meets the contract, and the page names every part of it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.data.study import Study
from cochange.models.parts.contract import CONTRACT, DERIVED_DIMS, PARAMETERS, Model, load_model
from cochange.models.parts.estimand import UNITS
from cochange.models.parts.prior_sets import hyperparameters
from cochange.models.parts.symptom import symptom_pair

FILE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py"
# No C and no Numba: the graph is evaluated a few times only.
QUICK = Mode(linker="py", optimizer="fast_compile")


@pytest.fixture(scope="module")
def own() -> Model:
    return load_model(str(FILE))


def test_the_page_names_every_part_of_the_contract(page: Any) -> None:
    text = page("docs/own-models.md")
    names = text.sections["The contract"].names("name", "what it is")
    assert [name for name in names if name in CONTRACT] == list(CONTRACT)
    signatures = {f"{name}({', '.join(arguments)})" for name, arguments in PARAMETERS.items()}
    assert [line for line in signatures if f"`{line}`" not in text.text] == []
    assert f"a complete model of {len(FILE.read_text('utf-8').splitlines())} lines" in text.text


def test_the_places_of_a_model_that_ships_are_there(page: Any) -> None:
    root = FILE.parents[2]
    section = page("CONTRIBUTING.md").sections["Adding a model"].text
    named = set(re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|md|json)|\w+\.(?:yml|md))`", section))
    assert len(named) > 12
    example = {"tests/models/test_NAME.py", "docs/NAME.md"}
    assert [place for place in sorted(named - example) if not (root / place).is_file()] == []
    # A table of code that a row names stands in the file it names.
    pairs = re.findall(r"`([A-Z_]{5,})` in `([\w./-]+\.py)`", section)
    assert len(pairs) > 3
    assert [pair for pair in pairs if not re.search(rf"^{pair[0]}\b", (root / pair[1]).read_text("utf-8"), re.M)] == []


def test_the_units_of_estimands_are_listed(page: Any) -> None:
    listed = re.search(r"`unit` is one of (.*?)\. `null`", " ".join(page("docs/own-models.md").text.split()))
    assert listed is not None
    assert tuple(re.findall(r"`([^`]+)`", listed[1])) == UNITS


def test_the_dims_of_estimands_are_listed(page: Any) -> None:
    told = set(re.findall(r"`(\w+)`", page("docs/own-models.md").sections["derive"].text))
    assert told >= DERIVED_DIMS


def test_the_example_is_accepted(own: Model) -> None:
    assert own.name == "own_model"
    assert list(own.shipped) == ["reference", "sceptical"]
    assert "y1 - y0 ~ Normal(mean_change, sd)" in own.formula


def test_it_uses_everyone_with_both_scores(own: Model, example: Study) -> None:
    pair = symptom_pair(example)
    complete = ~np.isnan(list(pair.values())).any(axis=0)
    selection = own.select(example)
    assert selection.used.tolist() == example.data["participant"].values[complete].tolist()
    assert len(selection.left_out) == int((~complete).sum())


def test_its_log_density_is_the_one_of_its_formula(own: Model, example: Study) -> None:
    graph = own.build(example, own.shipped["reference"])
    assert {variable.name for variable in graph.free_RVs} == set(own.prior_vars)
    assert set(hyperparameters(own.shipped["reference"])) <= set(graph.named_vars)
    pair = symptom_pair(example, own.select(example).used)
    change = pair[example.follow_up] - pair[example.baseline]
    point = {"mean_change": -7.0, "sd_log__": np.log(6.0)}
    found = graph.compile_logp(vars=graph.observed_RVs, mode=QUICK)(point)
    assert found == pytest.approx(stats.norm(-7, 6).logpdf(change).sum(), rel=1e-10)
    assert all(np.isfinite(value) for value in graph.point_logps().values())


def test_it_derives_every_estimand(own: Model, example: Study) -> None:
    draws = stats.norm(-7, 1).rvs((2, 5), random_state=1)
    posterior = xr.Dataset({"mean_change": (("chain", "draw"), draws)})
    derived = own.derive(posterior, example)
    assert set(derived) == set(own.estimands)
    assert derived["symptom_change"].dims == ("chain", "draw")
