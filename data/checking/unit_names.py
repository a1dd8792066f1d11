"""Units that are declared: whether they are known, and against those in the names of columns."""

import re

from cochange.data.faults import Notice
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.units import concentration, known_unit

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


def units_not_known(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which units may be slips: nothing tells a unit that is not known from a mistyped one."""
    return [
        Notice(
            readout.file_of(marker.wells[0][0]),
            marker.wells[0][0],
            f"{marker.name}: the unit '{marker.unit}' is none that is known (such as pg/mL, pmol/L, IU/mL, 10^9/L, %, "
            "NPX or AU), and is printed as it is. Correct 'unit' if it is a slip",
        )
        for marker in spec.marker
        if not known_unit(marker.unit)
    ]
