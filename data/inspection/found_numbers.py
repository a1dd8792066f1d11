"""The range of the numbers in some columns, in words."""

from cochange.data.inspection.guess import Guess
from cochange.data.inspection.look import Column
from cochange.data.reading.readings import parse_reading


def found_numbers(columns: tuple[Column, ...], guess: Guess) -> str:
    """Say between which numbers the cells of these columns lie.

    Parameters
    ----------
    columns : tuple of Column
        Columns of a scale.
    guess : Guess
        What the table seems to hold, its decimal mark among it.

    Returns
    -------
    str
    """
    readings = [parse_reading(text, guess.mark_of(column)) for column in columns for text in column.given]
    numbers = [reading.number for reading in readings if reading.kind == "number"]
    return f"found are {min(numbers):g} to {max(numbers):g}" if numbers else "no numbers are found"
