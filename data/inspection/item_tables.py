"""The part of a drafted study file on the items of a scale."""

from cochange.data.inspection.found_numbers import found_numbers
from cochange.data.inspection.guess import Guess
from cochange.data.inspection.outcomes import Outcome
from cochange.data.inspection.toml_text import key_line, list_lines
from cochange.data.scales import KNOWN_SCALES
from cochange.data.specification.blanks import blank


def item_lines(symptom: Outcome, guess: Guess) -> list[str]:
    """Write the columns of a scale's items, and how they make up its total.

    Parameters
    ----------
    symptom : Outcome
        The scale, with the columns of its items.
    guess : Guess
        What the table seems to hold.

    Returns
    -------
    list of str
        The key `columns` of ``[symptom]`` and the table ``[symptom.items]``; what the scale does not say is blank.
    """
    known = KNOWN_SCALES[symptom.name]
    entries = [[column.name for column in part] for part in symptom.wells]
    lines = list_lines("columns", entries, f"guessed: the {known.items} items of {known.name} by their names")
    lines += ["", "[symptom.items]"]
    if known.item_range is not None:
        reason = f"guessed: as an item of {known.name} has; {found_numbers(symptom.columns, guess)}"
        lines.append(key_line("range", list(known.item_range), reason))
    if known.reverse_scored:
        turned = list(known.reverse_scored)
        wanted = f"the items to be turned, {turned} on {known.name}, or [] where the file has turned them already"
        lines.append(key_line("reversed", blank(wanted)))
    wanted = "how many missing items a total may have, a whole number: it is then made from the others; with 0, of none"
    lines.append(key_line("most_missing", blank(wanted)))
    return lines
