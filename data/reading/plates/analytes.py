"""Find the declared analytes among those of a plate sheet."""

from collections.abc import Sequence

from cochange.data.faults import Fault, InputError
from cochange.data.names import advice, listing
from cochange.data.reading.plates.sheet import PlateSheet
from cochange.data.reading.plates.wording import REGION


def without_region(analyte: str) -> str:
    """Return the name of an analyte without the bead region behind it.

    Examples
    --------
    >>> without_region("IL-6 (19)"), without_region("IL-12 (p70)")
    ('IL-6', 'IL-12 (p70)')
    """
    return REGION.sub("", analyte)


def wanted_analytes(sheet: PlateSheet, wanted: Sequence[str]) -> dict[str, str]:
    """Find the declared analytes.

    Parameters
    ----------
    sheet : PlateSheet
        The sheet.
    wanted : sequence of str
        Names as declared: as on the sheet, or without the bead region.

    Returns
    -------
    dict of str to str
        By declared name, the name in the column `analyte`. An analyte that the sheet does not name is the declared one
        that the sheet itself is named after, or the only one declared.

    Raises
    ------
    InputError
        When a name is not found, fits several analytes, or two names fit the same one.
    """
    found: dict[str, str] = {}
    faults = []
    for name in wanted:
        fitting = _fitting(sheet, name, wanted)
        if len(fitting) == 1:
            found[name] = fitting[0]
            continue
        action = advice(name, map(without_region, sheet.analytes), "write the name as the sheet has it")
        shown = listing(fitting or sheet.analytes)
        faults.append(Fault(sheet.file, None, None, f"a single analyte '{name}'", shown, action))
    for analyte in dict.fromkeys(found.values()):
        names = [name for name, own in found.items() if own == analyte]
        if len(names) > 1:
            required, action = f"a single declared name for the analyte '{analyte}'", "declare it once"
            faults.append(Fault(sheet.file, None, None, required, listing(names), action))
    if faults:
        raise InputError(faults)
    return found


def _fitting(sheet: PlateSheet, name: str, wanted: Sequence[str]) -> list[str]:
    if name in sheet.analytes:
        return [name]
    plain = [analyte for analyte in sheet.analytes if analyte and without_region(analyte) == name]
    own = name == without_region(sheet.sheet) or (len(wanted) == 1 and sheet.analytes == ("",))
    return plain or ([""] if "" in sheet.analytes and own else [])
