"""Whom models leave out: those who lack a value, and apart from them those whose predictor lies beyond its limit."""

from collections import Counter
from collections.abc import Sequence

from cochange.inference.kinds import SLOPE, kinds_of
from cochange.inference.results import Results
from cochange.inference.unused import scenarios_nobody_gives
from cochange.reports.labels import is_compared, is_contrast, listed, with_visit_names
from cochange.reports.numbers import share, with_counts

# What the note of a limit says of any model; that the slope of a straight line is unbiased stands before it.
OF_THOSE_LEFT = ", and means, shares and comparisons of arms are those of the participants left"
# Over this share of the participants, those left out are told with the reasons where the answers stand.
MANY = 0.2


def beyond_limit(model: str, results: Results) -> int:
    """How many a model leaves out for the limit of detection of a predictor, each under the first reason that holds."""
    return sum("limit of detection" in reason for reason in results.selections[model].left_out.values())


def without_value(model: str, marker: str, results: Results) -> int:
    """How many a model leaves out because they have no value of the marker."""
    given = results.selections[model].left_out.values()
    return sum(reason.startswith(f"no {marker} value at") for reason in given)


def without_follow_up(model: str, results: Results) -> int:
    """How many a model leaves out because they have no score at follow-up, each under the first reason that holds."""
    study = results.study
    given = list(results.selections[model].left_out.values())
    return 0 if study.scale is None else given.count(f"no {study.scale.name} at {study.follow_up}")


def leaving_out(models: Sequence[str], several: str) -> str:
    """That models leave out whoever lacks a value: one by its name, several as given."""
    subject, leave, they_need = (
        (models[0], "leaves", "it needs") if len(models) == 1 else (several, "leave", "they need")
    )
    return f"{subject} {leave} out participants without the values {they_need}, as missing at random."


def selected(models: Sequence[str], results: Results) -> str:
    """That a predictor beyond its limit is no value missing at random; empty where nobody is left out for one."""
    counts = {name: beyond_limit(name, results) for name in models}
    told = [f"{number} by {name}" for name, number in counts.items() if number]
    if not told:
        return ""
    return (
        f"Those left out for a predictor beyond its limit of detection ({listed(told)}) are not among these: they are "
        "selected by the value of the predictor, and estimates speak for measurable values."
    )


def without(results: Results) -> str:
    """How many the fitted models leave out; empty where they use everyone."""
    told = [
        f"{len(chosen.left_out)} of {len(chosen.left_out) + len(chosen.used)} by {name}"
        for name, chosen in results.selections.items()
        if chosen.left_out and name not in results.not_fitted
    ]
    return f"Participants left out: {', '.join(told)}." if told else ""


def many(results: Results) -> list[str]:
    """Why the models that leave out over a fifth of the participants do so, and of whom they speak; a line a model."""
    said = []
    for name, chosen in results.selections.items():
        used, left = len(chosen.used), len(chosen.left_out)
        if name in results.not_fitted or left <= MANY * (used + left):
            continue
        reasons = with_counts(Counter(chosen.left_out.values()))
        said.append(
            f"{name} analyses {used} of the {used + left} participants included and leaves out {left} "
            f"({share(left / (used + left))}), each counted under the first reason that applies ({reasons}). Its "
            f"answers are those of the {used}."
        )
    return said


def notes(results: Results) -> list[str]:
    """What the models say of whom they use, and what is asked of those who left and not answered, a line for each.

    Visits of which the same is said share a line.
    """
    said = [f"The study file: {notice.message}." for notice in scenarios_nobody_gives(results.study, results.models)]
    for name, chosen in results.selections.items():
        by_rest: dict[str, list[str]] = {}
        for note in chosen.notes:
            counted, _, rest = _for_the_model(note, name, results).partition(". ")
            by_rest.setdefault(rest or counted, []).append(counted)
        for rest, counts in by_rest.items():
            text = ". ".join(counts)
            said.append(f"{name}: {text}" if rest in counts else f"{name}: {text}. {rest}")
    return said


def _for_the_model(note: str, model: str, results: Results) -> str:
    """A note in the words of the study: with what the model estimates of it, its visits as printed."""
    rows = [row for row in results.estimates if row.model == model]
    kinds = kinds_of(rows, besides=SLOPE)
    if kinds or not kinds_of(rows):
        are = "is that" if len(kinds) == 1 and not kinds[0].endswith("s") else "are those"
        said = f", and its {listed(kinds or ['estimates'])} {are} of the participants left"
        if is_compared(results.study) and any(map(is_contrast, rows)):
            before = f"values at {results.study.baseline} lie" in note
            said += ", among whom arms are as randomised" if before else ", who are no longer as randomised"
    else:
        said = ""
    return with_visit_names(note, results.study).replace(OF_THOSE_LEFT, said)
