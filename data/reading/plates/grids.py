"""Find the grids of a sheet: letters of the rows at the left, numbers of the columns on top, a cell for each well."""

import re
from dataclasses import dataclass

from cochange.data.faults import Fault
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.rows import cell, filled, is_note, names_plate

_LETTER = re.compile(r"[A-P]")
_NUMBER = re.compile(r"0?[1-9]|1\d|2[0-4]")
_EMPTY_CORNERS = ("", "<>", "row", "rows", "well", "wells")


@dataclass(frozen=True)
class Layer:
    """One value for each well of a grid.

    Attributes
    ----------
    row : int
        Row of the column numbers.
    title : str
        What stands over the grid or in its corner, "" for nothing.
    label : str
        What stands at the right of the rows where a well has several values, "" for a grid with one.
    wells : dict of str to tuple
        By well: row, column counted from one, and text.
    """

    row: int
    title: str
    label: str
    wells: dict[str, tuple[int, int, str]]

    @property
    def heading(self) -> str:
        """The label, or the title of a grid with one value a well."""
        return self.label or self.title


@dataclass(frozen=True)
class _Frame:
    """The numbers on top of a grid; places are counted from zero."""

    corner: int
    numbers: list[str]
    left: int
    right: int | None

    @property
    def end(self) -> int:
        return self.corner + len(self.numbers)


def find_grids(file: str, records: list[Record]) -> tuple[list[Layer], list[Fault]]:
    """Return the values of all grids.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        The sheet.

    Returns
    -------
    list of Layer, list of Fault
        Faults are grids whose columns are not numbered or whose rows do not fit them.
    """
    layers: list[Layer] = []
    faults: list[Fault] = []
    index, after = 0, 0
    while index < len(records):
        frames = _frames(records, index)
        ends = [index + 1]
        for frame in frames:
            title = _title(records[after:index], records[index][1], frame)
            found, end = _layers(file, records, index, frame, title, faults)
            layers += found
            ends.append(end)
        if not frames:
            faults += _stray(file, *records[index])
        index = max(ends)
        after = index if frames else after
    return layers, faults if layers else []


def _frames(records: list[Record], index: int) -> list[_Frame]:
    if index + 1 == len(records):
        return []
    cells, below = records[index][1], records[index + 1][1]
    starts = [
        place
        for place in range(1, len(cells))
        if _NUMBER.fullmatch(cells[place])
        and not _NUMBER.fullmatch(cells[place - 1])
        and not _LETTER.fullmatch(cells[place - 1])
        and _LETTER.fullmatch(cell(below, place - 1))
    ]
    corners = [start - 1 for start in starts]
    frames = []
    for corner, following in zip(corners, [*corners[1:], None], strict=False):
        end = corner + 1
        while end < len(cells) and end != following and _NUMBER.fullmatch(cells[end]):
            end += 1
        left = 0 if corner == corners[0] else corner
        frames.append(_Frame(corner, cells[corner + 1 : end], left, following))
    return frames


def _title(above: list[Record], cells: list[str], frame: _Frame) -> str:
    if cells[frame.corner].lower() not in _EMPTY_CORNERS:
        return cells[frame.corner]
    for _, over in reversed(above):
        places = [place for place in filled(over) if frame.left <= place and (not frame.right or place < frame.right)]
        if names_plate(over) or not places:
            continue
        title = " ".join(over[place] for place in places)
        return title if len(places) == 1 or (len(places) == 2 and over[places[0]].endswith(":")) else ""
    return ""


def _layers(
    file: str, records: list[Record], index: int, frame: _Frame, title: str, faults: list[Fault]
) -> tuple[list[Layer], int]:
    """The values of one grid, and the index of the first row after it."""
    row = records[index][0]
    numbers = [number.lstrip("0") for number in frame.numbers]
    if [int(number) for number in numbers] != list(range(int(numbers[0]), int(numbers[0]) + len(numbers))):
        required, found = "columns numbered one after another over a grid", ", ".join(frame.numbers)
        faults.append(Fault(file, row, None, required, found, "number the columns as the plate does"))
    lines: dict[str, list[Record]] = {}
    end = index + 1
    letter = ""
    while end < len(records):
        here, cells = records[end]
        corner = cell(cells, frame.corner)
        if _LETTER.fullmatch(corner) and corner > letter:
            letter = corner
            lines[letter] = []
        elif corner or here != records[end - 1][0] + 1 or not _label(cells, frame) or is_note(cells):
            break
        lines[letter].append(records[end])
        end += 1
    faults += _misfits(file, row, lines, frame)
    layers = []
    for depth in range(min(map(len, lines.values()))):
        label = _label(lines[letter][depth][1], frame)
        wells = {
            f"{of_row}{number}": (own[depth][0], place + 1, cell(own[depth][1], place))
            for of_row, own in lines.items()
            for place, number in enumerate(numbers, start=frame.corner + 1)
        }
        layers.append(Layer(row, title, label, wells))
    return layers, end


def _label(cells: list[str], frame: _Frame) -> str:
    """What stands right of the wells, unless the next grid begins there."""
    return cell(cells, frame.end + 1) if frame.right is None or frame.end + 1 < frame.right else ""


def _misfits(file: str, row: int, lines: dict[str, list[Record]], frame: _Frame) -> list[Fault]:
    """Rows with cells under no number, and grids whose rows do not all hold the same kinds of values."""
    faults = []
    for own in lines.values():
        for here, cells in own:
            limit = len(cells) if frame.right is None else frame.right
            beyond = [cells[place] for place in range(frame.end + 2, min(limit, len(cells))) if cells[place]]
            if beyond:
                required, action = "a number of a column over each cell of a grid", "number all columns of the grid"
                faults.append(Fault(file, here, None, required, f"'{beyond[0]}' under none", action))
    kinds = {tuple(_label(cells, frame) for _, cells in own) for own in lines.values()}
    if len(kinds) > 1:
        required = "the same labels at the right of each row of a grid"
        found = "; ".join(", ".join(repr(label) for label in labels) for labels in sorted(kinds)[:3])
        action = "number all columns of the grid, and give each row the same kinds of values"
        faults.append(Fault(file, row, None, required, found, action))
    return faults


def _stray(file: str, row: int, cells: list[str]) -> list[Fault]:
    """A row outside the grids that looks like one of theirs, or like the numbers over one."""
    texts = [cells[place] for place in filled(cells)]
    if len(texts) > 2 and _LETTER.fullmatch(texts[0]):
        required, action = "the numbers of the columns over each grid", "write 1, 2, 3, ... over its wells"
        return [Fault(file, row, None, required, f"a row '{texts[0]}' under none", action)]
    numbers = [int(text) for text in texts if _NUMBER.fullmatch(text)]
    if len(texts) > 1 and len(numbers) == len(texts) and numbers == list(range(numbers[0], numbers[-1] + 1)):
        required, action = "the letters of the rows at the left of each grid", "write A, B, C, ... beside its wells"
        return [Fault(file, row, None, required, f"numbers from {texts[0]} to {texts[-1]} over none", action)]
    return []
