"""Columns that identify people, and those that only look a little like it."""

import pytest

from cochange.data.inspection.privacy import kind_of_private

BY_NAME = {
    "e-mail addresses": ["email", "E-mail", "e_post", "epost", "mail", "EmailAddress", "E-Mail-Adresse"],
    "phone numbers": [
        "phone",
        "Telefon",
        "mobil",
        "telephone number",
        "telefonnummer",
        "tel",
        "Handy",
        "phone_2",
        "ec_phone",
    ],
    "personal numbers": [
        "personnummer",
        "pnr",
        "person_nr",
        "SSN",
        "Sozialversicherungsnummer",
        "NHS number",
        "cpr-nr",
    ],
    "initials": ["initials", "Initialer", "Initialen"],
    "birth dates": ["dob", "birth_date", "födelsedatum", "Geburtsdatum", "DateOfBirth", "gebdat"],
    "addresses": ["address", "adress", "Straße", "Anschrift"],
    "names": [
        "next_of_kin_contact_name",
        "name",
        "first name",
        "LastName",
        "surname",
        "namn",
        "förnamn",
        "Efternamn",
        "Vorname",
        "patient_name",
        "name_last",
    ],
    "dates": ["date", "visit_date", "VisitDate", "besöksdatum", "Datum", "date_12", "provdatum", "visitdt"],
}

BY_CONTENT = {
    "e-mail addresses": ["anna@example.se", "bo.ek@mail.example.com", "c@example.org"],
    "personal numbers": ["811228-9874", "19670919-9530", "8112289874"],
    "dates": ["2016-03-01", "2016-3-14", "2017-12-31"],
    "phone numbers": ["+46 70 123 45 67", "070-123 45 67", "+49 (30) 1234567"],
}

OTHER_DATES = [
    ["1.3.2016", "14.3.2016", "31.12.2017"],
    ["03/01/16", "03/14/16", "12/31/17"],
    ["20160301", "20160314", "20171231"],
    ["1 Mar 2016", "14-MAY-2016", "31dec17"],
    ["2016-03-01 10:30", "2016-03-14T08:00:00", "2017-12-31"],
]

INNOCENT = {
    "il6_name": ["a", "b", "c"],
    "drug_name": ["a", "b", "c"],
    "site_name": ["North", "South", "East"],
    "redcap_event_name": ["baseline_arm_1", "week12_arm_1", "baseline_arm_1"],
    "age": ["31", "44", "52"],
    "arm": ["A", "B", "A"],
    "il6_post": ["1.2", "3.4", "0.7"],
    "madrs_initial": ["31", "22", "25"],
    "update": ["1", "2", "3"],
    "candidate": ["1", "0", "1"],
    "id": ["001-0001", "001-0002", "002-0001"],
    "seqn": ["130378", "130379", "130380"],
    "number": ["1234567890", "2345678901", "3456789012"],
    "crp": ["0.12", "10.11", "3.4"],
    "crp_de": ["0,12", "10,11", "3,4"],
    "birth_weight": ["3400", "2950", "4100"],
    "cell_count": ["1", "2", "3"],
    "telomere": ["1", "2", "3"],
    "week": ["0", "12", "24"],
    "": ["", "", ""],
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in BY_NAME.items() for name in names])
def test_a_name_is_enough(kind: str, name: str) -> None:
    assert kind_of_private(name, []) == kind


@pytest.mark.parametrize("kind", BY_CONTENT)
def test_what_a_column_holds_is_enough(kind: str) -> None:
    assert kind_of_private("x", [*BY_CONTENT[kind], ""]) == kind
    assert kind_of_private("x", BY_CONTENT[kind][:2]) is None
    assert kind_of_private("x", [*BY_CONTENT[kind], "unknown"]) is None


@pytest.mark.parametrize("texts", OTHER_DATES, ids=lambda texts: texts[0])
def test_dates_are_known_in_every_spelling(texts: list[str]) -> None:
    assert kind_of_private("x", texts) == "dates"


@pytest.mark.parametrize("name", INNOCENT)
def test_nothing_is_made_of_other_columns(name: str) -> None:
    assert kind_of_private(name, INNOCENT[name]) is None


@pytest.mark.parametrize(("number", "valid"), [("8112289874", True), ("8112289875", False), ("8113289874", False)])
def test_ten_digits_are_a_personal_number_by_their_date_and_check_digit(number: str, valid: bool) -> None:
    assert (kind_of_private("x", [number] * 3) is not None) == valid


def test_a_column_of_the_file_that_nobody_reads_is_told_and_goes_nowhere(wide) -> None:
    wide.table["epost"] = [f"p{i}@example.org" for i in range(24)]
    study = wide.read()
    (notice,) = study.notices
    assert (notice.column, notice.caution) == ("epost", False)
    assert str(notice) == "trial.csv, column epost: looks like e-mail addresses: it is not read and enters no output"
    assert "epost" not in set(study.audit.records["column"])
    assert not study.audit.records.astype(str).apply(lambda column: column.str.contains("example.org")).any().any()
    assert "example.org" not in str(study.data.to_dict())


def test_an_identifier_that_is_a_personal_number_is_a_caution_until_there_are_pseudonyms(wide) -> None:
    numbers = [f"7001{i + 1:02d}-1234" for i in range(24)]
    wide.table["id"] = numbers
    (notice,) = wide.read().notices
    assert (notice.column, notice.caution) == ("id", True)
    assert "pseudonyms = true" in notice.message
    wide.spec["data"]["pseudonyms"] = True
    study = wide.read()
    assert study.notices == ()
    assert study.data["participant"].to_numpy().tolist() == [f"P{i + 1:03d}" for i in range(24)]
    assert not set(numbers) & set(study.audit.records.astype(str).to_numpy().ravel())


def test_another_declared_column_is_a_caution(wide) -> None:
    wide.table["born"] = [f"19{70 + i}-03-01" for i in range(24)]
    wide.spec["sites"]["column"] = "born"
    (notice,) = wide.read().notices
    assert (notice.column, notice.caution) == ("born", True)
    assert "looks like dates, and is read as the study file says" in notice.message


def test_pseudonyms_follow_the_order_of_the_file_and_hold_together_the_rows_of_a_participant(long) -> None:
    plain = long.read()
    long.spec["data"]["pseudonyms"] = True
    study = long.read()
    renamed = plain.data.assign_coords(participant=study.data["participant"])
    assert study.data.identical(renamed)
    assert study.data["participant"].to_numpy()[:2].tolist() == ["P001", "P002"]


def test_a_blank_identifier_is_still_found_and_no_identifier_stands_in_a_fault(wide) -> None:
    wide.spec["data"]["pseudonyms"] = True
    wide.table.loc[3, "id"] = ""
    assert wide.only_fault().required == "an identifier"
    wide.table.loc[3, "id"] = "001"
    assert "'P001' in 2 rows" in wide.only_fault().found
