"""Scores drawn before the data that the scale cannot give."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.stored_names import as_named
from cochange.models.parts.responders import are_whole

# The drawn change of the score, by the model that draws it.
SCORE_CHANGES = {"symptom_change": "change", "parallel_change": "change_of_score"}


@dataclass(frozen=True)
class Impossible:
    """The share of drawn scores at a visit that lie outside the range of the scale.

    Attributes
    ----------
    variable : str
        What was drawn: the score at a visit, or its change.
    visit : str
        The visit.
    form : str or None
        The form of the regression; None where there is one only.
    share : float
        The share.
    """

    variable: str
    visit: str
    form: str | None
    share: float


def impossible_scores(drawn: xr.Dataset, model: str, study: Study) -> tuple[Impossible, ...]:
    """Shares of impossible scores; where the study's scores are whole numbers, those drawn are rounded first.

    Parameters
    ----------
    drawn : xarray.Dataset
        Data drawn for the participants of the study, as of the group ``prior_predictive``.
    model : str
        Name of the model.
    study : Study
        The study.
    """
    return () if study.scale is None else tuple(_impossible(as_named(drawn), model, study))


def _impossible(drawn: xr.Dataset, model: str, study: Study) -> Iterator[Impossible]:
    assert study.scale is not None
    for visit in study.data["visit"].values.tolist():
        if (name := f"{study.scale.name} at {visit}") in drawn:
            yield Impossible(name, visit, None, _share(drawn[name], study))
    if (name := SCORE_CHANGES.get(model, "")) in drawn:
        change = drawn[name]
        before = study.data["symptom"].sel(visit=study.baseline, participant=change["participant"], drop=True)
        forms = change["form"].values.tolist() if "form" in change.dims else [None]
        for form in forms:
            own = change if form is None else change.sel(form=form, drop=True)
            yield Impossible(name, study.follow_up, form, _share(before + own, study))


def _share(score: xr.DataArray, study: Study) -> float:
    assert study.scale is not None
    there = score.dropna("participant").values
    scores = np.round(there) if are_whole(study.data["symptom"].values) else there
    return float(((scores < study.scale.lower) | (scores > study.scale.upper)).mean())
