"""The study file: its whole content as one frozen object, and its reading."""

import json
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from pydantic import ValidationError

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import advice, listing
from cochange.data.scales import KNOWN_SCALES, Scale
from cochange.data.specification.blanks import blanks_in, paths_of_blanks
from cochange.data.specification.file_formats import looks_like_data
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import Table
from cochange.data.specification.rules import broken_rules, broken_rules_of_part
from cochange.data.specification.sound_part import sound_part
from cochange.data.specification.study_file_faults import faults_of
from cochange.data.specification.tables import (
    AnalysisTable,
    ArmsTable,
    CovariatesTable,
    DatesTable,
    EstimandTable,
    GroupsTable,
    InclusionTable,
    MarkerTable,
    MissingDataTable,
    PlatesTable,
    StudyTable,
    SymptomTable,
    TimeTable,
)
from cochange.data.specification.toml_lines import KeyPath, dotted, key_lines, line_of, twice_given


class StudySpec(Table):
    """What a study file says; the attributes are its tables.

    Attributes
    ----------
    study, data, marker, symptom, arms, groups, sites, plates, dates, time, covariates, inclusion, estimand,
    missing_data, analysis
        Tables of the file. `marker` is a tuple; `symptom`, `arms`, `groups`, `sites`, `plates`, `dates`, `time` and
        `inclusion` are None when absent.
    """

    study: StudyTable
    data: DataTable
    marker: tuple[MarkerTable, ...] = ()
    symptom: SymptomTable | None = None
    arms: ArmsTable | None = None
    groups: GroupsTable | None = None
    sites: GroupsTable | None = None
    plates: PlatesTable | None = None
    dates: DatesTable | None = None
    time: TimeTable | None = None
    covariates: CovariatesTable = CovariatesTable()
    inclusion: InclusionTable | None = None
    estimand: EstimandTable = EstimandTable()
    missing_data: MissingDataTable = MissingDataTable()
    analysis: AnalysisTable = AnalysisTable()

    @property
    def said(self) -> bytes:
        """What the file says, as JSON: the keys it gives with their values, in one order whatever theirs."""
        return json.dumps(self.model_dump(mode="json", exclude_unset=True), sort_keys=True).encode()

    @property
    def baseline(self) -> str:
        """Visit the pre/post models start from."""
        return self.analysis.baseline or self.data.visits[0]

    @property
    def follow_up(self) -> str:
        """Visit the pre/post models end at; equals `baseline` when there is one visit."""
        return self.analysis.follow_up or self.data.visits[-1]

    @property
    def analysed_marker(self) -> str | None:
        """Name of the marker the regressions analyse, or None when no marker is declared."""
        if self.analysis.marker is not None:
            return self.analysis.marker
        return self.marker[0].name if self.marker else None

    @property
    def scale(self) -> Scale | None:
        """Symptom scale with the remission cut in force, or None without a symptom score."""
        if self.symptom is None:
            return None
        known = KNOWN_SCALES.get(self.symptom.scale)
        if known is not None:
            remission = known.remission if self.symptom.remission is None else self.symptom.remission
            return replace(known, remission=remission)
        lower, upper = self.symptom.range or (float("-inf"), float("inf"))
        direction = self.symptom.direction or "higher is worse"
        return Scale(self.symptom.scale, lower, upper, direction, remission=self.symptom.remission)

    @property
    def inclusion_on_baseline(self) -> bool:
        """Whether participants were included by the baseline score itself: both are the same column.

        In a long layout the symptom's column then stands for its rows at the baseline visit.
        """
        if self.inclusion is None or self.symptom is None:
            return False
        return self.inclusion.column == self._score_columns.get(self.baseline)

    @property
    def scores_after_baseline(self) -> tuple[str, ...]:
        """Columns that hold symptom scores of visits after the baseline visit, and none of it."""
        columns, visits = self._score_columns, self.data.visits
        later = visits[visits.index(self.baseline) + 1 :] if self.baseline in visits else ()
        found = (columns[visit] for visit in later if visit in columns)
        return tuple(column for column in dict.fromkeys(found) if column != columns.get(self.baseline))

    @property
    def _score_columns(self) -> dict[str, str]:
        """Column of the total by visit, of as many visits as have one; empty where it is made from items."""
        visits = self.data.visits
        if self.symptom is None or self.symptom.has_items:
            return {}
        totals = [columns[0] for columns in self.symptom.parts]
        if self.data.layout == "wide":
            return dict(zip(visits, totals, strict=False))
        columns = dict.fromkeys(visits, totals[0])
        return columns | ({visits[0]: self.symptom.baseline_column} if self.symptom.baseline_column else {})


def read_spec(path: str | Path) -> StudySpec:
    """Read and check a study file.

    Parameters
    ----------
    path : str or Path
        TOML file.

    Returns
    -------
    StudySpec

    Raises
    ------
    InputError
        With every fault of the file: TOML syntax, unknown or missing keys, values out of place, contradictions.
    """
    judged = judge_spec(Path(path))
    if judged.faults:
        raise InputError(judged.faults)
    return judged.spec


@dataclass(frozen=True)
class JudgedSpec:
    """A study file with its faults.

    Attributes
    ----------
    spec : StudySpec
        Its sound part, where keys are at fault: to read one of these raises an AttributeError.
    faults : tuple of Fault
        First of blanks left in it.
    broken : tuple of tuple
        Paths of the keys whose values contradict others.
    """

    spec: StudySpec
    faults: tuple[Fault, ...]
    broken: tuple[KeyPath, ...]


def judge_spec(path: Path) -> JudgedSpec:
    """Read a study file, and find its faults.

    Parameters
    ----------
    path : Path
        TOML file.

    Returns
    -------
    JudgedSpec

    Raises
    ------
    InputError
        When the file cannot be read as TOML.
    """
    content, text = _load(path)
    lines = key_lines(text)
    blanks, wrong = blanks_in(content, path.name, lines), paths_of_blanks(content)
    faults: list[Fault] = []
    try:
        spec = StudySpec.model_validate(content)
    except ValidationError as error:
        blank = {fault.column for fault in blanks}
        faults = [fault for fault in faults_of(error, StudySpec, path.name, lines) if fault.column not in blank]
        wrong += [details["loc"] for details in error.errors(include_url=False)]
    if wrong:
        spec = sound_part(StudySpec, content, wrong)
    all_broken = list(broken_rules_of_part(spec) if wrong else broken_rules(spec))
    for broken in all_broken:
        place = path.name, line_of(broken.path, lines), dotted(broken.path) or None
        faults.append(Fault(*place, broken.required, broken.found, broken.action))
    return JudgedSpec(spec, (*blanks, *summarise(faults)), tuple(broken.path for broken in all_broken))


def _another(path: Path) -> str:
    """What to give in place of a path that is no file: a study file beside it, or in it where it is a folder."""
    files = [file.name for file in sorted((path if path.is_dir() else path.parent).glob("*.toml"))]
    if path.is_dir() and files:
        return f"name the file in it: {listing(files)}"
    return advice(path.name, files, "check the path; `cochange simulate` writes an example study file")


def _load(path: Path) -> tuple[dict[str, Any], str]:
    required = "a study file in TOML"
    try:
        content = path.read_bytes()
    except OSError:
        found = "a folder" if path.is_dir() else "no file that can be read"
        raise InputError([Fault(str(path), None, None, required, found, _another(path))]) from None
    try:
        return _parsed(path, content)
    except InputError:
        if not looks_like_data(path.name, content):
            raise
        action = f"give its study file; where there is none yet, `cochange init {quote(str(path))}` drafts it"
        raise InputError([Fault(path.name, None, None, required, "what looks like a data file", action)]) from None


def _parsed(path: Path, content: bytes) -> tuple[dict[str, Any], str]:
    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        found = f"the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        raise InputError([Fault(path.name, row, None, "text in UTF-8", found, "save the file as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(place.group(1)) if place else None
        found = f"a syntax error: {str(error)[0].lower()}{str(error)[1:]}"
        key, first = ("", None) if "overwrite a value" not in found or line is None else twice_given(text, line)
        if key:
            before = "" if first is None else f", first on line {first}"
            found, action = f"the key '{key}' a second time{before}", "take out one of the two"
            raise InputError([Fault(path.name, line, key, "each key once", found, action)]) from None
        action = "correct this line, or one before it where a bracket or quotation mark was not closed: texts stand in "
        action += "quotes, lists in square brackets, numbers use a decimal point"
        raise InputError([Fault(path.name, line, None, "valid TOML", found, action)]) from None
