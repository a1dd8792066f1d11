"""Who takes part, before any model: covariates, markers and score at baseline, by arm or else by group."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from cochange.data.study import Study
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.descriptives import marker_numbers, numbers_of, scores_at
from cochange.reports.labels import scale_of

NUMBERS, MARKER, LEVEL, MISSING, SITES = "numbers", "marker", "level", "missing", "sites"
COUNTS = ("n", "missing", "measured", "beyond_limits", "count", "sites", "smallest", "largest")
# More sites than this are counted, not listed.
MOST_SITES = 10


def has_characteristics(study: Study) -> bool:
    """Whether the study has covariates, arms, groups, sites or an inclusion score to describe."""
    covariates, coords = study.spec.covariates, {"arm", "group", "site"} & set(study.data.coords)
    return bool(covariates.numeric or covariates.categorical or coords or study.spec.inclusion is not None)


def columns(study: Study) -> Mapping[str, np.ndarray]:
    """The whole sample and each arm, or each group where there are no arms, as masks in the study's order."""
    found = {OVERALL: np.ones(study.data.sizes["participant"], dtype=bool)}
    by = next((name for name in ("arm", "group") if name in study.data.coords), None)
    if by is not None:
        labels = study.data[by].to_numpy().astype(str)
        for level in map(str, study.data[by].attrs["levels"]):
            found[arm_label(level) if by == "arm" else level] = labels == level
    return found


def baseline_frame(study: Study) -> pd.DataFrame:
    """Each characteristic by arm or group, and in all.

    A line of the kind "numbers" has counts, mean and standard deviation, median and quartiles; of the kind "marker"
    those of `marker_frame`; of the kinds "level" and "missing" how many participants have a level of a categorical
    characteristic or lack it, and their share of all; of the kind "sites", where they are too many to list, how many
    sites have any participants of the sample, and how many the smallest and the largest of these have.
    """
    frame = pd.DataFrame(
        [
            {"characteristic": name, "unit": unit, "kind": kind, "level": level, "sample": label}
            | {"participants": int(mask.sum())}
            | line
            for label, mask in columns(study).items()
            for name, unit, kind, level, line in _lines(study, mask)
        ]
    )
    return frame.astype({name: "Int64" for name in COUNTS if name in frame})


def _lines(study: Study, mask: np.ndarray) -> Iterator[tuple[str, str, str, str, dict[str, object]]]:
    """Name, unit (of outcomes), kind and level of each line of some participants, with its numbers."""
    data, spec = study.data, study.spec
    who = data["participant"].to_numpy().astype(str)[mask]
    for name in spec.covariates.numeric:
        yield name, "", NUMBERS, "", dict(numbers_of(data[f"covariate_{name}"].to_numpy().astype(float)[mask]))
    labels = {name: data[f"covariate_{name}"].to_numpy().astype(str) for name in spec.covariates.categorical}
    if spec.groups is not None and "arm" in data.coords:
        labels[spec.groups.column] = data["group"].to_numpy().astype(str)
    if spec.sites is not None and len(data["site"].attrs["levels"]) <= MOST_SITES:
        labels[spec.sites.column] = data["site"].to_numpy().astype(str)
    for name, own in labels.items():
        # Shares are of all participants of the column, so that levels and the missing make up the whole.
        for level in (*sorted(set(own) - {""}), ""):
            here = own[mask] == level
            share = float(here.mean()) if len(here) else float("nan")
            yield name, "", LEVEL if level else MISSING, level, {"count": int(here.sum()), "share": share}
    if spec.sites is not None and len(data["site"].attrs["levels"]) > MOST_SITES:
        sizes = np.unique_counts(data["site"].to_numpy()[mask]).counts.tolist()
        found: dict[str, object] = {
            "sites": len(sizes),
            "smallest": min(sizes, default=0),
            "largest": max(sizes, default=0),
        }
        yield spec.sites.column, "", SITES, "", found
    # A score of baseline that was the rule of inclusion, too, stands there.
    if spec.inclusion is not None and not spec.inclusion_on_baseline:
        name = f"{spec.inclusion.score} at screening (included above {spec.inclusion.above:g})"
        yield name, "", NUMBERS, "", dict(numbers_of(data["screening"].to_numpy().astype(float)[mask]))
    for marker in spec.marker:
        yield marker.name, marker.analysed_unit, MARKER, "", marker_numbers(study, marker.name, study.baseline, who)
    if study.scale is not None:
        yield scale_of(study), "points", NUMBERS, "", dict(numbers_of(scores_at(study, study.baseline, who)))
