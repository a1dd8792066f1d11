"""Find the cells of every declared variable and the participant and visit each belongs to."""

from collections.abc import Iterable, Iterator

import pandas as pd

from cochange.data.reading.sources import Source
from cochange.data.reading.table import NumberText
from cochange.data.reading.variables import Variable
from cochange.data.spec import StudySpec


def cells_of(variable: Variable, sources: tuple[Source, ...], spec: StudySpec) -> pd.DataFrame:
    """List the cells of a variable, one a line; a sample has a cell for each of its wells.

    Parameters
    ----------
    variable : Variable
        A declared variable.
    sources : tuple of Source
        The files; a column may stand in several of them.
    spec : StudySpec
        The study file.

    Returns
    -------
    pandas.DataFrame
        Columns `file`, `row`, `participant`, `visit`, `role`, `variable`, `column`, `text`, `ignored`, `why`, `source`
        (position among the files), `key` (of the row there) and `typed` (whether it holds a number, not a text). A wide
        variable without visits has the visit "".
    """
    return pd.concat(_blocks(variable, sources, spec), ignore_index=True)


def together(tables: Iterable[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Put these columns of several tables of cells into one; where no variable is read it has no line.

    Parameters
    ----------
    tables : iterable of pandas.DataFrame
        Tables with `columns` among theirs.
    columns : list of str
        The columns to keep.

    Returns
    -------
    pandas.DataFrame
    """
    parts = [table[columns] for table in tables]
    return pd.concat(parts) if parts else pd.DataFrame(columns=columns)


def _blocks(variable: Variable, sources: tuple[Source, ...], spec: StudySpec) -> Iterator[pd.DataFrame]:
    if spec.data.layout == "wide":
        visits = spec.data.visits if variable.by_visit else ("",)
        for visit, columns in zip(visits, variable.columns, strict=True):
            for column in columns:
                yield from _of_column(variable, sources, column, visit)
        return
    if variable.role == "symptom" and spec.symptom is not None and spec.symptom.baseline_column is not None:
        baseline, column = spec.data.visits[0], spec.symptom.baseline_column
        for block in _of_column(variable, sources, column, ""):
            yield block.assign(visit=baseline)
    for column in variable.columns[0]:
        yield from _of_column(variable, sources, column, "")


def _of_column(variable: Variable, sources: tuple[Source, ...], column: str, visit: str) -> Iterator[pd.DataFrame]:
    for position, source in enumerate(sources):
        if column not in source.columns:
            continue
        # What does not change within a participant may be written in any of their rows, also at a visit left out.
        rows = source.rows if variable.by_visit else source.rows.assign(ignored=source.rows["stranger"])
        block = rows[["file", "row", "participant", "visit", "ignored", "why"]]
        if visit:
            block = block.assign(visit=block["visit"].mask(block["visit"] == "", visit))
        texts = source.table.cells.loc[rows.index, column].to_numpy()
        own = {"role": variable.role, "variable": variable.name, "column": column, "text": texts, "source": position}
        yield block.assign(**own, key=rows.index, typed=[isinstance(text, NumberText) for text in texts])
