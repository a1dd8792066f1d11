"""The study file: its whole content as one frozen object."""

import json
from dataclasses import replace

from cochange.data.scales import KNOWN_SCALES, Scale
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import Table
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

# What a report says and judges by, and no fit depends on.
_IN_WORDS: dict[str, set[str]] = {
    "study": {"title", "population"},
    "estimand": {"population", "smallest_important"},
    "analysis": {"primary_model", "primary_estimand"},
}


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
        """What the file says that a fit may depend on, as JSON: keys with their values, always in one order."""
        said = self.model_dump(mode="json", exclude_unset=True, exclude=_IN_WORDS)
        return json.dumps({table: keys for table, keys in said.items() if keys}, sort_keys=True).encode()

    @property
    def judged_by(self) -> dict[str, str | float]:
        """What the file states of primary and important, by its key: that may change without a new fit."""
        primary = {f"analysis.{name}": getattr(self.analysis, name) for name in ("primary_model", "primary_estimand")}
        important = self.estimand.smallest_important.items()
        return {key: value for key, value in primary.items() if value is not None} | {
            f"estimand.smallest_important.{name}": stated.value for name, stated in important
        }

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
