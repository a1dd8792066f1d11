"""An estimand that every draw gives alike: no prior moves it, and what would be divided by its spread is left out."""

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

from cochange.inference.comparing.comparison import Comparison, compare_priors
from cochange.inference.comparing.grid import Vary
from cochange.inference.comparing.power_scaling import distance, power_scaling
from cochange.inference.comparing.rows import overlap
from cochange.inference.settings import Settings
from cochange.reports.prior_comparison import write_comparison

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=7)
HOW = {"reference": "sampled", "sceptical": "moment-matched", "robust": "sampled", "mean_sd=0.5": "reweighted"}


@pytest.fixture(scope="module")
def comparison(conjugate: str, example_study, tmp_path_factory) -> Comparison:
    """The conjugate model with an estimand and a ratio given by the design, under a set of every kind."""
    text = Path(conjugate).read_text("utf-8")
    own = '"given": Estimand("x", "points", 0.0), "even": Estimand("y", "ratio", 1.0), '
    text = text.replace('"mean": Est', own + '"mean": Est')
    text = text.replace('return {"mean"', 'return {"given": 0.1 + 0 * mean, "even": 1 + 0 * mean, "mean"')
    path = tmp_path_factory.mktemp("fixed") / "fixed.py"
    path.write_text(text, "utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compare_priors(example_study, str(path), list(HOW)[:-1], [Vary("mean_sd", (0.5,))], SETTINGS)


def test_it_stays_where_it_is_under_every_set(comparison: Comparison) -> None:
    assert {under.prior: under.how for under in comparison.under} == HOW
    for row in comparison.rows:
        if row.estimate.estimand in ("given", "even"):
            value = {"given": 0.1, "even": 1.0}[row.estimate.estimand]
            assert row.estimate.mean == pytest.approx(value)
            sure = {"given": ("increase", 1.0), "even": ("unclear", 0.5)}[row.estimate.estimand]
            assert (row.decision.direction, row.estimate.p_direction) == (sure[0], pytest.approx(sure[1]))
            assert (row.shift, row.shift_mcse, row.overlap, row.changed) == (0, 0, 1, "no")
            assert math.isnan(row.data_to_prior)
            assert math.isnan(row.width_ratio)
        else:
            assert row.data_to_prior > 0
    assert all(under.least_ess >= 400 for under in comparison.under)


def test_power_scaling_moves_it_nowhere(comparison: Comparison) -> None:
    found = power_scaling(comparison)
    rows = zip(found, comparison.main.rows, strict=True)
    moved = {row.estimate.estimand: (item.prior, item.likelihood) for item, row in rows}
    assert (moved["given"], moved["even"]) == ((0, 0), (0, 0))
    assert moved["mean"][1] > 0.05
    assert distance(np.full(9, 2.0), np.full(9, 2.0)) == 0


def test_it_is_written(comparison: Comparison, tmp_path: Path) -> None:
    assert write_comparison(comparison, tmp_path) == tmp_path / "compare-priors.html"
    table = (tmp_path / "tables" / "prior_comparison.csv").read_text("utf-8")
    assert table.count(",given,") == len(HOW)


def test_a_point_shares_with_a_density_what_lies_on_it() -> None:
    mass = np.full(4, 0.25)
    assert overlap(np.full(4, 2.0), np.full(4, 2.0), mass) == 1
    assert overlap(np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 2.0), mass) == 0.25
    assert overlap(np.full(4, 9.0), np.array([1.0, 2.0, 3.0, 4.0]), mass) == pytest.approx(0, abs=1e-6)
