"""Markers, scores and participants in numbers."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cochange.data.study import Study

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MarkerVisit:
    """A marker at a visit, in its unit on the raw scale; NaN where there is no number.

    Attributes
    ----------
    marker, unit, visit : str
        Which.
    measured, below, above, missing : int
        Samples.
    least, greatest : float
        Of the measured samples.
    median : float
        Of all that are given, limits standing in for what is beyond them.
    bound : {"", "<=", ">=", "?"}
        Where the true median may lie: known, under or over the number, or on either side of it.
    """

    marker: str
    unit: str
    visit: str
    measured: int
    below: int
    above: int
    missing: int
    least: float
    greatest: float
    median: float
    bound: str

    @property
    def censored(self) -> float:
        """Share beyond a limit among the samples given."""
        beyond = self.below + self.above
        return beyond / (beyond + self.measured) if beyond + self.measured else float("nan")


@dataclass(frozen=True)
class Spread:
    """Numbers of participants: how many, least, median, greatest, mean and standard deviation (NaN without any)."""

    n: int
    missing: int
    least: float
    median: float
    greatest: float
    mean: float
    sd: float


def marker_visits(study: Study) -> tuple[MarkerVisit, ...]:
    """Describe every marker at every visit.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    tuple of MarkerVisit
    """
    lines = []
    for marker in study.spec.marker:
        for visit in study.spec.data.visits:
            here = study.data.sel(marker=marker.name, visit=visit)
            status = here["marker_status"].to_numpy().astype(str)
            value = here["marker_value"].to_numpy().astype(float)
            measured = spread(value[status == "observed"])
            median, bound = quantile(value, status, 0.5)
            below, above, missing = (int((status == kind).sum()) for kind in ("below", "above", "missing"))
            lines.append(
                MarkerVisit(
                    marker=marker.name,
                    unit=marker.analysed_unit,
                    visit=visit,
                    measured=measured.n,
                    below=below,
                    above=above,
                    missing=missing,
                    least=measured.least,
                    greatest=measured.greatest,
                    median=median,
                    bound=bound,
                )
            )
    return tuple(lines)


def score_visits(study: Study) -> dict[str, Spread]:
    """Describe the symptom score at every visit; empty without one."""
    if study.scale is None:
        return {}
    scores = study.data["symptom"]
    return {visit: spread(scores.sel(visit=visit).to_numpy().astype(float)) for visit in study.spec.data.visits}


def level_counts(study: Study) -> dict[tuple[str, str], dict[str, int]]:
    """Count the participants at each level of arms, groups, sites and categorical covariates.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    dict
        From what it is for ("arm", "group", "site", "covariate") and its column to the counts, in the order of the
        levels.
    """
    columns = {"arm": study.spec.arms, "group": study.spec.groups, "site": study.spec.sites}
    found = {(role, table.column): study.data[role] for role, table in columns.items() if table is not None}
    found |= {("covariate", name): study.data[f"covariate_{name}"] for name in study.spec.covariates.categorical}
    return {
        place: {str(level): int((texts == level).sum()) for level in texts.attrs["levels"]}
        for place, texts in found.items()
    }


def number_spreads(study: Study) -> dict[tuple[str, str], Spread]:
    """Describe the numeric covariates and the screening score, by what they are for and their column."""
    found = {("covariate", name): study.data[f"covariate_{name}"] for name in study.spec.covariates.numeric}
    if study.spec.inclusion is not None:
        found["screening", study.spec.inclusion.column] = study.data["screening"]
    return {place: spread(array.to_numpy().astype(float)) for place, array in found.items()}


def spread(values: Values) -> Spread:
    """Describe numbers, NaN standing for what is missing."""
    given = values[~np.isnan(values)]
    nan = float("nan")
    n, missing = len(given), len(values) - len(given)
    if not n:
        return Spread(n, missing, nan, nan, nan, nan, nan)
    sd = float(given.std(ddof=1)) if n > 1 else nan
    middle, mean = float(np.median(given)), float(given.mean())
    return Spread(n, missing, float(given.min()), middle, float(given.max()), mean, sd)


def quantile(value: Values, status: npt.NDArray[np.str_], share: float) -> tuple[float, str]:
    """Give a quantile of all samples, those beyond a limit standing at it, and say where the true one may lie.

    Parameters
    ----------
    value : ndarray
        Of each sample, the limit where it lies beyond one.
    status : ndarray of str
        "observed", "below", "above" or "missing".
    share : float
        Of the samples under it, 0.5 for the median.

    Returns
    -------
    float
        Interpolated between neighbours; NaN where all samples are missing.
    str
        "" where it is known, "<=" or ">=" where the number is a bound, "?" where it is none.
    """
    given = status != "missing"
    if not given.any():
        return float("nan"), ""
    ordered = np.sort(value[given])
    place = share * (len(ordered) - 1)
    lower, upper = ordered[math.floor(place)], ordered[math.ceil(place)]
    # A sample beyond a limit leaves the quantile where it is as long as the limit is on its own side of it.
    lowered = bool((value[status == "below"] >= lower).any())
    raised = bool((value[status == "above"] <= upper).any())
    bound = "?" if lowered and raised else "<=" if lowered else ">=" if raised else ""
    return float(lower + (place - math.floor(place)) * (upper - lower)), bound
