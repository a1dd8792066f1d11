"""Limits of single samples and of plates."""

from typing import Any

import numpy as np
import pytest


@pytest.fixture
def limited(wide: Any) -> Any:
    """A lower limit in a column of its own at each visit."""
    wide.spec["marker"][0]["lower_limit_columns"] = ["lod_0", "lod_12"]
    wide.table["lod_0"], wide.table["lod_12"] = "0.10", "0.20"
    return wide


def test_a_reading_takes_the_limit_of_its_sample(limited: Any) -> None:
    limited.table.loc[:3, "il6_0"] = ["<LOD", "0.15", "0.15", "n.d."]
    limited.table.loc[:3, "lod_0"] = ["0.12", "0.10", "0.30", "0.11"]
    limited.table.loc[0, "il6_12"] = "0.15"
    study = limited.read()
    samples = study.data.isel(marker=0)
    assert samples["marker_status"].isel(visit=0).to_numpy()[:4].tolist() == ["below", "observed", "below", "below"]
    assert samples["marker_value"].isel(visit=0).to_numpy()[:4].tolist() == [0.12, 0.15, 0.3, 0.11]
    assert samples["lower_limit"].isel(visit=0).to_numpy()[:5].tolist() == [0.12, 0.1, 0.3, 0.11, 0.1]
    assert samples["marker_value"].isel(visit=1, participant=0).item() == 0.2
    records = study.audit.records.query("column == 'lod_0'")
    assert len(records) == 24
    assert records.iloc[0][["variable", "text", "value", "decision"]].tolist() == [
        "IL-6 lower limit",
        "0.12",
        0.12,
        "read",
    ]


def test_a_missing_limit_matters_where_one_is_needed(limited: Any) -> None:
    limited.table.loc[[2, 5], "il6_0"] = "<LOD"
    limited.table.loc[[2, 4, 5], "lod_0"] = ""
    fault = limited.only_fault()
    assert (fault.file, fault.row, fault.column) == ("trial.csv", 4, "il6_0")
    assert fault.required == "the lower limit of each sample of IL-6 that is marked as below it"
    assert fault.found == "'<LOD' in 2 rows (4, 7) without it"
    assert fault.action.startswith("fill in the limit in lod_0, or give lower_limit")
    limited.spec["marker"][0]["lower_limit"] = 0.16
    samples = limited.read().data.isel(visit=0, marker=0)
    assert samples["lower_limit"].to_numpy()[[2, 4, 5, 6]].tolist() == [0.16, 0.16, 0.16, 0.1]


@pytest.mark.parametrize("text", ["0", "-1", "<0.1", "high"])
def test_a_limit_that_is_none(limited: Any, text: str) -> None:
    limited.table.loc[3, "lod_0"] = text
    fault = limited.only_fault()
    assert (fault.row, fault.column, fault.found) == (5, "lod_0", f"'{text}'")
    assert fault.required == "a limit of IL-6 (a number above zero, or blank)"


def test_limits_of_a_sample_that_cross(limited: Any) -> None:
    limited.spec["marker"][0]["upper_limit"] = 100
    limited.table.loc[3, "lod_0"] = "200"
    fault = limited.only_fault()
    assert (fault.row, fault.column) == (5, "il6_0")
    assert fault.found.endswith("its lower limit 200 is not under its upper 100")


def test_an_upper_limit_of_a_sample_in_a_long_file(long: Any) -> None:
    long.spec["marker"][0]["upper_limit_columns"] = ["uloq"]
    long.table["uloq"] = "200"
    long.table.loc[4, ["il6", "uloq"]] = ["OOR >", "150"]
    cell = long.read().data.isel(participant=2, visit=0, marker=0)
    assert (str(cell["marker_status"].item()), cell["marker_value"].item()) == ("above", 150)


def test_wells_share_the_limit_of_their_sample(limited: Any) -> None:
    limited.spec["marker"][0]["columns"] = [["il6_0", "il6_0b"], "il6_12"]
    limited.table["il6_0b"] = limited.table["il6_0"].astype(float).mul(1.1).map("{:.3f}".format)
    limited.table.loc[3, ["il6_0", "il6_0b", "lod_0"]] = ["<LOD", "0.1", "0.14"]
    cell = limited.read().data.isel(participant=3, visit=0, marker=0)
    assert (str(cell["marker_status"].item()), cell["marker_value"].item()) == ("below", 0.14)


@pytest.fixture
def plated(wide: Any) -> Any:
    """Plates with limits of their own; P3 has none."""
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.spec["marker"][0]["lower_limit_by_plate"] = {"P1": 0.1, "P2": 0.3}
    names = np.resize(["P1", "P2", "P3"], 24)
    wide.table["plate_0"], wide.table["plate_12"] = names, names[::-1]
    return wide


def test_a_reading_takes_the_limit_of_its_plate(plated: Any) -> None:
    plated.table.loc[:2, "il6_0"] = ["<LOD", "<LOD", "0.15"]
    plated.table.loc[3:4, "il6_0"] = ["0.15", "0.15"]
    samples = plated.read().data.isel(visit=0, marker=0)
    assert samples["marker_value"].to_numpy()[:5].tolist() == [0.1, 0.3, 0.15, 0.15, 0.3]
    np.testing.assert_array_equal(samples["lower_limit"].to_numpy()[:3], [0.1, 0.3, np.nan])


def test_a_plate_without_the_limit_that_is_needed(plated: Any) -> None:
    plated.table.loc[[2, 5], "il6_0"] = "<LOD"
    fault = plated.only_fault()
    assert (fault.row, fault.column, fault.required) == (4, "il6_0", "the lower limit of each plate of IL-6")
    assert fault.found == "'<LOD' in 2 rows (4, 7) without it"
    assert fault.action.startswith("add 'P3' (2 rows (4, 7)) to lower_limit_by_plate, or give lower_limit")
    plated.spec["marker"][0]["lower_limit"] = 0.2
    assert plated.read().data.isel(participant=2, visit=0, marker=0)["marker_value"].item() == 0.2


def test_a_limit_of_a_plate_nobody_used(plated: Any) -> None:
    plated.spec["marker"][0]["lower_limit_by_plate"]["P11"] = 0.2
    fault = plated.only_fault()
    assert (fault.file, fault.column, fault.found) == ("trial.csv", "plate_0", "none on 'P11'")
    assert fault.action.startswith("did you mean 'P1'? The file has 'P1', 'P2', 'P3'")


@pytest.mark.parametrize(
    ("keys", "required"),
    [
        ({"lower_limit_by_plate": {"P1": 0.1}}, "a [plates] table beside limits by plate"),
        ({"lower_limit_columns": ["lod"]}, "a list of 2 columns"),
        ({"upper_limit_columns": ["il6_0", "il6_12"]}, "a column other than that of the readings"),
    ],
)
def test_limits_that_cannot_be_used(wide: Any, keys: dict[str, Any], required: str) -> None:
    wide.spec["marker"][0] |= keys
    wide.table["lod"] = "0.1"
    fault = wide.only_fault()
    assert (fault.file, fault.column) == ("study.toml", f"marker[1].{next(iter(keys))}")
    assert required in fault.required
