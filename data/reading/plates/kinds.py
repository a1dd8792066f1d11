"""What a well holds: told by the letter of its type, by a word for it, or by the name of its sample."""

import re

from cochange.data.reading.plates.sheet import Kind

_LETTERS: dict[str, Kind] = {"X": "sample", "S": "standard", "ES": "standard", "C": "control", "B": "blank"}
_TYPE = re.compile(r"(ES|[XSCB])\d*", re.IGNORECASE)
_WORDS: dict[Kind, str] = {
    "sample": "unknowns?|samples?|spl|unk",
    "standard": "standards?|std|calibrators?|cal",
    "control": "(?:quality )?controls?|ctrl|ctl|qc",
    "blank": "blanks?|blk|backgrounds?|bkg|nsb",
}
TYPES_KNOWN = "S (standard), B (blank), C (control) or X (sample), with a number"


def kind_of_type(text: str) -> Kind | None:
    """Return the kind that a type such as ``"S1"`` or ``"Unknown"`` stands for, None when it is not known."""
    if match := _TYPE.fullmatch(text):
        return _LETTERS[match[1].upper()]
    return next((kind for kind, words in _WORDS.items() if re.fullmatch(words, text, re.IGNORECASE)), None)


def kind_of_name(name: str) -> Kind:
    """Return the kind that the name of a sample tells; a sample where it tells none.

    Examples
    --------
    >>> [kind_of_name(name) for name in ("Standard1", "Background0", "Control 2", "Controller")]
    ['standard', 'blank', 'control', 'sample']
    """
    for kind, words in _WORDS.items():
        numbered = rf"(?:{words})[ _-]?(?:\d+|low|medium|high)?(?:[:.]\d+)?"
        if kind != "sample" and re.fullmatch(numbered, name, re.IGNORECASE):
            return kind
    return "sample"
