"""Tables of what was measured, by group and arm, for the section on the study."""

from collections.abc import Hashable
from typing import Any

import pandas as pd

from cochange.inference.results import Results
from cochange.reports.block import Heading, Paragraph, Part, Rows, Table, columns_of
from cochange.reports.descriptives import marker_frame, symptom_frame
from cochange.reports.numbers import ABSENT, beside, bounded, share, significant

_SHARES = {"response_probability": "Response", "remission_probability": "Remission"}


def descriptives(results: Results) -> list[Part]:
    """The score and the markers as measured, by sample."""
    study = results.study
    parts: list[Part] = [Heading("What was measured")]
    if study.scale is not None:
        parts.append(_symptom(results))
    if study.spec.marker:
        parts.append(_marker(results))
    if len(parts) == 1:
        parts.append(Paragraph("Neither a score nor a marker is declared."))
    return parts


def _symptom(results: Results) -> Table:
    study = results.study
    frame = symptom_frame(study)
    name = study.scale.name if study.scale else ""
    visits = {"baseline": study.baseline, "follow_up": study.follow_up, "change": "change"}
    scores = {key: label for key, label in visits.items() if f"n_{key}" in frame}
    shares = {key: label for key, label in _SHARES.items() if f"n_{key}" in frame}
    rows = tuple(
        (
            str(line["sample"]),
            str(line["participants"]),
            *(text for key in scores for text in (str(line[f"n_{key}"]), _mean_sd(line, key))),
            *(_share(line, key) for key in shares),
        )
        for line in frame.to_dict("records")
    )
    labels = ["Sample", "Participants"]
    for key, label in scores.items():
        labels += ["Pairs" if key == "change" else f"n, {label}", f"{label[:1].upper()}{label[1:]}: mean (SD)"]
    labels += list(shares.values())
    columns = columns_of(labels)
    of_pairs = ["Change", *(label.lower() for label in shares.values())]
    of_whom = f"{', '.join(of_pairs)}: observed, of participants with a score at both visits (pairs)."
    caption = f"{name} as scored, in points. {of_whom if study.has_two_visits else 'One visit only.'}"
    return Table("descriptives_score", caption, columns, (Rows("", rows),), frame)


def _marker(results: Results) -> Table:
    frame = marker_frame(results.study)
    groups = tuple(
        Rows(
            f"{marker} at {visit} [{unit}]",
            tuple(
                (
                    str(line["sample"]),
                    *(str(line[key]) for key in ("participants", "measured", "beyond_limits", "missing")),
                    f"{_quantile(line, 'median')} ({_quantile(line, 'lower_quartile')} to "
                    f"{_quantile(line, 'upper_quartile')})",
                    significant(line["geometric_mean"]),
                    significant(line["geometric_sd"]),
                )
                for line in own.to_dict("records")
            ),
        )
        for (marker, visit, unit), own in frame.groupby(["marker", "visit", "unit"], sort=False)
    )
    labels = (
        "Sample", "Participants", "Measured", "Beyond limits", "Missing", "Median (quartiles)", "Geometric mean",
        "Geometric SD (factor)",
    )  # fmt: skip
    columns = columns_of(labels)
    caption = (
        "Markers as measured. Median and quartiles are of all values, one beyond a limit of detection counted as lying "
        "beyond it: \N{LESS-THAN OR EQUAL TO} and \N{GREATER-THAN OR EQUAL TO} mark a number that is only a bound, and "
        f"{ABSENT} one that is not even that. Geometric mean and geometric standard deviation are given where no value "
        "is beyond a limit: without such values they would be those of a selected part."
    )
    return Table("descriptives_marker", caption, columns, groups, frame)


def _quantile(line: dict[Hashable, Any], name: str) -> str:
    return bounded(line[name], line[f"{name}_bound"])


def _mean_sd(line: dict[Hashable, Any], key: str) -> str:
    mean, sd = line[f"mean_{key}"], line[f"sd_{key}"]
    return ABSENT if pd.isna(mean) else f"{beside(mean, sd, 3)} ({significant(sd)})"


def _share(line: dict[Hashable, Any], key: str) -> str:
    value = line[f"share_{key}"]
    return ABSENT if pd.isna(value) else f"{share(value)} ({line[f'n_{key}']})"
