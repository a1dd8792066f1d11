"""Rules of ``[dates]``: the form of the dates or times, and the windows of the visits."""

from collections.abc import Iterator

from cochange.data.names import advice, listing
from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken
from cochange.data.specification.time_units import TIME_UNITS


def _format_is_known(spec: StudySpec) -> Iterator[Broken]:
    if spec.dates is None or spec.dates.counted_in is not None or "%" in spec.dates.format:
        return
    required = f"the form of a date, such as %Y-%m-%d, or one of {listing(TIME_UNITS)}"
    action = advice(spec.dates.format, TIME_UNITS, "write each part of a date after a %")
    yield Broken(("dates", "format"), required, f"'{spec.dates.format}'", action)


def _unit_is_of_windows(spec: StudySpec) -> Iterator[Broken]:
    if spec.dates is not None and "unit" in spec.dates.model_fields_set and not spec.dates.windows:
        action = "add the windows, or drop 'unit'; the unit of times in the columns is their 'format'"
        yield Broken(("dates", "unit"), "the key 'windows', whose unit it is,", "nothing", action)


def _windows_are_of_the_visits(spec: StudySpec) -> Iterator[Broken]:
    if spec.dates is None or not spec.dates.windows:
        return
    windows, unit, later = spec.dates.windows, spec.dates.unit, len(spec.data.visits) - 1
    if len(windows) != later:
        required = f"a window for each of the {later} visits after the first"
        yield Broken(("dates", "windows"), required, f"{len(windows)}", f"write [least, most] {unit} for each of them")
    turned = [list(window) for window in windows if window[0] > window[1]]
    if turned:
        yield Broken(("dates", "windows"), f"the least number of {unit} first", f"{turned[0]}", "turn the two around")


DATE_RULES = (_format_is_known, _unit_is_of_windows, _windows_are_of_the_visits)
