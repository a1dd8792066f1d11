"""Read REDCap's data dictionary, as its page or its programming interface writes it."""

import re

from cochange.data.dictionary.entries import FORM_STATUS, UNBOUNDED, Dictionary, Entry, plain
from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.reading.formats.delimited import read_text_file
from cochange.data.reading.readings import parse_reading
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import DecimalMark

# By their short name: what the columns of a dictionary are called on the page and in the programming interface.
_HEADS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "least": ("Text Validation Min", "text_validation_min"),
    "greatest": ("Text Validation Max", "text_validation_max"),
    "identifier": ("Identifier?", "identifier"),
}
_OPTIONAL = "form"
_OF_TYPE = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
_WITH_CHOICES = ("radio", "dropdown", "checkbox")
_WITHOUT_COLUMN = "descriptive"
_BOX = {"0": "Unchecked", "1": "Checked"}
_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_NUMBER = re.compile(r"integer|number(?:_\ddp)?(?P<comma>_comma_decimal)?")
_WRITTEN_WITH_POINT = ("calc", "slider")


def parse_dictionary(file: str, content: bytes, encoding: str, wanted: tuple[str, ...]) -> Dictionary:
    """Read a data dictionary.

    Parameters
    ----------
    file : str
        Name of the dictionary.
    content : bytes
        The file, in UTF-8 or else in `encoding`; its delimiter is found from the header.
    encoding : str
        Encoding declared for the data file.
    wanted : tuple of str
        Declared columns, whose choices must be readable.

    Returns
    -------
    Dictionary

    Raises
    ------
    InputError
        When the file is no data dictionary, lists a field twice, or has unreadable choices of a declared column.
    """
    rows = _rows(file, content, encoding)
    faults: list[Fault] = []
    entries: dict[str, Entry] = {}
    first: dict[str, int] = {}
    for place, (row, cells) in enumerate(rows):
        name, form = cells["name"], cells["form"]
        if name in first:
            action = f"delete or rename one of the two; row {first[name]} has it already"
            faults.append(Fault(file, row, name, "a field of its own in each row", f"'{name}' again", action))
        first.setdefault(name, row)
        choices = _choices(cells)
        if choices is None and any(column == name or column.startswith(f"{name}___") for column in wanted):
            required = f"a list of choices for '{name}', each a code of its own, a comma and a label,"
            action = 'write them as in "0, Female | 1, Male", or download the dictionary again'
            faults.append(Fault(file, row, name, required, f"'{cells['choices']}'", action))
        entries |= {entry.name: entry for entry in _entries(cells, choices or {})}
        if form and (place + 1 == len(rows) or rows[place + 1][1]["form"] != form):
            entries[f"{form}_complete"] = Entry(f"{form}_complete", FORM_STATUS, form, _STATUS)
    if faults:
        raise InputError(summarise(faults))
    return Dictionary(file, len(rows), entries)


def _rows(file: str, content: bytes, encoding: str) -> list[tuple[int, dict[str, str]]]:
    """Number and cells of each row, by the short names of its columns; "" where an optional column is absent."""
    heads = tuple(head for both in _HEADS.values() for head in both)
    data = DataTable(file=file, layout="wide", participant="?", visits=("?",), encoding=_encoding(content, encoding))
    table = read_text_file(file, content, data, heads)
    columns = {short: next((head for head in both if head in table.cells), None) for short, both in _HEADS.items()}
    absent = [_HEADS[short][0] for short, head in columns.items() if head is None and short != _OPTIONAL]
    if absent:
        found = f"none called {listing(absent)}"
        action = "name the data dictionary of the project, downloaded as CSV and unchanged, as dictionary"
        raise InputError(
            [Fault(file, table.header_row, None, "a data dictionary of REDCap with all of its columns", found, action)]
        )
    texts = {short: table.cells[head].tolist() if head else [""] * len(table.cells) for short, head in columns.items()}
    rows = [dict(zip(texts, cells, strict=True)) for cells in zip(*texts.values(), strict=True)]
    return [(row, cells) for row, cells in zip(table.cells.index.tolist(), rows, strict=True) if cells["name"]]


def _encoding(content: bytes, declared: str) -> str:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return declared
    return "utf-8"


def _choices(cells: dict[str, str]) -> dict[str, str] | None:
    """Label of each code, empty for a field without choices, None where they cannot be read."""
    if cells["type"] not in _WITH_CHOICES:
        return _OF_TYPE.get(cells["type"], {})
    pairs = [part.partition(",") for part in cells["choices"].split("|") if part.strip()]
    choices = {code.strip(): plain(label) for code, _, label in pairs}
    readable = pairs and all(comma and code.strip() for code, comma, _ in pairs) and len(choices) == len(pairs)
    return choices if readable else None


def _entries(cells: dict[str, str], choices: dict[str, str]) -> list[Entry]:
    """The columns of a field."""
    if cells["type"] == _WITHOUT_COLUMN:
        return []
    name, label, form = cells["name"], plain(cells["label"]), cells["form"]
    identifies = cells["identifier"].lower() in ("y", "yes", "1", "true")
    if cells["type"] == "checkbox":
        return [
            Entry(_name_of_box(name, code), f"{label} (choice={choice})", form, _BOX, identifies=identifies)
            for code, choice in choices.items()
        ]
    mark = _decimal(cells)
    bounds = UNBOUNDED if mark is None else (_bound(cells["least"], mark, 0), _bound(cells["greatest"], mark, 1))
    return [Entry(name, label, form, choices, mark, bounds, identifies)]


def _name_of_box(name: str, code: str) -> str:
    return f"{name}___{re.sub('[^a-z0-9]', '_', code.lower())}"


def _decimal(cells: dict[str, str]) -> DecimalMark | None:
    if cells["type"] in _WRITTEN_WITH_POINT:
        return "."
    number = _NUMBER.fullmatch(cells["validation"]) if cells["type"] == "text" else None
    return None if number is None else "," if number["comma"] else "."


def _bound(text: str, mark: DecimalMark, end: int) -> float:
    number = parse_reading(text, mark).number
    return UNBOUNDED[end] if number != number else number
