from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.block import Table
from cochange.reports.descriptives import BEYOND, marker_frame, observed_share, symptom_frame
from cochange.reports.numbers import ABSENT, share
from cochange.reports.sections import study as section
from cochange.reports.sections import summary
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
    frame = symptom_frame(study).set_index("sample")
    assert list(frame.index) == ["overall", *dict.fromkeys(study.data["group"].attrs["levels"])]
    for sample, line in frame.iterrows():
        own = scores if sample == "overall" else scores[scores["group"] == sample]
        change = (own["after"] - own["before"]).dropna()
        assert len(change) > 10
        expected = {"baseline": own["before"].dropna(), "follow_up": own["after"].dropna(), "change": change}
        for name, values in expected.items():
            assert line[f"n_{name}"] == len(values)
            np.testing.assert_allclose(line[f"mean_{name}"], values.mean())
            np.testing.assert_allclose(line[f"sd_{name}"], values.std())


def test_observed_shares_are_those_of_the_file(study: Study, scores: pd.DataFrame) -> None:
    frame = symptom_frame(study).set_index("sample")
    for sample, line in frame.iterrows():
        own = (scores if sample == "overall" else scores[scores["group"] == sample]).dropna()
        response = own["after"] <= own["before"] / 2
        remission = own["after"] <= study.scale.remission
        assert 0 < response.mean() < 1
        np.testing.assert_allclose(line["share_response_probability"], response.mean())
        np.testing.assert_allclose(line["share_remission_probability"], remission.mean())


def test_markers_are_those_of_the_file(study: Study, cells: pd.DataFrame) -> None:
    frame = marker_frame(study).set_index(["visit", "sample"])
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


def test_the_study_section_prints_them(results: Results) -> None:
    tables = {table.name: table for table in section.SECTION.block(results).tables}
    printed = tables["descriptives_score"]
    line = printed.frame.iloc[0]
    (row, *_) = printed.groups[0].rows
    assert row[0] == "overall"
    assert f"{share(line['share_response_probability'])} ({line['n_response_probability']})" in " ".join(row)
    assert [group.label for group in tables["descriptives_marker"].groups] == [
        "IL-6 at baseline [pg/mL]",
        "IL-6 at 12 weeks [pg/mL]",
    ]


def test_arms_are_samples(two_arms: Study) -> None:
    frame = symptom_frame(two_arms)
    arms = [f"arm {level}" for level in two_arms.data["arm"].attrs["levels"]]
    assert [sample for sample in frame["sample"] if sample.startswith("arm ")] == arms
    overall = frame.set_index("sample").loc["overall", "participants"]
    assert frame.set_index("sample").loc[arms, "participants"].sum() == overall


def test_the_share_seen_stands_beside_the_model_s(results: Results) -> None:
    for name in ("response_probability", "remission_probability"):
        (item,) = [item for item in summary.main_decisions(results) if item.estimate.estimand == name]
        used = observed_share(results.study, results.selections["symptom_change"].used, name)
        text = answer(item, results)
        assert f"seen in {share(used.value)} ({used.count} of {used.n}) of these participants with both scores" in text
        assert "of all pairs; the model's share assumes normal residuals." in text


def test_geometric_means_are_given_where_no_value_is_beyond_a_limit(study: Study, cells: pd.DataFrame) -> None:
    measured = (study.data["marker_status"].sel(marker="IL-6") != "below").all("visit").to_numpy()
    who = study.data["participant"].to_numpy()[measured]
    frame = marker_frame(replace(study, data=study.data.sel(participant=who))).set_index(["visit", "sample"])
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
