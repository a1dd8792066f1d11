"""Find the declared analytes among those of a plate sheet."""

from collections.abc import Sequence

import pandas as pd

from cochange.data.faults import Fault, InputError
from cochange.data.names import advice, listing
from cochange.data.reading.plates.sheet import PlateSheet, wells_in
from cochange.data.reading.plates.wording import REGION


def without_region(analyte: str) -> str:
    """Return the name of an analyte without the bead region behind it.

    Examples
    --------
    >>> without_region("IL-6 (19)"), without_region("IL-12 (p70)")
    ('IL-6', 'IL-12 (p70)')
    """
    return REGION.sub("", analyte)


def wanted_analytes(file: str, sheets: Sequence[PlateSheet], wanted: Sequence[str]) -> list[pd.DataFrame]:
    """Find the wells of the declared analytes.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    sheets : sequence of PlateSheet
        The sheets of the file.
    wanted : sequence of str
        Names as declared: as on the sheet, or without the bead region.

    Returns
    -------
    list of pandas.DataFrame
        The wells of each declared analyte with the column `sheet`; replicates are numbered over all sheets. Wells for
        which a sheet names no analyte belong to the declared one that the sheet is named after, or to the only one
        declared.

    Raises
    ------
    InputError
        When a name is not found, fits several analytes, two names fit the same one, or two sheets give the same well.
    """
    wells = pd.concat([_named(sheet, wanted).assign(sheet=sheet.sheet) for sheet in sheets], ignore_index=True)
    known = list(dict.fromkeys(wells["analyte"]))
    fitting = [_fitting(name, known) for name in wanted]
    faults = []
    for name, fits in zip(wanted, fitting, strict=True):
        if len(fits) != 1:
            action = advice(name, map(without_region, known), "write the name as the sheet has it")
            faults.append(Fault(file, None, None, f"a single analyte '{name}'", listing(fits or known), action))
    for analyte in known:
        names = [name for name, fits in zip(wanted, fitting, strict=True) if fits == [analyte]]
        if len(names) > 1:
            required, action = f"a single declared name for the analyte '{analyte}'", "declare it once"
            faults.append(Fault(file, None, None, required, listing(names), action))
    tables = [wells[wells["analyte"].isin(fits)].reset_index(drop=True) for fits in fitting]
    for name, table in zip(wanted, tables, strict=True):
        faults += _shared_wells(file, name, table)
    if faults:
        raise InputError(faults)
    return [table.assign(replicate=table.groupby(["plate", "sample"], sort=False).cumcount() + 1) for table in tables]


def _shared_wells(file: str, name: str, wells: pd.DataFrame) -> list[Fault]:
    """Plates of which several sheets give the same well, or give no wells to tell them apart."""
    required = f"each well of '{name}' on one sheet"
    action = "leave one sheet out, or give each plate its name in a line 'Plate ID'"
    sheets: dict[tuple[str, str], dict[str, None]] = {}
    for plate, well, sheet in zip(wells["plate"], wells["well"], wells["sheet"], strict=True):
        for single in wells_in(well) or [""]:
            sheets.setdefault((plate, single), {})[sheet] = None
    shared = {place: own for place, own in sheets.items() if len(own) > 1}
    faults = []
    for plate in dict.fromkeys(plate for plate, _ in shared):
        on = f" of the plate '{plate}'" if plate else ""
        places = [well for own, well in shared if own == plate]
        found = f"{listing(places)}{on} on the sheets {listing(shared[plate, places[0]])}"
        faults.append(Fault(file, None, None, required, found, action))
    return faults


def _named(sheet: PlateSheet, wanted: Sequence[str]) -> pd.DataFrame:
    """The wells of a sheet; those without an analyte get the one that can be meant."""
    own = [name for name in wanted if name == without_region(sheet.sheet)] or list(wanted)
    names = sheet.wells["analyte"]
    return sheet.wells.assign(analyte=names.mask(names == "", own[0])) if len(own) == 1 else sheet.wells


def _fitting(name: str, known: Sequence[str]) -> list[str]:
    return [name] if name in known else [own for own in known if own and without_region(own) == name]
