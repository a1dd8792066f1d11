"""The analytes of plate sheets: their names, and wells that several sheets give."""

from collections.abc import Sequence

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.plates.sheet import wells_in
from cochange.data.reading.plates.wording import REGION


def without_region(analyte: str) -> str:
    """Return the name of an analyte without the bead region behind it.

    Examples
    --------
    >>> without_region("IL-6 (19)"), without_region("IL-12 (p70)")
    ('IL-6', 'IL-12 (p70)')
    """
    return REGION.sub("", analyte)


def shared_wells(file: str, analyte: str, tables: Sequence[pd.DataFrame]) -> list[Fault]:
    """Find wells of an analyte that several sheets give, which would count as further wells of their samples.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    analyte : str
        Its name.
    tables : sequence of pandas.DataFrame
        By sheet the wells of the analyte: `file`, `plate` and `well`.

    Returns
    -------
    list of Fault
        One for each plate of which several sheets give the same well, or give no wells to tell them apart.
    """
    sheets: dict[tuple[str, str], dict[str, None]] = {}
    for table in tables:
        for sheet, plate, well in table[["file", "plate", "well"]].itertuples(index=False):
            for single in wells_in(well) or [""]:
                sheets.setdefault((plate, single), {})[sheet] = None
    shared = {place: own for place, own in sheets.items() if len(own) > 1}
    required = f"each well of '{analyte}' on one sheet"
    action = "leave one sheet out, or give each plate its name in a line 'Plate ID'"
    faults = []
    for plate in dict.fromkeys(plate for plate, _ in shared):
        on = f" of the plate '{plate}'" if plate else ""
        wells = [well for own, well in shared if own == plate]
        places = listing(wells) if any(wells) else "samples without wells"
        found = f"{places}{on} on the sheets {listing(shared[plate, wells[0]])}"
        faults.append(Fault(file, None, None, required, found, action))
    return faults
