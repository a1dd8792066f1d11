"""Rules of the files of a study: formats, visits and the joining of further files; one small function a rule."""

from collections.abc import Iterator

from cochange.data.names import advice, listing
from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken
from cochange.data.specification.file_formats import FORMAT_NAMES, format_of, formats_with
from cochange.data.specification.files import DataTable, JoinTable
from cochange.data.specification.sample_pattern import pattern_lacks
from cochange.data.specification.toml_lines import KeyPath

# Keys that plate sheets, whose blocks are found by what they hold, have no use for.
_OF_TABLES = {"visit", "rows", "columns", "header", "header_row", "column_names", "footer_rows", "column_widths"} | {
    "labels",
    "dictionary",
    "comment",
    "decimal_columns",
}


def _keys_fit_the_format(spec: StudySpec) -> Iterator[Broken]:
    for path, data in _tables(spec):
        for file in data.files:
            kind = format_of(file)
            for key in sorted(data.model_fields_set):
                fitting = formats_with(key)
                if fitting and kind not in fitting:
                    required = (
                        f"{' or '.join(FORMAT_NAMES[name] for name in fitting)}, which alone has the key '{key}',"
                    )
                    yield Broken((*path, key), required, f"{FORMAT_NAMES[kind]} ('{file}')", "drop the key")
        if data.header_row is not None and not data.header:
            action = "drop 'header_row', or name the columns of a header that is there with 'column_names' alone"
            yield Broken((*path, "header_row"), "a file with a header", "header = false", action)
        if data.column_widths and data.delimiter is not None:
            required = "either a delimiter or the widths of the columns"
            yield Broken((*path, "column_widths"), required, "both", "drop 'delimiter' or 'column_widths'")
        texts = format_of(data.files[0]) == "text"
        if texts and not data.header and data.delimiter is None and not data.column_widths:
            required = "the key 'delimiter' for a text file without header"
            action = 'add the mark between the cells, such as delimiter = ";" or "whitespace"'
            yield Broken((*path, "header"), required, "nothing", action)
        if texts and data.labels and data.dictionary is None:
            action = "name the data dictionary of the REDCap project, or drop 'labels'"
            yield Broken((*path, "labels"), "the key 'dictionary' for labels of a text file", "nothing", action)
        repeated = sorted({name for name in data.column_names if data.column_names.count(name) > 1})
        if repeated:
            found = f"{listing(repeated)} more than once"
            yield Broken(
                (*path, "column_names"), "a different name for each column", found, "correct the repeated name"
            )


def _rows_have_a_visit(spec: StudySpec) -> Iterator[Broken]:
    for path, data in _tables(spec):
        if data.visit is not None and data.at_visit is not None:
            action = "keep 'visit' where a column names it, 'at_visit' where all rows of the file are of one visit"
            yield Broken((*path, "at_visit"), "either 'visit' or 'at_visit'", "both", action)
        if data.at_visit is not None and data.visit is None and _names_visits(data):
            action = "drop 'at_visit', or the part {visit} of 'sample_names'"
            yield Broken((*path, "at_visit"), "either 'at_visit' or {visit} in the names of samples", "both", action)
        if data.at_visit is not None and data.at_visit not in spec.data.visits:
            action = advice(data.at_visit, spec.data.visits, f"[data] visits lists {listing(spec.data.visits)}")
            yield Broken((*path, "at_visit"), "a visit listed in [data] visits", f"'{data.at_visit}'", action)
        if data.visit is None and data.ignore_visits and not _names_visits(data):
            required = "the key 'visit' beside 'ignore_visits'"
            yield Broken(
                (*path, "ignore_visits"), required, "nothing", "name the column of the visits, or drop the key"
            )
    if spec.data.layout == "long" and spec.data.visit is None and spec.data.at_visit is None:
        action = "name the column of the visits as 'visit', or the one visit of the file as 'at_visit'"
        yield Broken(("data",), "the key 'visit' in a long layout", "nothing", action)


def _ignored_visits_are_no_visits(spec: StudySpec) -> Iterator[Broken]:
    for path, data in _tables(spec):
        used = data.visits if isinstance(data, DataTable) else tuple(data.visits or spec.data.visits)
        for visit in data.ignore_visits:
            if visit in used:
                yield Broken(
                    (*path, "ignore_visits"), "a visit absent from 'visits'", f"'{visit}'", "list it in one of the two"
                )


def _main_file_of_a_wide_layout(spec: StudySpec) -> Iterator[Broken]:
    if spec.data.layout == "long":
        return
    baseline = None if spec.symptom is None else spec.symptom.baseline_column
    long_only: list[tuple[KeyPath, object]] = [
        (("data", key), getattr(spec.data, key)) for key in ("visit", "at_visit")
    ]
    long_only += [(("data", "ignore_visits"), spec.data.ignore_visits), (("symptom", "baseline_column"), baseline)]
    for path, value in long_only:
        if value:
            action = 'drop the key, or write layout = "long"'
            yield Broken(path, f"a long layout, which alone has the key '{path[-1]}',", "a wide layout", action)


def _joined_rows_have_identifiers(spec: StudySpec) -> Iterator[Broken]:
    for i, joined in enumerate(spec.data.join):
        path: KeyPath = ("data", "join", i)
        if (joined.participant is None) == (joined.sample_names is None):
            required = "either 'participant', or for plate sheets 'sample_names',"
            action = (
                'name the column of the identifiers, or write how samples are called, as in "{participant}-{visit}"'
            )
            yield Broken(path, required, "both" if joined.participant else "neither", action)
        if joined.sample_names is None and joined.ignore_samples:
            required = "a plate sheet, which alone has the key 'ignore_samples',"
            yield Broken((*path, "ignore_samples"), required, "none", "drop the key, or give 'sample_names'")
        if joined.sample_names is not None:
            lacking = pattern_lacks(joined.sample_names)
            if lacking is not None:
                action = 'correct the pattern, such as "{participant}-{visit}"'
                yield Broken((*path, "sample_names"), f"a pattern with {lacking}", f"'{joined.sample_names}'", action)
            for key in sorted(joined.model_fields_set & _OF_TABLES):
                required = f"a table with a header, which alone has the key '{key}',"
                yield Broken((*path, key), required, "plate sheets", "drop the key")
        if joined.visits and not _names_visits(joined):
            action = "name the column of the visits, or drop the key"
            yield Broken((*path, "visits"), "the key 'visit' beside 'visits'", "nothing", action)
        for own, visit in joined.visits.items():
            if visit not in spec.data.visits:
                action = advice(visit, spec.data.visits, f"[data] visits lists {listing(spec.data.visits)}")
                yield Broken((*path, "visits", own), "a visit listed in [data] visits", f"'{visit}'", action)
        repeated = sorted({visit for visit in joined.visits.values() if list(joined.visits.values()).count(visit) > 1})
        if repeated:
            action = "keep one name, or put ignored ones under 'ignore_visits'"
            yield Broken((*path, "visits"), "one name for each visit", f"{listing(repeated)} twice", action)


def _tables_are_named_once(spec: StudySpec) -> Iterator[Broken]:
    seen: set[tuple[str, str | None]] = set()
    for path, data in _tables(spec):
        for file in data.files:
            if (file, data.sheet) in seen:
                action = "drop one of them, or name another sheet"
                yield Broken((*path, "file"), "a file, or sheet of one, that is named once", f"'{file}' again", action)
            seen.add((file, data.sheet))


def _tables(spec: StudySpec) -> Iterator[tuple[KeyPath, DataTable | JoinTable]]:
    yield ("data",), spec.data
    for i, joined in enumerate(spec.data.join):
        yield ("data", "join", i), joined


def _names_visits(data: DataTable | JoinTable) -> bool:
    """Whether a column, or the name of a sample, tells the visit of a row."""
    in_samples = isinstance(data, JoinTable) and "{visit}" in (data.sample_names or "")
    return data.visit is not None or in_samples


FILE_RULES = (
    _keys_fit_the_format,
    _rows_have_a_visit,
    _ignored_visits_are_no_visits,
    _main_file_of_a_wide_layout,
    _joined_rows_have_identifiers,
    _tables_are_named_once,
)
