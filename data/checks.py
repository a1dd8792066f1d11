"""The checks of a data file: one small function each, all run, all faults reported together."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from cochange.data.checking.alike_levels import levels_told_apart, odd_levels, reasons_told_apart
from cochange.data.checking.date_checks import dates_follow_each_other, visits_outside_their_windows
from cochange.data.checking.decimal_marks import other_decimal_marks
from cochange.data.checking.dictionary_checks import dictionary_faults, dictionary_notices
from cochange.data.checking.left_out_values import values_in_left_out_rows
from cochange.data.checking.limit_notices import (
    converted_units,
    limits_from_codes,
    limits_on_log_scale,
    not_detected_or_not_done,
)
from cochange.data.checking.limit_readings import other_limits_named, readings_beyond_limits
from cochange.data.checking.limit_sources import limits_of_no_reading
from cochange.data.checking.limit_units import (
    columns_beyond_limits,
    limits_beyond_all_numbers,
    limits_far_from_all_numbers,
)
from cochange.data.checking.marker_checks import check_marker_scales
from cochange.data.checking.missing_reasons import (
    events_name_what_is_there,
    events_stand_at_visits,
    reasons_of_those_who_left,
    values_after_events,
)
from cochange.data.checking.mistyped_levels import meant_level, mistyped_levels
from cochange.data.checking.number_codes import covariates_like_codes, impossible_logarithms, numbers_like_codes
from cochange.data.checking.plate_checks import confounded_plates, plates_with_limits
from cochange.data.checking.score_checks import counted_scores_are_whole, fractional_totals
from cochange.data.checking.shared_codes import codes_that_may_be_values
from cochange.data.checking.substitution import fractions_under_a_limit, substituted_limits, substituted_upper_limits
from cochange.data.checking.unit_names import other_units_in_names, units_not_known
from cochange.data.checking.well_checks import opposite_wells, wells_beyond_limits, wells_differ
from cochange.data.faults import Fault, Notice
from cochange.data.inspection.private_columns import private_columns
from cochange.data.names import advice, listing
from cochange.data.reading.footers import footer_advice, rows_of_words_under
from cochange.data.reading.open_files import Opened
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import NEVER_MISSING, named
from cochange.data.reading.variables import Role
from cochange.data.spec import StudySpec

FEWEST_PAIRS = 10
WHOLE_SAMPLE = "overall"
FEWEST_IN_ARM = 2
FEWEST_ALIKE = 5
_GROUPINGS: tuple[Role, ...] = ("arm", "group", "site")


def find_faults(readout: Readout, opened: list[Opened], spec: StudySpec) -> list[Fault]:
    """Run every check on the cells as read.

    Parameters
    ----------
    readout : Readout
        The cells.
    opened : list of Opened
        The files they come from.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Fault
        Of all checks, in their order.
    """
    faults = [fault for check in _CHECKS for fault in check(readout, spec)]
    return [*faults, *(fault for own in opened for fault in dictionary_faults(readout, own, spec))]


def find_notices(
    readout: Readout, opened: list[Opened], spec: StudySpec, all_outcomes: bool = True
) -> tuple[Notice, ...]:
    """List what the user should look at although the analysis can go on.

    Parameters
    ----------
    readout : Readout
        The cells.
    opened : list of Opened
        The files they come from.
    spec : StudySpec
        The study file.
    all_outcomes : bool
        Whether every outcome of the study is among the cells; where not, it cannot be told who left.

    Returns
    -------
    tuple of Notice
    """
    looks = (*_NOTICES, reasons_of_those_who_left) if all_outcomes else _NOTICES
    found = (notice for look in looks for notice in look(readout, spec))
    of_files = (notice for own in opened for notice in own.table.notices)
    private = (notice for own in opened for notice in private_columns(own, spec))
    listed = (notice for own in opened for notice in dictionary_notices(readout, own, spec))
    return (*of_files, *found, *private, *listed)


def _named_groups(readout: Readout, spec: StudySpec) -> list[Fault]:
    faults = []
    for role in _GROUPINGS:
        action = NEVER_MISSING[role]
        required = "an arm" if role == "arm" else f"a {role}"
        for cells in readout.of(role):
            without = _without_value(cells)
            under = rows_of_words_under(cells)
            for index, file, row, column, text in without[["file", "row", "column", "text"]].itertuples():
                footer = footer_advice(readout.data_of(without)) if index in under else ""
                faults.append(Fault(file, int(row), column, required, named(text), f"{action}{footer}"))
            faults += _without_row(cells, readout, required, action)
            if role == "group" and (taken := cells[cells["value"] == WHOLE_SAMPLE]).size:
                other = f"a group with another name than '{WHOLE_SAMPLE}', which stands for the whole sample,"
                faults.append(Fault(*first_place(taken), other, f"'{WHOLE_SAMPLE}'", "rename the group"))
    return faults


def _arms_are_filled(readout: Readout, spec: StudySpec) -> list[Fault]:
    if spec.arms is None:
        return []
    (cells,) = readout.of("arm")
    sizes = cells[cells["status"] == "observed"].drop_duplicates("participant")["value"].value_counts()
    faults: list[Fault] = []
    if sizes.empty:
        return faults
    if spec.arms.control is not None and spec.arms.control not in sizes.index:
        levels = sorted(sizes.index)
        required = f"the control arm '{spec.arms.control}' of the study file"
        action = advice(spec.arms.control, levels, "correct [arms] control")
        found = f"the arms {listing(levels)}"
        faults.append(Fault(readout.file_of(spec.arms.column), None, spec.arms.column, required, found, action))
    if len(sizes) == 1:
        action = 'correct [arms] column, or describe the study as design = "single arm" without [arms]'
        found = f"only '{sizes.index[0]}'"
        faults.append(Fault(readout.file_of(spec.arms.column), None, spec.arms.column, "a second arm", found, action))
    required = f"a minimum of {FEWEST_IN_ARM} participants in every arm"
    action = "correct a mistyped arm, or leave the arm out of the file"
    for level in sizes.index[sizes < FEWEST_IN_ARM]:
        place = first_place(cells[cells["value"] == level])
        meant = meant_level(str(level), sizes.index[sizes >= FEWEST_IN_ARM])
        likely = action if meant is None else f"did you mean '{meant}'? {action[0].upper()}{action[1:]}"
        faults.append(Fault(*place, required, f"{sizes[level]} in '{level}'", likely))
    return faults


def _inclusion_rule_holds(readout: Readout, spec: StudySpec) -> list[Fault]:
    cells = readout.screening(spec)
    if spec.inclusion is None or cells is None:
        return []
    cells = cells.drop_duplicates(["participant", "text"])
    required = f"a {spec.inclusion.score} above {spec.inclusion.above:g}, the inclusion rule,"
    action = "correct the score or [inclusion] above, or take out a participant included by mistake"
    wrong = cells[cells["value"] <= spec.inclusion.above]
    return [
        Fault(file, int(row), column, required, f"'{text}'", action)
        for file, row, column, text in wrong[["file", "row", "column", "text"]].itertuples(index=False)
    ]


def _complete_covariates(readout: Readout, spec: StudySpec) -> list[Fault]:
    faults = []
    for cells in readout.of("covariate"):
        column = str(cells["column"].iloc[0])
        without = _without_value(cells)
        required = "a value of the covariate for every participant"
        action = NEVER_MISSING["covariate"]
        if len(without):
            found = f"none in {count_rows(without)}"
            faults.append(Fault(*first_place(without), required, found, action))
        faults += _without_row(cells, readout, required, action)
        given = cells[cells["status"] == "observed"]
        if len(given) > 1 and len(given.drop_duplicates("value")) == 1:
            found = f"'{given['text'].iloc[0]}' for everybody"
            action = "drop the covariate from [covariates]"
            faults.append(Fault(readout.file_of(column), None, column, "a covariate that varies", found, action))
    return faults


def _enough_pairs(readout: Readout, spec: StudySpec) -> list[Fault]:
    if spec.baseline == spec.follow_up:
        return []
    faults = []
    for cells in readout.outcomes:
        name = cells["variable"].iloc[0]
        given = cells[cells["status"] != "missing"]
        # Over several visits an outcome may start after the baseline.
        visits = spec.data.visits
        between = visits[visits.index(spec.baseline) : visits.index(spec.follow_up)]
        first = next((visit for visit in between if (given["visit"] == visit).any()), spec.baseline)
        by_visit = [set(given.loc[given["visit"] == visit, "participant"]) for visit in (first, spec.follow_up)]
        pairs = len(by_visit[0] & by_visit[1])
        if pairs < FEWEST_PAIRS:
            required = f"a minimum of {FEWEST_PAIRS} participants with {name} at both visits"
            found = f"{pairs} ({len(by_visit[0])} at '{first}', {len(by_visit[1])} at '{spec.follow_up}')"
            checked = "the columns, the visits and the missing codes"
            if spec.missing_data.event_visit is not None:
                checked += ", and the intercurrent events whose strategies leave values out"
            action = f"check {checked}; fewer pairs cannot carry these models"
            column = str(cells["column"].iloc[-1])
            faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def _outcomes_vary(readout: Readout, spec: StudySpec) -> list[Fault]:
    faults = []
    told = _beyond_limits(readout, spec)
    for cells in readout.outcomes:
        name = cells["variable"].iloc[0]
        constants: dict[str, list[str]] = {}
        for (column, visit), own in cells.groupby(["column", "visit"], sort=False):
            values = own["value"].dropna().to_numpy(dtype=float)
            # Fewer are equal by chance, as at a visit that few attended; what could not be read may differ.
            unread = (own["status"] == "unread").any()
            if len(values) >= FEWEST_ALIKE and _is_constant(values) and not unread and column not in told:
                found = f"{values[0]:g} in all {len(values)} readings at '{visit}'"
                constants.setdefault(str(column), []).append(found)
        required = f"a column of {name} that differs between participants"
        action = "check the column, or leave the variable out"
        for column, found_at in constants.items():
            faults.append(Fault(readout.file_of(column), None, column, required, " and ".join(found_at), action))
    return faults


def _changes_vary(readout: Readout, spec: StudySpec) -> list[Fault]:
    if spec.baseline == spec.follow_up:
        return []
    faults = []
    told = _beyond_limits(readout, spec)
    for cells in (*readout.samples, *readout.of("symptom")):
        name = cells["variable"].iloc[0]
        if cells["column"].isin(told).any():
            continue
        given = cells[cells["value"].notna()].drop_duplicates(["participant", "visit"]).set_index("participant")
        before, after = (given.loc[given["visit"] == visit, "value"] for visit in (spec.baseline, spec.follow_up))
        if _is_constant(before.to_numpy(dtype=float)) or _is_constant(after.to_numpy(dtype=float)):
            continue
        change = (after - before).dropna().to_numpy(dtype=float)
        if _is_constant(change):
            column = str(given.loc[given["visit"] == spec.follow_up, "column"].iloc[0])
            found = f"a change of {change[0]:g} in all {len(change)} pairs"
            required = f"a change of {name} that differs between participants"
            action = "check whether one visit was copied to the other"
            faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def _beyond_limits(readout: Readout, spec: StudySpec) -> set[str]:
    """Columns that a limit makes constant, which is told of the limit."""
    return {column for columns in columns_beyond_limits(readout, spec).values() for column in columns}


def _is_constant(values: npt.NDArray[np.float64]) -> bool:
    if len(values) < 2 or not np.isfinite(values).all():
        return False
    return bool(np.ptp(values) <= 1e-9 * max(1.0, float(np.abs(values).max())))


def _without_value(cells: pd.DataFrame) -> pd.DataFrame:
    have = cells.loc[cells["status"] != "missing", "participant"]
    return cells[~cells["participant"].isin(have)].drop_duplicates("participant")


def _without_row(cells: pd.DataFrame, readout: Readout, required: str, action: str) -> list[Fault]:
    """Find participants without a row in the joined file that has the column."""
    have = set(cells["participant"])
    absent = [each for each in readout.participants if each not in have]
    column = str(cells["column"].iloc[0])
    found = f"no row of {listing(absent)}"
    return [Fault(readout.file_of(column), None, column, required, found, action)] if absent else []


def _unscreened(readout: Readout, spec: StudySpec) -> list[Notice]:
    cells = readout.screening(spec)
    without = None if cells is None else _without_value(cells)
    if without is None or without.empty:
        return []
    message = f"no score in {count_rows(without)}: the inclusion rule cannot be checked there"
    file, _, column = first_place(without)
    return [Notice(file, column, message)]


_CHECKS = (
    values_in_left_out_rows,
    other_decimal_marks,
    _named_groups,
    levels_told_apart,
    _arms_are_filled,
    events_name_what_is_there,
    events_stand_at_visits,
    _inclusion_rule_holds,
    dates_follow_each_other,
    _complete_covariates,
    counted_scores_are_whole,
    check_marker_scales,
    impossible_logarithms,
    plates_with_limits,
    opposite_wells,
    wells_differ,
    _enough_pairs,
    limits_beyond_all_numbers,
    _outcomes_vary,
    _changes_vary,
)

_NOTICES = (
    substituted_limits,
    fractions_under_a_limit,
    substituted_upper_limits,
    numbers_like_codes,
    covariates_like_codes,
    codes_that_may_be_values,
    limits_on_log_scale,
    converted_units,
    other_units_in_names,
    units_not_known,
    limits_from_codes,
    not_detected_or_not_done,
    limits_of_no_reading,
    other_limits_named,
    limits_far_from_all_numbers,
    readings_beyond_limits,
    wells_beyond_limits,
    confounded_plates,
    visits_outside_their_windows,
    fractional_totals,
    values_after_events,
    reasons_told_apart,
    odd_levels,
    mistyped_levels,
    _unscreened,
)
