"""Recognise columns that identify people, by their names (English, Swedish, German) and by what they hold."""

import re
from collections.abc import Callable, Iterable
from datetime import date

from cochange.data.words import words_of

FEWEST = 3
LEAST_SHARE = 0.8
# Cells looked at, spread over the column.
MOST = 2000

_NUMBER = r"(?:number|no|nummer|nr)"
# Of the words of a column's name, written together without accents, digits at the end left out.
_NAMES = {
    "e-mail addresses": r"e?mails?(?:address|adresse)?|epost(?:adress|en)?",
    "phone numbers": rf"(?:(?:tele|mobile|cell)?phone|mobile?|tel|telefon|handy|ruf){_NUMBER}?(?<!ruf)|tfn",
    "personal numbers": rf"(?:pers|person|personal|personligt|samordnings|journal|cpr|nhs|passport){_NUMBER}"
    rf"|pnr|cpr|ssn|mrn|hetu|kvnr|svnr|steuerid|fodselsnummer|(?:socialsecurity|nationalid|medicalrecord){_NUMBER}?"
    rf"|(?:sozial|kranken)?versich(?:erungs|erten){_NUMBER}|(?:personal)?ausweis{_NUMBER}?",
    "initials": r"(?:patient)?initial(?:s|er|en|erna)",
    "birth dates": r"dob|birth(?:date|day|dt)?|dateofbirth|fodelsed(?:atum|ag|at)|fodd|geburts(?:datum|tag)"
    r"|gebdat(?:um)?",
    "addresses": r"(?:home|street|postal)?address|street|(?:hem|gatu|post)?adress|adresse|anschrift|strasse|wohnort",
    "names": r"(?:first|last|full|given|family|middle|maiden|sur|fore|mothers?|fathers?|patients?|participants?"
    r"|subjects?|persons?|contact|nextofkin|emergency)*names?|names?(?:first|last|full)|(?:for|efter|mellan|patient)?namn|(?:vor|nach|familien|patienten)?name",
    "dates": r"date.*|datum.*|(?!.*(?:up|candi|man|vali)dated?$).*(?:date|datum|dt)",
}
_NAME_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _NAMES.items()}
# Whoever's they are, as in "next_of_kin_phone".
_WHOEVERS = {
    "e-mail addresses": re.compile(r"email|epost"),
    "phone numbers": re.compile(r"phone|telephone|telefon"),
    "addresses": re.compile(r"address|adress|adresse"),
}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\+\d[\d ()/-]{7,}|(?=(?:\D*\d){10})0[1-9]\d{0,4}[ /-][\d /-]{5,}|\(\d{3}\) ?\d{3}-\d{4}")
_NORDIC = re.compile(r"(?P<century>\d{2})?(?P<six>\d{6})(?P<sign>[-+A])?(?P<last>\d{3}[0-9A-Z])")
_OTHER_NUMBERS = re.compile(r"\d{3}-\d{2}-\d{4}|[A-Z]\d{9}")
_DATES = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[ T]\d.*)?|(?P<y2>(?:19|20)\d{2})(?P<m2>\d{2})(?P<d2>\d{2})"
    r"|\d{1,2}([-/.])\d{1,2}\7(?:\d{2}|\d{4})(?: \d.*)?"
    r"|\d{1,2}[- ]?(?:jan|feb|ma[rjiy]|m.r|apr|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*\.?[- ]?\d{2,4}",
    re.IGNORECASE,
)


def kind_of_private(name: str, texts: Iterable[str]) -> str | None:
    """Say what a column holds that identifies people, or None.

    Parameters
    ----------
    name : str
        Name of the column.
    texts : iterable of str
        Its cells; blank ones do not count.

    Returns
    -------
    str or None
        "e-mail addresses", "phone numbers", "personal numbers", "birth dates", "initials", "addresses", "names" or
        "dates". By its name, or because four of five cells (three at least) have the form.

    Examples
    --------
    >>> kind_of_private("E-post", [])
    'e-mail addresses'
    >>> kind_of_private("il6_name", ["A", "B", "C"]) is None
    True
    """
    named = _by_name(name)
    if named is not None:
        return named
    given = [text for text in texts if text]
    if len(given) < FEWEST:
        return None
    given = given[:: -(-len(given) // MOST)]
    for kind, has_form in _FORMS.items():
        if sum(map(has_form, given)) >= LEAST_SHARE * len(given):
            return kind
    return None


def _by_name(name: str) -> str | None:
    words = [word for word in words_of(name) if not word.isdigit()]
    texts = (("".join(words).rstrip("0123456789"), _NAME_PATTERNS), (words[-1] if words else "", _WHOEVERS))
    found = (kind for text, patterns in texts for kind, pattern in patterns.items() if pattern.fullmatch(text))
    return next(found, None)


def _is_personal_number(text: str) -> bool:
    if _OTHER_NUMBERS.fullmatch(text):
        return True
    match = _NORDIC.fullmatch(text)
    if match is None or (match["century"] and match["century"] not in ("19", "20")):
        return False
    first, month, third = (int(match["six"][i : i + 2]) for i in (0, 2, 4))
    # Year, month, day in Sweden and Finland (60 is added to the day of a coordination number), the reverse elsewhere.
    if match["sign"]:
        return _is_day(month, third % 60) or _is_day(month, first)
    return match["last"].isdigit() and _is_day(month, third % 60) and _checks(match["six"] + match["last"])


def _checks(digits: str) -> bool:
    """Whether the last of ten digits is their check digit (Luhn)."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def _is_date(text: str) -> bool:
    match = _DATES.fullmatch(text)
    if match is None:
        return False
    parts = [match["m"] or match["m2"], match["d"] or match["d2"]]
    return _is_day(int(parts[0]), int(parts[1])) if parts[0] and parts[1] else True


def _is_day(month: int, day: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


_FORMS: dict[str, Callable[[str], bool]] = {
    "e-mail addresses": lambda text: _EMAIL.fullmatch(text) is not None,
    "dates": _is_date,
    "personal numbers": _is_personal_number,
    "phone numbers": lambda text: _PHONE.fullmatch(text) is not None,
}
