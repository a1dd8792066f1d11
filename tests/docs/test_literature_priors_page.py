"""The page on priors from published estimates: sets, columns, the shipped table, the lines."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import cochange
from cochange.data.published_table import COLUMNS
from cochange.data.simulate import ExerciseTrial, write_simulated
from cochange.inference.pooling.parameters import prior_set_lines
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import RobustNormal
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.models.pooled import PRIORS


@pytest.fixture(scope="module")
def literature(page: Any) -> Any:
    return page("docs/literature-priors.md")


def test_the_sets_of_the_pooling_are_listed(literature: Any) -> None:
    written = {row[0].strip("`"): [cell.strip("`") for cell in row[1:]] for row in literature.rows("set", "mean")}
    assert written == {name: [str(family) for family in families(priors).values()] for name, priors in PRIORS.items()}


def test_every_column_is_listed(literature: Any) -> None:
    assert set(literature.names("column", "meaning")) == set(COLUMNS)


def test_the_shipped_quantities_are_listed_with_what_they_inform(literature: Any) -> None:
    table = cochange.read_published()
    rows = literature.rows("quantity", "estimates")
    assert [row[0].strip("`") for row in rows] == list(table.quantities)
    for quantity, estimates, unit, informs in rows:
        members = table.of(quantity.strip("`")).estimates
        assert (int(estimates), unit) == (len(members), members[0].unit)
        if "the same three" not in informs:
            assert tuple(re.findall(r"`(.+?)`", informs)) == members[0].informs


def test_what_the_shipped_table_informs_has_its_unit() -> None:
    for quantity in cochange.read_published().quantities:
        pooled = cochange.pool(quantity=quantity)
        assert pooled.parameters == pooled.table.estimates[0].informs


def test_the_lines_are_those_of_the_command_and_can_be_used(tmp_path: Path, literature: Any) -> None:
    (block,) = literature.blocks("toml")
    pooled = cochange.pool(quantity="madrs_change_treated")
    assert "\n".join(prior_set_lines("pooled", pooled.parameters, pooled.new_study.family)).startswith(block.rstrip())
    path = write_simulated(tmp_path, ExerciseTrial(n=40, seed=1))
    path.write_text(path.read_text("utf-8") + "\n" + block, "utf-8")
    study = cochange.read_study(path)
    own = prior_sets("symptom_change", load_model("symptom_change").shipped, study)["pooled"]
    expected = tomllib.loads(block)["analysis"]["prior_sets"]["pooled"]["symptom_change"]["intercept"]
    assert expected.pop("family") == "RobustNormal"
    assert own.intercept == RobustNormal(**expected)
