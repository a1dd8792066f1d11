"""The header of a list of samples: which of its columns holds what."""

import re
from dataclasses import dataclass

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.rows import filled, place_of
from cochange.data.reading.plates.wording import analyte_of, is_concentration, is_mean, is_reading

# Of several names, the first that a header has is the one meant.
_SAMPLE = (r"samples?(?: ?(?:name|id|no\.?))?", "(?:well )?name", "description", "well id")
_WELL = ("wells?", "(?:well )?(?:position|location)|well id")
_TYPE = re.compile(r"(?:sample |well )?type", re.IGNORECASE)
_ANALYTE = re.compile(r"analytes?|assay|target", re.IGNORECASE)
_PLATE = re.compile(r"plate(?: ?(?:id|name|no\.?))?", re.IGNORECASE)
_DILUTION = re.compile(r"dil(?:ution)?\.?(?: ?factor)?", re.IGNORECASE)


@dataclass(frozen=True)
class ListColumns:
    """Places of the columns, counted from zero, None for those that are not there; analytes by place.

    Attributes
    ----------
    row : int
        Row of the header.
    names : list of str
        The header.
    sample : int
        The names of the samples.
    well, type, analyte, plate, dilution : int or None
        What the row says beside them.
    concentrations : dict of int to str
        By place: the analyte the header names, "" for none.
    """

    row: int
    names: list[str]
    sample: int
    well: int | None
    type: int | None
    analyte: int | None
    plate: int | None
    dilution: int | None
    concentrations: dict[int, str]


def has_samples(cells: list[str]) -> bool:
    """Say whether a row may be the header of a list: a column of samples, and one of concentrations or readings."""
    return bool(_places(cells, _SAMPLE)) and any(is_concentration(text) or is_reading(text) for text in cells)


def has_concentrations(cells: list[str]) -> bool:
    """Say whether a row is the header of a list with concentrations."""
    return has_samples(cells) and any(map(is_concentration, cells))


def columns_of(file: str, header: Record) -> ListColumns | list[Fault]:
    """Understand a header.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    header : tuple
        The row.

    Returns
    -------
    ListColumns, or list of Fault
        Faults when there are readings only, or several columns that could be meant.
    """
    row, cells = header
    samples = _places(cells, _SAMPLE)
    wells = [place for place in _places(cells, _WELL) if place not in samples]
    chosen = _single_before_means(cells)
    faults = []
    for required, places in (("column with the names of samples", samples), ("column of wells", wells)):
        if len(places) > 1:
            found = listing(cells[place] for place in places)
            faults.append(Fault(file, row, None, f"a single {required}", found, "rename the others"))
    if not chosen:
        found, action = f"only {listing(filter(None, cells))}", "export the concentrations beside the readings"
        faults.append(Fault(file, row, None, "a column of concentrations", found, action))
    if len(set(chosen.values())) < len(chosen):
        required = "one column of concentrations, or one for each analyte with its name"
        action = "leave the others out, or name the analytes in the header"
        faults.append(Fault(file, row, None, required, listing(cells[place] for place in chosen), action))
    if faults:
        return faults
    return ListColumns(
        row,
        cells,
        sample=samples[0],
        well=next(iter(wells), None),
        type=place_of(cells, _TYPE),
        analyte=place_of(cells, _ANALYTE),
        plate=place_of(cells, _PLATE),
        dilution=place_of(cells, _DILUTION),
        concentrations=chosen,
    )


def _places(cells: list[str], names: tuple[str, ...]) -> list[int]:
    for name in names:
        found = [place for place in filled(cells) if re.fullmatch(name, cells[place], re.IGNORECASE)]
        if found:
            return found
    return []


def _single_before_means(cells: list[str]) -> dict[int, str]:
    """Analytes by the places of their concentrations: of single wells, or of means where there are no others."""
    named = {place: analyte_of(text) for place, text in enumerate(cells) if is_concentration(text)}
    single = {named[place] for place in named if not is_mean(cells[place])}
    return {place: name for place, name in named.items() if name not in single or not is_mean(cells[place])}
