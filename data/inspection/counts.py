"""How many participants have each outcome at each visit: of all of them, and of each arm."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from cochange.data.study import Study


@dataclass(frozen=True)
class ArmCounts:
    """Participants of each arm who have an outcome.

    Attributes
    ----------
    outcome : str
        A marker, or the symptom scale.
    visits : tuple of str
        Where they have it: one visit, or both that are compared.
    participants : dict of str to int
        By arm, the control first; those with a value at all of these visits, one beyond a limit included.
    """

    outcome: str
    visits: tuple[str, ...]
    participants: dict[str, int]


def statuses(study: Study) -> dict[str, xr.DataArray]:
    """What became of each outcome, by participant and visit: "observed", "below", "above" or "missing"."""
    found = {name: study.data["marker_status"].sel(marker=name) for name in study.data["marker"].to_numpy()}
    if study.spec.symptom is not None:
        texts = np.where(np.isnan(study.data["symptom"]), "missing", "observed")
        found[study.spec.symptom.scale] = study.data["symptom"].copy(data=texts)
    return found


def counts(study: Study) -> pd.DataFrame:
    """Count the readings of every outcome at every visit, and the complete pairs.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    pandas.DataFrame
        Index `variable`, `visit`; columns `participants`, `observed`, `below`, `above`, `missing`, `complete_pairs`
        (participants with a value at both the baseline and the follow-up visit, censored values included; missing
        for other visits and where there is one visit).
    """
    lines = []
    for variable, status in statuses(study).items():
        given = status != "missing"
        pairs = int((given.sel(visit=study.baseline) & given.sel(visit=study.follow_up)).sum())
        for visit in study.spec.data.visits:
            here = pd.Series(status.sel(visit=visit).to_numpy()).value_counts()
            paired = study.has_two_visits and visit in (study.baseline, study.follow_up)
            lines.append(
                {
                    "variable": variable,
                    "visit": visit,
                    "participants": study.data.sizes["participant"],
                    **{name: int(here.get(name, 0)) for name in ("observed", "below", "above", "missing")},
                    "complete_pairs": pairs if paired else None,
                }
            )
    return pd.DataFrame(lines).astype({"complete_pairs": "Int64"}).set_index(["variable", "visit"])


def counts_by_arm(study: Study) -> tuple[ArmCounts, ...]:
    """Count the participants of each arm who have each outcome at each visit, and at both that are compared.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    tuple of ArmCounts
        Empty without arms.
    """
    if study.spec.arms is None:
        return ()
    arms = study.data["arm"]
    places: list[tuple[str, ...]] = [(visit,) for visit in study.spec.data.visits]
    places += [(study.baseline, study.follow_up)] if study.has_two_visits else []
    lines = []
    for outcome, status in statuses(study).items():
        for visits in places:
            given = (status.sel(visit=list(visits)) != "missing").all("visit")
            of_arm = {str(arm): int((given & (arms == arm)).sum()) for arm in arms.attrs["levels"]}
            lines.append(ArmCounts(outcome, visits, of_arm))
    return tuple(lines)
