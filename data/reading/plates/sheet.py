"""The wells of a plate sheet, whatever its layout, and what must hold of them in every layout."""

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import pandas as pd

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.reading.plates.rows import row_list

Kind = Literal["sample", "standard", "control", "blank"]
WELL = ["plate", "analyte", "sample"]


class Line(NamedTuple):
    """One analyte in one well, or in the wells whose mean the program gives.

    Attributes
    ----------
    row, column : int
        Place of the concentration; the first column is 1.
    plate : str
        "" when the sheet names none.
    analyte : str
        Name as written; "" when the sheet names none.
    well : str
        As written, such as "C1" or "C1,C2"; "" when not given.
    sample : str
        Name as written.
    kind : {"sample", "standard", "control", "blank"}
    dilution : str
        As written; "" when not given.
    text : str
        The concentration as written.
    block : int
        Row in which the block of the analyte begins.
    """

    row: int
    column: int
    plate: str
    analyte: str
    well: str
    sample: str
    kind: Kind
    dilution: str
    text: str
    block: int


@dataclass(frozen=True)
class Parsed:
    """What the parser of one layout found.

    Attributes
    ----------
    lines : list of Line
        Every well of every block.
    facts : dict of str to str
        What was found, in words.
    faults : list of Fault
        What could not be read.
    """

    lines: list[Line] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class PlateSheet:
    """The wells of a sheet.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    sheet : str
        Name of the sheet, "" where it has none.
    wells : pandas.DataFrame
        One line a well and analyte, in the order of the sheet: the columns of `Line` without `block`, and `replicate`,
        the number of the well among those of its sample, analyte and plate (1, 2, ...).
    facts : dict of str to str
        What was found, in words, for the audit.
    """

    file: str
    sheet: str
    wells: pd.DataFrame
    facts: dict[str, str]

    @property
    def analytes(self) -> tuple[str, ...]:
        """Names of the analytes as written, in the order of the sheet."""
        return tuple(self.wells["analyte"].unique())


def as_sheet(file: str, sheet: str, parsed: Parsed) -> PlateSheet:
    """Check the wells of a sheet and number the replicates.

    Parameters
    ----------
    file : str
        Name of the file.
    sheet : str
        Name of the sheet.
    parsed : Parsed
        From the parser of the layout.

    Returns
    -------
    PlateSheet

    Raises
    ------
    InputError
        When the parser found faults, a concentration has no sample, a well is there twice, or nothing is left.
    """
    used = [line for line in parsed.lines if line.sample or line.text]
    faults = [
        *parsed.faults,
        *_nameless(file, used),
        *_wells_given_twice(file, used),
        *_blocks_without_wells(file, used),
    ]
    if not used and not faults:
        action = "check the file, or name another sheet"
        faults.append(Fault(file, None, None, "a well with a sample and its concentration", "none", action))
    if faults:
        raise InputError(summarise(faults))
    wells = pd.DataFrame(used, columns=list(Line._fields)).drop(columns="block")
    wells["text"] = pd.Series([line.text for line in used], dtype=object)
    wells["replicate"] = wells.groupby(WELL, sort=False).cumcount() + 1
    return PlateSheet(file, sheet, wells, {**parsed.facts, **_facts(parsed.lines, used)})


def wells_in(well: str) -> list[str]:
    """Return the single wells of a text such as ``"C1,C2"``, without zeros before their numbers.

    Examples
    --------
    >>> wells_in("C01, C2")
    ['C1', 'C2']
    """
    singles = re.split(r"[,;]", well.replace(" ", "")) if well else []
    return [re.sub(r"(?<=[A-P])0+(?=\d)", "", single) for single in singles]


def _nameless(file: str, lines: list[Line]) -> list[Fault]:
    required, action = "the name of a sample beside each concentration", "write the name of the sample in this row"
    return [
        Fault(file, line.row, str(line.column), required, f"a blank beside '{line.text}'", action)
        for line in lines
        if not line.sample
    ]


def _wells_given_twice(file: str, lines: list[Line]) -> list[Fault]:
    rows: dict[tuple[str, str, str], list[int]] = {}
    for line in lines:
        for well in wells_in(line.well):
            rows.setdefault((line.plate, line.analyte, well), []).append(line.row)
    twice: dict[tuple[str, str], dict[str, list[int]]] = {}
    for (plate, analyte, well), where in rows.items():
        if len(where) > 1:
            twice.setdefault((plate, analyte), {})[well] = where
    action = "leave one of them out, or give each plate its name in a line 'Plate ID' over its blocks"
    return [
        Fault(
            file,
            min(row for where in wells.values() for row in where),
            None,
            f"each well of '{analyte}' once{_on(plate)}",
            f"{listing(wells)} in rows {row_list([row for where in wells.values() for row in where])}",
            action,
        )
        for (plate, analyte), wells in twice.items()
    ]


def _blocks_without_wells(file: str, lines: list[Line]) -> list[Fault]:
    blocks: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        known = blocks.setdefault((line.plate, line.analyte), [])
        if not line.well and line.block not in known:
            known.append(line.block)
    action = "leave one of them out, give the wells, or give each plate its name in a line 'Plate ID' over its blocks"
    return [
        Fault(
            file,
            starts[1],
            None,
            f"a single block of '{analyte}'{_on(plate)} where wells are not given",
            f"blocks from rows {row_list(starts)}",
            action,
        )
        for (plate, analyte), starts in blocks.items()
        if len(starts) > 1
    ]


def _on(plate: str) -> str:
    return f" on the plate '{plate}'" if plate else ""


def _facts(lines: list[Line], used: list[Line]) -> dict[str, str]:
    numbers: dict[str, dict[str, int]] = {}
    names: dict[str, dict[str, None]] = {}
    for line in used:
        of_analyte = numbers.setdefault(line.analyte, {})
        of_analyte[line.kind] = of_analyte.get(line.kind, 0) + 1
        names.setdefault(line.kind, {})[line.sample] = None
    facts = {
        "analytes": "; ".join(
            f"'{analyte}' ({', '.join(f'{number} of kind {kind}' for kind, number in kinds.items())})"
            for analyte, kinds in numbers.items()
        )
    }
    for kind in ("standard", "control", "blank"):
        if kind in names:
            facts[f"taken for kind {kind}"] = listing(names[kind])
    plates = dict.fromkeys(line.plate for line in used)
    facts["plates"] = listing(plates) if any(plates) else "none named"
    if len(used) < len(lines):
        empty = [line.row for line in lines if not line.sample and not line.text]
        facts["empty wells"] = f"without sample and concentration, left out (rows {row_list(empty)})"
    return facts
