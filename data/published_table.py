"""Read a table of published estimates: one row an estimate, with its standard error or what it follows from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from cochange.data.faults import Fault, InputError, Notice, summarise
from cochange.data.names import advice, choice, listing
from cochange.data.paths import as_path
from cochange.data.reading.formats.read_table import read_table
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import DecimalMark
from cochange.data.standard_errors import (
    INTERVAL,
    NUMBERS,
    SCALES,
    interval_faults,
    off_the_middle,
    read_numbers,
    standard_error,
)

REQUIRED = ("study", "estimate", "source")
TEXTS = ("quantity", "unit", "scale", "population", "treatment", "overlap", "informs", "note")
# Rounding moves an estimate by a few hundredths of the width.
OFF_THE_MIDDLE = 0.1
# What the estimates of one quantity have in common.
ALIKE = ("unit", "scale")
COLUMNS = (*REQUIRED, *(name for name in NUMBERS if name not in REQUIRED), *TEXTS)


@dataclass(frozen=True, kw_only=True)
class PublishedEstimate:
    """One published estimate, on the scale it is pooled on.

    Attributes
    ----------
    row : int
        Row of the table, as a spreadsheet shows it.
    study, source : str
        The study, and where the estimate was found.
    estimate, se : float
        Estimate and standard error, in `unit`.
    sd : float
        Standard deviation of what one participant contributes, in `unit`; NaN where it is not given.
    n : float
        Participants behind the estimate; NaN where it is not given.
    quantity, unit : str
        What is estimated, and in which unit once it is on `scale`; empty where the table does not say.
    scale : {"as given", "log", "fisher z"}
        What the published number went through: nothing, a natural logarithm, or Fisher's z transformation.
    population, treatment, note : str
        What the table says about the study.
    overlap : str
        What the estimate shares with others, such as a control group; empty for nothing.
    informs : tuple of str
        The parameters it can inform, each as ``MODEL.PARAMETER``.
    notices : tuple of Notice
        What the user should check in the row.
    """

    row: int
    study: str
    source: str
    estimate: float
    se: float
    sd: float
    n: float
    quantity: str
    unit: str
    scale: str
    population: str
    treatment: str
    note: str
    overlap: str
    informs: tuple[str, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class PublishedTable:
    """Published estimates, read and checked.

    Attributes
    ----------
    file : str
        Name of the file.
    estimates : tuple of PublishedEstimate
        At least one.
    notices : tuple of Notice
        What the user should check of the table as a whole.
    """

    file: str
    estimates: tuple[PublishedEstimate, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def quantities(self) -> tuple[str, ...]:
        """The quantities of the table, in its order."""
        return tuple(dict.fromkeys(item.quantity for item in self.estimates))

    def of(self, quantity: str | None) -> "PublishedTable":
        """The estimates of one quantity, which have to be in one unit and on one scale.

        Parameters
        ----------
        quantity : str or None
            The quantity; None where the table has only one.

        Raises
        ------
        InputError
            If the table has no such quantity, has several and none is named, or mixes units or scales.
        """
        named = [name for name in self.quantities if name]
        if quantity is None and len(self.quantities) > 1:
            found, action = f"{len(self.quantities)}", f"choose one of {listing(named)} (`quantity`)"
            if len(named) < len(self.quantities):
                found, action = f"{len(named)}, and rows without one", f"{action}, or fill in those that are blank"
            raise InputError([Fault(self.file, None, "quantity", "a single quantity to pool", found, action)])
        chosen = self.quantities[0] if quantity is None else quantity
        members = tuple(item for item in self.estimates if item.quantity == chosen)
        if not members:
            required = f"a quantity of {self.file}"
            action = choice(chosen, named) if named else "leave it out: no row of the table names a quantity"
            raise InputError([Fault("quantity", None, None, required, f"'{chosen}'", action)])
        cells = {item.row: {name: getattr(item, name) for name in ("quantity", *ALIKE)} for item in members}
        if faults := _mixed(self.file, cells):
            raise InputError(summarise(faults))
        return replace(self, estimates=members)


def published_path() -> Path:
    """Path of the table that ships: published estimates on IL-6 and depression, each with its source."""
    return Path(str(files("cochange.data").joinpath("published", "il6_depression.csv")))


def read_published(path: Path | str | None = None, decimal: DecimalMark = ".") -> PublishedTable:
    """Read a table of published estimates.

    Parameters
    ----------
    path : Path or str, optional
        A file with the columns ``study``, ``estimate``, ``source`` and, for each row, either ``se``, or ``lower``,
        ``upper`` and ``level``, or ``sd`` and ``n``; the table that ships by default.
    decimal : {".", ","}
        Decimal mark of the numbers.

    Returns
    -------
    PublishedTable

    Raises
    ------
    InputError
        With every fault found: columns that lack, cells that are no numbers, rows without a standard error or that are
        there twice, intervals that do not hold their estimate; and with these, units and scales that are mixed. Or if
        there is no such file.
    TypeError
        If `path` is none.
    """
    required = "published estimates must be a PublishedTable or the path of a file"
    table = _cells_of(published_path() if path is None else as_path(path, required))
    faults = _missing_columns(table)
    missing = {fault.column for fault in faults}
    estimates: list[PublishedEstimate] = []
    rows = {}
    for row, record in zip(table.cells.index, table.cells.to_dict("records"), strict=True):
        cells = {name: str(record.get(name, "")) for name in COLUMNS}
        rows[int(row)] = cells | {"scale": cells["scale"] or SCALES[0]}
        read = _estimate(table.file, int(row), cells, decimal)
        if isinstance(read, PublishedEstimate):
            estimates.append(read)
        else:
            faults += [fault for fault in read if fault.column not in missing]
    faults += _repeated(table.file, rows)
    if faults:
        # A mixture keeps nobody from pooling another quantity: it alone is no fault of the table.
        told = {(fault.row, fault.column) for fault in faults}
        faults += [fault for fault in _mixed(table.file, rows) if (fault.row, fault.column) not in told]
        raise InputError(summarise(faults))
    unused = [name for name in table.cells.columns if name not in COLUMNS]
    notices = (Notice(table.file, None, f"columns that are not used: {listing(unused)}"),) if unused else ()
    return PublishedTable(table.file, tuple(estimates), (*table.notices, *notices))


def _mixed(file: str, rows: Mapping[int, Mapping[str, str]]) -> list[Fault]:
    """The rows whose unit or scale is not that of the first row of their quantity."""
    firsts: dict[str, int] = {}
    return [
        Fault(
            file,
            row,
            column,
            f"the {column} of row {first}, which has the same quantity,",
            f"'{cells[column]}' instead of '{rows[first][column]}'",
            "give what cannot be pooled another quantity",
        )
        for row, cells in rows.items()
        for first in [firsts.setdefault(cells["quantity"], row)]
        for column in ALIKE
        if cells[column] != rows[first][column]
    ]


def _repeated(file: str, rows: Mapping[int, Mapping[str, str]]) -> list[Fault]:
    """The rows that give an estimate of another row once more, which would count as a second study."""
    firsts: dict[tuple[str, ...], int] = {}
    told = [name for name in COLUMNS if name not in ("source", "informs", "note")]
    found = []
    for row, cells in rows.items():
        first = firsts.setdefault(tuple(cells[name].casefold() for name in told), row)
        if first != row and cells["study"]:
            required, action = "each estimate once", "delete one of them, or say in study or population who they are of"
            both = f"rows {first} and {row}, which are both '{cells['study']}' with the same numbers"
            found.append(Fault(file, row, "study", required, both, action))
    return found


def _missing_columns(table: TextTable) -> list[Fault]:
    known = list(table.cells.columns)
    required, rest = "a column of this name", f"the header holds {listing(known)}"
    return [
        Fault(table.file, table.header_row, name, required, "none", advice(name, known, rest))
        for name in REQUIRED
        if name not in known
    ]


def _cells_of(path: Path) -> TextTable:
    """The table as texts; the advice of the reader speaks of a study file, which there is none of."""
    layout = DataTable(file=path.name, layout="wide", participant="study", visits=("published",), comment="#")
    action = "save it as CSV in UTF-8, with a comma between the cells"
    actions = {"a row of data": "add a row for each estimate"}
    try:
        return read_table(path, path.read_bytes(), layout, COLUMNS)
    except OSError:
        found = "a folder" if path.is_dir() else "no file that can be read"
        action = "name the file in it" if path.is_dir() else "check the path"
        raise InputError([Fault(str(path), None, None, "a table of published estimates", found, action)]) from None
    except InputError as error:
        raise InputError([replace(item, action=actions.get(item.required, action)) for item in error.faults]) from None


def _estimate(file: str, row: int, cells: Mapping[str, str], decimal: DecimalMark) -> PublishedEstimate | list[Fault]:
    """One row, or its faults."""
    faults = [
        Fault(file, row, name, "a text", "a blank cell", f"give the {name}")
        for name in ("study", "source")
        if not cells[name]
    ]
    scale = cells["scale"] or SCALES[0]
    if scale not in SCALES:
        faults.append(Fault(file, row, "scale", "a scale to pool on", f"'{scale}'", f"write one of {listing(SCALES)}"))
        scale = SCALES[0]
    published, unreadable = read_numbers(file, row, cells, scale, decimal)
    faults += unreadable
    if faults:
        told = {fault.column for fault in faults}
        return faults if told & {*INTERVAL, "scale"} else [*faults, *interval_faults(published)]
    se, faults = standard_error(published)
    if faults:
        return faults
    return PublishedEstimate(
        row=row,
        study=cells["study"],
        source=cells["source"],
        estimate=published.pooled("estimate"),
        se=se,
        sd=published.numbers.get("sd", math.nan),
        n=published.numbers.get("n", math.nan),
        quantity=cells["quantity"],
        unit=cells["unit"],
        scale=scale,
        population=cells["population"],
        treatment=cells["treatment"],
        note=cells["note"],
        overlap=cells["overlap"],
        informs=tuple(cells["informs"].split()),
        notices=_notices(file, row, off_the_middle(published)),
    )


def _notices(file: str, row: int, off: float) -> tuple[Notice, ...]:
    """A ratio or a correlation has a symmetric interval on its own scale only: a far-off estimate shows a wrong one."""
    if off <= OFF_THE_MIDDLE:
        return ()
    message = f"the estimate in row {row} is {off:.0%} of the interval's width off its middle: check numbers and scale"
    return (Notice(file, "estimate", message),)
