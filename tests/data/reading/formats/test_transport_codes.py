"""Special missing values in SAS transport files, written byte by byte as the format's description has them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from cochange.data.reading.formats.transport_codes import transport_codes

# IBM's floating point: one byte for the sign and the power of 16 above 64, then the fraction in powers of two.
IBM = {
    1.5: bytes.fromhex("4118000000000000"),
    7.25: bytes.fromhex("4174000000000000"),
    9.125: bytes.fromhex("4192000000000000"),
    64.0: bytes.fromhex("4240000000000000"),
}
FRAME = pd.DataFrame({"id": ["A", "B", "C", "D", "_"], "il6": [1.5, 0.3, 7.25, 9.125, 64.0], "madrs": 24.0})


def write(path: Path, frame: pd.DataFrame, codes: dict[float, bytes], version: int = 5) -> bytes:
    """The file of a frame in which some numbers, each of which stands there once, are special missing values."""
    pyreadstat.write_xport(frame, str(path), file_format_version=version)
    content = path.read_bytes()
    for number, letter in codes.items():
        assert content.count(IBM[number]) == 1
        content = content.replace(IBM[number], letter + bytes(7))
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("version", [5, 8])
def test_the_letters_are_told_apart_and_missing(reader: Any, tmp_path: Path, version: int) -> None:
    path = tmp_path / "trial.xpt"
    write(path, FRAME.assign(clinic="Z"), {1.5: b"A", 7.25: b"Z", 9.125: b"_", 64.0: b"."}, version)
    table = reader(path)
    assert table.cells["il6"].tolist() == [".A", "0.3", ".Z", "._", ""]
    assert table.cells["id"].tolist() == ["A", "B", "C", "D", "_"]
    assert table.user_missing == {"il6": frozenset({".A", ".Z", "._"})}


def test_no_letter_is_found_among_numbers(tmp_path: Path) -> None:
    pyreadstat.write_xport(FRAME, str(tmp_path / "trial.xpt"))
    found = transport_codes((tmp_path / "trial.xpt").read_bytes(), len(FRAME))
    assert [set(letters) for letters in found] == [{""}] * 3
    assert transport_codes(b"HEADER RECORD", 3) == []


def test_the_audit_says_that_the_file_declares_them_missing(wide: Any) -> None:
    table = wide.table.assign(madrs_12=pd.to_numeric(wide.table["madrs_12"]))
    table.loc[4, "madrs_12"] = 64.0
    write(wide.folder / "trial.xpt", table, {64.0: b"D"}, 8)
    wide.spec["data"]["file"] = "trial.xpt"
    records = wide.read().audit.records
    coded = records[records["decision"] == "missing by the file's own code"]
    assert coded[["row", "column", "text", "status"]].to_numpy().tolist() == [[5, "madrs_12", ".D", "missing"]]
