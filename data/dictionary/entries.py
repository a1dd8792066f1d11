"""What a data dictionary says of each column that an export of its project can have."""

import re
from dataclasses import dataclass, field

from cochange.data.specification.kinds import DecimalMark

UNBOUNDED = (float("-inf"), float("inf"))
FORM_STATUS = "Complete?"
# Columns of every export, which no dictionary lists, by the label that stands in a labelled header.
SYSTEM_COLUMNS = {
    "Event Name": "redcap_event_name",
    "Repeat Instrument": "redcap_repeat_instrument",
    "Repeat Instance": "redcap_repeat_instance",
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True)
class Entry:
    """A column of an export; a field of checkboxes has one for each of its boxes.

    Attributes
    ----------
    name : str
        Name of the column in a header of names.
    label : str
        What stands in its place in a header of labels.
    form : str
        Form of the field, "" where the dictionary does not tell.
    choices : dict of str to str
        Label of each code; empty where anything may be entered.
    decimal : str or None
        Decimal mark of its numbers, None where the dictionary does not tell.
    bounds : tuple of float
        Least and greatest number that is expected.
    identifies : bool
        Whether the dictionary marks it as identifying people.
    """

    name: str
    label: str
    form: str = ""
    choices: dict[str, str] = field(default_factory=dict)
    decimal: DecimalMark | None = None
    bounds: tuple[float, float] = UNBOUNDED
    identifies: bool = False


@dataclass(frozen=True)
class Dictionary:
    """A data dictionary.

    Attributes
    ----------
    file : str
        Its name, for messages.
    fields : int
        Number of fields it lists.
    entries : dict of str to Entry
        By name, in order, every column an export can have; after those of a form the one of its status.
    """

    file: str
    fields: int
    entries: dict[str, Entry]

    def choices_of(self, column: str) -> dict[str, str]:
        """Label of each code of a column; empty where it is unknown or has none."""
        entry = self.entries.get(column)
        return {} if entry is None else entry.choices


def plain(text: str) -> str:
    """Return a label as an export writes it: without marks of HTML, on one line.

    Examples
    --------
    >>> plain("<b>Weight</b>  (kg)")
    'Weight (kg)'
    """
    return " ".join(_TAG.sub("", text).split())
