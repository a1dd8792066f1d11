"""Numbers in single precision: the fewest digits that tell them apart there, and no others made of them."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SINGLE = np.array([1.1, 0.3, np.nan, 123456792], dtype=np.float32)
SHOWN = ["1.1", "0.3", "", "123456792"]


def frame() -> pd.DataFrame:
    double = np.array([1.1, float(np.float32(1.1)), np.nan, 0.3])
    return pd.DataFrame({"id": list("abcd"), "il6": SINGLE, "madrs": double, "clinic": "A"})


def test_single_precision_of_stata_is_told_by_the_storage_type(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "trial.dta"
    frame().to_stata(path, write_index=False)
    assert pd.read_stata(path).dtypes[["il6", "madrs"]].tolist() == [np.float32, np.float64]
    cells = reader(path).cells
    assert cells["il6"].tolist() == SHOWN
    assert cells["madrs"].tolist() == ["1.1", "1.100000023841858", "", "0.3"]


def test_single_precision_beside_a_special_missing_value(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "trial.dta"
    frame().to_stata(path, write_index=False, version=118)
    # Stata's ".a" in a float.
    content = path.read_bytes().replace(struct.pack("<f", SINGLE[1]), struct.pack("<I", 0x7F000800))
    table = reader(path, content)
    assert table.cells["il6"].tolist() == ["1.1", ".a", "", "123456792"]
    assert table.user_missing == {"il6": frozenset({".a"})}


def test_single_precision_of_parquet(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "trial.parquet"
    frame().to_parquet(path)
    assert reader(path).cells["il6"].tolist() == SHOWN
