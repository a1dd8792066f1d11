"""Response and remission, against a count of cases and a participant-by-participant calculation."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.models.parts.design import make_design
from cochange.models.parts.responders import responder_share, thresholds

Table = Callable[..., pd.DataFrame]


def _everyone(study: Study) -> np.ndarray:
    return study.data["participant"].to_numpy().astype(str)


@pytest.mark.parametrize(("remission", "scores"), [(10, "whole"), (10.5, "whole"), (10, "halves"), (12, "whole")])
def test_the_limits_divide_the_observed_changes_as_the_definitions_do(
    make_study: Callable[..., Study], make_people: Table, remission: float, scores: str
) -> None:
    table = make_people(200, seed=8)
    if scores == "halves":
        table["madrs_12"] = np.clip(table["madrs_12"] - 0.5, 0, None)
    study = make_study(table, symptom={"remission": remission})
    limits = thresholds(study, _everyone(study))
    change = (table["madrs_12"] - table["madrs_0"]).to_numpy()
    response = (table["madrs_12"] <= table["madrs_0"] / 2).to_numpy()
    assert 20 < response.sum() < 180
    np.testing.assert_array_equal(change <= limits["response_probability"], response)
    np.testing.assert_array_equal(
        change <= limits["remission_probability"], (table["madrs_12"] <= remission).to_numpy()
    )


def test_whole_scores_are_divided_midway_between_two_scores(
    make_study: Callable[..., Study], make_people: Table
) -> None:
    for remission in (10, 10.5):
        table = make_people(20)
        study = make_study(table, symptom={"remission": remission})
        limits = thresholds(study, _everyone(study))
        followed = {name: limit + table["madrs_0"].to_numpy() for name, limit in limits.items()}
        assert (followed["remission_probability"] == 10.5).all()
        np.testing.assert_array_equal(followed["response_probability"], table["madrs_0"] // 2 + 0.5)


def test_a_share_that_is_no_binary_number_keeps_whole_limits_whole(
    make_study: Callable[..., Study], make_people: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fall by four fifths from 5 to 1, 10 to 2 and so on is a response."""
    table = make_people(20)
    table["madrs_0"] = 5 * (1 + np.arange(20) % 9)
    study = make_study(table)
    assert study.scale is not None
    scale = dataclasses.replace(study.scale, response=0.8)
    monkeypatch.setattr(Study, "scale", property(lambda _: scale))
    limit = thresholds(study, _everyone(study))["response_probability"]
    np.testing.assert_array_equal(limit + table["madrs_0"], table["madrs_0"] // 5 + 0.5)


def test_missing_follow_up_scores_leave_the_limits_as_they_are(
    make_study: Callable[..., Study], make_people: Table
) -> None:
    table = make_people(20)
    with_gaps = table.assign(madrs_12=table["madrs_12"].where(np.arange(20) % 3 > 0))
    complete, gaps = (make_study(people, symptom={"remission": 10}) for people in (table, with_gaps))
    expected, found = thresholds(complete, _everyone(complete)), thresholds(gaps, _everyone(gaps))
    assert list(found) == ["response_probability", "remission_probability"]
    for name, limit in expected.items():
        np.testing.assert_array_equal(found[name], limit)


def test_nobody_without_symptoms_responds(make_study: Callable[..., Study], make_people: Table) -> None:
    table = make_people(20)
    table.loc[4, "madrs_0"] = 0
    study = make_study(table)
    limit = thresholds(study, _everyone(study))["response_probability"]
    assert limit[4] == -np.inf
    assert np.isfinite(np.delete(limit, 4)).all()


def test_without_a_cut_there_is_no_remission(make_study: Callable[..., Study]) -> None:
    study = make_study()
    assert list(thresholds(study, _everyone(study))) == ["response_probability"]


@pytest.mark.parametrize(
    "symptom",
    [
        {"scale": "Own", "range": [0, 60], "direction": "higher is better"},
        {"scale": "Own", "range": [-10, 60], "direction": "higher is worse"},
    ],
)
def test_half_of_a_score_means_nothing_on_some_scales(make_study: Callable[..., Study], symptom: dict) -> None:
    study = make_study(symptom=symptom)
    assert thresholds(study, _everyone(study)) == {}


def test_without_a_score_there_are_no_responders(make_study: Callable[..., Study]) -> None:
    study = make_study(has=("marker",))
    assert thresholds(study, _everyone(study)) == {}


@pytest.mark.parametrize("likelihood", ["normal", "student_t"])
@pytest.mark.parametrize("grouped", [True, False])
def test_the_share_is_the_mean_of_the_participants_probabilities(
    make_study: Callable[..., Study], make_people: Table, likelihood: str, grouped: bool
) -> None:
    table = make_people(24)
    study = make_study(table, has=("marker", "symptom", *(("groups",) if grouped else ())))
    used = _everyone(study)
    design, rng = make_design(study, used), np.random.default_rng(5)
    dims, shape = ("chain", "draw"), (2, 3)
    posterior = xr.Dataset(
        {
            "intercept": (dims, rng.normal(-8, 1, shape)),
            "sigma": (dims, rng.uniform(3, 6, shape)),
            "nu": (dims, rng.uniform(3, 9, shape)),
            "group_sd": (dims, rng.uniform(1, 2, shape)),
            "group_standard": ((*dims, "group"), rng.normal(size=(*shape, 3))),
        },
        coords={"group": ["light", "moderate", "vigorous"]},
    )
    line = xr.DataArray(rng.normal(size=(*shape, 24)), dims=(*dims, "participant"))
    limit = thresholds(study, used)["response_probability"]
    found = responder_share(posterior, design, line, limit, likelihood)
    index = {"chain": 1, "draw": 2}
    at = posterior.isel(index)
    mean = float(at["intercept"]) + line.isel(index).to_numpy()
    if grouped:
        effect = at["group_sd"] * at["group_standard"]
        mean = mean + np.array([float(effect.sel(group=level)) for level in table["intensity"]])
    z = (limit - mean) / float(at["sigma"])
    each = stats.norm.cdf(z) if likelihood == "normal" else stats.t.cdf(z, float(at["nu"]))
    expected = {"overall": each.mean()}
    if grouped:
        expected |= {level: each[table["intensity"] == level].mean() for level in ("light", "moderate", "vigorous")}
    assert found["group"].to_numpy().tolist() == list(expected)
    assert found.dims == ("chain", "draw", "group")
    for label, value in expected.items():
        assert float(found.sel(group=label).isel(index)) == pytest.approx(value, abs=1e-12)


def test_an_arms_share_is_everyones_as_if_in_that_arm(make_study: Callable[..., Study], make_people: Table) -> None:
    study = make_study(make_people(24), has=("symptom", "arms"))
    used = _everyone(study)
    design, rng = make_design(study, used), np.random.default_rng(6)
    dims, shape = ("chain", "draw"), (1, 4)
    posterior = xr.Dataset(
        {
            "intercept": (dims, rng.normal(-8, 1, shape)),
            "sigma": (dims, rng.uniform(3, 6, shape)),
            "arm_difference": ((*dims, "arm_effect"), rng.normal(-3, 1, (*shape, 1))),
        },
        coords={"arm_effect": ["T"]},
    )
    line = xr.DataArray(rng.normal(size=(*shape, 24)), dims=(*dims, "participant"))
    limit = thresholds(study, used)["response_probability"]
    found = responder_share(posterior, design, line, limit, "normal").isel(chain=0, draw=2)
    at = posterior.isel(chain=0, draw=2)
    treated = float((study.data["arm"] == "T").mean())
    for label, indicator in (("arm C", 0.0), ("arm T", 1.0)):
        shift = float(at["arm_difference"].sel(arm_effect="T")) * (indicator - treated)
        mean = float(at["intercept"]) + line.isel(chain=0, draw=2).to_numpy() + shift
        expected = stats.norm.cdf((limit - mean) / float(at["sigma"])).mean()
        assert float(found.sel(group=label)) == pytest.approx(expected, abs=1e-12)
