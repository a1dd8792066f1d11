"""Names of prior sets, by which fits are stored."""

from typing import Any

import pytest

from cochange.data.specification.prior_set_rules import ENDINGS, unstorable
from cochange.inference.doubled import doubled_name
from cochange.inference.forms import other_forms, stored_name


@pytest.mark.parametrize("name", ["a/b", "..", "a:b", " a", "", "panel-doubled", "Panel-Student-T"])
def test_a_name_that_no_fit_can_be_stored_by_is_refused_with_its_line(wide: Any, name: str) -> None:
    wide.spec["analysis"] = {"prior_sets": {name: {"base": "diffuse"}}}
    fault = wide.only_fault()
    assert fault.found == f"'{name}'"
    assert fault.column == f"analysis.prior_sets.{name}"
    assert "a name that" in fault.required
    assert fault.row is not None


@pytest.mark.parametrize("name", ["a\\b", "a\nb"])
def test_signs_that_a_study_file_has_to_escape_are_refused_too(name: str) -> None:
    assert unstorable(name) is not None


@pytest.mark.parametrize("name", ["panel", "round 2", "Experten-Gruppe_1", "v1.2", "doubled", "naïve"])
def test_other_names_can_be_taken(wide: Any, name: str) -> None:
    wide.spec["analysis"] = {"prior_sets": {name: {"base": "diffuse"}}}
    wide.read()


def test_names_that_differ_in_capitals_alone_are_one_file_on_many_systems(wide: Any) -> None:
    wide.spec["analysis"] = {"prior_sets": {"panel": {}, "Panel": {}}}
    assert wide.only_fault().found == "'Panel' beside 'panel'"


def test_every_name_that_other_fits_are_stored_by_is_refused(example_study: Any) -> None:
    forms = {form for model in ("joint_change", "growth") for form in other_forms(example_study, model)}
    stored = {doubled_name("panel"), *(stored_name("panel", form) for form in forms)}
    assert {name for name in stored if unstorable(name) is None} == set()
    assert {ending for ending in ENDINGS if not any(name.endswith(ending) for name in stored)} <= {"-normal"}
