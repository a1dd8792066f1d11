"""The words of headers and titles: concentrations, readings, statistics, layouts, and the analyte they name."""

import re

_UNIT = r"(?:(?:[pnumfµμ]?g|[pnumµμ]?mol|[km]?I?U)/(?:[dmuµμ]?[lL])|[pnuµμ]M)"
_CONCENTRATION = re.compile(r"conc(?:entrations?)?(?![a-z])", re.IGNORECASE)
_UNIT_WORD = re.compile(rf"(?<![A-Za-z]){_UNIT}(?![A-Za-z/])")
_MEAN = re.compile(r"mean|average|avg", re.IGNORECASE)
_OTHER = re.compile(
    r"cv(?![a-z])|(?<![a-z])sd(?![a-z])|st(?:andar)?d\.? ?dev|(?<![a-z])sem(?![a-z])|in range|recovery"
    r"|(?<![a-z])exp(?:ected)?(?![a-z])|nominal|(?<![a-z])known|conc/dil",
    re.IGNORECASE,
)
_READING = re.compile(
    r"(?<![a-z])o\.?d(?![a-z])|absorbance|optical density|extinction|\d ?nm(?![a-z])|(?<![a-z])a ?\d{3}(?!\d)"
    r"|(?<![a-z])m?fi(?![a-z])|fluorescence|luminescence|(?<![a-z])rlu(?![a-z])|signal",
    re.IGNORECASE,
)
_LAYOUT = re.compile(r"layout|sample|template|plate ?map|well id", re.IGNORECASE)
_DILUTION = re.compile(r"dilution|dil\.? ?factor|conc/dil", re.IGNORECASE)
_FILLERS = re.compile(
    r"(?<![a-z])(?:analyte *:"
    r"|(?:calc(?:ulated)?|obs(?:erved)?|adj(?:usted)?|corr(?:ected)?|final|mean|average|avg)?[. _]*"
    r"conc(?:entrations?)?(?![a-z])\.?(?: (?:of|for|in))?"
    r"|(?:results?(?: (?:of|for))?|obs(?:erved)?|mean|average|avg)(?![a-z]))",
    re.IGNORECASE,
)
REGION = re.compile(r" *\(\d+\)$")


def is_concentration(text: str) -> bool:
    """Say whether a header speaks of measured concentrations of single wells or, failing those, of means."""
    return bool(_CONCENTRATION.search(text) or _UNIT_WORD.search(text)) and not _OTHER.search(text)


def is_mean(text: str) -> bool:
    """Say whether a header or title speaks of means."""
    return _MEAN.search(text) is not None


def is_statistic(text: str) -> bool:
    """Say whether a title speaks of means, coefficients of variation and the like."""
    return is_mean(text) or _OTHER.search(text) is not None


def is_reading(text: str) -> bool:
    """Say whether a header or title speaks of readings of the instrument."""
    return _READING.search(text) is not None and not _CONCENTRATION.search(text)


def is_layout(text: str) -> bool:
    """Say whether a title speaks of samples in their wells."""
    return _LAYOUT.search(text) is not None


def is_dilution(text: str) -> bool:
    """Say whether a header or title speaks of dilutions."""
    return _DILUTION.search(text) is not None


def says_concentration(text: str) -> bool:
    """Say whether a title has the word or a unit of concentration."""
    return bool(_CONCENTRATION.search(text) or _UNIT_WORD.search(text))


def analyte_of(title: str) -> str:
    """Return what is left of a title without unit and the word concentration.

    Parameters
    ----------
    title : str
        A title or the name of a column.

    Returns
    -------
    str
        "" when nothing is left.

    Examples
    --------
    >>> analyte_of("IL-6 concentration (pg/mL)"), analyte_of("Analyte: TNF (45)"), analyte_of("[Concentration]")
    ('IL-6', 'TNF (45)', '')
    """
    without = _FILLERS.sub(" ", _UNIT_WORD.sub(" ", title))
    without = re.sub(r"\( *\)|\[ *\]", " ", without)
    return re.sub(r" {2,}", " ", without).strip(" -\N{EN DASH}:,;_")
