"""The joint model with a limit of detection on the OPT trial, against a posterior computed with JAGS.

One compilation, shared with the tests of seeds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import arviz_stats
import numpy as np
import nutpie
import pytest
import xarray as xr
from scipy import stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.models import joint_change
from cochange.models.parts.families import HalfNormal, Normal
from cochange.models.parts.prior_sets import families

STUDY = Path(__file__).resolve().parents[2] / "realdata" / "opt_crp_under_3.toml"
LN2 = float(np.log(2))
WIDE = Normal(mean=0, sd=100)
SLOPE = Normal(mean=0, sd=31.6)
# Flat where the likelihood is: the draws are weighted to the prior of JAGS, 1/s^2 ~ Gamma(0.001, 0.001).
SPREAD = HalfNormal(sd=100)
LOCATIONS = ("marker_mean", "score_mean", "marker_change", "score_change")
PATHS = ("marker_on_marker", "marker_on_score", "score_on_score")
SLOPES = ("baseline_slope", "prognostic", "parallel", *PATHS, "marker_arm", "score_arm")
SPREADS = ("marker_sigma", "score_sigma", "marker_change_sigma", "score_change_sigma")
PRIORS = replace(
    joint_change.PRIORS["reference"],
    **dict.fromkeys(LOCATIONS, WIDE),
    **dict.fromkeys(SLOPES, SLOPE),
    **dict.fromkeys(SPREADS, SPREAD),
)
LEAST_EFFECTIVE = 6593


@pytest.fixture(scope="module")
def study(realdata: Path) -> Study:
    return read_study(STUDY, realdata)


@pytest.fixture(scope="module")
def draw(study: Study) -> Callable[..., xr.Dataset]:
    """Draws of the parameters by name from the one compiled model."""
    compiled = nutpie.compile_pymc_model(joint_change.build(study, PRIORS))
    prior_of = families(PRIORS)
    together = joint_change.parameters(study).by_family(prior_of)

    def sample(seed: int, draws: int, tune: int = 600, cores: int = 2) -> xr.Dataset:
        tree = nutpie.sample(compiled, draws=draws, tune=tune, chains=4, cores=cores, seed=seed, progress_bar=False)
        assert int(tree["sample_stats"]["diverging"].sum()) == 0
        return together.named(tree["posterior"].to_dataset(), prior_of)

    return sample


@dataclass(frozen=True)
class Row:
    """One row of REFERENCE.md, with half a unit of the last digits of its mean and SD."""

    mean: float
    sd: float
    mcse: float
    rounding: tuple[float, float]
    interval: tuple[float, float] | None = None


@pytest.fixture(scope="module")
def reference(realdata: Path) -> dict[str, Row]:
    """The rows of the table; two parameters may share one."""
    rows = {}
    for line in (realdata / "opt_trial" / "REFERENCE.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 6 or not cells[0] or cells[0].startswith("-"):
            continue
        names = cells[0].split(", ")
        columns = [cell.split(", ") if cell else [""] * len(names) for cell in cells[1:]]
        for name, mean, sd, mcse, low, high in zip(names, *columns, strict=True):
            rounding = tuple(0.5 * 10.0 ** -len(text.partition(".")[2]) for text in (mean, sd))
            error = max(float(mcse), float(sd) / np.sqrt(LEAST_EFFECTIVE))
            interval = (float(low), float(high)) if low else None
            rows[name] = Row(float(mean), float(sd), error, rounding, interval)
    return rows


@pytest.fixture(scope="module")
def found(study: Study, draw: Callable[..., xr.Dataset]) -> tuple[dict[str, xr.DataArray], xr.DataArray]:
    """The parameters of JAGS, and the weights of the draws with mean 1."""
    posterior = draw(1, 2000)
    at = {name: _only(posterior[name]) for name in (*LOCATIONS, *SLOPES, *SPREADS)}
    data = study.data.sel(marker="CRP")
    centre = {
        "m": float(np.nanmedian(data["log_marker"].sel(visit=study.baseline))),
        "y": float(np.nanmedian(data["symptom"].sel(visit=study.baseline))),
    }
    treated = float((data["arm"] == "T").mean())
    g = {"b": at["baseline_slope"] / LN2, "g1": 1 + at["marker_on_marker"], "g2": at["marker_on_score"]}
    # Given m1 itself the effects of what m1 depends on are what they are given e3, less what goes through m1.
    g["g5"] = -at["parallel"] / LN2
    g["g3"] = at["prognostic"] / LN2 - g["g5"] * g["g1"]
    g["g4"] = 1 + at["score_on_score"] - g["g5"] * g["g2"]
    g["d1"] = at["marker_arm"]
    g["d2"] = at["score_arm"] - g["g5"] * g["d1"]
    g["mu1"], g["mu2"] = at["marker_mean"] + centre["m"], at["score_mean"] + centre["y"]
    m1, y1 = g["mu1"] + at["marker_change"], g["mu2"] + at["score_change"]
    g["mu3"] = m1 - g["d1"] * treated - g["g2"] * (g["mu2"] - 69)
    g["mu4"] = y1 - g["d2"] * treated - g["g4"] * (g["mu2"] - 69) - g["g5"] * (m1 - g["mu1"])
    g |= {f"s{i}": at[name] for i, name in enumerate(SPREADS, 1)}
    log_weight = sum(-np.log(at[name]) - stats.halfnorm(scale=SPREAD.sd).logpdf(at[name]) for name in SPREADS)
    weight = np.exp(log_weight - log_weight.max())
    return g, weight / weight.mean()


def _only(draws: xr.DataArray) -> xr.DataArray:
    extra = [dim for dim in draws.dims if dim not in ("chain", "draw")]
    return draws.isel(dict.fromkeys(extra, 0), drop=True)


def _error(draws: xr.DataArray) -> float:
    return float(arviz_stats.mcse(draws.rename("x").to_dataset())["x"])


def test_everyone_with_any_outcome_is_used(study: Study) -> None:
    """As in the reference: 796, 635, 823 and 659 measured of 823, a quarter of the markers under the limit."""
    selection = joint_change.select(study)
    assert len(selection.used) == 823
    assert selection.notes[0].endswith(
        "796 with CRP at baseline, 823 with BOP at baseline, 635 with CRP at 29-32 weeks, 659 with BOP at 29-32 weeks."
    )


def test_every_row_of_the_reference_is_met(found: Any, reference: dict[str, Row]) -> None:
    parameters, weight = found
    assert set(reference) == set(parameters)
    # The weights hardly differ: of all draws this share would do.
    assert 1 / float((weight**2).mean()) > 0.99
    for name, row in reference.items():
        draws = parameters[name]
        mean = float((weight * draws).mean())
        sd = float(np.sqrt((weight * (draws - mean) ** 2).mean()))
        own = _error(weight * (draws - mean))
        own_of_sd = _error(weight * ((draws - mean) ** 2 - sd**2)) / (2 * sd)
        assert own < 0.05 * sd
        assert abs(mean - row.mean) < 4 * np.hypot(own, row.mcse) + row.rounding[0], name
        # The error of a standard deviation of normal draws is that of their mean over the root of two.
        assert abs(sd - row.sd) < 4 * np.hypot(own_of_sd, row.mcse / np.sqrt(2)) + row.rounding[1], name
        if row.interval is not None:
            order = np.argsort(draws.values.ravel())
            cumulative = np.cumsum(weight.values.ravel()[order]) / draws.size
            for probability, bound in zip((0.025, 0.975), row.interval, strict=True):
                quantile = draws.values.ravel()[order][np.searchsorted(cumulative, probability)]
                # Of a normal quantile: its error over that of the mean.
                factor = np.sqrt(0.025 * 0.975) / stats.norm.pdf(1.96)
                assert abs(quantile - bound) < 4 * factor * np.hypot(own, row.mcse) + row.rounding[0], name


def test_the_estimands_are_those_of_the_paths(study: Study, draw: Callable[..., xr.Dataset]) -> None:
    posterior = draw(3, 50, 100)
    derived = joint_change.derive(posterior, study)
    for name, parameter in (("prognostic_slope", "prognostic"), ("parallel_slope", "parallel")):
        xr.testing.assert_allclose(derived[name], _only(posterior[parameter]))
    ratio = derived["arm_ratio"].sel(group="T versus C", drop=True)
    xr.testing.assert_allclose(np.log(ratio), _only(posterior["marker_arm"]))


def test_the_same_seed_gives_the_same_draws_on_any_number_of_cores(draw: Callable[..., xr.Dataset]) -> None:
    first, again, other = draw(7, 40, 100, cores=1), draw(7, 40, 100, cores=2), draw(8, 40, 100)
    xr.testing.assert_equal(first, again)
    assert not first.equals(other)


def test_the_same_seed_gives_the_same_replications(study: Study, draw: Callable[..., xr.Dataset]) -> None:
    posterior = draw(7, 5, 100)
    first, again, other = (joint_change.replicate(posterior, study, np.random.default_rng(seed)) for seed in (1, 1, 2))
    xr.testing.assert_identical(first, again)
    assert not first.equals(other)
    xr.testing.assert_identical(*(joint_change.log_likelihood(posterior, study) for _ in range(2)))
