"""Whatever a laboratory writes: every marker cell is in the audit with a decision, or in a fault with its row."""

import copy
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FREE = 10
KEYS = {
    "lower_limit": 0.11,
    "upper_limit": 100,
    "lower_limit_columns": ["lod", "lod"],
    "floors": [0.2],
    "ceilings": [90],
    "codes": ["remark", "remark"],
    "measured_codes": ["0"],
    "below_codes": ["1"],
    "missing_codes": ["H"],
    "extrapolated": "keep",
    "confirmed": ["scale", "floors", "ceilings"],
}
NUMBER = st.floats(0.01, 300).map(lambda x: f"{x:.4g}")
WRITTEN = st.one_of(
    NUMBER,
    st.sampled_from(["<LOD", "n.d.", "OOR >", ">ULOQ", "", "NA", "0.2", "90", "0.11", "100"]),
    st.tuples(st.sampled_from(["<", "> ", "≤", "≥", "*"]), NUMBER).map("".join),
    NUMBER.map(lambda x: f"{x} ng/L"),
)
UNREADABLE = ("***", "---", "1,234.5", "1.2 mg/L", "high", "1.2.3", "<", "+-1")
CODE = st.sampled_from(["", "H", "NA"])
LIMIT = st.sampled_from(["", "0.05", "0.15", "NA"])


def rows_of(faults: Any) -> set[int]:
    """Every row that the faults name."""
    rows = {fault.row for fault in faults if fault.row is not None}
    for fault in faults:
        for listed in re.findall(r"rows \(([\d, ]+)\)", fault.found):
            rows |= {int(row) for row in listed.split(", ")}
    return rows


# The study on disk is written anew by every example.
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def filled(wide: Any, texts: list[str], codes: list[str], limits: list[str]) -> Any:
    """The study with the readings of its first participants replaced, the codes and the limits beside them."""
    files = copy.deepcopy(wide)
    files.spec["marker"][0] |= KEYS
    files.table["remark"], files.table["lod"] = "", ""
    last = FREE - 1
    files.table.loc[:last, "il6_0"], files.table.loc[:last, "il6_12"] = texts[:FREE], texts[FREE:]
    files.table.loc[:last, "remark"], files.table.loc[:last, "lod"] = codes, limits
    return files


def lists(of: Any, length: int) -> Any:
    return st.lists(of, min_size=length, max_size=length)


@EXAMPLES
@given(lists(WRITTEN, 2 * FREE), lists(CODE, FREE), lists(LIMIT, FREE))
def test_every_cell_has_a_line_that_says_what_became_of_it(
    wide: Any, texts: list[str], codes: list[str], limits: list[str]
) -> None:
    files = filled(wide, texts, codes, limits)
    study = files.read()
    records = study.audit.records
    for column in ("il6_0", "il6_12", "remark", "lod"):
        own = records[records["column"] == column]
        for visit in own["visit"].unique():
            assert own.loc[own["visit"] == visit, "text"].tolist() == files.table[column].tolist()
            assert own.loc[own["visit"] == visit, "row"].tolist() == list(range(2, 26))
    marker = records[records["variable"] == "IL-6"]
    assert set(marker["status"]) <= {"observed", "below", "above", "missing"}
    assert (marker["decision"] != "").all()
    for text, value, status, decision in marker[["text", "value", "status", "decision"]].itertuples(index=False):
        if status == "observed":
            assert value == float(text.strip("*").removesuffix(" ng/L"))
            assert decision == ("extrapolated, kept as declared: read" if text.startswith("*") else "read")
        elif status == "missing":
            assert decision.endswith(": missing")
        else:
            assert f"{status} " in decision
            assert "censored" in decision
    given = (study.data["marker_status"] != "missing").sum().item()
    assert given == (marker["status"] != "missing").sum()


@EXAMPLES
@given(lists(st.one_of(NUMBER, st.sampled_from(UNREADABLE)), 2 * FREE))
def test_every_unreadable_cell_is_in_a_fault(wide: Any, texts: list[str]) -> None:
    files = filled(wide, [*texts[:-1], "***"], [""] * FREE, [""] * FREE)
    unreadable = {2 + i % FREE for i, text in enumerate([*texts[:-1], "***"]) if text in UNREADABLE}
    faults = files.faults()
    assert rows_of(faults) == unreadable
    assert all(fault.file and fault.column and fault.required and fault.found and fault.action for fault in faults)
