"""Units in the names of columns, against the units declared for what they hold."""

import re

from cochange.data.faults import Notice
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.units import concentration

_UNIT = re.compile(r"(?<![A-Za-z])([pnumfµμ]?(?:g|mol))(?:[ _./]|_per_)?([dmuµμ]?[lL])(?![A-Za-z])")


def other_units_in_names(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which columns of a marker have a unit in their name that is not the one declared."""
    notices = []
    for marker in spec.marker:
        declared = concentration(marker.unit)
        for column in dict.fromkeys(column for wells in marker.wells for column in wells):
            named = _UNIT.search(column)
            unit = "" if named is None else f"{named[1]}/{named[2]}"
            if declared is not None and unit and concentration(unit) != declared:
                message = (
                    f"{marker.name}: the name of the column says {unit}, and the study file {marker.unit}. If the name "
                    "is right, correct 'unit' (convert_to then converts readings and limits)"
                )
                notices.append(Notice(readout.file_of(column), column, message))
    return notices
