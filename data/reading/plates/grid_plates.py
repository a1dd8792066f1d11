"""Plates given as grids: one of samples, and one of concentrations for each analyte."""

from dataclasses import dataclass
from typing import Literal

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.grids import Layer, find_grids
from cochange.data.reading.plates.kinds import kind_of_name
from cochange.data.reading.plates.rows import plates
from cochange.data.reading.plates.sheet import Line, Parsed
from cochange.data.reading.plates.titles import named_by_label
from cochange.data.reading.plates.wording import (
    analyte_of,
    is_dilution,
    is_layout,
    is_reading,
    is_statistic,
    says_concentration,
)

Role = Literal["samples", "concentrations", "dilutions", "readings", "statistics", "untitled", "ambiguous"]
_NOT_USED: tuple[Role, ...] = ("readings", "statistics")


@dataclass(frozen=True)
class _Plate:
    name: str
    samples: list[Layer]
    concentrations: list[Layer]
    dilutions: list[Layer]


def parse_grids(file: str, records: list[Record]) -> Parsed:
    """Join the grids of samples and of concentrations, plate by plate.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        The sheet.

    Returns
    -------
    Parsed
    """
    layers, faults = find_grids(file, records)
    parsed = Parsed(facts={"layout": "grids of wells"}, faults=faults)
    roles = [(layer, _role(layer)) for layer in layers]
    parsed.facts["grids"] = "; ".join(f"{role}: '{layer.heading}' (row {layer.row})" for layer, role in roles)
    if not faults:
        parsed.faults.extend(_unclear(file, roles))
    if not any(role == "concentrations" for _, role in roles) and not parsed.faults:
        action = "export the concentrations, which the program finds from the standard curve"
        found = listing(layer.heading for layer in layers)
        parsed.faults.append(Fault(file, layers[0].row, None, "a grid of concentrations", f"only {found}", action))
    if parsed.faults:
        return parsed
    for plate in _plates(roles, plates(records)):
        _join(file, plate, records, parsed)
    return parsed


def _role(layer: Layer) -> Role:
    heading = layer.heading
    if not heading:
        return "untitled"
    if is_dilution(heading):
        return "dilutions"
    if is_reading(heading):
        return "readings"
    if is_statistic(heading):
        return "statistics"
    if layer.label:
        named = layer.label.lower() in ("well id", "name", "sample", "sample id")
        return "samples" if named else "concentrations" if says_concentration(heading) else "ambiguous"
    if is_layout(heading):
        return "ambiguous" if says_concentration(heading) else "samples"
    return "concentrations"


def _unclear(file: str, roles: list[tuple[Layer, Role]]) -> list[Fault]:
    required = "a title that says what a grid holds"
    action = "write over it 'Layout' for names of samples, or the analyte and 'concentration'"
    return [
        Fault(file, layer.row, None, required, f"'{layer.heading}'" if layer.heading else "none", action)
        for layer, role in roles
        if role in ("untitled", "ambiguous")
    ]


def _plates(roles: list[tuple[Layer, Role]], of_row: dict[int, str]) -> list[_Plate]:
    def of(name: str, wanted: Role) -> list[Layer]:
        return [layer for layer, role in roles if role == wanted and of_row[layer.row] == name]

    names = dict.fromkeys(of_row[layer.row] for layer, role in roles if role not in _NOT_USED)
    return [_Plate(name, of(name, "samples"), of(name, "concentrations"), of(name, "dilutions")) for name in names]


def _join(file: str, plate: _Plate, records: list[Record], parsed: Parsed) -> None:
    on = f" of the plate '{plate.name}'" if plate.name else ""
    for layer in plate.concentrations[:1]:
        if not plate.samples:
            required, action = f"a grid with the names of the samples{on}", "add it under a title 'Layout'"
            parsed.faults.append(Fault(file, layer.row, None, required, "none", action))
    dilution = _single(plate.dilutions)
    names, faults = _names(file, plate, on)
    parsed.faults.extend(faults)
    for layer in plate.concentrations if names else ():
        analyte = analyte_of(layer.label) or analyte_of(layer.title)
        analyte = analyte or named_by_label([record for record in records if record[0] < layer.row])
        parsed.faults.extend(_uncovered(file, layer, names))
        for well, (row, column, text) in layer.wells.items():
            code, name = names.get(well, ("", ""))
            kind = kind_of_name(code)
            if text or (name and kind == "sample"):
                thinned = dilution.get(well, "") if kind == "sample" else ""
                parsed.lines.append(Line(row, column, plate.name, analyte, well, name, kind, thinned, text, layer.row))


def _single(layers: list[Layer]) -> dict[str, str]:
    return {well: text for layer in layers for well, (_, _, text) in layer.wells.items()}


def _names(file: str, plate: _Plate, on: str) -> tuple[dict[str, tuple[str, str]], list[Fault]]:
    """By well what tells its kind and its sample's name, where a program gives both a code and a name for it."""
    named = [layer for layer in plate.samples if layer.label.lower() == "name"]
    coded = [layer for layer in plate.samples if layer not in named]
    if len(named) > 1 or len(coded) > 1:
        rows = ", ".join(str(layer.row) for layer in plate.samples)
        required, action = f"a single grid with the names of the samples{on}", "name the plates, or leave one out"
        return {}, [Fault(file, plate.samples[-1].row, None, required, f"grids in rows {rows}", action)]
    codes, own = _single(coded), _single(named)
    wells = dict.fromkeys([*codes, *own])
    return {well: (codes.get(well) or own.get(well, ""), own.get(well) or codes.get(well, "")) for well in wells}, []


def _uncovered(file: str, layer: Layer, names: dict[str, tuple[str, str]]) -> list[Fault]:
    """Samples without a concentration, and wells that the grid of samples does not have."""
    samples = [well for well, (code, _) in names.items() if code and kind_of_name(code) == "sample"]
    missing = [well for well in samples if not layer.wells.get(well, (0, 0, ""))[2]]
    strange = [well for well, (_, _, text) in layer.wells.items() if text and well not in names]
    faults = []
    if missing:
        required = f"a concentration in the grid '{layer.heading}' for each sample"
        action = "give a text for what was not measured, such as NA, that is listed under missing, or correct the grids"
        faults.append(Fault(file, layer.row, None, required, f"a blank in {listing(missing)}", action))
    if strange:
        required = f"a grid of samples with each well of the grid '{layer.heading}'"
        action = "correct the rows and columns of the grids"
        faults.append(Fault(file, layer.row, None, required, f"no such well for {listing(strange)}", action))
    return faults
