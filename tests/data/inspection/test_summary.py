"""The study in numbers, against pandas on the same table."""

import numpy as np
import pandas as pd
import pytest

from cochange.data.inspection.counts import counts_by_arm
from cochange.data.inspection.patterns import patterns
from cochange.data.inspection.summary import level_counts, marker_visits, number_spreads, quantile, score_visits


@pytest.fixture
def spoilt(wide):
    """Cells below, above and missing; two markers."""
    rng = np.random.default_rng(7)
    wide.table["crp_0"] = [f"{x:.1f}" for x in rng.lognormal(1, 1, 24)]
    wide.table["crp_12"] = [f"{x:.1f}" for x in rng.lognormal(1, 1, 24)]
    wide.spec["marker"].append({"name": "CRP", "unit": "mg/L", "scale": "raw", "columns": ["crp_0", "crp_12"]})
    wide.spec["analysis"] = {"marker": "IL-6"}
    wide.table.loc[[0, 1, 2], "il6_0"] = ["<0.2", ">90", "NA"]
    wide.table.loc[[3, 4], "il6_12"] = ["", "<0.1"]
    wide.table.loc[[3, 5], "madrs_12"] = ["NA", ""]
    return wide


def numbers(texts: pd.Series) -> pd.Series:
    return pd.to_numeric(texts, errors="coerce")


def test_markers_by_visit(spoilt) -> None:
    rows = {(row.marker, row.visit): row for row in marker_visits(spoilt.read())}
    assert list(rows) == [(m, v) for m in ("IL-6", "CRP") for v in ("baseline", "12 weeks")]
    for (marker, visit), row in rows.items():
        column = {"IL-6": "il6", "CRP": "crp"}[marker] + {"baseline": "_0", "12 weeks": "_12"}[visit]
        texts = spoilt.table[column]
        values = numbers(texts)
        below, above = texts.str.startswith("<").sum(), texts.str.startswith(">").sum()
        assert (row.measured, row.below, row.above) == (values.notna().sum(), below, above)
        assert row.missing == texts.isin(["", "NA"]).sum()
        assert (row.least, row.greatest) == (values.min(), values.max())
        assert row.median == pytest.approx(numbers(texts.str.lstrip("<>")).median())
        assert row.censored == (below + above) / (24 - row.missing)
        assert (row.bound, row.unit) == ("", {"IL-6": "pg/mL", "CRP": "mg/L"}[marker])


@pytest.mark.parametrize(
    ("texts", "median", "bound"),
    [
        (["<1"] * 13 + ["2"] * 5 + ["3"] * 6, 1.0, "<="),
        (["<1"] * 12 + ["2"] * 12, 1.5, "<="),
        (["<1"] * 11 + ["2"] * 7 + ["3"] * 6, 2.0, ""),
        (["<5"] + ["2"] * 16 + ["3"] * 7, 2.0, "<="),
        ([">1"] * 13 + ["0.5"] * 5 + ["0.7"] * 6, 1.0, ">="),
        (["<2"] * 12 + [">2"] * 11 + ["4"], 2.0, "?"),
    ],
)
def test_a_median_beyond_a_limit_is_a_bound(wide, texts: list[str], median: float, bound: str) -> None:
    wide.table["il6_12"] = texts
    row = marker_visits(wide.read())[1]
    assert (row.median, row.bound) == (median, bound)


def test_outcomes_by_arm(spoilt) -> None:
    study = spoilt.read()
    rows = {(row.outcome, row.visits): row.participants for row in counts_by_arm(study)}
    places = [("baseline",), ("12 weeks",), ("baseline", "12 weeks")]
    assert list(rows) == [(outcome, visits) for outcome in ("IL-6", "CRP", "MADRS") for visits in places]
    stems = {"IL-6": "il6", "CRP": "crp", "MADRS": "madrs"}
    for (outcome, visits), found in rows.items():
        columns = [stems[outcome] + {"baseline": "_0", "12 weeks": "_12"}[visit] for visit in visits]
        given = ~spoilt.table[columns].isin(["", "NA"]).any(axis="columns")
        assert found == {arm: int((given & (spoilt.table["arm"] == arm)).sum()) for arm in ("C", "T")}


def test_without_arms_there_are_no_counts_by_arm(wide) -> None:
    del wide.spec["arms"]
    wide.spec["study"]["design"] = "single arm"
    assert counts_by_arm(wide.read()) == ()


def test_logged_readings_are_told_on_the_raw_scale(wide) -> None:
    logs = np.log2(wide.table["il6_0"].astype(float))
    wide.table["il6_0"] = [f"{x:.6f}" for x in logs]
    wide.table["il6_12"] = [f"{x:.6f}" for x in np.log2(wide.table["il6_12"].astype(float))]
    wide.spec["marker"][0]["scale"] = "log2"
    row = marker_visits(wide.read())[0]
    assert (row.least, row.median) == pytest.approx((2 ** logs.min(), np.median(2**logs)), rel=1e-5)


def test_scores_by_visit(spoilt) -> None:
    found = score_visits(spoilt.read())
    for visit, column in (("baseline", "madrs_0"), ("12 weeks", "madrs_12")):
        values, own = numbers(spoilt.table[column]), found[visit]
        assert (own.n, own.missing) == (values.notna().sum(), values.isna().sum())
        assert (own.least, own.median, own.greatest) == (values.min(), values.median(), values.max())
        assert (own.mean, own.sd) == pytest.approx((values.mean(), values.std()))


def test_participants(spoilt) -> None:
    study = spoilt.read()
    columns = {"arm": "arm", "group": "intensity", "site": "clinic", "covariate": "sex"}
    for role, column in columns.items():
        assert level_counts(study)[role, column] == spoilt.table[column].value_counts().to_dict()
    for place in (("covariate", "age"), ("screening", "phq9")):
        values = numbers(spoilt.table[place[1]])
        own = number_spreads(study)[place]
        assert (own.n, own.least, own.median, own.greatest) == (24, values.min(), values.median(), values.max())


def test_patterns(spoilt) -> None:
    study = spoilt.read()
    given = ~spoilt.table[["il6_0", "il6_12", "crp_0", "crp_12", "madrs_0", "madrs_12"]].isin(["", "NA"])
    expected = given.value_counts().to_dict()
    found = {tuple(np.ravel(list(own.given.values()))): own.participants for own in patterns(study)}
    assert found == expected
    assert list(patterns(study)[0].given) == ["IL-6", "CRP", "MADRS"]
    assert [own.participants for own in patterns(study)] == sorted(expected.values(), reverse=True)


def test_a_long_file_with_absent_rows(long) -> None:
    whole = {own.participants for own in patterns(long.read())}
    long.table = long.table.drop(index=[1, 5]).reset_index(drop=True)
    study = long.read()
    assert whole == {24}
    assert [(own.participants, own.given) for own in patterns(study)] == [
        (22, {"IL-6": (True, True), "MADRS": (True, True)}),
        (2, {"IL-6": (True, False), "MADRS": (True, False)}),
    ]
    assert [row.missing for row in marker_visits(study)] == [0, 2]


def test_one_visit_without_a_marker(wide) -> None:
    for table in ("marker", "arms", "groups", "sites", "covariates", "inclusion"):
        del wide.spec[table]
    wide.spec["study"]["design"] = "cross-sectional"
    wide.spec["data"]["visits"] = ["baseline"]
    wide.spec["symptom"]["columns"] = ["madrs_0"]
    study = wide.read()
    assert marker_visits(study) == ()
    assert (list(score_visits(study)), level_counts(study), number_spreads(study)) == (["baseline"], {}, {})
    assert [own.given for own in patterns(study)] == [{"MADRS": (True,)}]


def test_markers_alone_and_wells(wide) -> None:
    del wide.spec["symptom"], wide.spec["inclusion"]
    wide.table["il6_0_b"] = [f"{float(x) * 1.1:.3f}" for x in wide.table["il6_0"]]
    wide.table.loc[0, "il6_0"] = ""
    wide.spec["marker"][0]["columns"] = [["il6_0", "il6_0_b"], "il6_12"]
    study = wide.read()
    row = marker_visits(study)[0]
    wells = wide.table[["il6_0", "il6_0_b"]].apply(numbers)
    means = np.exp(np.log(wells).mean(axis=1))
    assert (row.measured, row.missing) == (24, 0)
    assert (row.least, row.median, row.greatest) == pytest.approx((means.min(), means.median(), means.max()))
    assert score_visits(study) == {}


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75, 0.9])
def test_a_quantile_bounds_that_of_the_true_values(share: float) -> None:
    rng = np.random.default_rng(11)
    for _ in range(50):
        true = rng.lognormal(0, 1, rng.integers(5, 40))
        low, high = rng.uniform(0.1, 1.5, len(true)), rng.uniform(0.8, 4, len(true))
        status = np.select([true < low, true > np.maximum(low, high)], ["below", "above"], "observed")
        value = np.select([status == "below", status == "above"], [low, np.maximum(low, high)], true)
        found, bound = quantile(value, status, share)
        expected = np.quantile(true, share)
        assert {"": found == pytest.approx(expected), "<=": expected <= found, ">=": expected >= found, "?": True}[
            bound
        ]
        if not np.isin(status, ("below", "above")).any():
            assert bound == ""
    assert np.isnan(quantile(np.array([np.nan]), np.array(["missing"]), share)[0])
