"""R-hat, effective sample sizes and divergences of a set of draws."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import arviz_stats as azs
import numpy as np
import xarray as xr

from cochange.inference.quiet import quiet
from cochange.inference.settings import ESS_MIN, R_HAT_MAX

MAX_DEPTH = 10


@dataclass(frozen=True)
class Convergence:
    """How well the chains agree and how much they tell.

    Attributes
    ----------
    r_hat : float
        Largest rank-normalised split R-hat of the estimands and the top-level parameters.
    ess_bulk, ess_tail : float
        Least effective sample sizes of the estimands.
    divergences : int
        Divergent transitions after warm-up.
    bfmi : float
        Least energy Bayesian fraction of missing information of the chains.
    at_max_depth : float
        Share of draws whose trajectory was cut at its longest.
    """

    r_hat: float
    ess_bulk: float
    ess_tail: float
    divergences: int
    bfmi: float
    at_max_depth: float

    @property
    def ess(self) -> float:
        """The lesser of the two effective sample sizes; not a number where either is not."""
        return float(np.min([self.ess_bulk, self.ess_tail]))

    @property
    def enough(self) -> bool:
        """Whether R-hat and effective sample sizes meet the bounds."""
        return self.r_hat <= R_HAT_MAX and self.ess >= ESS_MIN


def convergence(tree: xr.DataTree, estimands: Mapping[str, xr.DataArray], parameters: Sequence[str]) -> Convergence:
    """Judge the chains by what is reported of them.

    Parameters
    ----------
    tree : xarray.DataTree
        With groups ``posterior`` and ``sample_stats``.
    estimands : mapping of str to xarray.DataArray
        Draws of the estimands.
    parameters : sequence of str
        The top-level parameters; those the posterior does not have are passed over.
    """
    posterior = tree["posterior"].to_dataset()
    stats = tree["sample_stats"].to_dataset()
    reported = list(estimands.values())
    top_level = [posterior[name] for name in parameters if name in posterior]
    with quiet():
        # Fixed elements, of a Cholesky factor for one, have neither and are passed over.
        r_hat = float(_of_what_varies(azs.rhat, [*reported, *top_level]).max())
        ess = {kind: float(_of_what_varies(partial(azs.ess, method=kind), reported).min()) for kind in ("bulk", "tail")}
        bfmi = float(np.min(azs.bfmi(stats)["energy"].values))
    return Convergence(
        r_hat=r_hat,
        ess_bulk=ess["bulk"],
        ess_tail=ess["tail"],
        divergences=int(stats["diverging"].sum()),
        bfmi=bfmi,
        at_max_depth=float((stats["depth"] >= MAX_DEPTH).mean()),
    )


def _of_what_varies(statistic: Callable[[xr.DataArray], xr.DataArray], draws: Iterable[xr.DataArray]) -> np.ndarray:
    """A statistic of every element, but for fixed ones, which have none; not a number where draws are not finite."""
    found = []
    for own in draws:
        varies = own.max(("chain", "draw"), skipna=False) != own.min(("chain", "draw"), skipna=False)
        found.append(statistic(own).transpose(*varies.dims).values[varies.values])
    values = np.concatenate(found)
    return values if values.size else np.array([np.nan])
