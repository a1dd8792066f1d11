"""However a study is shared out over files: it is the study in one file, and no cell of any file is lost."""

import copy
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.study import Study

MISSING = ["NA", "-99"]
PEOPLE = ["arm", "intensity", "clinic", "age", "sex", "phq9"]
NUMBER = st.floats(0.3, 80).map(lambda x: f"{x:.4g}")
BLANK = st.sampled_from(["", *MISSING])
READING = st.one_of(NUMBER, BLANK, st.sampled_from(["<LOD", "<0.3", "0.2", ">ULOQ", "*7.5"]))
SCORE = st.one_of(st.integers(0, 60).map(str), BLANK)
MARKER = {"lower_limit": 0.1, "upper_limit": 100, "floors": [0.2], "extrapolated": "keep"}
MARKER |= {"confirmed": ["scale", "floors", "ceilings"], "missing_codes": ["H"], "measured_codes": ["0"]}
VISITS = {"0": "baseline", "12": "12 weeks"}
NAMES = {"0": "T0", "12": "T1", "6": "extra"}
DATES = {"0": "2024-01-05", "12": "2024-03-29"}
KINDS = {"people": PEOPLE, "marker": ["il6", "well", "remark", "lod"], "symptom": ["madrs"], "date": ["date"]}
WAYS = ("main", "by participant", "by sample", "by visit", "two files")
EXAMPLES = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def drawn(long: Any, draw: Any) -> tuple[dict[str, Any], pd.DataFrame]:
    """A long study with some cells drawn anew: readings in two wells, codes, limits of samples, scores and dates."""
    table = long.table.copy()
    table["well"] = [f"{1 + i / 50:g}" for i in range(len(table))]
    table["date"] = table["week"].map(DATES)
    for name, cells in (("il6", READING), ("well", st.one_of(NUMBER, BLANK)), ("madrs", SCORE)):
        table.loc[:9, name] = draw(st.lists(cells, min_size=10, max_size=10))
    for name, texts in (("remark", ["0", "H", ""]), ("lod", ["0.05", "0.15", "", "NA"])):
        table[name] = draw(st.lists(st.sampled_from(texts), min_size=len(table), max_size=len(table)))
    table["remark"] = table["remark"].where(table["il6"].str.fullmatch(r"[\d.]+") & (table["il6"] != "0.2"), "")
    table["remark"] = table["remark"].mask(table["well"].isin(["", *MISSING]), "")
    table["remark"] = table["remark"].mask(table.index % 3 > 0, "")
    spec = copy.deepcopy(long.spec)
    spec["data"]["missing"] = MISSING
    spec["marker"][0] |= {**MARKER, "columns": [["il6", "well"]], "codes": ["remark"], "lower_limit_columns": ["lod"]}
    spec["dates"] = {"columns": ["date"]}
    return spec, table.astype(object)


def wide_of(spec: dict[str, Any], table: pd.DataFrame) -> tuple[dict[str, Any], pd.DataFrame]:
    """The same study with one row a participant."""
    parts = [table.drop_duplicates("id").set_index("id")[PEOPLE]]
    stems = [stem for kind, own in KINDS.items() if kind != "people" for stem in own]
    parts += [table[table["week"] == week].set_index("id")[stems].add_suffix(f"_{week}") for week in VISITS]
    spec = copy.deepcopy(spec)
    del spec["data"]["visit"]
    spec["data"] |= {"layout": "wide", "visits": list(VISITS.values())}
    name_columns(spec, lambda stem, week: f"{stem}_{week}")
    return spec, pd.concat(parts, axis=1).reset_index()


def name_columns(spec: dict[str, Any], called: Any) -> None:
    marker = spec["marker"][0]
    marker["columns"] = [[called("il6", week), called("well", week)] for week in VISITS]
    marker["codes"] = [called("remark", week) for week in VISITS]
    marker["lower_limit_columns"] = [called("lod", week) for week in VISITS]
    spec["symptom"]["columns"] = [called("madrs", week) for week in VISITS]
    spec["dates"]["columns"] = [called("date", week) for week in VISITS]


class Shared:
    """The files a study is shared out over: their tables, what joins them, and the columns that are declared."""

    def __init__(self, spec: dict[str, Any], draw: Any) -> None:
        self.spec, self.draw = copy.deepcopy(spec), draw
        self.tables: dict[str, pd.DataFrame] = {}
        self.joins: list[dict[str, Any]] = []

    def join(self, name: str, table: pd.DataFrame, *, files: int = 1, **keys: Any) -> None:
        """Add a file, or several that are read alike, with rows in an order of their own."""
        table = table.iloc[list(self.draw(st.permutations(range(len(table)))))].rename(columns={"id": "subject"})
        names = [f"{name}{number}.csv" for number in range(files)]
        for number, file in enumerate(names):
            self.tables[file] = table.iloc[number::files].reset_index(drop=True)
        self.joins.append(
            {"file": names if files > 1 else names[0], "participant": "subject", "missing": MISSING, **keys}
        )

    def read(self, folder: Path, to_toml: Any) -> Study:
        self.spec["data"]["file"] = "main.csv"
        for name, table in self.tables.items():
            table.to_csv(folder / name, index=False, lineterminator="\n")
        path = folder / "study.toml"
        path.write_text(to_toml({**self.spec, "data.join": self.joins}), encoding="utf-8")
        return read_study(path)


def shared_long(spec: dict[str, Any], table: pd.DataFrame, ways: dict[str, str], draw: Any) -> Shared:
    shared, main = Shared(spec, draw), ["id", "week"]
    for kind, way in ways.items():
        columns = KINDS[kind]
        files = 2 if way == "two files" else 1
        if way == "main":
            main += columns
        elif kind == "people":
            shared.join(kind, table.drop_duplicates("id")[["id", *columns]], files=files)
        elif way == "by visit":
            for week in VISITS:
                at = table[table["week"] == week][["id", *columns]]
                shared.join(f"{kind}_{week}_", at, at_visit=week)
        else:
            by_sample = table[["id", "week", *columns]].assign(week=table["week"].map(NAMES))
            unplanned = by_sample.iloc[draw(st.lists(st.integers(0, 20), max_size=2, unique=True))].assign(week="extra")
            visits = {NAMES[week]: week for week in VISITS}
            rows = pd.concat([by_sample, unplanned.assign(**dict.fromkeys(columns, "not read"))])
            shared.join(kind, rows, files=files, visit="week", visits=visits, ignore_visits=["extra"])
    shared.tables["main.csv"] = table[main]
    return shared


def shared_wide(spec: dict[str, Any], table: pd.DataFrame, ways: dict[str, str], draw: Any) -> Shared:
    shared, main = Shared(spec, draw), ["id"]
    called: dict[str, str] = {}
    for kind, way in ways.items():
        stems = KINDS[kind]
        files = 2 if way == "two files" else 1
        columns = stems if kind == "people" else [f"{stem}_{week}" for week in VISITS for stem in stems]
        if way == "main":
            main += columns
        elif kind == "people" or way in ("by participant", "two files"):
            shared.join(kind, table[["id", *columns]], files=files)
        else:
            called |= {f"{stem}_{week}": f"{stem} at {VISITS[week]}" for week in VISITS for stem in stems}
            at = {
                week: table[["id", *(f"{stem}_{week}" for stem in stems)]].set_axis(["id", *stems], axis=1)
                for week in VISITS
            }
            if way == "by visit":
                for week in VISITS:
                    shared.join(f"{kind}_{week}_", at[week], at_visit=VISITS[week])
                continue
            unplanned = at["0"].iloc[draw(st.lists(st.integers(0, 20), max_size=2, unique=True))]
            unplanned = unplanned.assign(time="extra", **dict.fromkeys(stems, "not read"))
            rows = pd.concat([*(at[week].assign(time=NAMES[week]) for week in VISITS), unplanned])
            visits = {NAMES[week]: visit for week, visit in VISITS.items()}
            shared.join(kind, rows, visit="time", visits=visits, ignore_visits=["extra"])
    name_columns(shared.spec, lambda stem, week: called.get(f"{stem}_{week}", f"{stem}_{week}"))
    shared.tables["main.csv"] = table[main]
    return shared


def assert_same_study(study: Study, whole: Study) -> None:
    one, other = (each.data.drop_vars("row", errors="ignore") for each in (study, whole))
    for name in {*one.variables, *other.variables}:
        np.testing.assert_array_equal(one[name].to_numpy(), other[name].to_numpy(), err_msg=str(name))


def assert_every_cell_is_recorded_once(study: Study, tables: dict[str, pd.DataFrame]) -> None:
    declared = {
        f"{stem}{end}" for own in KINDS.values() for stem in own for end in ("", *(f"_{week}" for week in VISITS))
    }
    expected: Counter[tuple[str, int, str, str]] = Counter()
    for file, table in tables.items():
        for name in declared & set(table.columns):
            # A row without any cell filled is left out, and told among the facts.
            filled = (table != "").any(axis=1)
            expected.update((file, row + 2, name, text) for row, text in enumerate(table[name]) if filled.iloc[row])
    records = study.audit.records
    there = records[records["row"].notna()]
    names = there["column"].str.replace(r" at .*", "", regex=True)
    assert Counter(zip(there["file"], there["row"].astype(int), names, there["text"], strict=True)) == expected


@pytest.mark.parametrize("layout", ["wide", "long"])
@EXAMPLES
@given(data=st.data(), ways=st.fixed_dictionaries({kind: st.sampled_from(WAYS) for kind in KINDS}))
def test_a_study_in_several_files_is_the_study_in_one(
    layout: str, long: Any, toml: Any, data: st.DataObject, ways: dict[str, str]
) -> None:
    spec, table = drawn(long, data.draw)
    if layout == "wide":
        spec, table = wide_of(spec, table)
    whole = replace(long, spec=spec, table=table).read()
    shared = {"wide": shared_wide, "long": shared_long}[layout](spec, table, ways, data.draw)
    study = shared.read(long.folder, toml)
    assert_same_study(study, whole)
    assert_every_cell_is_recorded_once(study, shared.tables)


@pytest.mark.parametrize("layout", ["wide", "long"])
@EXAMPLES
@given(data=st.data(), ways=st.fixed_dictionaries({kind: st.sampled_from(WAYS) for kind in KINDS}))
def test_a_spoilt_file_ends_in_a_fault_or_in_its_records(
    layout: str, long: Any, toml: Any, data: st.DataObject, ways: dict[str, str]
) -> None:
    spec, table = drawn(long, data.draw)
    if layout == "wide":
        spec, table = wide_of(spec, table)
    shared = {"wide": shared_wide, "long": shared_long}[layout](spec, table, ways, data.draw)
    file = data.draw(st.sampled_from(sorted(shared.tables)))
    spoilt = shared.tables[file].copy()
    row, column = (data.draw(st.integers(0, size - 1)) for size in spoilt.shape)
    change = data.draw(
        st.sampled_from(["drop the row", "repeat the row", "drop the column", "blank", "007", "T0", "1,5"])
    )
    if change == "drop the row":
        spoilt = spoilt.drop(index=row).reset_index(drop=True)
    elif change == "repeat the row":
        spoilt = pd.concat([spoilt, spoilt.iloc[[row]]], ignore_index=True)
    elif change == "drop the column":
        spoilt = spoilt.drop(columns=spoilt.columns[column])
    else:
        spoilt.iloc[row, column] = "" if change == "blank" else change
    shared.tables[file] = spoilt
    try:
        study = shared.read(long.folder, toml)
    except InputError:
        return
    assert_every_cell_is_recorded_once(study, shared.tables)
