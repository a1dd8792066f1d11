"""The rows that tables, figures and sentences are made from."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import arviz_stats as azs
import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import Model
from cochange.models.parts.design import OVERALL
from cochange.models.parts.estimand import Estimand

Direction = Literal["increase", "decrease", "unclear", "not applicable"]
Importance = Literal["important", "unimportant", "undecided", "not asked"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One estimand of one fit.

    Attributes
    ----------
    model, prior, estimand : str
        What it is an estimate of, and under which prior set.
    form : str or None
        Form of the regression where there are several.
    marker : str or None
        The marker it concerns where a model takes several at once.
    visit : str or None
        The visit it concerns where a model takes several at once.
    group : str
        ``"overall"``, a group, an arm or a contrast of arms.
    unit, question, meaning : str
        As the model defines them.
    null : float or None
        Value of no change or no association.
    mean, median, sd, lower, upper : float
        Of the posterior; the interval of `ci_kind` holds the mass `ci_prob`.
    ci_kind : {"eti", "hdi"}
        Equal-tailed or highest-density interval.
    ci_prob : float
        Its mass.
    p_direction : float or None
        Posterior probability of the side of the null value that the estimate lies on; what lies at that value counts
        half.
    side : {"above", "below"} or None
        That side.
    mcse_mean, r_hat, ess_bulk, ess_tail : float
        Monte Carlo standard error of the mean, and diagnostics.
    prior_median, prior_sd, prior_lower, prior_upper : float
        Of the prior the model implies for the estimand, from prior draws; the interval is equal-tailed.
    learned : float
        How much narrower the posterior interval is than the prior's of the same kind, as a share; 0 where it is no
        narrower.
    smallest_important : float or None
        The smallest important difference the study states; for a ratio, a factor above 1.
    reason : str
        Its reason.
    below, inside, above : float or None
        Posterior probability under, within and over the smallest important difference on either side of the null.
    """

    model: str
    prior: str
    estimand: str
    form: str | None
    marker: str | None
    visit: str | None = None
    group: str
    unit: str
    question: str
    meaning: str
    null: float | None
    mean: float
    median: float
    sd: float
    lower: float
    upper: float
    ci_kind: str
    ci_prob: float
    p_direction: float | None
    side: str | None
    mcse_mean: float
    r_hat: float
    ess_bulk: float
    ess_tail: float
    prior_median: float
    prior_sd: float
    prior_lower: float
    prior_upper: float
    learned: float
    smallest_important: float | None
    reason: str
    below: float | None
    inside: float | None
    above: float | None

    @property
    def quantity(self) -> tuple[str | None, ...]:
        """What it is an estimate of, whatever the prior set: model, estimand, form, marker, visit, group."""
        return self.model, self.estimand, self.form, self.marker, self.visit, self.group


@dataclass(frozen=True)
class Decision:
    """What an estimate allows to be said.

    Attributes
    ----------
    estimate : Estimate
        The estimate.
    direction : {"increase", "decrease", "unclear", "not applicable"}
        Named when its probability reaches (1 + ci_prob) / 2.
    importance : {"important", "unimportant", "undecided", "not asked"}
        Whether the mass beyond, or within, the smallest important difference reaches ci_prob.
    settled : bool
        Whether the fit it comes from may be reported.
    """

    estimate: Estimate
    direction: Direction
    importance: Importance
    settled: bool


def estimate(fit: Fit, model: Model, study: Study, posterior: Mapping[str, xr.DataArray]) -> tuple[Estimate, ...]:
    """Summarise every estimand of a fit, by visit, group, form and marker.

    Parameters
    ----------
    fit : Fit
        The fit.
    model : Model
        Its model.
    study : Study
        Its study; it states interval and smallest important differences.
    posterior : mapping of str to xarray.DataArray
        Posterior draws of the estimands.

    Returns
    -------
    tuple of Estimate
    """
    return summarise(fit, model.estimands, study, posterior, model.derive(fit.prior_draws, study))


def summarise(
    fit: Fit,
    estimands: Mapping[str, Estimand],
    study: Study,
    posterior: Mapping[str, xr.DataArray],
    prior: Mapping[str, xr.DataArray],
) -> tuple[Estimate, ...]:
    """Summarise posterior draws of estimands beside prior ones, by visit, group, form and marker.

    Parameters
    ----------
    fit : Fit
        The fit they come from.
    estimands : mapping of str to Estimand
        Their definitions.
    study : Study
        Its study.
    posterior, prior : mapping of str to xarray.DataArray
        The draws.
    """
    rows = []
    # What every draw gives alike has no R-hat.
    with quiet():
        for name, draws in posterior.items():
            for place in places(draws):
                cell, before = (cell_of(values, place) for values in (draws, prior[name]))
                rows.append(_row(fit, name, estimands[name], place, cell, before, study))
    return tuple(rows)


def decide(row: Estimate, settled: bool) -> Decision:
    """What may be said of an estimate.

    Parameters
    ----------
    row : Estimate
        The estimate.
    settled : bool
        Whether its fit may be reported.
    """
    return Decision(row, _direction(row), _importance(row), settled)


def _direction(row: Estimate) -> Direction:
    if row.p_direction is None:
        return "not applicable"
    if row.p_direction < (1 + row.ci_prob) / 2:
        return "unclear"
    return "increase" if row.side == "above" else "decrease"


def _importance(row: Estimate) -> Importance:
    if row.below is None or row.inside is None or row.above is None:
        return "not asked"
    if max(row.below, row.above) >= row.ci_prob:
        return "important"
    return "unimportant" if row.inside >= row.ci_prob else "undecided"


Place = Mapping[str, str | None]


def places(draws: xr.DataArray) -> Iterator[Place]:
    """Each group, visit, marker and form of an estimand."""
    labels = {
        dim: draws[dim].values.tolist() if dim in draws.dims else [otherwise]
        for dim, otherwise in (("visit", None), ("group", OVERALL), ("marker", None), ("form", None))
    }
    for visit, group, marker, form in itertools.product(*labels.values()):
        yield {"group": group, "visit": visit, "marker": marker, "form": form}


def cell_of(draws: xr.DataArray, place: Place) -> xr.DataArray:
    """The draws of one group, visit, marker and form."""
    return draws.sel({dim: label for dim, label in place.items() if dim in draws.dims}, drop=True)


def interval_of(draws: xr.DataArray, kind: Literal["eti", "hdi"], prob: float) -> xr.DataArray:
    """Equal-tailed or highest-density interval of draws, its two limits along the last axis, ``ci_bound``."""
    found: xr.DataArray = (azs.hdi if kind == "hdi" else azs.eti)(draws, prob=prob)
    return found


def narrowed(width: float, prior_width: float) -> float:
    """How much narrower an interval is than the prior's, as a share; 0 where it is no narrower."""
    return 1 - width / prior_width if width < prior_width else 0.0


def _row(
    fit: Fit,
    name: str,
    estimand: Estimand,
    place: Place,
    draws: xr.DataArray,
    before: xr.DataArray,
    study: Study,
) -> Estimate:
    draws = draws.transpose("chain", "draw")
    analysis = study.spec.analysis
    interval = interval_of(draws, analysis.ci_kind, analysis.ci_prob).values
    prior_interval = interval_of(before, "eti", analysis.ci_prob).values
    same_kind = interval_of(before, analysis.ci_kind, analysis.ci_prob).values
    side, p_direction = _side(draws, estimand.null)
    asked = study.spec.estimand.smallest_important.get(name)
    below, inside, above = _masses(draws, estimand, asked.value if asked else None)
    return Estimate(
        model=fit.model,
        prior=fit.prior,
        estimand=name,
        form=place["form"],
        marker=place["marker"],
        visit=place["visit"],
        group=str(place["group"]),
        unit=estimand.unit,
        question=estimand.question,
        meaning=estimand.meaning,
        null=estimand.null,
        mean=float(draws.mean()),
        median=float(draws.median()),
        sd=float(draws.std(ddof=1)),
        lower=float(interval[0]),
        upper=float(interval[1]),
        ci_kind=analysis.ci_kind,
        ci_prob=analysis.ci_prob,
        p_direction=p_direction,
        side=side,
        mcse_mean=float(azs.mcse(draws)),
        r_hat=float(azs.rhat(draws)),
        ess_bulk=float(azs.ess(draws, method="bulk")),
        ess_tail=float(azs.ess(draws, method="tail")),
        prior_median=float(before.median()),
        prior_sd=float(before.std(ddof=1)),
        prior_lower=float(prior_interval[0]),
        prior_upper=float(prior_interval[1]),
        learned=narrowed(float(np.ptp(interval)), float(np.ptp(same_kind))),
        smallest_important=asked.value if asked else None,
        reason=asked.reason if asked else "",
        below=below,
        inside=inside,
        above=above,
    )


def important_limits(null: float, unit: str, smallest: float) -> tuple[float, float]:
    """The smallest important difference either way of the null value; a ratio's is a factor."""
    if unit == "ratio":
        return null / smallest, null * smallest
    return null - smallest, null + smallest


def nearer_side(above: float, at: float) -> tuple[str, float]:
    """The side of a value that most draws lie on, and its probability, from the shares of draws above and at the value.

    Draws at the value, as those of a difference of two shares that are both 0, count half on either side.
    """
    above += at / 2
    return ("above", above) if above >= 0.5 else ("below", 1 - above)


def _side(draws: xr.DataArray, null: float | None) -> tuple[str | None, float | None]:
    if null is None:
        return None, None
    return nearer_side(float((draws > null).mean()), float((draws == null).mean()))


def _masses(
    draws: xr.DataArray, estimand: Estimand, smallest: float | None
) -> tuple[float | None, float | None, float | None]:
    """Masses under, within and over the smallest important difference; a ratio's is a factor either way."""
    if smallest is None or estimand.null is None:
        return None, None, None
    low, high = important_limits(estimand.null, estimand.unit, smallest)
    below, above = float(np.mean(draws.values < low)), float(np.mean(draws.values > high))
    return below, 1 - below - above, above
