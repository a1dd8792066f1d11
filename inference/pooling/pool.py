"""Pool the published estimates of one quantity."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.published_table import PublishedEstimate, PublishedTable, read_published
from cochange.inference.pooling.mixture import NormalMixture
from cochange.inference.pooling.parameters import informed_parameters
from cochange.inference.pooling.posterior import Posterior, posterior
from cochange.inference.pooling.prior import NewStudyPrior, new_study_prior
from cochange.models.pooled import PRIORS, Priors

MASS = 0.95


@dataclass(frozen=True)
class Summary:
    """One posterior in numbers: mean, standard deviation, median and equal-tailed 95% interval."""

    mean: float
    sd: float
    median: float
    lower: float
    upper: float


@dataclass(frozen=True, eq=False)
class Pooled:
    """The pooled estimates of a quantity.

    Attributes
    ----------
    table : PublishedTable
        The estimates pooled.
    prior : str
        Name of the prior set.
    priors : Priors
        Its values, in the unit of the estimates.
    unit_sd : float
        Standard deviation of what one participant contributes, in that unit.
    posterior : Posterior
        The exact posterior.
    new_study : NewStudyPrior
        The prior for a new study.
    parameters : tuple of str
        The parameters it is for, each as ``MODEL.PARAMETER``.
    notices : tuple of Notice
        What the user should check.
    """

    table: PublishedTable
    prior: str
    priors: Priors
    unit_sd: float
    posterior: Posterior
    new_study: NewStudyPrior
    parameters: tuple[str, ...]
    notices: tuple[Notice, ...]

    @property
    def summaries(self) -> Mapping[str, Summary]:
        """``mean``, ``heterogeneity``, ``new_study`` and, from two estimates on, ``i_squared``."""
        known = self.posterior
        ends = ((1 - MASS) / 2, 0.5, (1 + MASS) / 2)
        lower, median, upper = (known.heterogeneity_quantile(at) for at in ends)
        found = {
            "mean": summary(known.pooled_mean),
            "heterogeneity": Summary(known.heterogeneity_mean, known.heterogeneity_sd, median, lower, upper),
            "new_study": summary(known.new_study),
        }
        if len(known.estimate) > 1:
            shares = known.inconsistency(known.heterogeneity)
            mean = float(known.weight @ shares)
            sd = math.sqrt(known.weight @ (shares - mean) ** 2)
            at = known.inconsistency(np.array([median, lower, upper]))
            found["i_squared"] = Summary(mean, sd, *(float(value) for value in at))
        return found


def pool(
    table: PublishedTable | Path | str | None = None,
    quantity: str | None = None,
    prior: str = "reference",
    weight: float = 0.8,
    unit_sd: float | None = None,
    parameters: Sequence[str] = (),
) -> Pooled:
    """Pool published estimates of one quantity, and make a prior for a new study of them.

    Computed by quadrature: no seed is needed, and there is no Monte Carlo error.

    Parameters
    ----------
    table : PublishedTable, Path or str, optional
        The estimates, read or to be read; the table that ships by default.
    quantity : str, optional
        Which quantity; needed where the table has several.
    prior : str
        Name of a prior set of `cochange.models.pooled`.
    weight : float
        Probability of the informative component of the prior for a new study, above 0 and at most 1.
    unit_sd : float, optional
        Standard deviation of what one participant contributes, in the unit of the estimates; by default it follows
        from the table, see `unit_sd_of`.
    parameters : sequence of str
        Parameters the prior is for, each as ``MODEL.PARAMETER``; by default those the table names.

    Returns
    -------
    Pooled

    Raises
    ------
    InputError
        If the table is at fault, mixes units, or does not tell the unit SD; if a parameter is unknown, is no mean, or
        has another unit than the estimates.
    ValueError
        If the weight, the prior set or the unit SD cannot be.
    """
    if prior not in PRIORS:
        raise ValueError(f"prior must be one of {', '.join(PRIORS)}, got {prior!r}")
    if unit_sd is not None and not (math.isfinite(unit_sd) and unit_sd > 0):
        raise ValueError(f"unit_sd must be finite and above 0, got {unit_sd}")
    chosen = (table if isinstance(table, PublishedTable) else read_published(table)).of(quantity)
    informed = informed_parameters(chosen, parameters)
    unit = unit_sd_of(chosen) if unit_sd is None else unit_sd
    priors = PRIORS[prior].in_units(unit)
    estimate, se = (np.array([getattr(item, name) for item in chosen.estimates]) for name in ("estimate", "se"))
    known = posterior(estimate, se, priors)
    made = new_study_prior(known.new_study, unit, weight, _source(chosen, prior))
    return Pooled(chosen, prior, priors, unit, known, made, informed, (*_notices(chosen), *_narrow(chosen, made)))


def unit_sd_of(table: PublishedTable) -> float:
    """The standard deviation of what one participant contributes to an estimate.

    Where every row gives an SD, the root of the mean of their squares. Where every row gives its participants, the root
    of all participants over the sum of the precisions.

    Parameters
    ----------
    table : PublishedTable
        Estimates of one quantity.

    Raises
    ------
    InputError
        If the rows give neither.

    References
    ----------
    Roever et al. 2021, doi:10.1002/jrsm.1475, equation 6.
    """
    sd, n, se = (np.array([getattr(item, name) for item in table.estimates]) for name in ("sd", "n", "se"))
    if not np.isnan(sd).any():
        return float(np.sqrt((sd**2).mean()))
    if not np.isnan(n).any():
        return float(np.sqrt(n.sum() / (se**-2.0).sum()))
    rows = ", ".join(str(item.row) for item in table.estimates if math.isnan(item.sd))
    required = "the standard deviation of one participant, or the number of participants, in every row"
    action = "fill in the column sd, or n, or state the unit SD (`unit_sd`)"
    raise InputError([Fault(table.file, None, "sd", required, f"no sd in row {rows}", action)])


def summary(mixture: NormalMixture) -> Summary:
    """A mixture in numbers."""
    return Summary(mixture.expectation, mixture.standard_deviation, mixture.quantile(0.5), *mixture.interval(MASS))


def _source(table: PublishedTable, prior: str) -> str:
    sources = "; ".join(dict.fromkeys(item.source for item in table.estimates))
    count = len(table.estimates)
    what = f" of {table.estimates[0].quantity}" if table.estimates[0].quantity else ""
    return f"pooled from {count} published estimate{'s' if count > 1 else ''}{what}, {prior} prior: {sources}"


def _notices(table: PublishedTable) -> tuple[Notice, ...]:
    notices = [*table.notices, *(notice for item in table.estimates for notice in item.notices)]
    if len(table.estimates) == 1:
        message = "there is one estimate: how far studies differ rests on the prior of the heterogeneity alone"
        notices.append(Notice(table.file, None, message))
    for shared in dict.fromkeys(item.overlap for item in table.estimates if item.overlap):
        rows = [str(item.row) for item in table.estimates if item.overlap == shared]
        if len(rows) > 1:
            message = f"rows {', '.join(rows)} share '{shared}' and are pooled as if they did not: the mean is known "
            message += "less well than it says"
            notices.append(Notice(table.file, "overlap", message, caution=True))
    notices += _same_study(table)
    return tuple(notices)


def _same_study(table: PublishedTable) -> Iterator[Notice]:
    """Estimates of one study, which the model takes for studies of their own."""
    studies: dict[tuple[str, str], list[PublishedEstimate]] = {}
    for item in table.estimates:
        studies.setdefault((item.study.casefold(), item.overlap), []).append(item)
    for items in studies.values():
        # What they share is noticed where the table says it.
        if len(items) > 1 and not items[0].overlap:
            rows = ", ".join(str(item.row) for item in items)
            message = (
                f"rows {rows} are of one study, '{items[0].study}', and are pooled as studies of their own: where "
                "people are in several of them, or they share a control group, keep one; the mean is known less well "
                "than it says"
            )
            yield Notice(table.file, "study", message, caution=True)


def _narrow(table: PublishedTable, made: NewStudyPrior) -> Iterator[Notice]:
    """A vague component that is narrower than the informative one takes over nothing."""
    if made.family is not made.normal and made.ess_normal < 1:
        message = (
            f"what is pooled is worth {made.ess_normal:.2g} participants, less than one: the vague part of the prior "
            f"is narrower than the informative one (SD {made.normal.sd:.3g}) and does not make it robust; check se "
            "against sd or the unit SD, or take the informative part alone (a weight of 1)"
        )
        yield Notice(table.file, None, message, caution=True)
