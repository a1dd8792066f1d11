"""Levels that are slips of the keyboard or stand for none, and make a group of their own: other spellings, codes."""

from cochange.data.faults import Fault, Notice
from cochange.data.reading.places import first_place
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import NEVER_MISSING, missing_advice
from cochange.data.reading.spellings import groups_alike, plain, with_rows
from cochange.data.reading.variables import Role
from cochange.data.spec import StudySpec
from cochange.data.words import MISSING

_LEVELS: dict[Role, str] = {
    "arm": "an arm",
    "group": "a group",
    "site": "a site",
    "plate": "a plate",
    "covariate": "a level of the covariate",
}
# Of the words for what is missing, those that an arm without treatment may be called.
_TREATMENTS = {"none"}


def levels_told_apart(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find levels of what the models use that are two spellings of one name."""
    faults = []
    for role, what in _LEVELS.items():
        for cells in readout.of(role):
            if role == "covariate" and cells["variable"].iloc[0] in spec.covariates.numeric:
                continue
            given = cells[cells["status"] == "observed"]
            for spellings in groups_alike(given["value"], plain):
                second = given[given["value"] == spellings[1]]
                required = f"{what} whose name differs from others in more than case, blanks and leading zeros"
                found = with_rows(spellings, given, given["value"])
                action = "write them alike in the data if they are one, as no key of the study file joins them; else "
                faults.append(Fault(*first_place(second), required, found, f"{action}rename one of them"))
    return faults


def odd_levels(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which levels may be short for another, are numbers among words, or stand for a missing value elsewhere."""
    notices = []
    for role in _LEVELS:
        for cells in readout.of(role):
            if role == "covariate" and cells["variable"].iloc[0] in spec.covariates.numeric:
                continue
            given = cells[cells["status"] == "observed"]
            levels = given["value"].unique().tolist()
            messages = []
            for short, full in _short_forms(levels):
                shown = with_rows([short, full], given, given["value"])
                action = "If the one is short for the other, write them alike"
                messages.append(f"{shown} are taken for different levels. {action}")
            if numbers := _numbers_among_words(levels):
                shown = with_rows(numbers, given, given["value"])
                action = NEVER_MISSING.get(role, "list it under `missing` of its file")
                messages.append(
                    f"{shown} among words: taken for a level of its own, not for a code. Correct it in the data or, if "
                    f"it stands for a missing value, {action}"
                )
            for text in (level for level in levels if level.lower() in MISSING - _TREATMENTS):
                shown = with_rows([text], given, given["value"])
                action = NEVER_MISSING.get(role, missing_advice(text, readout.data_of(given)))
                messages.append(f"{shown} is taken for a level of its own. If it stands for a missing value, {action}")
            for message in messages:
                file, _, column = first_place(given)
                notices.append(Notice(file, column, message))
    return notices


def _short_forms(levels: list[str]) -> list[tuple[str, str]]:
    """One letter that begins exactly one other level, as F does female."""
    found = []
    for short in levels:
        begun = [full for full in levels if len(full) > 2 and full.casefold().startswith(short.casefold())]
        if len(short) == 1 and short.isalpha() and len(begun) == 1:
            found.append((short, begun[0]))
    return found


def _numbers_among_words(levels: list[str]) -> list[str]:
    numbers = [level for level in levels if parse_reading(level, ".").kind == "number"]
    return numbers if 0 < 2 * len(numbers) < len(levels) else []


def reasons_told_apart(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which reasons of leaving may be one: an intercurrent event concerns the spelling it names alone."""
    notices = []
    for cells in readout.of("reason"):
        given = cells[cells["status"] == "observed"]
        for spellings in groups_alike(given["value"], plain):
            shown = with_rows(spellings, given, given["value"])
            named = f"reasons = [{', '.join(f'"{each}"' for each in spellings)}]"
            message = (
                f"{shown} are taken for different reasons of leaving. If they are one, write them alike in the data, "
                f"or {named} under the [[estimand.intercurrent_events]] they stand for"
            )
            file, _, column = first_place(given)
            notices.append(Notice(file, column, message))
    return notices
