"""The data dictionary itself: its two forms, choices, validation, and files that are none."""

from typing import Any

import pytest

from cochange.data.faults import InputError

INF = float("inf")


def row(name: str, **cells: str) -> list[str]:
    """A field, by the short names of the columns."""
    given = {"form": "f", "section": "", "type": "text", "label": name.title(), "choices": "", "note": ""}
    return [name, *(given | {"validation": "", "least": "", "greatest": "", "identifier": ""} | cells).values()]


def test_the_form_of_the_page_and_that_of_the_interface_say_the_same(dictionary: Any, fields: Any, heads: Any) -> None:
    page, interface = heads
    assert dictionary(fields, page) == dictionary(fields, interface)


def test_every_column_an_export_can_have_is_listed(dictionary: Any, fields: Any) -> None:
    entries = dictionary(fields).entries
    assert list(entries) == [
        *("record_id", "group", "sex", "smokes", "gym___1", "gym____8", "height", "bmi", "town", "enrolment_complete"),
        *("il6", "madrs", "walks", "visit_complete", "effect", "severity", "side_effects_complete"),
    ]
    assert entries["group"].choices == {"1": "Usual care", "2": "Exercise, twice a week"}
    assert entries["smokes"].choices == {"1": "Yes", "0": "No"}
    assert entries["gym____8"].label == "Gym (choice=Never)"
    assert entries["sex"].label == "Sex at birth"
    assert entries["height"].bounds == (1.2, 2.3)
    assert entries["il6"].bounds == (0, INF)
    assert [name for name, entry in entries.items() if entry.identifies] == ["town"]


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        ({"validation": "number"}, "."),
        ({"validation": "number_3dp"}, "."),
        ({"validation": "integer"}, "."),
        ({"validation": "number_comma_decimal"}, ","),
        ({"validation": "number_1dp_comma_decimal"}, ","),
        ({"type": "calc", "choices": "[a] + [b]"}, "."),
        ({"type": "slider", "choices": "sad | happy"}, "."),
        ({"validation": "date_ymd"}, None),
        ({}, None),
    ],
)
def test_the_validation_of_a_field_tells_its_decimal_mark(dictionary: Any, cells: Any, mark: str | None) -> None:
    assert dictionary([row("a", **cells)]).entries["a"].decimal == mark


def test_bounds_of_dates_are_none_of_numbers(dictionary: Any) -> None:
    fields = [row("a", validation="date_ymd", least="1900-01-01"), row("b", validation="number", least="[a]")]
    entries = dictionary(fields).entries
    assert entries["a"].bounds == entries["b"].bounds == (-INF, INF)


def test_a_dictionary_saved_again_by_a_spreadsheet_is_read(dictionary: Any, fields: Any, heads: Any) -> None:
    def cell(text: str) -> str:
        return f'"{text}"'

    fields[3][4] = "Kön"
    content = "\n".join(";".join(map(cell, one)) for one in (heads[0], *fields)).encode("cp1252")
    assert dictionary(content, encoding="cp1252").entries["sex"].label == "Kön"


@pytest.mark.parametrize("choices", ["Female | Male", "0, Female | 0, Male", ", Female | 1, Male", ""])
def test_unreadable_choices_are_a_fault_where_the_study_uses_the_field(dictionary: Any, choices: str) -> None:
    fields = [row("sex", type="radio", choices=choices)]
    with pytest.raises(InputError) as caught:
        dictionary(fields, None, "sex")
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column, fault.found) == ("dictionary.csv", 2, "sex", f"'{choices}'")
    assert dictionary(fields, None, "age").entries["sex"].choices == {}


def test_a_field_listed_twice_is_a_fault(dictionary: Any) -> None:
    with pytest.raises(InputError) as caught:
        dictionary([row("a"), row("b"), row("a", form="g")])
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.found) == (4, "a", "'a' again")


@pytest.mark.parametrize("content", [b"id,il6\n1,2.5\n", b"field_name,field_type,field_label\na,text,A\n"])
def test_a_file_that_is_no_dictionary_is_a_fault(dictionary: Any, content: bytes) -> None:
    with pytest.raises(InputError, match="a data dictionary of REDCap with all of its columns is required"):
        dictionary(content)
