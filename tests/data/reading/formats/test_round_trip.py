"""The same table in every format gives the same texts, and damage to it a message."""

import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cochange.data.faults import InputError

Written = tuple[Path, dict[str, object]]


def test_every_format_gives_the_same_texts(written: Written, reader: Any, texts: pd.DataFrame) -> None:
    path, keys = written
    found = reader(path, **keys).cells
    portable = path.suffix == ".por"
    # That format has no small letters in names, and the writer no other letters than those of ASCII.
    expected = texts.assign(clinic="Malmo").rename(columns=str.upper) if portable else texts
    assert list(found.columns) == list(expected.columns)
    assert found.to_numpy().tolist() == expected.to_numpy().tolist()


def test_rows_are_numbered_as_the_program_shows_them(written: Written, reader: Any) -> None:
    path, keys = written
    first = 2 if path.suffix in (".csv", ".tsv", ".txt", ".xlsx") else 1
    assert reader(path, **keys).cells.index.tolist() == list(range(first, first + 4))


def test_a_file_under_the_suffix_of_another_format_is_refused(written: Written, reader: Any) -> None:
    path, keys = written
    for other in ("file.csv", "file.xlsx", "file.dta", "file.parquet"):
        if path.suffix in (".por",) or Path(other).suffix == path.suffix:
            continue
        if path.suffix in (".csv", ".tsv", ".txt") and other == "file.csv":
            continue
        with pytest.raises(InputError) as caught:
            reader(Path(other), path.read_bytes(), **keys if other == "file.csv" else {})
        assert all(fault.file == other and fault.action for fault in caught.value.faults)


def test_a_damaged_file_ends_in_a_message_or_a_table(written: Written, reader: Any) -> None:
    path, keys = written
    content = path.read_bytes()
    chance = random.Random(20170312)
    faults = []
    for _ in range(60):
        spoilt = bytearray(content)
        kind = chance.randrange(3)
        if kind == 0:
            del spoilt[chance.randrange(len(spoilt)) :]
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(spoilt) + 1)
            if kind == 1 and place < len(spoilt):
                spoilt[place] = chance.randrange(256)
            elif kind == 2:
                spoilt[place:place] = bytes(chance.randrange(256) for _ in range(4))
        try:
            reader(path, bytes(spoilt), **keys)
        except InputError as error:
            faults += error.faults
    assert faults
    assert all(fault.required and fault.found and fault.action for fault in faults)


LETTERS = st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=("Zs", "Cc", "Cs"))
CELLS = st.text(LETTERS, max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS).filter(any), min_size=1, max_size=8))
def test_no_cell_of_a_text_file_is_lost_or_changed(rows: list[tuple[str, ...]], reader: Any) -> None:
    frame = pd.DataFrame(rows, columns=["id", "il6", "madrs", "clinic"])
    content = frame.to_csv(index=False).encode()
    expected = [[cell.strip() for cell in row] for row in rows]
    assert reader(Path("trial.csv"), content).cells.to_numpy().tolist() == [row for row in expected if any(row)]
