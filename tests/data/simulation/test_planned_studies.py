"""Planned studies: people as expected without data, and the size, dropout and limits of a design."""

from pathlib import Path

import numpy as np
import pytest

from cochange.data.faults import InputError
from cochange.data.simulation.planned import (
    beyond_limits_censored,
    of_size,
    with_dropout,
    with_lower_limit,
    without_limits,
)
from cochange.data.simulation.skeleton import Expected, Level, expected_study
from cochange.data.study import Study
from cochange.models.parts.censoring import marker_pair
from cochange.models.parts.contract import load_model

STUDY = """
[study]
title = "Planned trial"
design = "{design}"
treatment = "exercise"

[data]
file = "not_there_yet.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "week 12"]

[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "log2"
columns = ["il6_0", "il6_12"]
lower_limit = -1

[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]

[sites]
column = "clinic"

[covariates]
numeric = ["age"]
categorical = ["sex"]
"""
ARMS = '\n[arms]\ncolumn = "arm"\ncontrol = "waiting"\n'
SCREENED = '\n[inclusion]\nscore = "PHQ-9"\ncolumn = "phq9"\nabove = 9\n'
USUAL = {"IL-6": Level(1.5, 0.7), "MADRS": Level(25, 6)}


def written(folder: Path, more: str = "", design: str = "single arm") -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY.format(design=design) + more, "utf-8")
    return path


def test_baselines_lie_where_they_are_expected(tmp_path: Path) -> None:
    more = {"PHQ-9": Level(14, 3)}
    study = expected_study(written(tmp_path, SCREENED), Expected(baselines=USUAL | more), 400)
    log_marker = study.data["log_marker"].sel(visit="baseline").to_numpy().ravel()
    assert np.median(log_marker) == pytest.approx(np.log(1.5), abs=1e-3)
    assert log_marker.std() == pytest.approx(0.7, rel=0.02)
    score = study.data["symptom"].sel(visit="baseline").to_numpy()
    assert np.median(score) == pytest.approx(25, abs=0.02)
    assert score.std() == pytest.approx(6, rel=0.02)
    # Each variable has an order of its own: none is drawn along with another.
    assert abs(np.corrcoef(log_marker, score)[0, 1]) < 4 / np.sqrt(400)
    screening = study.data["screening"].to_numpy()
    assert screening.min() > 9
    assert np.median(screening) == pytest.approx(14, abs=0.02)
    assert screening.std() == pytest.approx(3, rel=0.1)
    # A limit of 2^-1 on the scale of the column.
    assert (study.data["lower_limit"] == 0.5).all()
    assert [notice.column for notice in study.notices] == ["sites", "covariates.categorical"]


@pytest.mark.parametrize("name", ["joint_change", "symptom_change", "parallel_change"])
def test_models_take_a_study_without_data(tmp_path: Path, name: str) -> None:
    expected = Expected(baselines=USUAL | {"PHQ-9": Level(14, 3)}, arms=("waiting", "exercise"))
    study = expected_study(written(tmp_path, SCREENED + ARMS, "randomised"), expected, 61)
    selection = load_model(name).select(with_dropout(without_limits(study), 0.2))
    assert selection.problem == ""
    assert len(selection.used) == (61 if name == "joint_change" else 61 - 12)


@pytest.mark.parametrize(
    ("expected", "more", "found"),
    [
        (
            Expected(baselines={}),
            "",
            "the expected baseline of IL-6 is required; found none; state it with `baselines`, as IL-6=MEDIAN[,SD]",
        ),
        (
            Expected(baselines=USUAL),
            SCREENED,
            "the expected baseline of PHQ-9 is required; found none; state it with `baselines`, as PHQ-9=MEDIAN,SD",
        ),
        (
            Expected(baselines=USUAL | {"BDI": Level(20)}),
            "",
            "baselines: a baseline of something in the study file is required; found 'BDI'",
        ),
        (Expected(baselines=USUAL | {"IL-6": Level(-1.0)}), "", "a baseline of IL-6 above 0, on the raw scale,"),
        (
            Expected(baselines=USUAL | {"MADRS": Level(250)}),
            "",
            "a baseline of MADRS from 0 to 60, the range of the scale,",
        ),
        (Expected(baselines=USUAL | {"MADRS": Level(25, 0)}), "", "a standard deviation of MADRS above 0"),
        (
            Expected(baselines=USUAL | {"PHQ-9": Level(8, 3)}),
            SCREENED,
            "a median of PHQ-9 among those included above 9",
        ),
        (
            Expected(baselines=USUAL | {"PHQ-9": Level(14)}),
            SCREENED,
            "standard deviation of PHQ-9 among those included",
        ),
        (Expected(baselines=USUAL, arms=("a", "b")), "", "an [arms] table for arms is required"),
    ],
)
def test_what_is_lacking_or_stated_of_nothing_is_said(
    tmp_path: Path, expected: Expected, more: str, found: str
) -> None:
    with pytest.raises(InputError) as raised:
        expected_study(written(tmp_path, more), expected, 50)
    assert found in str(raised.value)


def test_a_mistyped_name_is_one_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        expected_study(written(tmp_path), Expected(baselines={"IL6": Level(1.5), "MADRS": Level(25)}), 50)
    (fault,) = raised.value.faults
    assert "found 'IL6'; did you mean 'IL-6'?" in str(fault)


@pytest.mark.parametrize("limit", [0.4, 1.6, 5.0])
def test_a_marker_whose_spread_is_not_stated_has_values_on_both_sides_of_a_limit(tmp_path: Path, limit: float) -> None:
    study = expected_study(written(tmp_path), Expected(baselines={"IL-6": Level(1.5), "MADRS": Level(25)}), 60)
    assert np.median(study.data["log_marker"]) == pytest.approx(np.log(1.5))
    limited = beyond_limits_censored(with_lower_limit(study, limit))
    assert load_model("joint_change").select(limited).problem == ""


@pytest.mark.parametrize(
    ("arms", "found"), [((), "two or more different arms is required; found none"), (("a", "b"), "an arm 'waiting'")]
)
def test_arms_have_to_be_named(tmp_path: Path, arms: tuple[str, ...], found: str) -> None:
    with pytest.raises(InputError, match=found):
        expected_study(written(tmp_path, ARMS, "randomised"), Expected(baselines=USUAL, arms=arms), 50)


def test_a_share_of_every_arm_is_lost_after_baseline(tmp_path: Path) -> None:
    expected = Expected(baselines=USUAL, arms=("waiting", "exercise"))
    study = with_dropout(expected_study(written(tmp_path, ARMS, "randomised"), expected, 100), 0.3)
    missing = np.isnan(study.data["symptom"].to_numpy())
    assert missing.sum(axis=0).tolist() == [0, 30]
    assert (study.data["marker_status"].sel(visit="week 12") == "missing").to_numpy().ravel().tolist() == (
        missing[:, 1].tolist()
    )
    arms = study.data["arm"].to_numpy()
    assert {arm: int(missing[arms == arm, 1].sum()) for arm in ("waiting", "exercise")} == {
        "waiting": 15,
        "exercise": 15,
    }
    assert study.data["arm"].attrs["levels"] == ["waiting", "exercise"]


@pytest.mark.parametrize("share", [-0.1, 1.0, 20.0, 0.999])
def test_a_share_that_leaves_nobody_is_refused(example_study: Study, share: float) -> None:
    with pytest.raises(InputError, match=r"write 20% as 0\.2"):
        with_dropout(example_study, share)


def test_participants_of_data_are_taken_again_and_again(example_study: Study) -> None:
    whole = of_size(example_study, 300)
    assert whole.data.sizes["participant"] == len(set(whole.data["participant"].values.tolist())) == 300
    assert (whole.data["marker_status"] == "observed").all()
    assert not whole.data["symptom"].isnull().any()
    assert set(whole.data["site"].values.tolist()) == set(example_study.data["site"].values.tolist())
    # Whoever comes twice or three times has the same covariates each time.
    ages = whole.data["covariate_age"].to_numpy()
    assert (ages[:68] == ages[232:]).all()
    own = sorted(example_study.data["covariate_age"].values.tolist())
    assert sorted(ages[:116].tolist()) == own
    assert marker_pair(whole).centre == pytest.approx(marker_pair(example_study).centre, abs=0.1)


@pytest.mark.parametrize("sizes", [{"A": 40, "B": 40}, {"A": 54, "B": 27}])
@pytest.mark.parametrize("participants", [12, 60, 195])
def test_arms_keep_the_ratio_of_the_data(example_study: Study, sizes: dict[str, int], participants: int) -> None:
    names = np.random.default_rng(1).permutation(np.repeat(list(sizes), list(sizes.values())))
    data = example_study.data.isel(participant=slice(len(names))).assign_coords(
        arm=("participant", names, {"levels": list(sizes)})
    )
    planned = of_size(example_study.with_data(data, "arms"), participants).data["arm"].to_numpy()
    share = sizes["A"] / len(names)
    assert abs((planned == "A").sum() - share * participants) <= 0.5


def test_a_limit_censors_what_lies_under_it_and_no_limit_nothing(example_study: Study) -> None:
    whole = without_limits(of_size(example_study, 116))
    assert (beyond_limits_censored(whole).data["marker_status"] == "observed").all()
    limited = beyond_limits_censored(with_lower_limit(whole, 1.0))
    below = whole.data["marker_value"] < 1.0
    assert 0 < int(below.sum()) < below.size
    assert (limited.data["marker_status"] == "below").equals(below)
    assert (limited.data["log_marker"].where(below, 0.0) == 0.0).all()
    for name in ("input_hash", "content_hash"):
        assert len({getattr(study, name) for study in (whole, limited, example_study)}) == 3
