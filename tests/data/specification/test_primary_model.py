"""A primary model is one of the models that the study file names, where it names some."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("models", "primary"),
    [([], "mine"), (["joint_change", "growth"], "growth"), (["./folder/mine.py", "growth"], "mine")],
)
def test_a_primary_model_is_one_that_is_named(wide: Any, models: list[str], primary: str) -> None:
    wide.spec["analysis"] = {"models": models, "primary_model": primary}
    assert wide.read().spec.analysis.primary_model == primary


@pytest.mark.parametrize(
    ("primary", "action"),
    [
        ("mime", "did you mean 'mine'? Add it there, or name one of 'joint_change', 'mine'"),
        ("growth", "add it there, or name one of 'joint_change', 'mine'"),
    ],
)
def test_another_is_refused_with_its_line(wide: Any, primary: str, action: str) -> None:
    wide.spec["analysis"] = {"models": ["joint_change", "./mine.py"], "primary_model": primary}
    fault = wide.only_fault()
    assert (fault.column, fault.found, fault.action) == ("analysis.primary_model", f"'{primary}'", action)
    assert fault.required == "one of the models that [analysis] models names"
    assert fault.row is not None
