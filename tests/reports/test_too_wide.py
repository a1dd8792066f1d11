"""When a prior set is called too wide, and what the report says of one."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.inference.results import Results
from cochange.reports.sections import priors
from cochange.reports.too_wide import ADVICE, TOO_FAR, TOO_MANY, too_wide

CHOOSING = Path(__file__).resolve().parents[2] / "docs" / "choosing-priors.md"


@pytest.mark.parametrize(
    ("share", "ratio", "told"),
    [
        (0.2499, TOO_FAR, ()),
        (TOO_MANY, 1.0, ("up to 25.0% of the scores it draws are impossible on the scale (25% or more)",)),
        (0.1, 2e9, ("a factor of 2.0\N{MULTIPLICATION SIGN}10\N{SUPERSCRIPT NINE} apart",)),
        (0.888, math.inf, ("88.8% of the scores", "no finite size")),
    ],
)
def test_a_set_is_too_wide_from_its_bounds_on(share: float, ratio: float, told: tuple[str, ...]) -> None:
    said = too_wide("joint_change", "mine", (0.0, share), (1.0, ratio))
    assert bool(said) == bool(told)
    assert not said or said.startswith("joint_change under the prior set 'mine' is too wide: ")
    for words in told:
        assert words in said
    assert too_wide("joint_change", "mine", (), ()) == ""


def test_the_page_on_choosing_priors_has_these_bounds() -> None:
    page = " ".join(CHOOSING.read_text("utf-8").split())
    assert TOO_MANY == 1 / 4
    assert "one drawn score in four is impossible" in page
    assert math.log10(TOO_FAR) == 9
    assert "more powers of ten than any assay spans, nine" in page


def test_the_report_names_such_a_set_and_what_to_do(
    report: Any, results: Results, widen: Callable[[Results], Results]
) -> None:
    texts = [getattr(part, "text", "") for part in report.blocks["Priors"].parts]
    assert ADVICE not in texts
    parts = priors.SECTION.block(widen(results)).parts
    place = next(at for at, part in enumerate(parts) if getattr(part, "text", "") == ADVICE)
    (said,) = parts[place - 1].items
    assert said.startswith("symptom_change under the sceptical prior is too wide: up to 100.0% of the scores")


@pytest.fixture
def widen() -> Callable[[Results], Results]:
    """The results with scores that cannot be, drawn from one prior set of one model."""

    def widened(results: Results) -> Results:
        fit = results.fits["symptom_change", "sceptical"]
        groups = {name: child.to_dataset() for name, child in fit.tree.children.items()}
        groups["prior_predictive"] = xr.full_like(groups["prior_predictive"], np.float64(200))
        spoilt = replace(fit, tree=xr.DataTree.from_dict(groups))
        return replace(results, fits={**results.fits, ("symptom_change", "sceptical"): spoilt})

    return widened
