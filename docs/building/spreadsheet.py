"""The spreadsheet of the tutorial, `docs/examples/trial.xlsx`: SYNTHETIC, drawn by the simulator that ships.

`python docs/building/spreadsheet.py` writes it again (it needs openpyxl, of the development tools).
"""

import csv
import tempfile
from pathlib import Path

from cochange.data.simulate import ExerciseTrial, write_simulated

PLACE = Path(__file__).resolve().parents[1] / "examples" / "trial.xlsx"
TITLE = "SYNTHETIC DATA: a simulated exercise trial. No person in it exists."
HEADER = (
    "Patient", "Age", "Sex", "Clinic", "Intensity", "PHQ9_screening", "IL6_w0", "IL6_w12", "MADRS_w0", "MADRS_w12",
)  # fmt: skip


def rows() -> list[list[str | float]]:
    """The cells of the sheet: title, header, one row a participant; numbers as numbers."""
    with tempfile.TemporaryDirectory() as folder:
        data = write_simulated(Path(folder), ExerciseTrial(n=116, seed=7)).with_name("trial.csv")
        lines = [line for line in data.read_text("utf-8").splitlines() if not line.startswith("#")]
    people = [[_cell(text) for text in row] for row in csv.reader(lines[1:])]
    return [[TITLE], [], list(HEADER), *people]


def _cell(text: str) -> str | float:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def write() -> None:
    """Write the workbook."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in rows():
        sheet.append(row)
    book.create_sheet("Notes").append(["Visits: w0 before the training, w12 after twelve weeks."])
    book.save(PLACE)


if __name__ == "__main__":
    write()
