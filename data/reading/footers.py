"""Rows under a table that look like a footer: its means, its number of rows, a remark. They are told, never skipped."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.open_files import Opened
from cochange.data.reading.places import count_rows
from cochange.data.reading.readings import Kind, Reading, missing_decision, parse_reading
from cochange.data.reading.set_apart import set_apart
from cochange.data.reading.sources import why_left_out
from cochange.data.spec import StudySpec
from cochange.data.specification.file_formats import format_of, formats_with
from cochange.data.specification.files import DataTable
from cochange.data.words import words_of

# The first word, without accents, of a row that sums up those above it, or remarks on them.
_WORDS = re.compile(
    # English
    r"means?|averages?|median|mode|totals?|sums?|overall|count|n|range|min(?:imum)?|max(?:imum)?"
    r"|sd|std|standard|se|sem|cv|iqr|variance|notes?|sources?|legend|abbreviations"
    # German
    r"|mittel(?:werte?)?|mw|arithmetisches|durchschnitt|modus|(?:gesamt)?summe|(?:ins)?gesamt|anzahl|spannweite"
    r"|standardabw(?:eichung(?:en)?)?|std?abw|standardfehler|varianz|streuung"
    r"|anmerkung(?:en)?|bemerkung(?:en)?|hinweise?|quellen?|legende|fussnoten?|abkurzungen"
    # French
    r"|moyennes?|mediane|totaux|somme|effectifs?|etendue|ecarts?|remarques?"
    # Spanish
    r"|medias?|mediana|promedio|moda|totales|suma|recuento|rango|desviacion|varianza|notas?|fuentes?|leyenda"
    # Swedish
    r"|medel(?:varden?)?|summa|totalt|antal|standardavvikelse|anmarkning|kalla"
)
# For a mean and a sum, where no word is.
_SIGNS = ("\N{LATIN CAPITAL LETTER O WITH STROKE}", "\N{GREEK CAPITAL LETTER SIGMA}", "\N{N-ARY SUMMATION}")
SENTENCE = 4
MOST = 10
_NO_READING: tuple[Kind, ...] = ("unreadable", "thousands mark", "other decimal mark")


def without_footers(opened: list[Opened], spec: StudySpec) -> tuple[list[Opened], list[Fault]]:
    """Set rows that look like a footer apart, so that each is told once and its cells are not told one by one.

    The identifier of such a row is written in another way than all others, and it begins with a word of a footer or
    holds a sentence, or half or more of the row's numbers cannot be read.

    Parameters
    ----------
    opened : list of Opened
        The files, with their columns of identifiers present.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Opened
        Without these rows.
    list of Fault
        One for each file that has any.
    """
    return set_apart(opened, partial(_footers, spec=spec), _words_about)


def last_rows_unlike(identifiers: "pd.Series[str]", unlike: Callable[[Any], bool]) -> list[Any]:
    """Return the labels of the last rows, from the first that is unlike data, if no row above is identified like one.

    Parameters
    ----------
    identifiers : pandas.Series
        Identifiers of the rows of a file, by their labels.
    unlike : callable
        Whether the row of a label is unlike data, see `is_unlike_data`.

    Returns
    -------
    list
        In the order of the file.
    """
    shape = identifiers.map(_shape)
    for place, row in list(enumerate(shape.index))[-MOST:]:
        above, own = set(shape.iloc[:place]), set(shape.iloc[place:])
        if above and not above & own and unlike(row):
            return list(shape.index[place:])
    return []


def is_unlike_data(identifier: str, texts: Iterable[str], readings: Collection[Reading]) -> bool:
    """Whether a row reads like a footer: by its identifier, its texts where it has none, or its numbers."""
    if any(map(_says, [identifier] if identifier else texts)):
        return True
    unread = sum(reading.kind in _NO_READING for reading in readings)
    return unread > 0 and 2 * unread >= len(readings)


def rows_of_words_under(cells: pd.DataFrame) -> pd.Index:
    """Find rows, under all others of their file, that are identified by words where most are by numbers or codes.

    Parameters
    ----------
    cells : pandas.DataFrame
        `file`, `row` and `participant`.

    Returns
    -------
    pandas.Index
        Labels of these cells.
    """
    coded = cells["participant"].str.contains(r"\d")
    if 2 * coded.sum() <= len(cells):
        return cells.index[:0]
    last = cells["row"].where(coded).groupby(cells["file"]).transform("max")
    return cells.index[cells["row"] > last]


def footer_advice(data: DataTable) -> str:
    """Say, as the end of an action, what to do with rows that may be a footer; nothing where no key leaves them out."""
    if format_of(data.file) not in formats_with("footer_rows"):
        return ""
    return f"; if it is no participant but a footer, count it and the rows under it in footer_rows under {data.heading}"


def _footers(own: Opened, spec: StudySpec) -> Iterator[pd.DataFrame]:
    """`file`, `row` and `text` of the last rows of each file that look like a footer."""
    cells, columns = own.table.cells, own.number_columns(spec)

    def unlike(row: Any) -> bool:
        texts = cells.loc[row]
        given = [column for column in columns if missing_decision(texts[column], own.data.missing) is None]
        readings = [parse_reading(texts[column], own.data.decimal_of(column)) for column in given]
        return is_unlike_data(texts[own.data.participant], texts, readings)

    used = own.table.places[why_left_out(own.table, own.data) == ""]
    for _, places in used.groupby("file", sort=False):
        if footer := last_rows_unlike(cells.loc[places.index, own.data.participant], unlike):
            yield places.loc[footer].assign(text=[first_text(cells.loc[row], own.data.participant) for row in footer])


def _says(text: str) -> bool:
    words = words_of(text)
    return text.startswith(_SIGNS) or (
        bool(words) and (_WORDS.fullmatch(words[0]) is not None or len(words) >= SENTENCE)
    )


def _shape(identifier: str) -> str:
    """How an identifier is written: 'P01' and 'P17' alike, 'Mean' otherwise."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", identifier))


def first_text(row: "pd.Series[str]", participant: str) -> str:
    """Return the identifier of a row or, where it has none, its first text."""
    return str(row[participant] or next((text for text in row if text), ""))


def _words_about(own: Opened, footer: pd.DataFrame) -> tuple[str, str]:
    data, one = own.data, len(footer) == 1
    begins = "" if data.pseudonyms else f", beginning with {listing(footer['text'].unique(), 4)}"
    found = f"{count_rows(footer)} that look{'s' if one else ''} like a footer under the table{begins}"
    declared = f"write footer_rows = {(data.footer_rows or 0) + len(footer)} under {data.heading}"
    action = declared if format_of(data.file) in formats_with("footer_rows") else "delete it from the file"
    action = f"if it is one, {action}; if not, write {'its identifier' if one else 'their identifiers'} like the others"
    return found, action
