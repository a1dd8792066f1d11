"""How well each participant is foretold by the others: leave-one-out cross-validation, exact where it has to be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import arviz_stats as azs
import xarray as xr
from arviz_stats.utils import ELPDData

from cochange.data.names import counted
from cochange.inference.compiled import Compiled
from cochange.inference.convergence import convergence
from cochange.inference.elpd import Place, elpd_of, places_of
from cochange.inference.fit import Fit, draw_chains
from cochange.inference.progress import Progress, Silent
from cochange.inference.quiet import quiet
from cochange.inference.settings import R_HAT_MAX, Settings
from cochange.models.parts.prior_sets import PriorsLike

GROUP = "loo"
# Participants left out exactly, one refit each; with more than these the approximation has failed as a whole.
MOST_REFITS = 20
MOST_VALUES = 5_000_000
# Effective draws of every parameter, for a sum over participants whose error is far larger than Monte Carlo's.
LEAST_ESS = 400.0


def with_loo(
    fit: Fit, compiled: Compiled, priors: PriorsLike, settings: Settings, progress: Progress | None = None
) -> Fit:
    """A fit with its leave-one-out cross-validation.

    Parameters
    ----------
    fit : Fit
        The fit.
    compiled : Compiled
        Its compiled model.
    priors : Priors
        Its prior set.
    settings : Settings
        How it was sampled.
    progress : Progress, optional
        Told of each refit.

    Returns
    -------
    Fit
        With a group ``loo``: `elpd`, `pareto_k` and `refitted` by participant. Where the Pareto shape shows that
        importance sampling cannot stand for leaving a participant out, the model is fitted without that participant.
        The same fit where the model has no joint density of a participant.

    References
    ----------
    Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and
    WAIC. Statistics and Computing 27, 1413-1432. doi:10.1007/s11222-016-9696-4
    """
    model = compiled.model
    if model.log_likelihood is None:
        return fit
    draws = thinned(fit.posterior, len(model.select(compiled.study).used))
    density = model.log_likelihood(draws, compiled.study)
    tree = xr.DataTree.from_dict({"posterior": draws, "log_likelihood": xr.Dataset({"participant_density": density})})
    with quiet():
        first = azs.loo(tree, pointwise=True, var_name="participant_density")
        high = first.pareto_k > first.good_k
        exact = first
        anew = int(high.sum())
        if model.leave_out is not None and 0 < anew <= MOST_REFITS:
            if progress is not None:
                progress.step(f"{fit.model}: {counted(anew, 'refit')}, one participant left out at a time")
            refits = WithoutOne(compiled, priors, fit, settings, tree)
            exact = azs.reloo(refits, loo_orig=first, var_name="participant_density", pointwise=True)
    found = xr.Dataset(
        {
            "elpd": exact.elpd_i,
            "pareto_k": first.pareto_k,
            "refitted": high & (exact is not first),
        },
        attrs={"p": float(exact.p), "n_samples": int(first.n_samples), "good_k": float(first.good_k)},
    )
    with_group = fit.tree.copy()
    with_group[GROUP] = xr.DataTree(found)
    return replace(fit, tree=with_group)


@dataclass(frozen=True)
class FormComparison:
    """How well one form of a model foretells participants it has not seen.

    Attributes
    ----------
    model, form : str
        The model and its form.
    elpd, se : float
        Expected log predictive density, summed over the participants, and its standard error.
    p : float
        Effective number of parameters.
    difference, difference_se : float
        From the best form, at most 0, and the standard error of the difference; NaN where there is no other.
    weight : float
        Weight of the form in a stacked prediction.
    participants : int
        How many there are.
    k_most : float
        Largest Pareto shape before refits.
    k_high : int
        Participants whose shape is over the bound.
    refitted : int
        Participants left out exactly.
    r_hat, ess : float
        Largest R-hat and least effective sample size of the form's parameters.
    divergences : int
        Divergent transitions of its draws.
    """

    model: str
    form: str
    elpd: float
    se: float
    p: float
    difference: float
    difference_se: float
    weight: float
    participants: int
    k_most: float
    k_high: int
    refitted: int
    r_hat: float
    ess: float
    divergences: int

    @property
    def sampled(self) -> bool:
        """Whether the form's draws can be relied on."""
        return self.r_hat <= R_HAT_MAX and self.ess >= LEAST_ESS and not self.divergences


def compare_forms(fits: Mapping[tuple[str, str], Fit]) -> tuple[FormComparison, ...]:
    """Compare the forms of each model by leave-one-out cross-validation.

    Parameters
    ----------
    fits : mapping of (str, str) to Fit
        By model and form, each with a group ``loo``.

    Returns
    -------
    tuple of FormComparison
        The best form of each model first.
    """
    rows: list[FormComparison] = []
    for model in dict.fromkeys(name for name, _ in fits):
        elpds = {form: _elpd(fit) for (name, form), fit in fits.items() if name == model}
        for form, place in places_of(elpds).items():
            rows.append(_comparison(model, form, elpds[form], fits[model, form], place))
    return tuple(rows)


def _comparison(model: str, form: str, elpd: ELPDData, fit: Fit, place: Place) -> FormComparison:
    loo = fit.tree[GROUP].to_dataset()
    parameters = {str(name): draws for name, draws in fit.posterior.data_vars.items()}
    state = convergence(fit.tree, parameters, ())
    return FormComparison(
        model=model,
        form=form,
        elpd=elpd.elpd,
        se=elpd.se,
        p=elpd.p,
        difference=place.difference,
        difference_se=place.difference_se,
        weight=place.weight,
        participants=elpd.n_data_points,
        k_most=float(loo["pareto_k"].max()),
        k_high=int((loo["pareto_k"] > loo.attrs["good_k"]).sum()),
        refitted=int(loo["refitted"].sum()),
        r_hat=state.r_hat,
        ess=state.ess,
        divergences=state.divergences,
    )


def _elpd(fit: Fit) -> ELPDData:
    loo = fit.tree[GROUP].to_dataset()
    return elpd_of(
        loo["elpd"],
        p=float(loo.attrs["p"]),
        n_samples=int(loo.attrs["n_samples"]),
        pareto_k=loo["pareto_k"].where(~loo["refitted"], 0.0),
        good_k=float(loo.attrs["good_k"]),
    )


def thinned(posterior: xr.Dataset, n: int) -> xr.Dataset:
    """Draws evenly apart, as many as the densities of `n` participants can be held for."""
    values = posterior.sizes["chain"] * posterior.sizes["draw"] * n
    return posterior.isel(draw=slice(None, None, max(1, -(-values // MOST_VALUES))))


class WithoutOne(azs.SamplingWrapper):  # type: ignore[misc]
    """What ArviZ refits with: the compiled model, and the data of the others."""

    def __init__(self, compiled: Compiled, priors: PriorsLike, fit: Fit, settings: Settings, tree: xr.DataTree) -> None:
        super().__init__(model=compiled.under(priors), idata_orig=tree)
        self.compiled, self.priors, self.fit, self.settings = compiled, priors, fit, settings
        density = tree["log_likelihood"].to_dataset()["participant_density"]
        self.participants = density["participant"].values.tolist()

    def sel_observations(self, idx: int) -> tuple[str, str]:
        """The participant to leave out, for the refit and for the density."""
        return self.participants[idx], self.participants[idx]

    def sample(self, modified_observed_data: str) -> xr.Dataset:
        """Draws from the posterior of everyone but one participant."""
        assert self.compiled.model.leave_out is not None
        others = self.compiled.model.leave_out(self.compiled.study, [modified_observed_data])
        seed = self.settings.seed_of(self.fit.model, self.fit.prior, "without", modified_observed_data)
        sampler = self.model.with_data(**others)
        tree = draw_chains(sampler, self.fit.draws, self.fit.target_accept, seed, self.settings, Silent())
        return self.compiled.named(tree["posterior"].to_dataset(), self.priors)

    def get_inference_data(self, fitted_model: xr.Dataset) -> xr.DataTree:
        """The draws as a tree."""
        return xr.DataTree.from_dict({"posterior": fitted_model})

    def log_likelihood__i(self, excluded_obs: str, idata__i: xr.DataTree) -> xr.DataArray:
        """Log density of the participant left out."""
        assert self.compiled.model.log_likelihood is not None
        density = self.compiled.model.log_likelihood(idata__i["posterior"].to_dataset(), self.compiled.study)
        return density.sel(participant=excluded_obs, drop=True)
