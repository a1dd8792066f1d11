"""The table of characteristics at baseline against pandas and NumPy, and visits called by numbers of weeks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.baseline import baseline_frame
from cochange.reports.block import Figure, Paragraph, Points, Table
from cochange.reports.document import render_blocks
from cochange.reports.labels import visit_name, with_visit_names
from cochange.reports.numbers import ABSENT, share
from cochange.reports.plots.canvas import house_style
from cochange.reports.sections import study as section
from cochange.reports.sections.baseline import NAME, characteristics

N, LIMIT = 40, 0.7
VISITS = (0, 4, 8, 12)
ARMS = {"overall": slice(None), "arm C": "C", "arm T": "T"}
Make = Callable[..., Study]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Two arms at four visits, with missing outcomes and markers under a limit."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(
        {
            "id": [f"P{number:02}" for number in range(N)],
            "arm": ["T", "C"] * (N // 2),
            "age": rng.integers(19, 70, N).astype(float),
            "sex": rng.choice(["f", "m"], N),
            "stratum": rng.choice(["one", "two"], N),
            "clinic": [f"c{number % 13:02}" for number in range(N)],
            "screen": rng.permutation(np.linspace(10, 27, N).round()),
        }
    )
    for number, visit in enumerate(VISITS):
        frame[f"m{visit}"] = np.exp(rng.normal(0.5 - 0.1 * number, 0.7, N)).round(4)
        frame[f"y{visit}"] = rng.integers(8, 27, N) - 2.0 * number
    for number, visit in enumerate(VISITS):
        frame.loc[number : 2 * number + 1, f"y{visit}"] = np.nan
        frame.loc[5 + number : 7 + 2 * number, f"m{visit}"] = np.nan
    return frame


@pytest.fixture(scope="module")
def make(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(text: str = "", design: str = "randomised", time: str = "visits = [0, 4, 8, 12]") -> Study:
        folder = tmp_path_factory.mktemp("baseline")
        written = table.copy()
        for visit in VISITS:
            numbers = table[f"m{visit}"]
            written[f"m{visit}"] = (
                numbers.map(lambda x: f"{x:.4f}").mask(numbers < LIMIT, f"<{LIMIT}").mask(numbers.isna(), "")
            )
        written.to_csv(folder / "trial.csv", index=False)
        (folder / "study.toml").write_text(
            f"""
[study]
title = "Four visits"
design = "{design}"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["0", "4", "8", "12"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["m0", "m4", "m8", "m12"]
confirmed = ["scale", "floors"]
[symptom]
scale = "PHQ-9"
columns = ["y0", "y4", "y8", "y12"]
[time]
unit = "weeks"
{time}
{text}
""",
            encoding="utf-8",
        )
        return read_study(folder / "study.toml")

    return made


ARMS_TEXT = '[arms]\ncolumn = "arm"\ncontrol = "C"\n'
COVARIATES = '[covariates]\nnumeric = ["age"]\ncategorical = ["sex"]\n'


@pytest.fixture(scope="module")
def study(make: Make) -> Study:
    return make(ARMS_TEXT + COVARIATES)


@pytest.fixture(scope="module")
def results(study: Study, from_prior: Callable[..., Results]) -> Results:
    return from_prior(study, "growth")


@pytest.fixture(scope="module")
def incomplete(table: pd.DataFrame) -> pd.DataFrame:
    """The same people, some without an age and some without a sex."""
    frame = table.copy()
    frame.loc[[1, 4, 8], "age"] = np.nan
    frame.loc[[3, 6], "sex"] = None
    return frame


@pytest.fixture(scope="module")
def with_gaps(study: Study, incomplete: pd.DataFrame) -> Study:
    """A study file asks for every covariate; a study made in Python may lack some."""
    covariates = {
        "covariate_age": ("participant", incomplete["age"].to_numpy()),
        "covariate_sex": ("participant", incomplete["sex"].fillna("").to_numpy(dtype=str)),
    }
    return replace(study, data=study.data.assign(covariates))


def of_arm(table: pd.DataFrame, sample: str) -> pd.DataFrame:
    return table if sample == "overall" else table[table["arm"] == ARMS[sample]]


def test_the_frame_is_that_of_pandas(with_gaps: Study, incomplete: pd.DataFrame) -> None:
    frame, table = baseline_frame(with_gaps), incomplete
    assert list(dict.fromkeys(frame["sample"])) == list(ARMS)
    for sample in ARMS:
        own = of_arm(table, sample)
        lines = frame[frame["sample"] == sample].set_index(["characteristic", "level"])
        assert (lines["participants"] == len(own)).all()
        for name, column in (("age", "age"), ("PHQ-9", "y0")):
            line, values = lines.loc[(name, "")], own[column].to_numpy()
            given = values[~np.isnan(values)]
            assert (line["n"], line["missing"]) == (len(given), len(own) - len(given))
            found = line[["mean", "sd", "lower_quartile", "median", "upper_quartile"]].astype(float)
            expected = [given.mean(), given.std(ddof=1), *np.quantile(given, [0.25, 0.5, 0.75])]
            np.testing.assert_allclose(found, expected)
        counts = own["sex"].value_counts(dropna=False)
        for level in ("f", "m"):
            line = lines.loc[("sex", level)]
            assert (line["kind"], line["count"]) == ("level", counts[level])
            np.testing.assert_allclose(line["share"], counts[level] / len(own))
        line = lines.loc[("sex", "")]
        assert (line["kind"], line["count"]) == ("missing", own["sex"].isna().sum())
        marker, line = own["m0"], lines.loc[("IL-6", "")]
        below = marker < LIMIT
        assert (line["measured"], line["beyond_limits"]) == ((marker >= LIMIT).sum(), below.sum())
        assert line["missing"] == marker.isna().sum()
        standing = marker.mask(below, LIMIT).dropna()
        for name, part in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
            np.testing.assert_allclose(line[name], standing.quantile(part))
            known = standing.sort_values().iloc[int(part * (len(standing) - 1))] > LIMIT
            assert line[f"{name}_bound"] == ("" if known else "<=")


def test_what_is_printed_is_the_frame(with_gaps: Study, incomplete: pd.DataFrame, numbers_in: Any) -> None:
    table = incomplete
    (printed,) = (part for part in characteristics(with_gaps) if isinstance(part, Table))
    assert [column.label for column in printed.columns] == ["Characteristic", *ARMS]
    rows: Mapping[str, Mapping[str, tuple[str, ...]]] = {
        group.label: {row[0]: row[1:] for row in group.rows} for group in printed.groups
    }
    assert list(rows) == ["", "age", "sex", "IL-6 at week 0 [pg/mL]", "PHQ-9 at week 0 [points]"]
    assert rows[""]["Participants"] == ("40", "20", "20")
    for place, sample in enumerate(ARMS):
        own = of_arm(table, sample)
        below, given = (own["m0"] < LIMIT).sum(), own["m0"].notna().sum()
        assert rows["IL-6 at week 0 [pg/mL]"]["n"][place] == str(given)
        assert rows["IL-6 at week 0 [pg/mL]"]["Beyond a limit"][place] == f"{below} ({share(below / given)})"
        assert rows["age"]["Missing"][place] == str(own["age"].isna().sum())
        for name in ("f", "m"):
            count = (own["sex"] == name).sum()
            assert rows["sex"][name][place] == f"{count} ({share(count / len(own))})"
        lost = own["sex"].isna().sum()
        assert rows["sex"]["missing"][place] == f"{lost} ({share(lost / len(own))})"
        for name, column in (("age", "age"), ("PHQ-9 at week 0 [points]", "y0")):
            said = numbers_in(rows[name]["Mean (SD)"][place])
            for (shown, half), value in zip(said, (own[column].mean(), own[column].std()), strict=True):
                assert abs(shown - value) <= half * (1 + 1e-9)


def test_numbers_of_a_row_have_the_same_decimals(make: Make, study: Study) -> None:
    age = study.data["covariate_age"].copy(data=np.linspace(20, 60, N))
    control = study.data["arm"].to_numpy() == "C"
    narrow = age.where(~control, 40 + (age - 40) / 2)
    (printed,) = (
        part for part in characteristics(replace(study, data=study.data.assign(covariate_age=narrow)))
        if isinstance(part, Table)
    )  # fmt: skip
    (group,) = (group for group in printed.groups if group.label == "age")
    for row in group.rows:
        decimals = {len(number.partition(".")[2]) for cell in row[1:] for number in re.findall(r"[\d.]+", cell)}
        assert decimals == ({1} if row[0].startswith("M") and row[0] != "Missing" else {0}), row


def test_differences_of_randomised_arms_are_not_tested(study: Study) -> None:
    parts = characteristics(study)
    assert "a test of it answers no question" in parts[-1].text
    assert "arms were randomised" in parts[-1].text
    printed = " ".join(cell for part in parts if isinstance(part, Table) for group in part.groups for row in group.rows
                       for cell in row)  # fmt: skip
    assert "p =" not in printed


def test_groups_stand_in_place_of_arms_and_beside_them(make: Make, table: pd.DataFrame) -> None:
    groups = '[groups]\ncolumn = "stratum"\n'
    alone = characteristics(make(groups, "single arm"))
    (printed,) = (part for part in alone if isinstance(part, Table))
    assert [column.label for column in printed.columns] == ["Characteristic", "overall", "one", "two"]
    assert "not on a p-value" in alone[-1].text
    (beside,) = (part for part in characteristics(make(ARMS_TEXT + groups)) if isinstance(part, Table))
    rows = {(group.label, row[0]): row[1:] for group in beside.groups for row in group.rows}
    crossed = pd.crosstab(table["stratum"], table["arm"])
    for level, counts in crossed.iterrows():
        assert rows["stratum", str(level)] == tuple(
            f"{count} ({share(count / of)})" for count, of in ((counts.sum(), N), (counts["C"], 20), (counts["T"], 20))
        )


INCLUSION = '[inclusion]\nscore = "PHQ-9"\ncolumn = "screen"\nabove = 9\n'


def test_the_inclusion_score_is_described(make: Make, table: pd.DataFrame) -> None:
    (printed,) = (part for part in characteristics(make(ARMS_TEXT + INCLUSION)) if isinstance(part, Table))
    lines = printed.frame[printed.frame["characteristic"] == "PHQ-9 at screening (included above 9)"]
    for sample, line in lines.set_index("sample").iterrows():
        own = of_arm(table, str(sample))["screen"]
        np.testing.assert_allclose([line["mean"], line["sd"], line["median"]], [own.mean(), own.std(), own.median()])
    assert list(lines["sample"]) == list(ARMS)
    by_itself = characteristics(make(INCLUSION, "single arm"))
    assert any(isinstance(part, Table) for part in by_itself)


def test_few_sites_are_listed_and_many_counted(make: Make, table: pd.DataFrame) -> None:
    def rows(column: str) -> dict[tuple[str, str], tuple[str, ...]]:
        parts = characteristics(make(f'{ARMS_TEXT}[sites]\ncolumn = "{column}"\n'))
        (printed,) = (part for part in parts if isinstance(part, Table))
        return {(group.label, row[0]): row[1:] for group in printed.groups for row in group.rows}

    few, many = rows("stratum"), rows("clinic")
    for level, count in table["stratum"].value_counts().items():
        assert few["stratum", str(level)][0] == f"{count} ({share(count / N)})"
    sizes = [of_arm(table, sample)["clinic"].value_counts() for sample in ARMS]
    assert many["clinic", "Sites"] == tuple(str(len(own)) for own in sizes) == ("13", "13", "13")
    assert many["clinic", "Participants of a site"] == tuple(f"{own.min()} to {own.max()}" for own in sizes)
    assert ("clinic", "c00") not in many


def test_a_study_without_any_says_so(make: Make) -> None:
    *_, said = characteristics(make("", "single arm"))
    assert isinstance(said, Paragraph)
    assert (
        said.text
        == "No covariates, arms, groups, sites or inclusion score are declared to describe the participants by."
    )
    (printed,) = (part for part in characteristics(make(COVARIATES, "single arm")) if isinstance(part, Table))
    assert [column.label for column in printed.columns] == ["Characteristic", "overall"]


def test_every_visit_that_a_model_uses_is_described(results: Results, table: pd.DataFrame, lines_of: Any) -> None:
    block = section.SECTION.block(results)
    assert NAME in [part.name for part in block.tables]
    lines, changes = lines_of(block, "descriptives_score"), lines_of(block, "descriptives_change")
    markers = lines_of(block, "descriptives_marker")
    for visit in VISITS:
        for sample in ARMS:
            own = of_arm(table, sample)
            assert lines[f"PHQ-9 at week {visit}", sample]["n"] == str(own[f"y{visit}"].notna().sum())
            assert markers[f"IL-6 at week {visit} [pg/mL]", sample]["Beyond limits"] == str(
                (own[f"m{visit}"] < LIMIT).sum()
            )
            if visit:
                pairs = (own[f"y{visit}"] - own["y0"]).dropna()
                change = changes[f"PHQ-9, week 0 to week {visit}", sample]
                assert change["Pairs"] == str(len(pairs))
                assert (change["Response"] == ABSENT) == (visit != 12)
    facts = lines_of(block, "study")
    assert facts["", "Visits analysed"]["Answer"] == "week 0, week 4, week 8 and week 12"


def test_visits_are_called_by_their_times_only_where_these_are_their_names(make: Make, study: Study) -> None:
    assert [visit_name(visit, study) for visit in study.spec.data.visits] == ["week 0", "week 4", "week 8", "week 12"]
    said = "no PHQ-9 at 12; IL-6 at 0, at 4.5, at 8."
    assert with_visit_names(said, study) == "no PHQ-9 at week 12; IL-6 at week 0, at 4.5, at week 8."
    numbered = make(ARMS_TEXT, time="visits = [0, 2, 4, 12]")
    assert [visit_name(visit, numbered) for visit in numbered.spec.data.visits] == ["0", "4", "8", "12"]
    assert with_visit_names(said, numbered) == said


def test_no_visit_of_the_report_is_a_bare_number(results: Results) -> None:
    parts = [part for block in render_blocks(results).values() for part in block.parts]
    texts = [part.text for part in parts if isinstance(part, Paragraph)]
    texts += [item for part in parts if isinstance(part, Points) for item in part.items]
    texts += [group.label for part in parts if isinstance(part, Table) for group in part.groups]
    texts += [part.alt for part in parts if isinstance(part, Figure)]
    bare = re.compile(r"(?:IL-6|PHQ-9)(?: \[pg/mL\])? at (?:0|4|8|12)\b")
    assert not [text for text in texts if bare.search(text)]


def test_points_are_geometric_means_as_the_line_is(
    results: Results, table: pd.DataFrame, make_report: Callable[..., Any]
) -> None:
    title = "Courses over the visits"
    (figure,) = (item for item in make_report(results, title).blocks[title].figures if item.name == "growth_marker")
    points = {(point.seen.group, point.seen.visit): point for point in figure.plan.given[4]}
    kinds = set()
    for sample in ("arm C", "arm T"):
        for visit in VISITS:
            logs = np.log(of_arm(table, sample)[f"m{visit}"].dropna())
            point, below = points[sample, str(visit)], logs < np.log(LIMIT)
            kinds.add(point.average)
            if not below.any():
                np.testing.assert_allclose(point.seen.value, stats.gmean(np.exp(logs)))
                continue

            def surprise(at: np.ndarray, logs: pd.Series = logs, below: pd.Series = below) -> float:
                law = stats.norm(at[0], np.exp(at[1]))
                return -float(law.logpdf(logs[~below]).sum() + below.sum() * law.logcdf(np.log(LIMIT)))

            best = optimize.minimize(surprise, [0.0, 0.0], method="BFGS")
            np.testing.assert_allclose(point.seen.value, np.exp(best.x[0]), rtol=2e-3)
    assert "observed geometric mean, some values beyond a limit" in kinds
    assert "hollow where values lie beyond a limit" in figure.caption


def test_the_figure_of_visits_names_its_axis(study: Study, from_prior: Callable[..., Results],
                                             make_report: Callable[..., Any]) -> None:  # fmt: skip
    results = from_prior(study, "repeated_measures")
    report = make_report(results, "From visit to visit", "Estimates")
    (figure, *_) = report.blocks["From visit to visit"].figures
    assert "from week 0 to each visit" in figure.caption
    with house_style():
        drawing = figure.plan.draw(*figure.plan.given)
        (axis,) = drawing.axes
        assert axis.get_xlabel() == "visit"
        assert [label.get_text() for label in axis.get_xticklabels()] == ["week 0", "week 4", "week 8", "week 12"]
    (forest,) = (item for item in report.blocks["Estimates"].figures
                 if item.name == "forest_repeated_measures_symptom_change")  # fmt: skip
    with house_style():
        drawing = forest.plan.draw(*forest.plan.given)
        drawing.canvas.draw()
        panels = [axis for axis in drawing.axes if axis.get_visible()]
        assert len(panels) == 9
        assert all("week" in axis.get_title(loc="left") for axis in panels)
        for column in {round(axis.get_position().x0, 3) for axis in panels}:
            own = [axis for axis in panels if round(axis.get_position().x0, 3) == column]
            lowest = min(own, key=lambda axis: axis.get_position().y0)
            assert [label.get_text() for label in lowest.get_xticklabels() if label.get_visible()]
            assert lowest.xaxis.get_tick_params()["labelbottom"]
