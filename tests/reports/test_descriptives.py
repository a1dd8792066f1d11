from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.block import Table
from cochange.reports.descriptives import BEYOND, change_frame, marker_frame, symptom_frame
from cochange.reports.numbers import ABSENT, share
from cochange.reports.sections import limits, summary
from cochange.reports.sections import study as section
from cochange.reports.sections.descriptives import descriptives
from cochange.reports.sentences import answer

# The limit of detection in the example's study file.
LIMIT = 0.5


@pytest.fixture(scope="module")
def cells(study: Study) -> pd.DataFrame:
    """The data file of the example, read without this software's reader."""
    return pd.read_csv(example_path().parent / study.spec.data.file, dtype=str, comment="#")


@pytest.fixture(scope="module")
def scores(study: Study, cells: pd.DataFrame) -> pd.DataFrame:
    """Group and both scores of each participant."""
    columns = dict(zip(study.spec.data.visits, ("madrs_0", "madrs_12"), strict=True))
    found = {visit: pd.to_numeric(cells[columns[visit]], errors="coerce") for visit in study.spec.data.visits}
    return pd.DataFrame(
        {
            "group": cells["intensity"],
            "before": found[study.baseline],
            "after": found[study.follow_up],
        }
    )


def test_scores_are_those_of_the_file(study: Study, scores: pd.DataFrame) -> None:
    visits = study.spec.data.visits
    frame = symptom_frame(study, visits).set_index(["visit", "sample"])
    changes = change_frame(study, visits).set_index(["visit", "sample"])
    samples = ["overall", *dict.fromkeys(study.data["group"].attrs["levels"])]
    assert list(frame.index) == [(visit, sample) for visit in visits for sample in samples]
    assert list(changes.index) == [(study.follow_up, sample) for sample in samples]
    for sample in samples:
        own = scores if sample == "overall" else scores[scores["group"] == sample]
        expected = [
            (frame.loc[(study.baseline, sample)], own["before"]),
            (frame.loc[(study.follow_up, sample)], own["after"]),
            (changes.loc[(study.follow_up, sample)], own["after"] - own["before"]),
        ]
        for line, values in expected:
            assert (line["n"], line["missing"]) == (values.notna().sum(), values.isna().sum())
            assert line["n"] > 10
            np.testing.assert_allclose(line["mean"], np.nanmean(values))
            np.testing.assert_allclose(line["sd"], np.nanstd(values, ddof=1))
            quartiles = line[["lower_quartile", "median", "upper_quartile"]].astype(float)
            np.testing.assert_allclose(quartiles, np.nanquantile(values, [0.25, 0.5, 0.75]))


def test_observed_shares_are_those_of_the_file(study: Study, scores: pd.DataFrame) -> None:
    frame = change_frame(study, study.spec.data.visits).set_index("sample")
    for sample, line in frame.iterrows():
        own = (scores if sample == "overall" else scores[scores["group"] == sample]).dropna()
        response = own["after"] <= own["before"] / 2
        remission = own["after"] <= study.scale.remission
        assert 0 < response.mean() < 1
        np.testing.assert_allclose(line["share_response_probability"], response.mean())
        np.testing.assert_allclose(line["share_remission_probability"], remission.mean())


def test_markers_are_those_of_the_file(study: Study, cells: pd.DataFrame) -> None:
    frame = marker_frame(study, study.spec.data.visits).set_index(["visit", "sample"])
    groups = cells["intensity"]
    for (visit, sample), line in frame.iterrows():
        own = cells if sample == "overall" else cells[groups == sample]
        texts = own["il6_0" if visit == study.baseline else "il6_12"].str.strip()
        numbers = pd.to_numeric(texts, errors="coerce")
        values = numbers[numbers >= LIMIT]
        assert line["measured"] == len(values)
        assert line["beyond_limits"] == (texts.str.startswith("<") | (numbers < LIMIT)).sum() > 0
        assert line["participants"] == line[["measured", "beyond_limits", "missing"]].sum()
        standing = numbers.mask(texts.str.startswith("<") | (numbers < LIMIT), LIMIT).dropna().sort_values()
        for name, below in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
            np.testing.assert_allclose(line[name], standing.quantile(below))
            known = standing.iloc[int(below * (len(standing) - 1))] > LIMIT
            assert line[f"{name}_bound"] == ("" if known else "<=")
        assert line[["geometric_mean", "geometric_sd"]].isna().all()


def test_the_table_of_scores_prints_those_of_the_file(
    results: Results, scores: pd.DataFrame, lines_of: Any, numbers_in: Any
) -> None:
    block = section.SECTION.block(results)
    lines, changes = lines_of(block, "descriptives_score"), lines_of(block, "descriptives_change")
    samples = ["overall", *dict.fromkeys(results.study.data["group"].attrs["levels"])]
    assert list(lines) == [(f"MADRS at {visit}", sample) for visit in ("baseline", "12 weeks") for sample in samples]
    assert list(changes) == [("MADRS, baseline to 12 weeks", sample) for sample in samples]
    for sample in samples:
        own = scores if sample == "overall" else scores[scores["group"] == sample]
        pairs = own.dropna()
        change = changes["MADRS, baseline to 12 weeks", sample]
        for line, number, values in (
            (lines["MADRS at baseline", sample], "n", own["before"].dropna()),
            (lines["MADRS at 12 weeks", sample], "n", own["after"].dropna()),
            (change, "Pairs", pairs["after"] - pairs["before"]),
        ):
            assert (line["Participants"], line[number]) == (str(len(own)), str(len(values)))
            assert line.get("Missing", "") in ("", str(len(own) - len(values)))
            for (shown, half), value in zip(numbers_in(line["Mean (SD)"]), (values.mean(), values.std()), strict=True):
                assert abs(shown - value) <= half < abs(value) / 20
            quartiles = values.quantile([0.5, 0.25, 0.75])
            for (shown, half), value in zip(numbers_in(line["Median (quartiles)"]), quartiles, strict=True):
                assert abs(shown - value) <= half + 1e-9 < 0.06
        for label, responded in (
            ("Response", pairs["after"] <= pairs["before"] / 2),
            ("Remission", pairs["after"] <= 10),
        ):
            assert change[label] == f"{share(responded.mean())} ({responded.sum()})"


def test_the_table_of_markers_prints_those_of_the_file(
    results: Results, cells: pd.DataFrame, lines_of: Any, numbers_in: Any
) -> None:
    lines = lines_of(section.SECTION.block(results), "descriptives_marker")
    for visit, column in (("baseline", "il6_0"), ("12 weeks", "il6_12")):
        texts = cells[column].fillna("").str.strip()
        numbers = pd.to_numeric(texts, errors="coerce")
        measured = numbers[numbers >= LIMIT]
        line = lines[f"IL-6 at {visit} [pg/mL]", "overall"]
        beyond = texts.str.startswith("<") | (numbers < LIMIT)
        counted = [line[label] for label in ("Participants", "Measured", "Beyond limits", "Missing")]
        missing = len(cells) - len(measured) - beyond.sum()
        assert counted == [str(number) for number in (len(cells), len(measured), beyond.sum(), missing)]
        quartiles = numbers.mask(beyond, LIMIT).dropna().quantile([0.5, 0.25, 0.75])
        for (shown, half), value in zip(numbers_in(line["Median (quartiles)"]), quartiles, strict=True):
            assert abs(shown - value) <= half <= 0.005
        assert (line["Geometric mean"], line["Geometric SD (factor)"]) == (ABSENT, ABSENT)


@pytest.fixture(scope="module")
def readings(cells: pd.DataFrame) -> dict[str, pd.Series]:
    """Of each column of an outcome whether it is measured, beyond the limit or missing, for each participant."""
    found = {}
    for column in ("il6_0", "il6_12", "madrs_0", "madrs_12"):
        texts = cells[column].fillna("").str.strip().replace({"NA": "", ".": ""})
        numbers = pd.to_numeric(texts, errors="coerce")
        below = texts.str.startswith("<") | ((numbers < LIMIT) & column.startswith("il6"))
        found[column] = pd.Series(np.where(texts == "", "missing", np.where(below, "below", "observed")))
    return found


def test_readings_by_visit_are_those_of_the_file(results: Results, readings: dict[str, pd.Series]) -> None:
    (table,) = [table for table in section.SECTION.block(results).tables if table.name == "readings"]
    assert [column.label for column in table.columns] == [
        "Variable", "Visit", "Participants", "Observed", "Below limit", "Above limit", "Missing", "Complete pairs",
    ]  # fmt: skip
    expected = []
    for variable, columns in (("IL-6", ("il6_0", "il6_12")), ("MADRS", ("madrs_0", "madrs_12"))):
        pairs = ((readings[columns[0]] != "missing") & (readings[columns[1]] != "missing")).sum()
        for visit, column in zip(("baseline", "12 weeks"), columns, strict=True):
            counts = [(readings[column] == status).sum() for status in ("observed", "below", "above", "missing")]
            expected.append((variable, visit, *map(str, (116, *counts, pairs))))
    assert [row for group in table.groups for row in group.rows] == expected


def test_whom_each_model_uses_and_leaves_out_is_counted_from_the_file(
    results: Results, readings: dict[str, pd.Series], lines_of: Any
) -> None:
    m0, m1, y0, y1 = (readings[column] for column in ("il6_0", "il6_12", "madrs_0", "madrs_12"))
    scored = (y0 != "missing") & (y1 != "missing")
    measured = m0 == "observed"
    used = {
        "marker_change": (m0 != "missing") | (m1 != "missing"),
        "parallel_change": scored & measured & (m1 == "observed"),
        "symptom_change": scored & measured,
    }
    lines = lines_of(section.SECTION.block(results), "use")
    for model, own in used.items():
        assert lines["", model] == {
            "Model": model, "Used": str(own.sum()), "Left out": str((~own).sum()), "State": "fitted",
        }  # fmt: skip
    reasons = {key: line["Participants"] for key, line in lines_of(section.SECTION.block(results), "left_out").items()}
    # The first reason that applies is counted: scores before markers, the baseline before the follow-up.
    beyond = "beyond its limit of detection, so of no known size as a predictor"
    for model in ("parallel_change", "symptom_change"):
        assert reasons[model, "no MADRS at 12 weeks"] == str((y1 == "missing").sum())
        assert reasons[model, "no IL-6 value at baseline"] == str((scored & (m0 == "missing")).sum())
        assert reasons[model, f"IL-6 at baseline {beyond}"] == str((scored & (m0 == "below")).sum())
    assert reasons["parallel_change", f"IL-6 at 12 weeks {beyond}"] == str((scored & measured & (m1 == "below")).sum())
    said = " ".join(limits.SECTION.block(results).parts[0].items)
    censored = {"symptom_change": m0 == "below", "parallel_change": (m0 == "below") | (measured & (m1 == "below"))}
    for model, own in censored.items():
        number = (scored & own).sum()
        assert number > 0
        assert f"{number} with a value beyond a limit of detection (of no known size as a predictor)" in said
        assert f"{number} by {model}" in said
    without = (scored & ~measured).sum()
    assert f"symptom_change leaves out {without} participants for IL-6 at baseline: " in said
    assert said.count("symptom_change leaves out") == 1


def test_arms_are_samples(two_arms: Study) -> None:
    frame = symptom_frame(two_arms, [two_arms.baseline])
    arms = [f"arm {level}" for level in two_arms.data["arm"].attrs["levels"]]
    assert [sample for sample in frame["sample"] if sample.startswith("arm ")] == arms
    overall = frame.set_index("sample").loc["overall", "participants"]
    assert frame.set_index("sample").loc[arms, "participants"].sum() == overall


def test_the_share_seen_stands_beside_the_model_s(
    results: Results, scores: pd.DataFrame, readings: dict[str, pd.Series]
) -> None:
    """Of those whom the model uses, with both scores and a measured baseline marker, and of all with both scores."""
    pairs = scores.dropna()
    used = scores[readings["il6_0"] == "observed"].dropna()
    assert 0 < len(used) < len(pairs)
    for name, what, responds in (
        ("response_probability", "A response", lambda own: own["after"] <= own["before"] / 2),
        ("remission_probability", "Remission", lambda own: own["after"] <= 10),
    ):
        (item,) = [item for item in summary.main_decisions(results) if item.estimate.estimand == name]
        seen, all_seen = responds(used), responds(pairs)
        text = answer(item, results)
        whom = "of the participants with both scores whom symptom_change uses"
        first = f"{share(seen.mean())} ({seen.sum()} of {len(used)}) {whom}"
        second = f"{share(all_seen.mean())} ({all_seen.sum()} of {len(pairs)}) of all pairs"
        assert f"{what} was seen in {first}, and in {second}; the model's share assumes normal residuals." in text


def test_geometric_means_are_given_where_no_value_is_beyond_a_limit(study: Study, cells: pd.DataFrame) -> None:
    measured = (study.data["marker_status"].sel(marker="IL-6") != "below").all("visit").to_numpy()
    who = study.data["participant"].to_numpy()[measured]
    measured_alone = replace(study, data=study.data.sel(participant=who))
    frame = marker_frame(measured_alone, study.spec.data.visits).set_index(["visit", "sample"])
    for visit, column in ((study.baseline, "il6_0"), (study.follow_up, "il6_12")):
        values = pd.to_numeric(cells.set_index("id").loc[who, column], errors="coerce").dropna()
        line = frame.loc[(visit, "overall")]
        np.testing.assert_allclose(line["geometric_mean"], values.prod() ** (1 / len(values)))
        np.testing.assert_allclose(line["geometric_sd"], np.exp(np.log(values).std()))


@pytest.mark.parametrize(("kinds", "printed"), [(("below",), "≤0.500"), (("above",), "≥0.500"), (BEYOND, ABSENT)])
def test_what_is_only_a_bound_is_printed_as_one(results: Results, kinds: tuple[str, ...], printed: str) -> None:
    study = results.study
    shape = study.data["marker_status"].shape
    status = np.broadcast_to(np.resize(np.array(kinds), shape[0])[:, None, None], shape)
    beyond = study.data["marker_status"].copy(data=status)
    data = study.data.assign(marker_status=beyond, marker_value=xr.full_like(study.data["marker_value"], LIMIT))
    changed = replace(results, study=replace(study, data=data))
    (table,) = [
        part for part in descriptives(changed) if isinstance(part, Table) and part.name == "descriptives_marker"
    ]
    assert [column.label for column in table.columns][5:] == [
        "Median (quartiles)", "Geometric mean", "Geometric SD (factor)",
    ]  # fmt: skip
    assert table.groups[0].rows[0][5:] == (f"{printed} ({printed} to {printed})", ABSENT, ABSENT)
