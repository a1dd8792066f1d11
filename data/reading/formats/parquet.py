"""A Parquet file as a table of texts."""

import io

import pandas as pd

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.frame import table_of
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable


def read_parquet(file: str, content: bytes, _data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Read a Parquet file; its rows are numbered from one.

    Parameters
    ----------
    file : str
        Name of the file.
    content : bytes
        The file.
    wanted : tuple of str
        Declared columns.

    Returns
    -------
    TextTable

    Raises
    ------
    InputError
        When the file is damaged, or the reader of Parquet files is not installed.
    """
    try:
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    except ImportError:
        action = "install it with the extra parquet: pip install 'cochange[parquet]'"
        raise InputError([Fault(file, None, None, "the package pyarrow", "none", action)]) from None
    except (ValueError, OSError, KeyError) as error:
        required, action = "a Parquet file that can be read", "write the file again"
        raise InputError([Fault(file, None, None, required, f"'{error}'", action)]) from None
    return table_of(file, frame, wanted, {"format": "Parquet"})
