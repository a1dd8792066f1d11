"""Columns that identify people: those a study uses, and those that merely stand in its file."""

from cochange.data.faults import Notice
from cochange.data.inspection.privacy import kind_of_private
from cochange.data.names import listing
from cochange.data.reading.open_files import Opened
from cochange.data.reading.variables import bare_names, declared_columns
from cochange.data.spec import StudySpec


def private_columns(own: Opened, spec: StudySpec) -> list[Notice]:
    """Say which columns look as if they identified people.

    Parameters
    ----------
    own : Opened
        A data file.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Notice
        One for each such column: a caution where the study file declares it, since its texts then enter the outputs.
        Identifiers that pseudonyms stand for are passed over. The dates of ``[dates]``, which enter no more than the
        audit, share one notice without caution.
    """
    table, data, notices = own.table, own.data, []
    declared = {data.participant, *bare_names(declared_columns(spec), spec)}
    to_check = bare_names(spec.dates.columns, spec) if spec.dates is not None else ()
    dates: list[str] = []
    for place, name in enumerate(table.cells.columns):
        if name == data.participant and data.pseudonyms:
            continue
        kind = kind_of_private(name, table.cells.iloc[:, place])
        if kind is None and name not in table.identifiers:
            continue
        if kind == "dates" and name in to_check:
            dates += [name] if spec.dates is not None and spec.dates.counted_in is None else []
            continue
        looks = "is marked as an identifier in the data dictionary" if kind is None else f"looks like {kind}"
        if name not in declared:
            message = f"{looks}: it is not read and enters no output"
        elif name == data.participant:
            message = f"{looks}, and the identifiers stand in audit.csv, the report and other outputs: write "
            message += "pseudonyms = true under [data], and P001, P002, ... take their place"
        else:
            message = f"{looks}, and is read as the study file says: its texts stand in audit.csv and may "
            message += "stand in the report. Use a column that identifies nobody, such as an age or a visit's number"
        notices.append(Notice(table.file, name, message, caution=name in declared))
    if dates:
        message = f"the dates of the visits ({listing(dates)}) stand in audit.csv, and nowhere else: where that is "
        message += "passed on, dates may tell who somebody is"
        notices.append(Notice(table.file, None, message))
    return notices
