"""Tables of what was measured, by visit, group and arm, for the section on the study."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.block import Heading, Paragraph, Part, Rows, Table, columns_of
from cochange.reports.descriptives import change_frame, marker_frame, symptom_frame
from cochange.reports.labels import scale_of, visit_name
from cochange.reports.numbers import ABSENT, bounded, mean_and_sd, share, significant
from cochange.reports.visits_used import visits_used

Line = Mapping[Hashable, Any]
_SHARES = {"response_probability": "Response", "remission_probability": "Remission"}
BOUNDED = (
    "one beyond a limit of detection counted as lying beyond it: \N{LESS-THAN OR EQUAL TO} and "
    f"\N{GREATER-THAN OR EQUAL TO} mark a number that is only a bound, and {ABSENT} one that is not even that"
)


def descriptives(results: Results) -> list[Part]:
    """The score and the markers as measured, by visit and sample."""
    study, visits = results.study, visits_used(results)
    parts: list[Part] = [Heading("What was measured")]
    if study.scale is not None:
        parts.append(_symptom(study, visits))
        if study.has_two_visits:
            parts.append(_change(study, visits))
    if study.spec.marker:
        parts.append(_marker(study, visits))
    if len(parts) == 1:
        parts.append(Paragraph("Neither a score nor a marker is declared."))
    return parts


def quartiles(line: Line) -> str:
    """Median and quartiles for print, each with its bound where it has one."""
    return f"{_quantile(line, 'median')} ({_quantile(line, 'lower_quartile')} to {_quantile(line, 'upper_quartile')})"


def _symptom(study: Study, visits: tuple[str, ...]) -> Table:
    frame = symptom_frame(study, visits)
    groups = tuple(
        Rows(
            f"{scale_of(study)} at {visit_name(str(visit), study)}",
            tuple(
                (
                    str(line["sample"]), *(str(line[key]) for key in ("participants", "n", "missing")),
                    mean_and_sd(line["mean"], line["sd"]), quartiles(line),
                )
                for line in own.to_dict("records")
            ),
        )
        for visit, own in frame.groupby("visit", sort=False)
    )  # fmt: skip
    columns = columns_of(("Sample", "Participants", "n", "Missing", "Mean (SD)", "Median (quartiles)"))
    once = "" if study.has_two_visits else " One visit only."
    return Table("descriptives_score", f"{scale_of(study)} as scored, in points.{once}", columns, groups, frame)


def _change(study: Study, visits: tuple[str, ...]) -> Table:
    frame = change_frame(study, visits)
    shares = {key: label for key, label in _SHARES.items() if f"n_{key}" in frame}
    groups = tuple(
        Rows(
            f"{scale_of(study)}, {visit_name(study.baseline, study)} to {visit_name(str(visit), study)}",
            tuple(
                (
                    str(line["sample"]), str(line["participants"]), str(line["n"]),
                    mean_and_sd(line["mean"], line["sd"]), quartiles(line),
                    *(_share(line, key) for key in shares),
                )
                for line in own.to_dict("records")
            ),
        )
        for visit, own in frame.groupby("visit", sort=False)
    )  # fmt: skip
    labels = ("Sample", "Participants", "Pairs", "Mean (SD)", "Median (quartiles)", *shares.values())
    of_whom = "Change of the score, in points, of participants with a score at both visits (pairs)"
    said = [label.lower() for label in shares.values()]
    told = f"; {' and '.join(said)} at {visit_name(study.follow_up, study)}: observed, of the pairs" if said else ""
    return Table("descriptives_change", f"{of_whom}{told}.", columns_of(labels), groups, frame)


def _marker(study: Study, visits: tuple[str, ...]) -> Table:
    frame = marker_frame(study, visits)
    groups = tuple(
        Rows(
            f"{marker} at {visit_name(str(visit), study)} [{unit}]",
            tuple(
                (
                    str(line["sample"]),
                    *(str(line[key]) for key in ("participants", "measured", "beyond_limits", "missing")),
                    quartiles(line),
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
    caption = (
        f"Markers as measured. Median and quartiles are of all values, {BOUNDED}. Geometric mean and geometric "
        "standard deviation are given where no value is beyond a limit: without such values they would be those of a "
        "selected part."
    )
    return Table("descriptives_marker", caption, columns_of(labels), groups, frame)


def _quantile(line: Line, name: str) -> str:
    return bounded(line[name], line.get(f"{name}_bound", ""))


def _share(line: Line, key: str) -> str:
    value = line[f"share_{key}"]
    return ABSENT if pd.isna(value) else f"{share(value)} ({int(line[f'n_{key}'])})"
