"""Whether estimates stay where they are when the model is sampled again with twice the draws."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import xarray as xr

from cochange.data.study import Study
from cochange.inference.compiled import Compiled
from cochange.inference.estimates import Estimate, estimate
from cochange.inference.fit import Fit, draw_chains, now
from cochange.inference.progress import Progress
from cochange.inference.settings import Settings
from cochange.inference.stated import stated
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike

FACTOR = 2
SUFFIX = "doubled"
# A mean should change by less than this share of itself (Depaoli and van de Schoot 2017, doi:10.1037/met0000065).
BOUND = 0.05


@dataclass(frozen=True, kw_only=True)
class Doubling:
    """One estimate beside the same from a fit with twice the draws and a seed of its own.

    Attributes
    ----------
    model, prior, estimand : str
        What it is an estimate of.
    form, marker, visit : str or None
        As in the estimate.
    group : str
        As in the estimate.
    draws, draws_doubled : int
        Draws of each chain.
    mean, mean_doubled : float
        Posterior means.
    sd : float
        Posterior standard deviation of the first fit.
    relative_change : float
        Change of the mean, as a share of the second; large wherever the mean is near zero.
    mean_shift, lower_shift, upper_shift : float
        Change of the mean and of the ends of the interval, second less first, in posterior standard deviations.
    mcse : float
        Monte Carlo standard error of the difference of the means.
    r_hat : float
        R-hat of the second fit.
    """

    model: str
    prior: str
    estimand: str
    form: str | None
    marker: str | None
    visit: str | None = None
    group: str
    draws: int
    draws_doubled: int
    mean: float
    mean_doubled: float
    sd: float
    relative_change: float
    mean_shift: float
    lower_shift: float
    upper_shift: float
    mcse: float
    r_hat: float

    @property
    def holds(self) -> bool:
        """Whether the mean changes by less than 5% of itself, or, where it is near zero, of its standard deviation."""
        return abs(self.relative_change) < BOUND or abs(self.mean_shift) < BOUND

    @property
    def ends_shift(self) -> float:
        """Change of the end of the interval that moved further, in posterior standard deviations, without its sign."""
        return max(abs(self.lower_shift), abs(self.upper_shift))

    @property
    def explained(self) -> bool:
        """Whether the means differ by no more than two Monte Carlo standard errors."""
        return abs(self.mean_doubled - self.mean) <= 2 * self.mcse


def main_model(models: Sequence[Model]) -> Model:
    """The model that is sampled twice: the one with a joint density of a participant, or else the first."""
    return next((model for model in models if model.log_likelihood is not None), models[0])


def doubled_name(prior: str) -> str:
    """Name under which a fit with twice the draws is stored."""
    return f"{prior}-{SUFFIX}"


def doubled_seed(model: str, prior: str, settings: Settings) -> int:
    """The seed of the fit with twice the draws of a model under a prior set."""
    return settings.seed_of(model, doubled_name(prior), "posterior")


def sample_doubled(fit: Fit, compiled: Compiled, priors: PriorsLike, settings: Settings, progress: Progress) -> Fit:
    """Sample a fitted model again with twice the draws, as it was sampled in the end, and with a seed of its own.

    Parameters
    ----------
    fit : Fit
        The fit.
    compiled : Compiled
        Its compiled model.
    priors : Priors
        Its prior set.
    settings : Settings
        Warm-up, chains, cores and the seed of the run.
    progress : Progress
        Told of the draws made.

    Returns
    -------
    Fit
        Posterior draws and sampler statistics alone, under the name of `doubled_name`.
    """
    name, seed = doubled_name(fit.prior), doubled_seed(fit.model, fit.prior, settings)
    draws = FACTOR * fit.draws
    progress.step(f"{fit.model}, {fit.prior} prior, twice the draws")
    start = time.perf_counter()
    tree = draw_chains(compiled.under(priors), draws, fit.target_accept, seed, settings, progress)
    groups = {
        "posterior": compiled.named(tree["posterior"].to_dataset(), priors),
        "sample_stats": tree["sample_stats"].to_dataset(),
    }
    return replace(
        fit,
        prior=name,
        tree=xr.DataTree.from_dict(groups),
        draws=draws,
        seed=seed,
        attempts=1,
        seconds_sampling=time.perf_counter() - start,
        sampled=now(),
        judged_by=stated(compiled.study.spec),
    )


def compare_doubled(rows: Sequence[Estimate], fit: Fit, twice: Fit, model: Model, study: Study) -> tuple[Doubling, ...]:
    """Set the estimates of a fit beside those of the fit with twice the draws.

    Parameters
    ----------
    rows : sequence of Estimate
        Of the fit.
    fit, twice : Fit
        The fit and its second, from `sample_doubled`.
    model : Model
        Their model.
    study : Study
        Their study.
    """
    tree = xr.DataTree.from_dict({"posterior": twice.posterior, "prior": fit.prior_draws})
    second = replace(twice, prior=fit.prior, tree=tree)
    again = estimate(second, model, study, model.derive(second.posterior, study))
    return tuple(_row(one, two, fit.draws, twice.draws) for one, two in zip(rows, again, strict=True))


def _row(one: Estimate, two: Estimate, draws: int, draws_doubled: int) -> Doubling:
    return Doubling(
        model=one.model,
        prior=one.prior,
        estimand=one.estimand,
        form=one.form,
        marker=one.marker,
        visit=one.visit,
        group=one.group,
        draws=draws,
        draws_doubled=draws_doubled,
        mean=one.mean,
        mean_doubled=two.mean,
        sd=one.sd,
        relative_change=in_units(one.mean - two.mean, two.mean),
        mean_shift=in_units(two.mean - one.mean, one.sd),
        lower_shift=in_units(two.lower - one.lower, one.sd),
        upper_shift=in_units(two.upper - one.upper, one.sd),
        mcse=math.hypot(one.mcse_mean, two.mcse_mean),
        r_hat=two.r_hat,
    )


def in_units(change: float, unit: float) -> float:
    """A change in units that may be 0, as the standard deviation of what every draw gives alike."""
    if unit == 0:
        return math.copysign(math.inf, change) if change else 0.0
    return change / unit
