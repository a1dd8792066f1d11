"""The table of characteristics at baseline, for the section on the study."""

import pandas as pd

from cochange.data.study import Study
from cochange.reports.baseline import (
    LEVEL,
    MARKER,
    MISSING,
    NUMBERS,
    SITES,
    baseline_frame,
    columns,
    has_characteristics,
)
from cochange.reports.block import Heading, Paragraph, Part, Table, columns_of, grouped
from cochange.reports.descriptives import QUANTILES
from cochange.reports.labels import is_compared, visit_name
from cochange.reports.numbers import ABSENT, decimals_among, fixed, share
from cochange.reports.sections.descriptives import BOUNDED, Line, quartiles

NAME = "baseline_characteristics"


def characteristics(study: Study) -> list[Part]:
    """The participants in all and by arm, or by group where there are no arms."""
    heading = Heading("Characteristics at baseline")
    if not has_characteristics(study):
        lacking = "No covariates, arms, groups, sites or inclusion score are declared to describe the participants by."
        return [heading, Paragraph(lacking)]
    untested = _untested(study)
    return [heading, _table(study), *([Paragraph(untested)] if untested else [])]


def _table(study: Study) -> Table:
    frame = baseline_frame(study)
    # By kind too: a level may be called "missing".
    cells: dict[str, dict[tuple[str, str], list[str]]] = {"": {}}
    numbers = frame[frame["kind"] == NUMBERS].groupby("characteristic")
    decimals = {
        name: (decimals_among(own["sd"]), decimals_among(own[[*QUANTILES]].to_numpy().flat)) for name, own in numbers
    }
    for line in frame.to_dict("records"):
        own = cells.setdefault(_label(line, study), {})
        for label, text in _printed(line, decimals.get(line["characteristic"], (0, 0))):
            own.setdefault((str(line["kind"]), label), []).append(text)
    labels = list(columns(study))
    cells[""]["", "Participants"] = [str(int(mask.sum())) for mask in columns(study).values()]
    rows = {label: [(name, *texts) for (_, name), texts in own.items()] for label, own in cells.items()}
    notes = []
    if (frame["kind"] == LEVEL).any():
        notes.append("of a level, the number and its share of all participants of the column")
    if (frame["kind"] == MARKER).any():
        notes.append(f"of a marker, shares beyond a limit, median and quartiles are of all values given, {BOUNDED}")
    if (frame["kind"] == SITES).any():
        notes.append("sites are those with participants of the column, whose fewest and most of a site are given")
    by = "" if len(labels) == 1 else " and by arm" if "arm" in study.data.coords else " and by group"
    caption = ". ".join([f"Characteristics of the participants included, in all{by}", *map(_sentence, notes)])
    return Table(NAME, f"{caption}.", columns_of(("Characteristic", *labels)), grouped(rows), frame)


def _label(line: Line, study: Study) -> str:
    """What the lines of a characteristic stand under; markers and the score with their visit and unit."""
    name = str(line["characteristic"])
    if not line["unit"]:
        return name
    return f"{name} at {visit_name(study.baseline, study)} [{line['unit']}]"


def _printed(line: Line, decimals: tuple[int, int]) -> list[tuple[str, str]]:
    """The rows a line of the frame makes, each with its text; numbers with the decimals of their row."""
    if line["kind"] in (LEVEL, MISSING):
        return [(str(line["level"]) or "missing", _with_share(line["count"], line["share"]))]
    if line["kind"] == SITES:
        smallest, largest = f"{line['smallest']:.0f}", f"{line['largest']:.0f}"
        sizes = smallest if smallest == largest else f"{smallest} to {largest}"
        return [("Sites", f"{line['sites']:.0f}"), ("Participants of a site", sizes)]
    if line["kind"] == MARKER:
        given = line["measured"] + line["beyond_limits"]
        beyond = line["beyond_limits"] / given if given else float("nan")
        return [
            ("n", f"{given:.0f}"),
            ("Missing", f"{line['missing']:.0f}"),
            ("Median (quartiles)", quartiles(line)),
            ("Beyond a limit", _with_share(line["beyond_limits"], beyond)),
        ]
    lower, median, upper = (fixed(line[name], decimals[1]) for name in ("lower_quartile", "median", "upper_quartile"))
    return [
        ("n", f"{line['n']:.0f}"),
        ("Missing", f"{line['missing']:.0f}"),
        (
            "Mean (SD)",
            f"{fixed(line['mean'], decimals[0])} ({fixed(line['sd'], decimals[0])})" if line["n"] else ABSENT,
        ),
        ("Median (quartiles)", f"{median} ({lower} to {upper})"),
    ]


def _with_share(count: float, of_all: float) -> str:
    return ABSENT if pd.isna(of_all) else f"{count:.0f} ({share(of_all)})"


def _sentence(note: str) -> str:
    return f"{note[:1].upper()}{note[1:]}"


def _untested(study: Study) -> str:
    """Why differences at baseline are not tested; empty where nothing is compared."""
    if is_compared(study):
        return (
            "Differences between the arms at baseline are not tested: arms were randomised, so every difference is "
            "one of chance, and a test of it answers no question."
        )
    if len(columns(study)) > 1:
        return (
            "Differences at baseline are described and not tested: how far they matter depends on their size and on "
            "what the models adjust for, not on a p-value."
        )
    return ""
