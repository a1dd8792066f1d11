"""What limits and readings are after a logarithm is undone or a unit converted, and what is taken for a limit."""

from cochange.data.checking.written_numbers import with_written_numbers
from cochange.data.faults import Notice
from cochange.data.reading.places import count_rows
from cochange.data.reading.raw_scale import conversion_sentence, to_raw
from cochange.data.reading.readings import says_not_detected
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import missing_advice
from cochange.data.spec import StudySpec


def limits_on_log_scale(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say what the limits of a logged column are on the raw scale."""
    notices = []
    for marker in spec.marker:
        if marker.scale == "raw":
            continue
        for key, numbers in marker.all_limits.items():
            for number in dict.fromkeys(numbers):
                raw = to_raw(number, marker)
                message = f"{marker.name}: {key} {number:g} is read on the {marker.scale} scale of the column, that is "
                column, message = marker.wells[0][0], f"{message}{raw:.4g} {marker.analysed_unit}"
                notices.append(Notice(readout.file_of(column), column, message))
    return notices


def converted_units(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which markers are converted to another unit, and how."""
    return [
        Notice(readout.file_of(marker.wells[0][0]), marker.wells[0][0], f"{marker.name}: {conversion_sentence(marker)}")
        for marker in spec.marker
        if marker.convert_to is not None
    ]


def limits_from_codes(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say where a code tells that a number stands for a limit, and no limit tells whether it is the limit itself."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        numbers = with_written_numbers(all_cells)
        says = numbers["code"].map(marker.code_meanings)
        limits = {"below": marker.lower_limit_columns, "above": marker.upper_limit_columns}
        for side, key in (("below", "lower_limit"), ("above", "upper_limit")):
            if marker.all_limits[key] or marker.all_limits[f"{key}_by_plate"] or limits[side]:
                continue
            coded = numbers[(numbers["status"] == side) & (says == side)]
            for (visit, column), cells in coded.groupby(["visit", "column"], sort=False):
                counts = cells["text"].value_counts()
                shown = ", ".join(f"{text} in {count} cells" for text, count in counts.iloc[:3].items())
                message = (
                    f"{marker.name} at '{visit}': a code says '{side} the limit' beside {shown}, and such a number is "
                    f"taken for the limit itself. If the laboratory wrote a fraction of it (L/2, L/sqrt(2)), give L as "
                    f"{key}"
                )
                notices.append(Notice(readout.file_of(str(column)), str(column), message))
    return notices


def not_detected_or_not_done(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count the cells with ``n.d.``, which are read as below the limit, unless it is declared a code of the marker."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        below = all_cells[all_cells["status"] == "below"]
        marks = set(filter(says_not_detected, below["text"])) - set(marker.code_meanings)
        own = below[below["text"].isin(list(marks))]
        for (column, text), same in own.groupby(["column", "text"], sort=False):
            message = (
                f"{marker.name}: '{text}' in {count_rows(same)} is read as not detected, below the limit. If it means "
                f"not done, {missing_advice(str(text), readout.data_of(same))}"
            )
            notices.append(Notice(readout.file_of(str(column)), str(column), message))
    return notices
