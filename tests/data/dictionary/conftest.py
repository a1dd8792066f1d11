"""A small REDCap project, exported as codes or as labels, with its data dictionary."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cochange.data.dictionary.entries import Dictionary
from cochange.data.dictionary.parse import parse_dictionary
from cochange.data.faults import Fault, InputError
from cochange.data.read import read_study
from cochange.data.study import Study

N = 24
VISITS = ("baseline_arm_1", "week_12_arm_1")
EVENTS = {"baseline_arm_1": "Baseline", "week_12_arm_1": "Week 12"}
PAGE_HEAD = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
]
INTERFACE_HEAD = [
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
    "text_validation_min",
    "text_validation_max",
    "identifier",
]
FIELDS = [
    ["record_id", "enrolment", "", "text", "Record ID", "", "", "", "", "", ""],
    ["thanks", "enrolment", "", "descriptive", "Thank you", "", "", "", "", "", ""],
    ["group", "enrolment", "", "radio", "Group", "1, Usual care | 2, Exercise, twice a week", "", "", "", "", ""],
    ["sex", "enrolment", "", "dropdown", "<b>Sex</b>  at birth", "0, Female | 1, Male", "", "", "", "", ""],
    ["smokes", "enrolment", "", "yesno", "Smokes", "", "", "", "", "", ""],
    ["gym", "enrolment", "", "checkbox", "Gym", "1, Monday | -8, Never", "", "", "", "", ""],
    ["height", "enrolment", "", "text", "Height (m)", "", "", "number_comma_decimal", "1,2", "2,3", ""],
    ["bmi", "enrolment", "", "calc", "BMI", "round([weight]/([height]^2),1)", "", "", "", "", ""],
    ["town", "enrolment", "", "text", "Place of living", "", "", "", "", "", "y"],
    ["il6", "visit", "", "text", "IL-6 (pg/mL)", "", "", "number_2dp_comma_decimal", "0", "", ""],
    ["madrs", "visit", "", "text", "MADRS", "", "", "integer", "0", "60", ""],
    ["walks", "visit", "", "radio", "Walks", "0, None | 1, Some | 2, Many", "", "", "", "", ""],
    ["effect", "side_effects", "", "text", "Side effect", "", "", "", "", "", ""],
    ["severity", "side_effects", "", "text", "Severity", "", "", "integer", "1", "5", ""],
]
LABELS = {
    "record_id": "Record ID",
    "redcap_event_name": "Event Name",
    "redcap_repeat_instrument": "Repeat Instrument",
    "redcap_repeat_instance": "Repeat Instance",
    "group": "Group",
    "sex": "Sex at birth",
    "smokes": "Smokes",
    "gym___1": "Gym (choice=Monday)",
    "gym____8": "Gym (choice=Never)",
    "height": "Height (m)",
    "bmi": "BMI",
    "town": "Place of living",
    "enrolment_complete": "Complete?",
    "il6": "IL-6 (pg/mL)",
    "madrs": "MADRS",
    "walks": "Walks",
    "visit_complete": "Complete?",
    "effect": "Side effect",
    "severity": "Severity",
    "side_effects_complete": "Complete?",
}
BOX = {"0": "Unchecked", "1": "Checked"}
STATUS = {"0": "Incomplete", "2": "Complete"}
CHOICES = {
    "redcap_event_name": EVENTS,
    "redcap_repeat_instrument": {"side_effects": "Side effects"},
    "group": {"1": "Usual care", "2": "Exercise, twice a week"},
    "sex": {"0": "Female", "1": "Male"},
    "smokes": {"0": "No", "1": "Yes"},
    "gym___1": BOX,
    "gym____8": BOX,
    "walks": {"0": "None", "1": "Some", "2": "Many"},
    **dict.fromkeys(("enrolment_complete", "visit_complete", "side_effects_complete"), STATUS),
}


def comma(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".replace(".", ",")


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@dataclass
class Project:
    """Records, fields and study file of a project, to be changed, exported and read.

    Attributes
    ----------
    truth : dict
        What was entered: by name, one value a participant (and visit).
    """

    folder: Path
    truth: dict[str, Any]
    spec: dict[str, Any]
    records: list[dict[str, str]]
    fields: list[list[str]] = field(default_factory=lambda: [list(one) for one in FIELDS])
    toml: Any = None
    head: list[str] = field(default_factory=lambda: list(PAGE_HEAD))

    def write(self, labelled: bool = False, labelled_header: bool | None = None) -> Path:
        labelled_header = labelled if labelled_header is None else labelled_header
        header = [LABELS[name] if labelled_header else name for name in self.records[0]]
        rows = [
            [CHOICES.get(name, {}).get(text, text) if labelled else text for name, text in record.items()]
            for record in self.records
        ]
        (self.folder / "export.csv").write_text(as_csv([header, *rows]), "utf-8")
        (self.folder / "dictionary.csv").write_text(as_csv([self.head, *self.fields]), "utf-8-sig")
        path = self.folder / "study.toml"
        path.write_text(self.toml(self.spec), "utf-8")
        return path

    def read(self, labelled: bool = False, labelled_header: bool | None = None) -> Study:
        """Read an export as codes, or as labels with the events named by theirs."""
        data = self.spec["data"]
        if labelled:
            data["visits"] = list(EVENTS.values())
        return read_study(self.write(labelled, labelled_header))

    def faults(self, labelled: bool = False, labelled_header: bool | None = None) -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            self.read(labelled, labelled_header)
        return caught.value.faults

    def only_fault(self, labelled: bool = False, labelled_header: bool | None = None) -> Fault:
        faults = self.faults(labelled, labelled_header)
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]

    def notices(self, labelled: bool = False) -> dict[str | None, str]:
        return {notice.column: notice.message for notice in self.read(labelled).notices}

    def enter(self, column: str, text: str, row: int = 2) -> None:
        """Write a text into a cell; the first row of the export is row 2."""
        self.records[row - 2][column] = text

    def define(self, name: str, column: str, text: str) -> None:
        """Change the dictionary, by the head of its page."""
        (own,) = (one for one in self.fields if one[0] == name)
        own[PAGE_HEAD.index(column)] = text


def _records(truth: dict[str, Any]) -> list[dict[str, str]]:
    """Two events a participant, one for the last; side effects for the first three, two of them for the first."""
    records = []
    for i in range(N):
        for v, event in enumerate(VISITS):
            if i == N - 1 and v == 1:
                continue
            row = dict.fromkeys(LABELS, "")
            row |= {"record_id": f"R{i + 1}", "redcap_event_name": event}
            if v == 0:
                row |= {
                    "group": str(truth["group"][i]),
                    "sex": str(truth["sex"][i]),
                    "smokes": str(truth["smokes"][i]),
                    "gym___1": str(truth["gym"][i]),
                    "gym____8": "0",
                    "height": comma(truth["height"][i], 2),
                    "bmi": f"{truth['bmi'][i]:.1f}",
                    "town": "Lund" if i % 2 else "Malmö",
                    "walks": str(truth["walks"][i]),
                    "enrolment_complete": "2",
                }
            row |= {"il6": comma(truth["il6"][i, v], 2), "madrs": str(truth["madrs"][i, v]), "visit_complete": "2"}
            records.append(row)
            for instance in range(1, (2 if i == 0 else 1 if i < 3 else 0) + 1 if v == 0 else 1):
                effect = dict.fromkeys(LABELS, "")
                effect |= {"record_id": f"R{i + 1}", "redcap_event_name": event}
                effect |= {"redcap_repeat_instrument": "side_effects", "redcap_repeat_instance": str(instance)}
                records.append(effect | {"effect": "headache", "severity": "2", "side_effects_complete": "0"})
    return records


SPEC: dict[str, Any] = {
    "study": {"title": "Small", "design": "randomised", "treatment": "exercise"},
    "data": {
        "file": "export.csv",
        "dictionary": "dictionary.csv",
        "layout": "long",
        "participant": "record_id",
        "visit": "redcap_event_name",
        "visits": list(VISITS),
        "rows": {"redcap_repeat_instrument": [""]},
        "labels": ["group", "sex", "gym___1"],
    },
    "marker": [{"name": "IL-6", "unit": "pg/mL", "scale": "raw", "columns": ["il6"]}],
    "symptom": {"scale": "MADRS", "columns": ["madrs"]},
    "arms": {"column": "group", "control": "Usual care"},
    "covariates": {"numeric": ["height", "bmi", "walks"], "categorical": ["sex", "gym___1"]},
}


@pytest.fixture
def project(tmp_path: Path, toml: Any) -> Project:
    rng = np.random.default_rng(20170312)
    index = np.arange(N)
    truth = {
        "group": 1 + index % 2,
        "sex": (index % 3 == 0).astype(int),
        "smokes": (index % 5 == 0).astype(int),
        "gym": (index % 4 == 0).astype(int),
        "walks": index % 3,
        "height": np.round(rng.uniform(1.5, 1.95, N), 2),
        "bmi": np.round(rng.uniform(18, 34, N), 1),
        "il6": np.round(rng.lognormal(0.4, 0.7, (N, 2)), 2),
        "madrs": rng.integers(5, 35, (N, 2)),
    }
    spec = {name: [dict(one) for one in part] if isinstance(part, list) else dict(part) for name, part in SPEC.items()}
    return Project(tmp_path, truth, spec, _records(truth), toml=toml)


@pytest.fixture
def dictionary() -> Any:
    """Parse fields under a head, given as rows of texts or as the bytes of the file."""

    def parse(
        rows: list[list[str]] | bytes, head: list[str] | None = None, *wanted: str, encoding: str = "utf-8"
    ) -> Dictionary:
        content = rows if isinstance(rows, bytes) else as_csv([head or PAGE_HEAD, *rows]).encode()
        return parse_dictionary("dictionary.csv", content, encoding, wanted)

    return parse


@pytest.fixture
def fields() -> list[list[str]]:
    return [list(one) for one in FIELDS]


@pytest.fixture
def heads() -> tuple[list[str], list[str]]:
    """Head of the dictionary as the page and as the programming interface write it."""
    return list(PAGE_HEAD), list(INTERFACE_HEAD)
