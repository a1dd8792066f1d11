"""The tables of a study file, one frozen class each; the attributes are the keys."""

from typing import Annotated, Any, Literal

from pydantic import Field

from cochange.data.scales import Direction
from cochange.data.specification.kinds import (
    Code,
    Count,
    Flag,
    Limits,
    Names,
    Number,
    Pair,
    Parts,
    Position,
    Table,
    Text,
    Wells,
)
from cochange.data.specification.time_units import TIME_UNITS, TimeUnit

MarkerScale = Literal["raw", "ln", "log10", "log2", "log(x+1)"]
ZERO_STAYS_ZERO: tuple[MarkerScale, ...] = ("raw", "log(x+1)")
Confirmation = Literal["scale", "floors", "ceilings"]
CodeMeaning = Literal["measured", "below", "above", "missing"]
Strategy = Literal["treatment policy", "hypothetical", "composite variable", "while on treatment", "principal stratum"]
# What values are taken to be that are missing after a participant was last seen.
Imputed = Literal["missing at random", "jump to reference", "copy reference", "copy increments in reference"]
MissingAs = Literal[Imputed, "non-response"]


class StudyTable(Table):
    """``[study]``: what the study is."""

    title: Text
    design: Literal["single arm", "randomised", "observational", "cross-sectional"]
    treatment: Text
    population: Text | None = None
    synthetic: Flag = False


class MarkerTable(Table):
    """``[[marker]]``: one biomarker; limits, floors and ceilings are on the scale of the column.

    `columns` holds a name, or the names of the duplicate wells of a sample, and `codes` the columns of what the
    laboratory remarked on them; a text in place of a list of wells then goes with all of them.
    """

    name: Text
    unit: Text
    scale: MarkerScale
    columns: Annotated[tuple[Wells, ...], Field(min_length=1)]
    lower_limit: Limits | None = None
    upper_limit: Limits | None = None
    floors: tuple[Number, ...] = ()
    ceilings: tuple[Number, ...] = ()
    lower_limit_columns: tuple[Text, ...] = ()
    upper_limit_columns: tuple[Text, ...] = ()
    lower_limit_by_plate: dict[str, Number] = Field(default_factory=dict)
    upper_limit_by_plate: dict[str, Number] = Field(default_factory=dict)
    codes: tuple[Wells, ...] = ()
    measured_codes: tuple[Code, ...] = ()
    below_codes: tuple[Code, ...] = ()
    above_codes: tuple[Code, ...] = ()
    missing_codes: tuple[Code, ...] = ()
    extrapolated: Literal["keep", "missing"] | None = None
    convert_to: Text | None = None
    molar_mass: Text | None = None
    confirmed: tuple[Confirmation, ...] = ()

    @property
    def analysed_unit(self) -> str:
        """Unit of the values as analysed: that of the column, or the one it is converted to."""
        return self.convert_to or self.unit

    @property
    def code_meanings(self) -> dict[str, CodeMeaning]:
        """What each declared code says of the reading beside it."""
        meanings: dict[str, CodeMeaning] = dict.fromkeys(self.measured_codes, "measured")
        meanings |= dict.fromkeys(self.below_codes, "below")
        meanings |= dict.fromkeys(self.above_codes, "above")
        return meanings | dict.fromkeys(self.missing_codes, "missing")

    @property
    def all_limits(self) -> dict[str, tuple[float, ...]]:
        """Every limit the study file gives, by its key, on the scale of the column."""
        return {
            "lower_limit": self.lower_limit or (),
            "upper_limit": self.upper_limit or (),
            "lower_limit_by_plate": tuple(self.lower_limit_by_plate.values()),
            "upper_limit_by_plate": tuple(self.upper_limit_by_plate.values()),
            "floors": self.floors,
            "ceilings": self.ceilings,
        }

    @property
    def code_wells(self) -> tuple[tuple[str, ...], ...]:
        """For each visit (wide) or once (long) the columns of the codes; one column for all wells, or one each."""
        return _in_groups(self.codes)

    @property
    def wells(self) -> tuple[tuple[str, ...], ...]:
        """For each visit (wide) or once (long) the columns of a sample's wells; one column without duplicates."""
        return _in_groups(self.columns)

    @property
    def has_lower_limits(self) -> bool:
        """Whether a lower limit is declared: of all samples, of each, or of plates."""
        return self.lower_limit is not None or bool(self.lower_limit_columns or self.lower_limit_by_plate)

    @property
    def has_duplicates(self) -> bool:
        """Whether samples were measured in several wells."""
        return any(len(columns) > 1 for columns in self.wells)


class ItemsTable(Table):
    """``[symptom.items]``: how the items of a scale make up its total; items are counted from one."""

    range: Pair | None = None
    reversed: tuple[Position, ...] | None = None
    most_missing: Count = 0


def _in_groups(entries: tuple[str | tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((entry,) if isinstance(entry, str) else entry for entry in entries)


class SymptomTable(Table):
    """``[symptom]``: the symptom score, on a known scale or on one described here.

    `columns` holds the name of a total, or the names of the items that make it up.
    """

    scale: Text
    range: Pair | None = None
    direction: Direction | None = None
    remission: Number | None = None
    columns: Annotated[tuple[Parts, ...], Field(min_length=1)]
    items: ItemsTable | None = None
    baseline_column: Text | None = None
    distribution: Literal["continuous", "beta_binomial"] = "continuous"

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """For each visit (wide) or once (long) the column of the total, or those of the items."""
        return _in_groups(self.columns)

    @property
    def rule(self) -> ItemsTable:
        """How items make up the total, where they do."""
        return self.items or ItemsTable()

    @property
    def has_items(self) -> bool:
        """Whether items stand in the columns, not totals."""
        return any(not isinstance(entry, str) for entry in self.columns)


class ArmsTable(Table):
    """``[arms]``: randomised arms."""

    column: Text
    control: Text | None = None


class GroupsTable(Table):
    """``[groups]`` or ``[sites]``: a grouping whose effects are partially pooled."""

    column: Text


class PlatesTable(Table):
    """``[plates]``: assay plates, recorded for each visit."""

    columns: Names


class DatesTable(Table):
    """``[dates]``: dates of the visits, or times since a start, which are checked.

    Windows are in `unit` after the first visit.
    """

    columns: Names
    format: Text = "%Y-%m-%d"
    unit: TimeUnit = "days"
    windows: tuple[Pair, ...] = ()

    @property
    def counted_in(self) -> TimeUnit | None:
        """Unit of the times in the columns, None where they hold dates."""
        return next((unit for unit in TIME_UNITS if unit == self.format), None)


class TimeTable(Table):
    """``[time]``: when the visits were planned, and how outcomes run over time; `knots` and `visits` are in `unit`."""

    unit: TimeUnit
    visits: tuple[Number, ...] = ()
    course: Literal["linear", "log", "piecewise"] = "linear"
    knots: tuple[Number, ...] = ()


class CovariatesTable(Table):
    """``[covariates]``: columns used as covariates."""

    numeric: tuple[Text, ...] = ()
    categorical: tuple[Text, ...] = ()


class InclusionTable(Table):
    """``[inclusion]``: participants were included when the score was above the threshold."""

    score: Text
    column: Text
    above: Number


class IntercurrentEvent(Table):
    """An intercurrent event with the ICH E9(R1) strategy that answers it.

    `missing_as` says what values missing after it are taken to be, for participants of `arms` who left for `reasons`,
    shifted by the deltas: points added to the score, a factor for the marker.
    """

    event: Text
    strategy: Strategy
    missing_as: MissingAs | None = None
    arms: tuple[Text, ...] = ()
    reasons: tuple[Text, ...] = ()
    delta_score: Number = 0.0
    delta_marker: Annotated[Number, Field(gt=0)] = 1.0

    @property
    def drops_what_follows(self) -> bool:
        """Whether what was observed after it is not used: asked is what had been without it, or it is a failure."""
        return self.missing_as is not None and (self.strategy == "hypothetical" or self.missing_as == "non-response")


class SmallestImportant(Table):
    """The smallest important difference of one estimand, with its reason."""

    value: Annotated[Number, Field(gt=0)]
    reason: Text


class EstimandTable(Table):
    """``[estimand]``: what is to be estimated, in the user's words."""

    population: Text | None = None
    intercurrent_events: tuple[IntercurrentEvent, ...] = ()
    smallest_important: dict[str, SmallestImportant] = Field(default_factory=dict)


class MissingDataTable(Table):
    """``[missing_data]``: what is compared if those who left are different; `delta_marker` are factors.

    `event_visit` is the column of the first visit after a participant's intercurrent event.
    """

    reason: Text | None = None
    event_visit: Text | None = None
    compare: tuple[Imputed, ...] = ()
    delta_score: Pair | None = None
    delta_marker: Annotated[tuple[Annotated[Number, Field(gt=0)], ...], Field(min_length=2, max_length=2)] | None = None
    delta_arms: Literal["active", "each"] = "active"
    points: Annotated[int, Field(strict=True, ge=2, le=100)] = 20


class RepeatedMeasuresTable(Table):
    """``[analysis.repeated_measures]``: the model of many visits; None stands for the default of the design."""

    outcomes: Literal["both", "score", "marker"] = "both"
    covariance: Literal["unstructured", "ar1", "compound symmetry", "toeplitz"] = "unstructured"
    covariance_by_arm: Flag = False
    baseline: Literal["covariate", "constrained"] | None = None
    baseline_by_visit: Flag = True
    covariates_by_visit: tuple[Text, ...] = ()


class AnalysisTable(Table):
    """``[analysis]``: models, priors and intervals; None or empty stands for the default of the models."""

    baseline: Text | None = None
    follow_up: Text | None = None
    marker: Text | None = None
    models: tuple[Text, ...] = ()
    priors: tuple[Text, ...] = ()
    primary_model: Text | None = None
    primary_estimand: Text | None = None
    likelihood: Literal["normal", "student_t"] = "normal"
    measurement: Literal["on", "off"] = "on"
    alternatives: Flag = False
    benefit_by_marker: Flag = False
    ci_prob: Annotated[Number, Field(gt=0, lt=1)] = 0.95
    ci_kind: Literal["eti", "hdi"] = "eti"
    seed: Count = 20170312
    repeated_measures: RepeatedMeasuresTable | None = None
    prior_sets: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @property
    def over_visits(self) -> RepeatedMeasuresTable:
        """How repeated measures are modelled, with the defaults where the file does not say."""
        return self.repeated_measures or RepeatedMeasuresTable()
