"""The tables of a drafted study file for what was measured, in whom."""

from collections.abc import Iterator, Mapping

from cochange.data.inspection.found_numbers import found_numbers
from cochange.data.inspection.guess import Guess
from cochange.data.inspection.item_tables import item_lines
from cochange.data.inspection.limit_columns import SIDES, Side, limit_remarks
from cochange.data.inspection.look import Column
from cochange.data.inspection.outcomes import Outcome
from cochange.data.inspection.remarks import marker_remarks
from cochange.data.inspection.toml_text import comments, key_line
from cochange.data.names import listing
from cochange.data.scales import KNOWN_SCALES
from cochange.data.specification.blanks import blank

_NO_MARKER = """\
[[marker]]  # one such table for each marker; none was found by its name
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]"""
_NO_SYMPTOM = """\
[symptom]  # none was found by its name
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]"""


def marker_blocks(guess: Guess) -> Iterator[list[str]]:
    """One table for each marker; a template where none was found."""
    for marker in guess.outcomes.markers:
        remarks = [
            f"{column.name}: {remark}"
            for column in marker.columns
            for remark in marker_remarks(column, guess.mark_of(column))
        ]
        if marker.logged:
            remarks.append("a name speaks of logarithms")
        of_limits = {side: limit_remarks(side, marker, guess.unused) for side in SIDES}
        yield [
            "[[marker]]",
            key_line("name", marker.name, "guessed: from the names of its columns"),
            *_marker_keys(_columns(marker), remarks, of_limits),
        ]
    if not guess.outcomes.markers and guess.outcomes.symptom is None:
        columns = key_line("columns", blank("its columns, a list with one a visit; one column in a long layout"))
        yield ["[[marker]]", key_line("name", blank("the name of the marker")), *_marker_keys(columns, [], {})]
    elif not guess.outcomes.markers:
        yield [f"# {line}" for line in _NO_MARKER.splitlines()]


def _marker_keys(columns: str, remarks: list[str], of_limits: Mapping[Side, list[str]]) -> list[str]:
    scales = "'raw', or 'ln', 'log10', 'log2' or 'log(x+1)' where the columns hold logarithms"
    lines = [
        key_line("unit", blank("the unit of the readings, such as pg/mL or mg/L")),
        key_line("scale", blank(scales)),
        columns,
        *(line for remark in remarks for line in comments(remark)),
    ]
    for side in SIDES:
        limit = f"{side} limit of detection on that scale, a number or a list of one a visit; delete the line if there "
        limit += f"is none, or write {side}_limit_columns, the columns with the limit of each sample, in its place"
        lines += [*of_limits.get(side, ()), key_line(f"{side}_limit", blank(limit))]
    return lines


def _columns(outcome: Outcome) -> str:
    entries = [wells[0].name if len(wells) == 1 else [column.name for column in wells] for wells in outcome.wells]
    reason = "duplicate wells by their names" if any(len(wells) > 1 for wells in outcome.wells) else "by their names"
    return key_line("columns", entries, f"guessed: {reason}")


def symptom_block(guess: Guess) -> list[str]:
    """The symptom score; a template where none was found."""
    symptom = guess.outcomes.symptom
    if symptom is None:
        return [f"# {line}" for line in _NO_SYMPTOM.splitlines()]
    known = KNOWN_SCALES[symptom.name]
    reason = "guessed: from the names of its columns"
    if not symptom.has_items:
        reason += f"; {found_numbers(symptom.columns, guess)}, the scale has {known.lower:g} to {known.upper:g}"
    lines = ["[symptom]", key_line("scale", symptom.name, reason)]
    if known.remission is None:
        wanted = "the remission cut, a number at or under which it is remission; delete the line to do without"
        lines.append(key_line("remission", blank(wanted)))
    else:
        lines += comments(f"remission = {known.remission:g} if you give no other cut")
    lines += item_lines(symptom, guess) if symptom.has_items else [_columns(symptom)]
    for other in guess.outcomes.other_scales:
        names = listing(column.name for column in other.columns)
        lines += comments(f"Also found: {other.name} in {names}; a study file has one [symptom]")
    for items in guess.outcomes.items_beside:
        names = " and ".join(f"'{part[0].name}' to '{part[-1].name}'" for part in items.columns.values())
        lines += comments(f"Also found: the items of {items.scale} in {names}, beside its totals")
    return lines


def people_blocks(guess: Guess) -> Iterator[list[str]]:
    """Arms, groups, sites, plates and covariates, as far as they were found."""
    people = guess.people
    if people.arm is not None:
        levels = listing(sorted(set(people.arm.given)))
        control = blank(f"the arm that others are compared with, of {levels}; delete the line for the first of them")
        lines = ["[arms]", _level_line(people.arm), key_line("control", control)]
        note = comments("Delete this table if the design is a single arm.")
        # A study with one visit is cross-sectional, and has no arms.
        yield [f"# {line}" for line in lines] if len(guess.visits) == 1 else [*note, *lines]
    if people.group is not None:
        yield ["[groups]", _level_line(people.group)]
    if people.site is not None:
        yield ["[sites]", _level_line(people.site)]
    if people.plates:
        yield ["[plates]", key_line("columns", [column.name for column in people.plates], "guessed: by name")]
    if people.numeric or people.categorical:
        found = {"numeric": people.numeric, "categorical": people.categorical}
        yield [
            "[covariates]",
            *comments("Every model takes them into account: keep those that were chosen beforehand."),
            *(
                key_line(kind, [column.name for column in columns], "guessed: by name, and complete")
                for kind, columns in found.items()
                if columns
            ),
        ]
    if people.incomplete:
        names = listing(column.name for column in people.incomplete)
        yield comments(f"Covariates that are not complete, so cannot be used as they are: {names}")


def _level_line(column: Column, key: str = "column") -> str:
    levels = len(set(column.given))
    values = f"{levels} different values" if levels > 1 else "one value"
    return key_line(key, column.name, f"guessed: by name, with {values}")


def inclusion_block(guess: Guess) -> list[str]:
    """The rule of inclusion, where a screening score was found."""
    screening = guess.outcomes.screening
    if screening is None:
        return []
    threshold = blank(f"the threshold: included were scores above it; {found_numbers(screening.columns, guess)}")
    return [
        *comments("Delete this table if participants were not included by this score."),
        "[inclusion]",
        key_line("score", screening.name, "guessed: from the name of its column, which has no later visit"),
        key_line("column", screening.columns[0].name),
        key_line("above", threshold),
    ]


def missing_block(guess: Guess) -> list[str]:
    """What values after leaving are taken to be, where a column of reasons was found."""
    reason = guess.people.reason
    if reason is None or len(guess.visits) == 1:
        return []
    scenarios = "the scenarios, a list of 'missing at random' and, with arms, 'jump to reference', 'copy reference' or "
    scenarios += "'copy increments in reference'; delete the line where an intercurrent event you add names reasons"
    return [
        *comments("Delete this table if it is not to be asked what follows if those who left are different."),
        "[missing_data]",
        _level_line(reason, key="reason"),
        key_line("compare", blank(scenarios)),
        *comments(
            "Nothing uses the reasons unless an intercurrent event names some: [[estimand.intercurrent_events]] with "
            f"'reasons', of {listing(sorted(set(reason.given)))}"
        ),
    ]
