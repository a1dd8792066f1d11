"""One table written in every format, and its reading."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from cochange.data.reading.formats.read_table import read_table
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable

WANTED = ("id", "il6", "madrs", "clinic")
TABLE = pd.DataFrame(
    {
        "id": ["001", "002", "010", "A7"],
        "il6": ["1.25", "<0.11", "", "0.5"],
        "madrs": [24.0, 7.0, float("nan"), 31.5],
        "clinic": ["Malmö", "Åre", "Örebro", "Malmö"],
    }
)
TEXTS = TABLE.assign(madrs=["24", "7", "", "31.5"])


def text(**options: str) -> Callable[[Path], None]:
    return lambda path: TEXTS.to_csv(path, index=False, **options)  # type: ignore[call-overload,no-any-return]


WRITERS: Mapping[str, tuple[Mapping[str, object], Callable[[Path], object]]] = {
    "comma.csv": ({}, text()),
    "semicolon.csv": ({}, text(sep=";")),
    "tab.tsv": ({}, text(sep="\t")),
    "latin1.csv": ({"encoding": "latin-1"}, text(encoding="latin-1")),
    "utf16.txt": ({"encoding": "utf-16"}, text(encoding="utf-16")),
    "marked.txt": ({}, text(encoding="utf-16")),
    "book.xlsx": ({}, lambda path: TABLE.to_excel(path, index=False)),
    "spss.sav": ({}, lambda path: pyreadstat.write_sav(TABLE, str(path))),
    "spss.zsav": ({}, lambda path: pyreadstat.write_sav(TABLE, str(path), compress=True)),
    "spss.por": ({}, lambda path: pyreadstat.write_por(TABLE.assign(clinic="Malmo"), str(path))),
    "stata.dta": ({}, lambda path: pyreadstat.write_dta(TABLE, str(path))),
    "sas.xpt": ({}, lambda path: pyreadstat.write_xport(TABLE, str(path))),
    "frame.parquet": ({}, lambda path: TABLE.to_parquet(path)),
}


def read(path: Path, content: bytes | None = None, **keys: object) -> TextTable:
    known = {"file": path.name, "layout": "wide", "participant": "id", "visits": ["baseline"]}
    data = DataTable.model_validate({**known, **keys})
    return read_table(path, path.read_bytes() if content is None else content, data, WANTED)


@pytest.fixture(scope="session")
def reader() -> Callable[..., TextTable]:
    return read


@pytest.fixture(scope="session", params=WRITERS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A file in one of the formats, and the keys its reading needs."""
    keys, write = WRITERS[request.param]
    path = tmp_path_factory.mktemp("formats") / request.param
    write(path)
    return path, dict(keys)


@pytest.fixture
def texts() -> pd.DataFrame:
    return TEXTS


@pytest.fixture
def workbook() -> Callable[[Mapping[str, list[list[object]]]], bytes]:
    """A workbook with these rows on its sheets."""

    def make(sheets: Mapping[str, list[list[object]]]) -> bytes:
        buffer = io.BytesIO()
        with pd.ExcelWriter(buffer) as writer:
            for name, rows in sheets.items():
                pd.DataFrame(rows).to_excel(writer, sheet_name=name, header=False, index=False)
        return buffer.getvalue()

    return make
