"""Missing codes that are numbers: each holds in every column, so also where the number may have been measured."""

from cochange.data.checking.number_codes import has_form_of_code
from cochange.data.faults import Notice
from cochange.data.reading.cells import together
from cochange.data.reading.readings import missing_decision, parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec

_NUMERIC = ("marker", "symptom", "item", "screening", "covariate")
_WITH_ITEMS = {"item": "symptom"}


def codes_that_may_be_values(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count by column what a code took, where it stands in columns of several kinds or may be a marker's reading."""
    kinds = (own.assign(kind=_WITH_ITEMS.get(role, role)) for (role, _), own in readout.used.items())
    cells = together(kinds, ["file", "column", "variable", "status", "decision", "source", "kind"])
    cells = cells[cells["kind"].isin(_NUMERIC) & (cells["status"] == "missing")]
    notices = []
    for position, source in enumerate(readout.sources):
        of_file = cells[cells["source"] == position]
        for code in source.data.missing:
            reading = parse_reading(code, source.data.decimal)
            taken = of_file[of_file["decision"] == missing_decision(code, source.data.missing)]
            if reading.kind != "number" or any(has_form_of_code(reading.number, end) for end in ("greatest", "least")):
                continue
            read_as_marker = any(
                marker.scale != "raw" or reading.number > 0
                for marker in spec.marker
                if marker.name in set(taken.loc[taken["kind"] == "marker", "variable"])
            )
            if len(set(taken["kind"])) > 1 or read_as_marker:
                by_column = taken.groupby("column", sort=False).size()
                counted = ", ".join(f"{column} {number}" for column, number in by_column.items())
                message = (
                    f"the code '{code}' of {source.data.heading} missing holds in every column and made these cells "
                    f"missing: {counted}. Where {code} can be a value of a column, take it out of the codes and blank "
                    "the cells it stood for"
                )
                notices.append(Notice(str(taken["file"].iloc[0]), None, message))
    return notices
