import math

import pytest

from cochange.data.reading.readings import Reading, parse_reading


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("1.5", "number", 1.5),
        ("-0.3", "number", -0.3),
        (".5", "number", 0.5),
        ("5.", "number", 5.0),
        ("1e-3", "number", 0.001),
        ("<0.16", "below", 0.16),
        ("< 0.16", "below", 0.16),
        ("≤0.16", "below", 0.16),
        ("<=0.16", "below", 0.16),
        (">200", "above", 200.0),
        ("≥ 200", "above", 200.0),
        (">=200", "above", 200.0),
    ],
)
def test_numbers_and_signed_numbers(text: str, kind: str, number: float) -> None:
    reading = parse_reading(text)
    assert (reading.kind, reading.number) == (kind, number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<LOD", "below range"),
        ("< lloq", "below range"),
        ("n.d.", "below range"),
        ("ND", "below range"),
        ("OOR <", "below range"),
        ("OOR<", "below range"),
        (">ULOQ", "above range"),
        ("OOR >", "above range"),
        ("1,5", "other decimal mark"),
        ("<0,16", "other decimal mark"),
        ("---", "unreadable"),
        ("1.2.3", "unreadable"),
        ("nan", "unreadable"),
        ("inf", "unreadable"),
        ("1 000", "thousands mark"),
        ("1,234.5", "thousands mark"),
        ("> 1'234'567", "thousands mark"),
        ("***", "unreadable"),
        ("0x10", "unreadable"),
        ("1_0", "unreadable"),
        (".", "unreadable"),
        ("<", "unreadable"),
        ("12 pg/mL", "unreadable"),
    ],
)
def test_marks_and_what_cannot_be_read(text: str, kind: str) -> None:
    reading = parse_reading(text)
    assert reading.kind == kind
    assert math.isnan(reading.number)


def test_a_starred_number_is_extrapolated() -> None:
    assert parse_reading("* 1.23") == Reading("extrapolated", 1.23)


@pytest.mark.parametrize(
    ("text", "kind"), [("0,11", "number"), ("< 0,11", "below"), ("0.11", "other decimal mark"), ("7", "number")]
)
def test_decimal_commas(text: str, kind: str) -> None:
    assert parse_reading(text, decimal=",").kind == kind
