"""The draft of a study file: what was guessed, with its reason, and blanks for what is the user's to decide."""

from collections.abc import Iterator

from cochange.data.inspection.guess import Guess
from cochange.data.inspection.look import Look, TextFormat
from cochange.data.inspection.measured_tables import (
    inclusion_block,
    marker_blocks,
    missing_block,
    people_blocks,
    symptom_block,
)
from cochange.data.inspection.toml_text import comments, key_line
from cochange.data.names import listing
from cochange.data.reading.formats.delimited import DELIMITER_NAMES
from cochange.data.specification.blanks import BLANK, blank
from cochange.data.specification.file_formats import format_of, formats_with


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
        *marker_blocks(guess),
        symptom_block(guess),
        *people_blocks(guess),
        inclusion_block(guess),
        missing_block(guess),
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
        lines += [key_line("visits", guess.visits, reason), *_further_visits(guess)]
    else:
        lines.append(key_line("visits", blank("the visits in order, a list of texts")))
    reason = "guessed: more numbers have it" if guess.decimal == "," else "guessed: no more numbers have a comma"
    lines.append(key_line("decimal", guess.decimal, reason))
    if guess.decimal_columns:
        reason = "guessed: more numbers of these columns have it"
        lines.append(key_line("decimal_columns", guess.decimal_columns, reason))
    if look.text_format is not None:
        lines += _text_format(look.text_format)
    if look.sheet is not None:
        lines.append(key_line("sheet", look.sheet, "as asked for"))
    if look.header_row is not None:
        lines.append(
            key_line("header_row", look.header_row, "guessed: the first of the rows with the most cells filled")
        )
    lines += _unit_rows(look)
    kind = guess.private.get(participant)
    if look.footer:
        begins = "" if kind is not None else f", beginning with {listing(look.footer, 4)}"
        last = "the last row is" if len(look.footer) == 1 else "the last rows are"
        reason = f"guessed: {last} written unlike the others{begins}"
        lines.append(key_line("footer_rows", len(look.footer), reason))
    if guess.codes:
        lines += comments(f"Where a number or a level should stand: {'; '.join(guess.codes)}")
    wanted = "the codes for a missing value, a list of texts, or [] for none; a blank cell is always missing"
    lines.append(key_line("missing", blank(wanted)))
    if kind is not None:
        lines.append(key_line("pseudonyms", True, f"guessed: the identifiers look like {kind}"))
    return lines


def _further_visits(guess: Guess) -> Iterator[str]:
    """How to add visits at which some outcomes were measured and others were not."""
    if not guess.outcomes.further:
        return
    found = "; ".join(
        f"{name} ({listing(column.name for column in columns)})" for name, columns in guess.outcomes.further.items()
    )
    yield from comments(
        f"Columns for further visits, at which not every outcome was measured: {found}. Of the models that ship only "
        "repeated_measures and growth analyse more than two visits. To add such a visit, give the data file an empty "
        "column for each outcome that was not measured there; name the visit here, and its column under each outcome."
    )


def _unit_rows(look: Look) -> Iterator[str]:
    """What to do with rows of units: no key leaves them out that is not the user's to write."""
    if not look.unit_rows:
        return
    one, last = len(look.unit_rows) == 1, look.unit_rows[-1]
    said = f"Row {last} looks" if one else f"Rows {', '.join(map(str, look.unit_rows))} look"
    said += f" like a row of units ({listing(look.units, 6)}), and {'is' if one else 'are'} not counted as data here. "
    said += f"`cochange check` refuses {'it' if one else 'them'}: delete {'it' if one else 'them'} from the file"
    if format_of(look.path.name) not in formats_with("header_row"):
        yield from comments(f"{said}.")
    elif look.unnamed:
        names = f"a list of the names of all {len(look.columns) + look.unnamed} columns in order"
        yield from comments(f"{said}, or write header_row = {last} with column_names, {names}.")
    else:
        place = "" if look.header_row is None else " in place of the header_row above"
        yield from comments(f"{said}, or write these two lines{place}:")
        yield f"# {key_line('header_row', last)}"
        yield f"# {key_line('column_names', [column.name for column in look.columns])}"


def _text_format(written: TextFormat) -> Iterator[str]:
    if written.delimiter is not None:
        reason = f"guessed: a {DELIMITER_NAMES[written.delimiter]} divides the first lines evenly"
        yield key_line("delimiter", written.delimiter, reason)
    yield key_line("encoding", written.encoding, "guessed: the bytes can be read in it")
    if written.comment is not None:
        yield key_line("comment", written.comment, "guessed: lines of the file begin with it")


def _analysis(guess: Guess) -> list[str]:
    lines = []
    if len(guess.outcomes.markers) > 1:
        markers = listing(marker.name for marker in guess.outcomes.markers)
        lines.append(key_line("marker", blank(f"the marker to analyse, of {markers}; joint_change takes all")))
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
