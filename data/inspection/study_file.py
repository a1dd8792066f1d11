"""The draft of a study file: what was guessed, with its reason, and blanks for what is the user's to decide."""

from collections.abc import Iterator

from cochange.data.inspection.guess import Guess
from cochange.data.inspection.look import Column, Look, TextFormat
from cochange.data.inspection.outcomes import Outcome
from cochange.data.inspection.remarks import marker_remarks
from cochange.data.inspection.toml_text import comments, key_line
from cochange.data.names import listing
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.table import DELIMITER_NAMES
from cochange.data.scales import KNOWN_SCALES
from cochange.data.specification.blanks import BLANK, blank

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


def draft(look: Look, guess: Guess, file: str) -> str:
    """Write the draft.

    Parameters
    ----------
    look : Look
        The table as seen.
    guess : Guess
        What it seems to hold.
    file : str
        Where the data file lies, from the study file.

    Returns
    -------
    str
        TOML that `cochange check` refuses until its blanks are filled.
    """
    blocks = [
        _heading(look),
        _study(guess),
        _data(look, guess, file),
        *_markers(guess),
        _symptom(guess),
        *_people(guess),
        _inclusion(guess),
        _analysis(guess),
        _rest(look, guess),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _heading(look: Look) -> list[str]:
    size = f"{look.rows} rows and {len(look.columns) + look.unnamed} columns"
    return [
        *comments(f"Draft of a study file, made by `cochange init` from {size} of {look.path.name}."),
        *comments(
            'What is marked "guessed" rests on the names of columns and on what they hold: correct it where it is '
            f"wrong. What begins with {BLANK} is yours to decide: `cochange check` refuses the file, and lists these "
            "lines, until each is filled in or, where it says so, deleted."
        ),
    ]


def _study(guess: Guess) -> list[str]:
    designs = "'single arm', 'randomised', 'observational' or 'cross-sectional'"
    if guess.visits:
        designs += "; with one visit, the last" if len(guess.visits) == 1 else "; the last is for one visit only"
    return [
        "[study]",
        key_line("title", blank("a title, which heads the report")),
        key_line("design", blank(designs)),
        key_line("treatment", blank("what happened between the visits")),
    ]


def _data(look: Look, guess: Guess, file: str) -> list[str]:
    layout = guess.layout
    reasons = {key: f"guessed: {reason}" for key, reason in layout.reasons.items()}
    participant = blank("the column that identifies participants")
    if layout.participant is not None:
        participant = layout.participant.name
    lines = ["[data]", key_line("file", file), key_line("layout", layout.kind, reasons["layout"])]
    lines.append(key_line("participant", participant, reasons.get("participant", "")))
    if layout.kind == "long":
        visit = layout.visit.name if layout.visit is not None else blank("the column that names the visit")
        lines.append(key_line("visit", visit, reasons.get("visit", "")))
    if guess.visits:
        reason = reasons.get("visits", "guessed: from the names of columns, in this order; call them as you like")
        lines.append(key_line("visits", guess.visits, reason))
    else:
        lines.append(key_line("visits", blank("the visits in order, a list of texts")))
    reason = "guessed: more numbers have it" if guess.decimal == "," else "guessed: no more numbers have a comma"
    lines.append(key_line("decimal", guess.decimal, reason))
    if look.text_format is not None:
        lines += _text_format(look.text_format)
    if guess.codes:
        lines += comments(f"Where a number or a level should stand: {'; '.join(guess.codes)}")
    wanted = "the codes for a missing value, a list of texts, or [] for none; a blank cell is always missing"
    lines.append(key_line("missing", blank(wanted)))
    kind = guess.private.get(participant)
    if kind is not None:
        lines.append(key_line("pseudonyms", True, f"guessed: the identifiers look like {kind}"))
    return lines


def _text_format(written: TextFormat) -> Iterator[str]:
    if written.delimiter is not None:
        reason = f"guessed: a {DELIMITER_NAMES[written.delimiter]} divides the first lines evenly"
        yield key_line("delimiter", written.delimiter, reason)
    yield key_line("encoding", written.encoding, "guessed: the bytes can be read in it")
    if written.comment is not None:
        yield key_line("comment", written.comment, "guessed: lines of the file begin with it")


def _markers(guess: Guess) -> Iterator[list[str]]:
    for marker in guess.outcomes.markers:
        remarks = [
            f"{column.name}: {remark}" for column in marker.columns for remark in marker_remarks(column, guess.decimal)
        ]
        if marker.logged:
            remarks.append("a name speaks of logarithms")
        yield [
            "[[marker]]",
            key_line("name", marker.name, "guessed: from the names of its columns"),
            *_marker_keys(_columns(marker), remarks),
        ]
    if not guess.outcomes.markers and guess.outcomes.symptom is None:
        columns = key_line("columns", blank("its columns, a list with one a visit; one column in a long layout"))
        yield ["[[marker]]", key_line("name", blank("the name of the marker")), *_marker_keys(columns, [])]
    elif not guess.outcomes.markers:
        yield [f"# {line}" for line in _NO_MARKER.splitlines()]


def _marker_keys(columns: str, remarks: list[str]) -> list[str]:
    scales = "'raw', or 'ln', 'log10', 'log2' or 'log(x+1)' where the columns hold logarithms"
    limit = "limit of detection on that scale, a number or a list of one a visit; delete the line if there is none"
    return [
        key_line("unit", blank("the unit of the readings, such as pg/mL or mg/L")),
        key_line("scale", blank(scales)),
        columns,
        *(line for remark in remarks for line in comments(remark)),
        key_line("lower_limit", blank(f"lower {limit}")),
        key_line("upper_limit", blank(f"upper {limit}")),
    ]


def _columns(outcome: Outcome) -> str:
    entries = [wells[0].name if len(wells) == 1 else [column.name for column in wells] for wells in outcome.wells]
    reason = "duplicate wells by their names" if any(len(wells) > 1 for wells in outcome.wells) else "by their names"
    return key_line("columns", entries, f"guessed: {reason}")


def _symptom(guess: Guess) -> list[str]:
    symptom = guess.outcomes.symptom
    if symptom is None:
        return [f"# {line}" for line in _NO_SYMPTOM.splitlines()]
    known = KNOWN_SCALES[symptom.name]
    reason = f"guessed: from the names of its columns; {_found(symptom.columns, guess)}"
    lines = [
        "[symptom]",
        key_line("scale", symptom.name, f"{reason}, the scale has {known.lower:g} to {known.upper:g}"),
    ]
    if known.remission is None:
        wanted = "the remission cut, a number at or under which it is remission; delete the line to do without"
        lines.append(key_line("remission", blank(wanted)))
    else:
        lines += comments(f"remission = {known.remission:g} if you give no other cut")
    lines.append(_columns(symptom))
    for other in guess.outcomes.other_scales:
        names = listing(column.name for column in other.columns)
        lines += comments(f"Also found: {other.name} in {names}; a study file has one [symptom]")
    return lines


def _people(guess: Guess) -> Iterator[list[str]]:
    people = guess.people
    if people.arm is not None:
        levels = listing(sorted(set(people.arm.given)))
        control = blank(f"the arm that others are compared with, of {levels}; delete the line for the first of them")
        lines = ["[arms]", *_level_line(people.arm), key_line("control", control)]
        # A study with one visit is cross-sectional, and has no arms.
        yield (
            [f"# {line}" for line in lines]
            if len(guess.visits) == 1
            else [
                *comments("Delete this table if the design is a single arm."),
                *lines,
            ]
        )
    if people.group is not None:
        yield ["[groups]", *_level_line(people.group)]
    if people.site is not None:
        yield ["[sites]", *_level_line(people.site)]
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


def _level_line(column: Column) -> list[str]:
    return [key_line("column", column.name, f"guessed: by name, with {len(set(column.given))} different values")]


def _inclusion(guess: Guess) -> list[str]:
    screening = guess.outcomes.screening
    if screening is None:
        return []
    threshold = blank(f"the threshold: included were scores above it; {_found(screening.columns, guess)}")
    return [
        *comments("Delete this table if participants were not included by this score."),
        "[inclusion]",
        key_line("score", screening.name, "guessed: from the name of its column, which has no later visit"),
        key_line("column", screening.columns[0].name),
        key_line("above", threshold),
    ]


def _found(columns: tuple[Column, ...], guess: Guess) -> str:
    readings = [parse_reading(text, guess.decimal) for column in columns for text in column.given]
    numbers = [reading.number for reading in readings if reading.kind == "number"]
    return f"found are {min(numbers):g} to {max(numbers):g}" if numbers else "no numbers are found"


def _analysis(guess: Guess) -> list[str]:
    lines = []
    if len(guess.outcomes.markers) > 1:
        markers = listing(marker.name for marker in guess.outcomes.markers)
        lines.append(key_line("marker", blank(f"the marker to analyse, of {markers}")))
    if len(guess.visits) > 2:
        lines.append(key_line("baseline", guess.visits[0], "guessed: the first visit"))
        lines.append(key_line("follow_up", guess.visits[-1], "guessed: the last visit"))
    return ["[analysis]", *lines] if lines else []


def _rest(look: Look, guess: Guess) -> list[str]:
    lines = []
    if guess.unused:
        lines += comments(f"Not named above, so not read: {listing(guess.unused, limit=60)}")
    if look.unnamed:
        lines += comments(f"Columns without a name, or with one that another has too: {look.unnamed}")
    return lines
