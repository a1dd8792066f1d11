"""Replace the identifiers of participants by numbers, so that no output holds them."""

from dataclasses import replace

from cochange.data.reading.table import TextTable
from cochange.data.specification.tables import DataTable

FEWEST_DIGITS = 3


def with_pseudonyms(table: TextTable, data: DataTable) -> TextTable:
    """Replace identifiers by P001, P002 and so on, in the order of the file, where the study file asks for it.

    Parameters
    ----------
    table : TextTable
        The data file, with the column of identifiers present.
    data : DataTable
        The ``[data]`` table.

    Returns
    -------
    TextTable
        The same table where no pseudonyms are wanted. Blank and missing identifiers stay as they are, to be found.
    """
    if not data.pseudonyms:
        return table
    texts = table.cells[data.participant]
    known = [text for text in texts.unique() if text not in ("", *data.missing)]
    digits = max(FEWEST_DIGITS, len(str(len(known))))
    pseudonyms = {text: f"P{number:0{digits}d}" for number, text in enumerate(known, start=1)}
    return replace(
        table, cells=table.cells.assign(**{data.participant: [pseudonyms.get(text, text) for text in texts]})
    )
