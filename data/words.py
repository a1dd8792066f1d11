"""The words of a column's name, whatever their spelling: case, separators, accents; words for what is missing."""

import re
import unicodedata

# Words that stand for a missing value in many files.
MISSING = frozenset({"na", "n/a", "nan", "null", "none", "missing", "unknown", "saknas", "fehlt", ".", "-", "--", "?"})
_BOUNDARIES = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[0-9])(?=[A-Z][a-z])|[^a-zA-Z0-9]+")


def words_of(name: str) -> tuple[str, ...]:
    """Split a column's name into lower-case words without accents.

    Parameters
    ----------
    name : str
        Name of a column.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> words_of("FödelseDatum_2")
    ('fodelse', 'datum', '2')
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return tuple(word.lower() for word in _BOUNDARIES.split(plain) if word)
