"""What was measured, before any model: counts, means, spreads and observed shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cochange.data.inspection.summary import quantile
from cochange.data.study import Study
from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.responders import thresholds
from cochange.models.parts.symptom import symptom_pair
from cochange.reports.labels import RESPONDERS

MEASURED, BEYOND = "observed", ("below", "above")
QUANTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}


@dataclass(frozen=True)
class Observed:
    """How many of some participants with both visits responded."""

    count: int
    n: int

    @property
    def value(self) -> float:
        """The share; not a number where there are none."""
        return self.count / self.n if self.n else float("nan")


def samples(study: Study) -> Iterator[tuple[str, np.ndarray]]:
    """The whole sample, each group and each arm, with its participants."""
    everyone = study.data["participant"].to_numpy().astype(str)
    yield OVERALL, everyone
    for name in ("group", "arm"):
        if name not in study.data.coords:
            continue
        labels = study.data[name].to_numpy().astype(str)
        for level in study.data[name].attrs["levels"]:
            label = arm_label(str(level)) if name == "arm" else str(level)
            yield label, everyone[labels == str(level)]


def symptom_frame(study: Study, visits: Sequence[str]) -> pd.DataFrame:
    """The score by visit and sample: counts, mean and standard deviation, median and quartiles."""
    return pd.DataFrame(
        [
            {"visit": visit, "sample": label, "participants": len(who)} | numbers_of(scores_at(study, visit, who))
            for visit in visits
            for label, who in samples(study)
        ]
    )


def change_frame(study: Study, visits: Sequence[str]) -> pd.DataFrame:
    """The change of the score from baseline to each later visit by sample, of participants with a score at both.

    Observed shares of responders are those at the follow-up.
    """
    frame = pd.DataFrame(
        [
            {"visit": visit, "sample": label, "participants": len(who)} | _change(study, visit, who)
            for visit in visits
            if visit != study.baseline
            for label, who in samples(study)
        ]
    )
    # Shares are not given at every visit.
    return frame.astype({f"n_{name}": "Int64" for name in RESPONDERS if f"n_{name}" in frame})


def numbers_of(values: np.ndarray) -> dict[str, float]:
    """Numbers of participants: how many are given and missing, mean and standard deviation, median and quartiles."""
    found = pd.Series(values, dtype=float).dropna()
    line = {"n": len(found), "missing": len(values) - len(found), "mean": found.mean(), "sd": float(found.std(ddof=1))}
    return line | {name: float(found.quantile(share)) for name, share in QUANTILES.items()}


def scores_at(study: Study, visit: str, who: np.ndarray) -> np.ndarray:
    """The score of some participants at a visit, NaN where missing."""
    return study.data["symptom"].sel(visit=visit, participant=who).to_numpy().astype(float)


def marker_frame(study: Study, visits: Sequence[str]) -> pd.DataFrame:
    """Each marker by visit and sample: counts, median and quartiles, geometric mean and standard deviation.

    Median and quartiles are of all samples, each with its bound, see `quantile`. Geometric mean and standard deviation
    are given where no sample is beyond a limit: of the measured ones alone they can rise where the marker falls.
    """
    return pd.DataFrame(
        [
            {"marker": item.name, "unit": item.analysed_unit, "visit": visit, "sample": label}
            | marker_numbers(study, item.name, visit, who)
            for item in study.spec.marker
            for visit in visits
            for label, who in samples(study)
        ]
    )


def marker_numbers(study: Study, marker: str, visit: str, who: np.ndarray) -> dict[str, object]:
    """A marker of some participants at a visit, see `marker_frame`."""
    at_visit = study.data.sel(marker=marker, visit=visit, participant=who)
    status = at_visit["marker_status"].to_numpy().astype(str)
    value = at_visit["marker_value"].to_numpy().astype(float)
    measured, beyond = value[status == MEASURED], int(np.isin(status, BEYOND).sum())
    line: dict[str, object] = {
        "participants": len(who),
        "measured": len(measured),
        "beyond_limits": beyond,
        "missing": int((status == "missing").sum()),
    }
    for name, share in QUANTILES.items():
        line[name], line[f"{name}_bound"] = quantile(value, status, share)
    logs = pd.Series(np.log(measured) if beyond == 0 else np.empty(0))
    return line | {"geometric_mean": float(np.exp(logs.mean())), "geometric_sd": float(np.exp(logs.std(ddof=1)))}


def observed_share(study: Study, participants: np.ndarray | None, name: str) -> Observed | None:
    """How many responded, or remitted, of the participants with both visits.

    Parameters
    ----------
    study : Study
        The study.
    participants : numpy.ndarray or None
        Identifiers of those asked for; everyone by default.
    name : str
        One of `RESPONDERS`.

    Returns
    -------
    Observed or None
        None where the study does not define it.
    """
    pairs = paired(study, study.data["participant"].to_numpy().astype(str) if participants is None else participants)
    limits = thresholds(study, pairs)
    if name not in limits:
        return None
    pair = symptom_pair(study, pairs)
    responded = pair[study.follow_up] - pair[study.baseline] <= limits[name]
    return Observed(int(responded.sum()), len(pairs))


def paired(study: Study, participants: np.ndarray) -> np.ndarray:
    """Those of the participants who have a score at both visits."""
    pair = symptom_pair(study, participants)
    return participants[np.isfinite(pair[study.baseline]) & np.isfinite(pair[study.follow_up])]


def _change(study: Study, visit: str, who: np.ndarray) -> dict[str, object]:
    line: dict[str, object] = dict(numbers_of(scores_at(study, visit, who) - scores_at(study, study.baseline, who)))
    for name in RESPONDERS if visit == study.follow_up else ():
        if (share := observed_share(study, who, name)) is not None:
            line |= {f"n_{name}": share.count, f"share_{name}": share.value}
    return line
