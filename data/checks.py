"""Checks."""
from cochange.data.faults import Fault, Notice
from cochange.data.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.table import TextTable


def find_faults(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find."""
    return []


def find_notices(readout: Readout, table: TextTable, spec: StudySpec) -> tuple[Notice, ...]:
    """Find."""
    return ()
