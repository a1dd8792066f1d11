"""Tables wider than the terminal go on below, unbroken."""

import io

import pytest
from rich.console import Console
from rich.table import Column

from cochange.wide_tables import in_parts

LABELS = ("prior", "median", "95% ETI", "decision", "overlap", "draws")
ROWS = [
    ("reference", "-8.05", "-12.1 to -4.2", "decrease, important", "41.0%", "own"),
    ("prognostic_sd=0.25, intercept_sd=2.5", "-7.9", "-11.8 to -4.0", "same", "40.2%", "matched, k 0.31"),
]


def printed(width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    for part in in_parts("The change", [Column(label) for label in LABELS], ROWS, width):
        console.print(part)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "parts"), [(140, 1), (80, 2), (50, 3)])
def test_every_cell_stands_on_one_line_beside_its_name(width, parts):
    lines = printed(width)
    assert max(map(len, lines)) <= width
    assert sum("prior" in line and "prognostic" not in line for line in lines) == parts
    assert sum("The change" in line for line in lines) == 1
    for cell in (*LABELS[1:], *(cell for row in ROWS for cell in row[1:])):
        assert any(f" {cell} " in line for line in lines), cell
