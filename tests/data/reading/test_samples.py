"""Duplicate wells: the value, limits and censoring of a sample, and what the audit says of its wells."""

import math

import numpy as np
import pytest

from cochange.data.inspection.counts import counts

COLUMNS = ("il6_0_a", "il6_0_b", "il6_0_c")


@pytest.fixture
def wells(wide):
    """The small study with three wells a sample at baseline and one at 12 weeks."""
    rng = np.random.default_rng(3)
    level = wide.table.pop("il6_0").astype(float).to_numpy()
    for column in COLUMNS:
        wide.table[column] = [f"{x:.3f}" for x in level * rng.lognormal(0, 0.1, len(level))]
    wide.spec["marker"][0] |= {"columns": [list(COLUMNS), "il6_12"], "confirmed": ["scale", "floors"]}
    return wide


def sample_of(study):
    return study.data.isel(participant=0, visit=0, marker=0)


def decisions(study) -> list[str]:
    records = study.audit.records
    own = records[(records["participant"] == "001") & records["column"].isin(COLUMNS)]
    assert own["column"].tolist() == list(COLUMNS)
    return own["decision"].tolist()


def mean_log(*values: float) -> float:
    return math.fsum(math.log(value) for value in values) / len(values)


def test_a_sample_is_the_mean_of_the_logs_of_its_wells(wells) -> None:
    wells.table.loc[0, list(COLUMNS)] = ["1", "2", "8"]
    study = wells.read()
    sample = sample_of(study)
    mean = math.log(16) / 3
    assert float(sample["log_marker"]) == pytest.approx(mean, abs=1e-12)
    assert float(sample["marker_value"]) == pytest.approx(16 ** (1 / 3))
    squares = mean**2 + (math.log(2) - mean) ** 2 + (math.log(8) - mean) ** 2
    assert float(sample["well_squares"]) == pytest.approx(squares)
    assert int(sample["wells"]) == 3
    assert str(sample["marker_status"].to_numpy()) == "observed"
    assert str(sample["marker_text"].to_numpy()) == "1 | 2 | 8"
    assert decisions(study) == ["read", "read", "read"]
    assert counts(study).loc[("IL-6", "baseline"), "observed"] == 24


def test_wells_on_a_log_scale_are_averaged_as_logs(wells) -> None:
    wells.spec["marker"][0]["scale"] = "log10"
    for column in (*COLUMNS, "il6_12"):
        wells.table[column] = [f"{math.log10(float(text)):.4f}" for text in wells.table[column]]
    wells.table.loc[0, list(COLUMNS)] = ["-1", "0", "2.5"]
    assert float(sample_of(wells.read())["log_marker"]) == pytest.approx(0.5 * math.log(10))


def test_every_cell_of_every_well_has_a_record(wells) -> None:
    records = wells.read().audit.records
    sizes = records.groupby("column").size()
    assert sizes[[*COLUMNS, "il6_12"]].tolist() == [24] * 4
    assert set(records.loc[records["column"].isin(COLUMNS), "visit"]) == {"baseline"}
    assert set(records.loc[records["column"].isin(COLUMNS), "variable"]) == {"IL-6"}


def test_one_column_is_one_well(wide) -> None:
    wide.table.loc[0, "il6_0"] = ""
    wide.table.loc[1, "il6_0"] = "<0.3"
    data = wide.read().data
    assert data["wells"].to_numpy()[:2, :, 0].tolist() == [[0, 1], [1, 1]]
    assert np.issubdtype(data["wells"].dtype, np.integer)
    assert float(data["well_squares"].sum()) == 0
    raw = wide.table["il6_12"].astype(float).to_numpy()
    assert np.array_equal(data["marker_value"].to_numpy()[:, 1, 0], raw)


def test_a_list_with_one_column_is_that_column(wide) -> None:
    before = wide.read().data
    wide.spec["marker"][0]["columns"] = [["il6_0"], "il6_12"]
    assert wide.read().data.equals(before)


@pytest.mark.parametrize(
    ("texts", "given", "count"),
    [(["1", "", "4"], (1.0, 4.0), 2), (["NA", "", "4"], (4.0,), 1), (["2", "2", "NA"], (2.0,), 2)],
)
def test_missing_wells_are_left_out_and_recorded(wells, texts: list[str], given, count: int) -> None:
    wells.table.loc[0, list(COLUMNS)] = texts
    study = wells.read()
    sample = sample_of(study)
    assert float(sample["log_marker"]) == pytest.approx(mean_log(*given))
    assert int(sample["wells"]) == count
    squares = sum((math.log(x) - mean_log(*given)) ** 2 for x in given)
    assert float(sample["well_squares"]) == pytest.approx(squares)
    for text, decision in zip(texts, decisions(study), strict=True):
        if text in ("", "NA"):
            assert decision.endswith(f"missing; the sample rests on {count} of 3 wells")
        else:
            assert decision == "read"


def test_a_single_measured_well_keeps_its_reading_to_the_last_digit(wells) -> None:
    wells.table.loc[0, list(COLUMNS)] = ["", "1.1", ""]
    sample = sample_of(wells.read())
    assert (float(sample["marker_value"]), float(sample["well_squares"])) == (1.1, 0)


def test_a_sample_without_any_well_is_missing(wells) -> None:
    wells.table.loc[0, list(COLUMNS)] = ["", "NA", ""]
    study = wells.read()
    sample = sample_of(study)
    assert str(sample["marker_status"].to_numpy()) == "missing"
    assert math.isnan(float(sample["log_marker"]))
    assert (int(sample["wells"]), float(sample["well_squares"])) == (0, 0)
    assert decisions(study) == ["blank: missing", "code 'NA': missing", "blank: missing"]


@pytest.mark.parametrize(
    ("texts", "status", "limit", "count"),
    [
        (["<0.2", "<0.3", "0.05"], "below", (0.2, 0.3, 0.1), 3),
        (["<LOD", "", "<LOD"], "below", (0.1, 0.1), 2),
        ([">200", ">300", "150"], "above", (200, 300, 100), 3),
        (["<0.2", "0.5", "0.9"], "below", (0.2, 0.5, 0.9), 3),
        (["0.5", "NA", "<0.2"], "below", (0.2, 0.5), 2),
        (["90", "OOR >", ""], "above", (90, 100), 2),
    ],
)
def test_wells_beyond_a_limit(wells, texts: list[str], status: str, limit, count: int) -> None:
    wells.spec["marker"][0] |= {"lower_limit": 0.1, "upper_limit": 100}
    wells.table.loc[0, list(COLUMNS)] = texts
    study = wells.read()
    sample = sample_of(study)
    assert str(sample["marker_status"].to_numpy()) == status
    assert float(sample["log_marker"]) == pytest.approx(mean_log(*limit))
    own, other = ("lower_limit", "upper_limit") if status == "below" else ("upper_limit", "lower_limit")
    assert float(sample[own]) == float(sample["marker_value"])
    assert float(sample[other]) == (100 if status == "below" else 0.1)
    assert (int(sample["wells"]), float(sample["well_squares"])) == (count, 0)
    said = f"; sample {status} {math.exp(mean_log(*limit)):.4g}, the geometric mean of its wells"
    for text, decision in zip(texts, decisions(study), strict=True):
        assert decision.endswith(f"; the sample rests on {count} of 3 wells" if text in ("", "NA") else said)


def test_the_limits_of_a_measured_sample_are_those_of_its_visit(wells) -> None:
    wells.spec["marker"][0] |= {"lower_limit": [0.01, 0.02], "upper_limit": [300, 200]}
    data = wells.read().data.isel(participant=0, marker=0)
    assert data["lower_limit"].to_numpy().tolist() == [0.01, 0.02]
    assert data["upper_limit"].to_numpy().tolist() == [300, 200]


def test_one_well_beyond_its_limit_alone_is_censored_there(wells) -> None:
    wells.table.loc[0, list(COLUMNS)] = ["", "<0.2", ""]
    study = wells.read()
    assert float(sample_of(study)["lower_limit"]) == 0.2
    assert decisions(study)[1] == "below the limit 0.2: censored"


def test_wells_in_a_long_file(long) -> None:
    long.table = long.table.rename(columns={"il6": "il6_a"})
    long.table["il6_b"] = [f"{2 * float(text):.2f}" for text in long.table["il6_a"]]
    long.spec["marker"][0]["columns"] = [["il6_a", "il6_b"]]
    first = float(long.table.loc[0, "il6_a"])
    long.table = long.table.drop(index=1)
    study = long.read()
    assert float(sample_of(study)["log_marker"]) == pytest.approx(mean_log(first, 2 * first))
    assert study.data["wells"].to_numpy()[:2, :, 0].tolist() == [[2, 0], [2, 2]]
    assert study.data["well_squares"].to_numpy()[0, 0, 0] == pytest.approx(math.log(2) ** 2 / 2)
    records = study.audit.records
    assert records.groupby("column").size()[["il6_a", "il6_b"]].tolist() == [48, 48]
    absent = records[records["row"].isna()]
    assert absent["column"].tolist() == ["il6_a", "il6_b", "madrs"]
