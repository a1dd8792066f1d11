"""Compiling once, sampling until it suffices, stopping without a wreck."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import nutpie
import pytest
import xarray as xr
from scipy import stats

import cochange.inference.fit as fit_module
from cochange.data.simulate import example_path
from cochange.inference.compiled import compile_model
from cochange.inference.convergence import Convergence
from cochange.inference.fit import SamplingError, sample
from cochange.inference.settings import Settings
from cochange.models.parts.families import Normal, StudentT

SETTINGS = Settings(draws=500, tune=500, chains=2, seed=3)
GOOD = Convergence(r_hat=1.0, ess_bulk=2000, ess_tail=2000, divergences=0, bfmi=1.0, at_max_depth=0.0)


@pytest.fixture(scope="module")
def compiled(one_mean, example_study):
    return compile_model(one_mean, example_study, one_mean.shipped["reference"])


@pytest.fixture
def priors(one_mean):
    return one_mean.shipped["reference"]


@pytest.fixture
def attempts(monkeypatch):
    """Judge the attempts as planted; keep the settings of each."""
    made = []
    run = fit_module.draw_chains

    def planted(states):
        remaining = iter(states)
        monkeypatch.setattr(fit_module, "convergence", lambda *_: next(remaining))

        def watched(sampler, draws, target_accept, *rest):
            made.append((draws, target_accept))
            return run(sampler, draws, target_accept, *rest)

        monkeypatch.setattr(fit_module, "draw_chains", watched)
        return made

    return planted


def test_the_same_seed_gives_the_same_draws_on_any_number_of_cores(compiled, priors):
    first = sample(compiled, "reference", priors, replace(SETTINGS, cores=1))
    again = sample(compiled, "reference", priors, replace(SETTINGS, cores=2))
    other = sample(compiled, "reference", priors, replace(SETTINGS, seed=4))
    for group in ("posterior", "prior", "prior_predictive", "posterior_predictive"):
        xr.testing.assert_equal(first.tree[group].to_dataset(), again.tree[group].to_dataset())
    assert not first.posterior.equals(other.posterior)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 10.0), (2.0, 0.1)])
def test_another_prior_set_through_the_same_compilation_gives_the_conjugate_posterior(compiled, priors, mean, sd):
    fit = sample(compiled, f"{mean}", replace(priors, mean=Normal(mean=mean, sd=sd)), SETTINGS)
    # Twenty zeros with SD 1: precision 20 from the data, mean 0.
    precision = 20 + 1 / sd**2
    exact = stats.norm(mean / sd**2 / precision, precision**-0.5)
    draws = fit.posterior["mean"].values.ravel()
    assert draws.mean() == pytest.approx(exact.mean(), abs=4 * exact.std() / np.sqrt(draws.size / 3))
    assert draws.std() == pytest.approx(exact.std(), rel=0.15)
    prior_draws = fit.prior_draws["mean"].values
    assert prior_draws.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(1000))


def test_other_families_need_another_compilation(compiled, priors):
    other = replace(priors, mean=StudentT(df=4, mean=0, sd=1))
    assert not compiled.fits(other)
    with pytest.raises(ValueError, match="compilation of its own"):
        compiled.under(other)


def test_divergences_raise_the_acceptance_aimed_at(compiled, priors, attempts):
    made = attempts([replace(GOOD, divergences=5), replace(GOOD, divergences=1), GOOD])
    fit = sample(compiled, "reference", priors, SETTINGS)
    assert made == [(500, 0.9), (500, 0.99), (500, 0.999)]
    assert (fit.attempts, fit.target_accept) == (3, 0.999)


def test_few_effective_draws_ask_for_more(compiled, priors, attempts):
    made = attempts([replace(GOOD, ess_tail=400.0), GOOD])
    fit = sample(compiled, "reference", priors, SETTINGS)
    assert made == [(500, 0.9), (1500, 0.9)]
    assert fit.posterior.sizes["draw"] == fit.draws == 1500


def test_it_gives_up_at_the_most_draws(compiled, priors, attempts):
    made = attempts([replace(GOOD, ess_bulk=1.0)] * 2)
    fit = sample(compiled, "reference", priors, replace(SETTINGS, max_draws=1000))
    assert made == [(500, 0.9), (1000, 0.9)]
    assert fit.draws == 1000


def test_stopping_ends_the_sampler(compiled, priors, monkeypatch):
    ended = []

    class Background:
        def wait(self):
            raise KeyboardInterrupt

        def cancel(self):
            ended.append(True)

    monkeypatch.setattr(nutpie, "sample", lambda *_, **__: Background())
    with pytest.raises(KeyboardInterrupt):
        sample(compiled, "reference", priors, SETTINGS)
    assert ended == [True]


def test_a_sampler_that_gives_up_is_told_with_model_and_prior(compiled, priors, monkeypatch):
    class Background:
        def wait(self):
            raise RuntimeError("All initialization points failed\n\nStack backtrace:\n   0: <unknown>")

    monkeypatch.setattr(nutpie, "sample", lambda *_, **__: Background())
    told = "one_mean could not be sampled under the reference prior: All initialization points failed; look at"
    with pytest.raises(SamplingError, match=told):
        sample(compiled, "reference", priors, SETTINGS)


def test_a_model_that_cannot_be_begun_with_ends_the_command_with_2(one_mean, tmp_path):
    """In a process of its own: a chain that is still at work when it ends would crash it."""
    text = one_mean.source.read_text()
    path = tmp_path / "nowhere.py"
    path.write_text(text.replace('pm.Normal("y", mean, 1,', 'pm.Normal("y", mean, pm.math.sqrt(-1 - mean**2),'))
    command = [sys.executable, "-m", "cochange", "fit", str(example_path()), "--model", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    told = done.stderr.splitlines()[-1]
    assert told.startswith("nowhere could not be sampled under the reference prior: ")
    assert told.endswith("where its log density is not finite")


def test_progress_hears_of_every_draw(compiled, priors):
    steps, done = [], []

    class Listener:
        def step(self, text):
            steps.append(text)

        def draws(self, count, total, divergences):
            done.append((count, total))

        def finished(self):
            raise AssertionError("the run says when a fit is done, not the sampler")

    sample(compiled, "reference", priors, replace(SETTINGS, draws=20000, max_draws=20000), Listener())
    assert steps == ["one_mean, reference prior"]
    assert {total for _, total in done} == {2 * 20500}
    heard = [count for count, _ in done]
    assert heard == sorted(heard)
    assert heard[-1] == 2 * 20500
