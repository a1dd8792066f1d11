"""Estimates beside those of twice the draws: by hand, and stored so that a report needs no sampling."""

from dataclasses import fields, replace

import numpy as np
import pytest
import xarray as xr

from cochange.inference import doubled as doubled_module
from cochange.inference.doubled import BOUND, Doubling, compare_doubled, doubled_name, main_model
from cochange.inference.estimates import estimate
from cochange.inference.results import assemble
from cochange.inference.run import run_study
from cochange.inference.settings import Settings
from cochange.inference.store import fit_path, load_results
from cochange.models.parts.contract import load_model

FEW = Settings(draws=100, tune=100, chains=2, max_draws=100, seed=5)


@pytest.fixture
def pair(fit_of, one_mean, example_study):
    """A fit, its second with twice the draws, and the rows that compare them."""
    rng = np.random.default_rng(4)
    first, second = rng.normal(2.0, 0.5, (4, 500)), rng.normal(2.1, 0.6, (4, 1000))
    fit, twice = fit_of(first), replace(fit_of(second), prior=doubled_name("reference"))
    rows = estimate(fit, one_mean, example_study, one_mean.derive(fit.posterior, example_study))
    return first, second, compare_doubled(rows, fit, twice, one_mean, example_study)


def test_changes_are_those_of_the_draws(pair):
    first, second, rows = pair
    (mean,) = [row for row in rows if row.estimand == "mean"]
    assert mean.mean == pytest.approx(first.mean())
    assert mean.mean_doubled == pytest.approx(second.mean())
    sd = first.std(ddof=1)
    assert mean.relative_change == pytest.approx((first.mean() - second.mean()) / second.mean())
    assert mean.mean_shift == pytest.approx((second.mean() - first.mean()) / sd)
    for shift, at in ((mean.lower_shift, 0.025), (mean.upper_shift, 0.975)):
        assert shift == pytest.approx((np.quantile(second, at) - np.quantile(first, at)) / sd)
    assert mean.ends_shift == max(abs(mean.lower_shift), abs(mean.upper_shift)) > 0
    # Independent draws: the error of a mean is its standard deviation over the root of their number, nearly.
    expected = np.hypot(sd / np.sqrt(first.size), second.std(ddof=1) / np.sqrt(second.size))
    assert mean.mcse == pytest.approx(expected, rel=0.1)
    assert mean.explained == (abs(second.mean() - first.mean()) <= 2 * mean.mcse)
    assert (mean.draws, mean.draws_doubled, mean.prior) == (500, 1000, "reference")


def test_every_estimate_has_its_row(pair):
    assert [row.estimand for row in pair[2]] == ["mean", "ratio", "share"]


@pytest.mark.parametrize(
    ("relative", "shift", "holds"),
    [(0.049, 3.0, True), (-0.051, 0.06, False), (9.0, -0.049, True), (float("inf"), 0.2, False), (0.05, 0.05, False)],
)
def test_a_mean_holds_by_itself_or_where_near_zero_by_its_spread(pair, relative, shift, holds):
    assert replace(pair[2][0], relative_change=relative, mean_shift=shift).holds is holds
    assert BOUND == 0.05


def test_the_joint_model_is_the_main_one_and_else_the_first():
    marker, joint, symptom = (load_model(name) for name in ("marker_change", "joint_change", "symptom_change"))
    assert main_model((marker, joint, symptom)) is joint
    assert main_model((symptom, marker)) is symptom


def test_the_second_fit_is_stored_and_sampled_once(one_mean, example_study, tmp_path, monkeypatch):
    results = run_study(example_study, tmp_path, models=[str(one_mean.source)], settings=FEW)
    path = fit_path(tmp_path, "one_mean", "reference-doubled")
    assert path.is_file()
    assert results.manifest["doubled"] == "one_mean"
    assert {row.draws_doubled for row in results.doubled} == {200}
    with xr.open_datatree(path, engine="h5netcdf") as stored:
        assert dict(stored["posterior"].sizes) == {"chain": 2, "draw": 200}
        second = stored["posterior"]["mean"].values
    first = results.fits["one_mean", "reference"].posterior["mean"].values
    # Chains of their own, not the first ones drawn on.
    assert not np.isin(first, second).any()

    def forbidden(*_):
        raise AssertionError("sampled again")

    monkeypatch.setattr(doubled_module, "draw_chains", forbidden)
    assert run_study(example_study, tmp_path, models=[str(one_mean.source)], settings=FEW).doubled == results.doubled
    again = load_results(tmp_path).doubled
    for row, stored_row in zip(results.doubled, again, strict=True):
        assert all(getattr(row, item.name) == getattr(stored_row, item.name) for item in fields(Doubling))


def test_it_can_be_left_out(one_mean, example_study, tmp_path):
    results = run_study(example_study, tmp_path, models=[str(one_mean.source)], settings=FEW, double=False)
    assert results.doubled == ()
    assert results.manifest["doubled"] is None
    assert load_results(tmp_path).doubled == ()
    assert not fit_path(tmp_path, "one_mean", "reference-doubled").exists()


def test_each_model_is_compared_under_the_first_of_its_own_prior_sets(fit_of, one_mean, example_study):
    """A model file may lack the main set of the others: its first fit is then under another one."""
    rng = np.random.default_rng(7)
    other = replace(one_mean, name="other")
    fits = {
        (model, prior): replace(fit_of(rng.normal(mean, 0.5, (4, 500))), model=model, prior=prior)
        for model, prior, mean in (
            ("other", "sceptical", 0),
            ("one_mean", "reference", 2),
            ("one_mean", "sceptical", 1),
        )
    }
    twice = replace(fit_of(rng.normal(2, 0.5, (4, 1000))), prior=doubled_name("reference"))
    results = assemble(example_study, (other, one_mean), {}, {}, {}, fits, {"seed": 1}, twice=twice)
    (row,) = [row for row in results.doubled if row.estimand == "mean"]
    assert (row.model, row.prior) == ("one_mean", "reference")
    assert row.mean == pytest.approx(float(fits["one_mean", "reference"].posterior["mean"].mean()))
    assert row.holds


def test_what_every_draw_gives_alike_has_not_changed(fit_of, one_mean, example_study):
    fit, twice = fit_of(np.zeros((4, 100))), replace(fit_of(np.zeros((4, 200))), prior=doubled_name("reference"))
    rows = estimate(fit, one_mean, example_study, one_mean.derive(fit.posterior, example_study))
    assert all(row.holds for row in compare_doubled(rows, fit, twice, one_mean, example_study))
