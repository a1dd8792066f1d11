"""Identifiers as the study knows them: with their leading zeros, and as numbers where no output may hold them."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from cochange.data.faults import Notice
from cochange.data.reading.date_texts import is_date
from cochange.data.reading.formula_errors import is_formula_error
from cochange.data.reading.open_files import Opened
from cochange.data.reading.sources import NO_IDENTIFIER
from cochange.data.reading.spellings import SHOWN, groups_alike, plain_identifier, with_rows
from cochange.data.words import MISSING

FEWEST_DIGITS = 3


def with_identifiers(opened: list[Opened], pseudonyms: bool) -> list[Opened]:
    """Fill in leading zeros, and replace identifiers by pseudonyms, where the study file asks for it.

    Parameters
    ----------
    opened : list of Opened
        The files, the main one first, with their columns of identifiers present.
    pseudonyms : bool
        Whether participants are called P001, P002 and so on, in the order of the main file. Who stands in a joined file
        only gets a number after them.

    Returns
    -------
    list of Opened
        Blank and missing identifiers stay as they are, to be found.
    """
    texts = [_filled(own) for own in opened]
    if pseudonyms:
        numbers = _numbered(
            text for own, column in zip(opened, texts, strict=True) for text in column if text not in _blank(own)
        )
        texts = [[numbers.get(text, text) for text in column] for column in texts]
    return [_with_column(own, column) for own, column in zip(opened, texts, strict=True)]


def alike_identifiers(opened: list[Opened], pseudonyms: bool) -> list[Notice]:
    """Find identifiers that may be one person's: they differ in case, blanks, leading zeros or marks alone.

    Parameters
    ----------
    opened : list of Opened
        The files, as for `with_identifiers`.
    pseudonyms : bool
        Whether messages may not show identifiers.

    Returns
    -------
    list of Notice
        At most one.
    """
    parts = [own.table.places.assign(text=_filled(own)) for own in opened]
    cells = pd.concat([part[~part["text"].isin(_blank(own))] for own, part in zip(opened, parts, strict=True)])
    errors = [text for text in cells["text"].unique() if is_formula_error(text)]
    cells = cells[~cells["text"].isin(errors)].reset_index(drop=True)
    groups = groups_alike(cells["text"], plain_identifier)
    if not groups:
        return []
    shown = "; ".join(with_rows(each, cells, cells["text"], hidden=pseudonyms) for each in groups[:SHOWN])
    more = f"; and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
    zeros = " (identifier_digits fills in zeros)" if all(text.isdecimal() for each in groups for text in each) else ""
    message = (
        f"identifiers that differ in case, blanks, leading zeros or marks alone are taken for different participants: "
        f"{shown}{more}. If they are one person's, write them alike in the data{zeros}"
    )
    first = cells[cells["text"] == groups[0][0]].iloc[0]
    return [Notice(str(first["file"]), opened[0].data.participant, message)]


def odd_identifiers(opened: list[Opened], pseudonyms: bool) -> list[Notice]:
    """Find identifiers that stand for none, such as "NA", and dates that a spreadsheet made of others.

    Parameters
    ----------
    opened : list of Opened
        The files, as for `with_identifiers`.
    pseudonyms : bool
        Whether messages may not show identifiers.

    Returns
    -------
    list of Notice
        At most two for each file.
    """
    notices = []
    for own in opened:
        cells = own.table.places.assign(text=own.table.cells[own.data.participant])
        cells = cells[~cells["text"].isin(_blank(own))]
        texts = cells["text"].unique().tolist()
        none = [text for text in texts if text.lower() in MISSING]
        dates = [text for text in texts if is_date(text)]
        says = {
            f" taken for the identifier of a participant. If it stands for none, {NO_IDENTIFIER}": none,
            ": a date among identifiers of another form. Spreadsheets turn identifiers such as 3-8 into dates: look it "
            "up at its source": dates if 2 * len(dates) < len(texts) else [],
        }
        for message, found in says.items():
            if found:
                shown = with_rows(found[:SHOWN], cells, cells["text"], hidden=pseudonyms)
                more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
                notices.append(Notice(own.table.file, own.data.participant, f"{shown}{more}{message}"))
    return notices


def _filled(own: Opened) -> list[str]:
    texts = own.table.cells[own.data.participant].tolist()
    digits = own.data.identifier_digits
    if digits is None:
        return texts
    return [text.zfill(digits) if text.isdecimal() and text not in _blank(own) else text for text in texts]


def _blank(own: Opened) -> tuple[str, ...]:
    return ("", *own.data.missing)


def _numbered(texts: Iterable[str]) -> dict[str, str]:
    known = list(dict.fromkeys(texts))
    digits = max(FEWEST_DIGITS, len(str(len(known))))
    return {text: f"P{number:0{digits}d}" for number, text in enumerate(known, start=1)}


def _with_column(own: Opened, texts: list[str]) -> Opened:
    cells, column = own.table.cells, own.data.participant
    changed = sum(old != new for old, new in zip(cells[column], texts, strict=True))
    facts = dict(own.table.facts)
    if own.data.identifier_digits is not None and not own.data.pseudonyms:
        facts["identifiers"] = f"filled with zeros to {own.data.identifier_digits} digits ({changed} changed)"
    identifiers = pd.Series(texts, index=cells.index, dtype="object")
    return replace(own, table=replace(own.table, cells=cells.assign(**{column: identifiers}), facts=facts))
