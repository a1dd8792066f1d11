"""One model fitted under one prior set."""

import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xarray as xr

from cochange.data.faults import CochangeError
from cochange.inference.compiled import Compiled
from cochange.inference.convergence import Convergence, convergence
from cochange.inference.predictive import predict
from cochange.inference.progress import Progress, Silent
from cochange.inference.quiet import quiet
from cochange.inference.settings import ESS_MIN, TARGET_ACCEPTS, Settings
from cochange.inference.stated import stated
from cochange.models.parts.prior_sets import PriorsLike

# Linux lists the threads of a process there.
THREADS = Path("/proc/self/task")
SECONDS_TO_END = 10.0


class SamplingError(CochangeError):
    """The sampler gave up: no point to begin with, or a log density that is not finite."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Draws of one model under one prior set, and how they were made.

    Attributes
    ----------
    model, prior : str
        Names of the model and the prior set.
    tree : xarray.DataTree
        Groups ``posterior``, ``sample_stats``, ``prior``, ``prior_predictive``, ``posterior_predictive`` and
        ``observed_data``.
    draws, tune, chains : int
        Draws and warm-up draws of each chain, and chains.
    target_accept : float
        Mean acceptance aimed at; raised where draws diverged.
    seed : int
        Seed of the sampler.
    attempts : int
        How often it was sampled until the draws sufficed.
    seconds_sampling, seconds_compiling : float
        Time of the last attempt, and of the compilation the fit shares with the other prior sets.
    sampled : str
        When its draws were made, in UTC; empty of a fit stored by an earlier version.
    judged_by : mapping of str to str or float, or None
        What the study file then stated, by key, as `stated` gives it; None likewise.
    """

    model: str
    prior: str
    tree: xr.DataTree
    draws: int
    tune: int
    chains: int
    target_accept: float
    seed: int
    attempts: int
    seconds_sampling: float
    seconds_compiling: float
    sampled: str = field(default="", kw_only=True)
    judged_by: Mapping[str, str | float] | None = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return f"Fit of {self.model} under {self.prior}: {self.chains} chains of {self.draws} draws"

    @property
    def posterior(self) -> xr.Dataset:
        """Posterior draws, dims ``(chain, draw, ...)``."""
        return self.tree["posterior"].to_dataset()

    @property
    def prior_draws(self) -> xr.Dataset:
        """Prior draws, dims ``(chain, draw, ...)``."""
        return self.tree["prior"].to_dataset()


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def sample(
    compiled: Compiled, prior: str, priors: PriorsLike, settings: Settings, progress: Progress | None = None
) -> Fit:
    """Sample a compiled model under a prior set until every reported estimand is known well enough.

    Divergences raise the acceptance aimed at; too small an effective sample size asks for more draws. Each attempt
    starts again, so that the draws are those of one set of settings.

    Parameters
    ----------
    compiled : Compiled
        The compiled model.
    prior : str
        Name of the prior set.
    priors : Priors
        The prior set.
    settings : Settings
        Where to begin and when to stop.
    progress : Progress, optional
        Told of each step.

    Returns
    -------
    Fit
        The last attempt; its diagnostics may still fall short.

    Raises
    ------
    SamplingError
        If the sampler gives up.
    """
    fit = sample_posterior(compiled, prior, priors, settings, progress).fit
    groups = predict(compiled, fit.posterior, settings, prior, priors)
    return replace(fit, tree=xr.DataTree.from_dict({**_datasets(fit.tree), **groups}))


@dataclass(frozen=True, eq=False)
class Drawn:
    """A posterior without what is predicted from it.

    Attributes
    ----------
    fit : Fit
        With the groups ``posterior`` and ``sample_stats``.
    variables : xarray.Dataset
        The same draws by variable of the graph, which may hold several parameters each.
    estimands : mapping of str to xarray.DataArray
        Posterior draws of the estimands.
    state : Convergence
        How well the chains agree.
    """

    fit: Fit
    variables: xr.Dataset
    estimands: Mapping[str, xr.DataArray]
    state: Convergence


def sample_posterior(
    compiled: Compiled, prior: str, priors: PriorsLike, settings: Settings, progress: Progress | None = None
) -> Drawn:
    """The posterior alone, sampled as `sample` does; arguments and errors as there."""
    progress = progress or Silent()
    name = compiled.model.name
    seed = settings.seed_of(name, prior, "posterior")
    sampler = compiled.under(priors)
    draws, acceptance = settings.draws, 0
    attempt = 0
    while True:
        attempt += 1
        again = "" if attempt == 1 else f", attempt {attempt}"
        progress.step(f"{name}, {prior} prior{again}")
        start = time.perf_counter()
        try:
            tree = draw_chains(sampler, draws, TARGET_ACCEPTS[acceptance], seed, settings, progress)
        except RuntimeError as error:
            # What follows on further lines is the sampler's own stack.
            told = str(error).partition("\n")[0]
            raise SamplingError(
                f"{name} could not be sampled under the {prior} prior: {told}; look at what the prior set says "
                "(`cochange priors`) and, in a model of your own, where its log density is not finite"
            ) from error
        seconds = time.perf_counter() - start
        variables = tree["posterior"].to_dataset()
        tree["posterior"] = xr.DataTree(compiled.named(variables, priors))
        estimands = compiled.model.derive(tree["posterior"].to_dataset(), compiled.study)
        state = convergence(tree, estimands, compiled.model.prior_vars)
        if state.divergences and acceptance + 1 < len(TARGET_ACCEPTS):
            acceptance += 1
        elif not state.enough and draws < settings.max_draws:
            draws = _more(draws, state, settings.max_draws)
        else:
            break
    fit = Fit(
        model=name,
        prior=prior,
        tree=xr.DataTree.from_dict(_datasets(tree)),
        draws=draws,
        tune=settings.tune,
        chains=settings.chains,
        target_accept=TARGET_ACCEPTS[acceptance],
        seed=seed,
        attempts=attempt,
        seconds_sampling=seconds,
        seconds_compiling=compiled.seconds,
        sampled=now(),
        judged_by=stated(compiled.study.spec),
    )
    return Drawn(fit, variables, estimands, state)


def _more(draws: int, state: Convergence, most: int) -> int:
    """Draws that should bring the least effective sample size over the bound, with a fifth to spare."""
    wanted = draws * 1.2 * ESS_MIN / max(state.ess, 1.0)
    return min(most, int(math.ceil(max(1.5 * draws, wanted) / 500) * 500))


def draw_chains(
    sampler: Any, draws: int, target_accept: float, seed: int, settings: Settings, progress: Progress
) -> xr.DataTree:
    """Draw the chains of a compiled model; an interruption stops them.

    Parameters
    ----------
    sampler : nutpie compiled model
        The model with the values to sample under.
    draws : int
        Draws of each chain.
    target_accept : float
        Mean acceptance aimed at.
    seed : int
        Seed of the sampler.
    settings : Settings
        Warm-up, chains and cores.
    progress : Progress
        Told of the draws made.
    """
    # Imported here, for it is slow to import and only needed where something is sampled.
    import nutpie

    total = settings.chains * (settings.tune + draws)

    def report(chains: list[Any]) -> None:
        done = sum(chain.finished_draws for chain in chains)
        progress.draws(done, total, sum(chain.divergences for chain in chains))

    threads = _threads()
    with quiet():
        background = nutpie.sample(
            sampler,
            draws=draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=settings.cores or os.cpu_count(),
            seed=seed,
            save_warmup=False,
            progress_bar=False,
            progress_callback=report,
            progress_rate=200,
            target_accept=target_accept,
            blocking=False,
        )
        try:
            tree: xr.DataTree = background.wait()
        except KeyboardInterrupt:
            background.cancel()
            raise
        except RuntimeError:
            _wait_for_chains(threads)
            raise
    return tree


def _threads() -> int:
    """How many threads this process has; 0 where the system does not tell."""
    return len(list(THREADS.iterdir())) if THREADS.is_dir() else 0


def _wait_for_chains(threads: int) -> None:
    """Where one chain gives up the others go on for a while; what ended before them would end in a crash."""
    start = time.monotonic()
    while _threads() > threads and time.monotonic() - start < SECONDS_TO_END:
        time.sleep(0.05)


def _datasets(tree: xr.DataTree) -> Mapping[str, xr.Dataset]:
    return {name: tree[name].to_dataset() for name in ("posterior", "sample_stats")}
