"""Estimands, replicated data and densities of the growth model against NumPy, for parameters drawn from a prior."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.inference.compiled import draw_priors
from cochange.inference.machine_code.key import key_of
from cochange.models import growth
from cochange.models.parts.contract import load_model
from cochange.models.parts.growth.courses import mean_courses, observed_courses
from cochange.models.parts.growth.frame import make_frame

PRIORS = growth.PRIORS["sceptical"]
DESIGN = ("marker", "score", "arms", "groups", "sites", "covariates")
KNOT = {"course": "piecewise", "knots": [5]}


def draws_of(study: Any, n: int = 3) -> xr.Dataset:
    return draw_priors(growth.build(study, PRIORS), load_model("growth"), study, PRIORS, n, 9)


def at_draw(draws: xr.Dataset, number: int) -> dict[str, np.ndarray]:
    one = draws.isel(chain=0, draw=number)
    return {str(name): one[name].to_numpy() for name in one.data_vars}


def test_estimands_are_those_of_means_and_covariances(
    make_case: Any, make_table: Any, formula: Any, true_values: Any, make_truth: Any
) -> None:
    case = make_case(make_table(30))
    draws = draws_of(case.study)
    derived = growth.derive(draws, case.study)
    for number in range(3):
        at = at_draw(draws, number)
        mean = np.array([at["marker_mean"], at["score_mean"], at["marker_change"][0], at["score_change"][0]])
        expected = true_values(make_truth(mean, formula(case).between(at), formula(case).within(at)))
        assert set(derived) == set(expected)
        for name, value in expected.items():
            assert derived[name].isel(chain=0, draw=number).item() == pytest.approx(value, rel=1e-9), name


def test_changes_of_groups_and_arms_average_the_participants(make_case: Any, make_table: Any, formula: Any) -> None:
    case = make_case(make_table(40), has=DESIGN)
    draws = draws_of(case.study)
    derived = growth.derive(draws, case.study)
    at, table = at_draw(draws, 0), case.table
    change = formula(case).effects(at)[:, 1]
    treated = (table["arm"] == "T").to_numpy()
    of_score = {"overall": change[:, 1].mean()}
    of_score |= {name: change[table["intensity"] == name, 1].mean() for name in ("light", "moderate", "vigorous")}
    difference = at["score_arm"][0, 0]
    of_score["arm C"] = (change[:, 1] - difference * treated).mean()
    of_score["arm T"] = of_score["arm C"] + difference
    found = derived["symptom_change"].isel(chain=0, draw=0)
    assert dict(zip(found["group"].values.tolist(), found.values, strict=True)) == pytest.approx(of_score)
    assert derived["arm_difference"].isel(chain=0, draw=0, group=0).item() == pytest.approx(difference)
    ratio = derived["arm_ratio"].sel(group="T versus C").isel(chain=0, draw=0).item()
    assert ratio == pytest.approx(np.exp(at["marker_arm"][0, 0]))
    by_group = derived["geometric_mean_ratio"].isel(chain=0, draw=0)
    vigorous = np.exp(change[table["intensity"] == "vigorous", 0].mean())
    assert by_group.sel(group="vigorous").item() == pytest.approx(vigorous)
    np.testing.assert_allclose(derived["score_rate"], derived["symptom_change"] / 12)


def test_a_bent_course_has_a_slope_for_each_stretch(make_case: Any, make_table: Any, formula: Any) -> None:
    case = make_case(make_table(30), course=KNOT)
    draws = draws_of(case.study)
    derived = growth.derive(draws, case.study)
    at = at_draw(draws, 1)
    first, second = at["score_change"]
    rates = derived["score_rate"].isel(chain=0, draw=1)
    expected = {
        "overall": (5 * first + 7 * second) / 12 / 12,
        "0 to 5 weeks": first / 12,
        "5 to 12 weeks": second / 12,
    }
    assert dict(zip(rates["group"].values.tolist(), rates.values, strict=True)) == pytest.approx(expected)
    between = formula(case).between(at)
    total = np.kron([[0, 5 / 12, 7 / 12]], np.eye(2))
    changes = total @ between @ total.T
    correlations = {
        "overall": changes[0, 1] / np.sqrt(changes[0, 0] * changes[1, 1]),
        "0 to 5 weeks": between[2, 3] / np.sqrt(between[2, 2] * between[3, 3]),
        "5 to 12 weeks": between[4, 5] / np.sqrt(between[4, 4] * between[5, 5]),
    }
    found = derived["slope_correlation"].isel(chain=0, draw=1)
    assert dict(zip(found["group"].values.tolist(), found.values, strict=True)) == pytest.approx(correlations)


def test_replications_have_the_means_and_covariances_of_the_model(
    make_case: Any, make_table: Any, spoil: Any, formula: Any
) -> None:
    case = make_case(spoil(make_table(25, 4, jitter=4.0), missing=0.1), has=("marker", "score", "dates"))
    one = draws_of(case.study).isel(draw=[0])
    often = xr.concat([one] * 4000, dim="draw")
    drawn = growth.replicate(often, case.study, np.random.default_rng(1))
    seen = growth.observed_data(case.study)
    assert list(drawn) == list(seen)
    assert len(drawn) == 10
    for name in drawn:
        np.testing.assert_array_equal(np.isnan(drawn[name].isel(chain=0, draw=0)), np.isnan(seen[name]))
    at = at_draw(one, 0)
    centre = [own.centre for own in make_frame(case.study, growth.select(case.study).used).series.values()]
    who = 3
    g = np.column_stack([np.ones(5), formula(case).terms()[who]])
    loadings = np.kron(g, np.eye(2))
    mean = loadings @ formula(case).effects(at)[who].ravel() + np.tile(centre, 5)
    covariance = loadings @ formula(case).between(at) @ loadings.T + np.kron(np.eye(5), formula(case).within(at))
    names = [f"{what} at week {week}" for week in (0, 2, 5, 9, 12) for what in ("IL-6", "S")]
    values = np.stack([drawn[name].isel(chain=0, participant=who).to_numpy() for name in names], axis=1)
    known = ~np.isnan(values[0])
    values, sd = values[:, known], np.sqrt(np.diag(covariance)[known])
    np.testing.assert_allclose((values.mean(axis=0) - mean[known]) / sd, 0, atol=5 / np.sqrt(4000))
    error = (np.cov(values.T) - covariance[np.ix_(known, known)]) / np.outer(sd, sd)
    np.testing.assert_allclose(error, 0, atol=5 * np.sqrt(2 / 4000))


def test_one_compilation_serves_every_prior_set(make_case: Any, make_table: Any) -> None:
    study = make_case(make_table(30), has=DESIGN).study
    assert len({key_of(growth.build(study, priors), "s") for priors in growth.PRIORS.values()}) == 1


def test_what_lies_beyond_a_limit_is_drawn_at_the_limit(make_case: Any, make_table: Any, spoil: Any) -> None:
    case = make_case(spoil(make_table(30), limit=0.2))
    drawn = growth.replicate(draws_of(case.study, 20), case.study, np.random.default_rng(2))
    status = case.study.data["marker_status"].sel(marker="IL-6", visit="week 12")
    under = drawn["IL-6 at week 12"].sel(participant=status["participant"][(status == "below").values])
    assert float(under.min()) == pytest.approx(0.2)
    new = growth.readings(draws_of(case.study, 20), case.study, np.random.default_rng(2))
    assert float(new["IL-6 at week 12"].min()) < 0.2


def test_new_participants_have_nothing_at_a_visit_whose_time_nobody_has(make_case: Any, make_table: Any) -> None:
    table = make_table(30, jitter=4.0)
    table["day2"] = ""
    table.loc[3, "day4"] = ""
    case = make_case(table, has=("marker", "score", "dates"), planned=False)
    new = growth.readings(draws_of(case.study, 20), case.study, np.random.default_rng(2))
    for name, values in new.items():
        assert bool(values.isnull().all() if "week 5" in str(name) else values.notnull().all()), name


def test_mean_courses_pass_through_the_means_of_the_visits(make_case: Any, make_table: Any, formula: Any) -> None:
    case = make_case(make_table(40), has=DESIGN, course={"course": "log"})
    draws = draws_of(case.study)
    frame = make_frame(case.study, growth.select(case.study).used)
    courses = mean_courses(draws, growth.parameters(case.study), frame, np.array([0.0, 5.0, 12.0]))
    effects = formula(case).effects(at_draw(draws, 0)).mean(axis=0)
    g = np.log(1 + np.array([0.0, 5.0, 12.0])) / np.log(13)
    own = {name: courses[name].isel(chain=0, draw=0).sel(group="overall").to_numpy() for name in courses}
    centre = {name: series.centre for name, series in frame.series.items()}
    np.testing.assert_allclose(own["score"], effects[0, 1] + g * effects[1, 1] + centre["score"])
    np.testing.assert_allclose(own["marker"], np.exp(effects[0, 0] + g * effects[1, 0] + centre["marker"]))
    seen = {(item.group, item.visit): item for item in observed_courses(frame)["score"]}
    treated = case.table.loc[case.table["arm"] == "T", "y2"].astype(float)
    assert seen["arm T", "week 5"].value == pytest.approx(treated.mean())
    assert seen["arm T", "week 5"].n == len(treated)
