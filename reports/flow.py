"""Who is in the file, who gave which value at which visit, and whom each model uses: counts, in all and by arm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.labels import visit_name, with_visit_names

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Given:
    """Who gave a value of one outcome at one visit.

    Attributes
    ----------
    visit, outcome : str
        The visit, as it is printed, and the outcome.
    number : mapping of str to int
        Participants with a value, censored ones included, by sample.
    beyond : mapping of str to int
        Those of them whose value lies beyond a limit of detection, by sample.
    """

    visit: str
    outcome: str
    number: Counts
    beyond: Counts


@dataclass(frozen=True)
class Use:
    """Whom a model uses.

    Attributes
    ----------
    model : str
        Its name.
    fitted : bool
        Whether it was fitted.
    used : mapping of str to int
        Participants in its likelihood, by sample.
    left_out : mapping of str to mapping of str to int
        Reason, then participants to whom it is the first that applies, by sample.
    """

    model: str
    fitted: bool
    used: Counts
    left_out: Mapping[str, Counts]

    @property
    def without(self) -> int:
        """How many participants are left out."""
        return sum(counts[OVERALL] for counts in self.left_out.values())


@dataclass(frozen=True)
class Flow:
    """The flow of participants.

    Attributes
    ----------
    participants : mapping of str to int
        In the data file, by sample: everyone first, then each arm.
    given : tuple of Given
        By visit, in order, and outcome.
    uses : tuple of Use
        By model.
    """

    participants: Counts
    given: tuple[Given, ...]
    uses: tuple[Use, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """The samples that are arms."""
        return tuple(self.participants)[1:]


def flow_of(results: Results) -> Flow:
    """Count the participants of a run.

    Parameters
    ----------
    results : Results
        What a run found.
    """
    study = results.study
    samples = _samples(study)
    everyone = study.data["participant"].to_numpy().astype(str)
    uses = []
    for name, selection in results.selections.items():
        reasons = np.array([with_visit_names(selection.left_out.get(who, ""), study) for who in everyone], dtype=object)
        used = np.isin(everyone, selection.used)
        said = [with_visit_names(reason, study) for reason in selection.left_out.values()]
        left_out = {reason: _count(reasons == reason, samples) for reason in dict.fromkeys(said)}
        uses.append(Use(name, name not in results.not_fitted, _count(used, samples), left_out))
    everywhere = np.ones(len(everyone), dtype=bool)
    return Flow(_count(everywhere, samples), tuple(_given(study, samples)), tuple(uses))


def _samples(study: Study) -> dict[str, np.ndarray]:
    """Everyone and each arm, as masks in the study's order."""
    samples = {OVERALL: np.ones(study.data.sizes["participant"], dtype=bool)}
    if "arm" in study.data.coords:
        labels = study.data["arm"].to_numpy().astype(str)
        samples |= {arm_label(str(arm)): labels == str(arm) for arm in study.data["arm"].attrs["levels"]}
    return samples


def _count(mask: np.ndarray, samples: Mapping[str, np.ndarray]) -> dict[str, int]:
    return {name: int((mask & sample).sum()) for name, sample in samples.items()}


def _given(study: Study, samples: Mapping[str, np.ndarray]) -> Iterator[Given]:
    nobody = np.zeros(study.data.sizes["participant"], dtype=bool)
    for visit in study.spec.data.visits:
        name, at_visit = visit_name(visit, study), study.data.sel(visit=visit)
        for marker in study.spec.marker:
            status = at_visit["marker_status"].sel(marker=marker.name).to_numpy().astype(str)
            beyond = np.isin(status, ("below", "above"))
            yield Given(name, marker.name, _count(status != "missing", samples), _count(beyond, samples))
        if study.scale is not None:
            score = np.isfinite(at_visit["symptom"].to_numpy().astype(float))
            yield Given(name, study.scale.name, _count(score, samples), _count(nobody, samples))
