"""Tipping surfaces against doing everything again at single points, and against root finding."""

import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import optimize

from cochange.data.specification.tables import SmallestImportant
from cochange.data.study import Study
from cochange.inference.missing import surface as module
from cochange.inference.missing.expectation import moved, standardised
from cochange.inference.missing.strategies import Rule, Scenario
from cochange.inference.missing.surface import Surface, tipping_shift, tipping_surfaces
from cochange.models.parts.estimand import Estimand

SCORES = np.linspace(-4, 12, 20)
FACTORS = np.geomspace(0.5, 4, 20)
DRAWS = 2000


class Planted:
    """A fit whose outcomes and estimands under missing at random are given."""

    def __init__(self, own: Any, study: Study, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        self.own, self.study = own, study
        visits = [own.visits[visit] for visit in own.visit[own.cells_of("score")]]
        groups = ["arm C", "arm T"] if own.has_reference else ["overall"]
        self.draws = xr.Dataset(coords={"chain": [0], "draw": range(own.n_draws)})
        self.at_random = {}
        for name, centre, sd, whom in (
            ("symptom_change", -6.0, 1.0, groups), ("geometric_mean_ratio", -0.4, 0.1, groups),
            ("arm_difference", -4.0, 1.5, ["T versus C"]), ("arm_ratio", -0.5, 0.2, ["T versus C"]),
        ):  # fmt: skip
            if " versus " in whom[0] and not own.has_reference:
                continue
            coords = {"chain": [0], "draw": range(own.n_draws), "group": whom, "visit": visits}
            values = rng.normal(centre, sd, size=[len(labels) for labels in coords.values()])
            values = np.exp(values) if name.endswith("ratio") else values
            self.at_random[name] = xr.DataArray(values, dims=tuple(coords), coords=coords)
        units = {"symptom_change": "points", "arm_difference": "points"}
        self.model: Any = SimpleNamespace(
            name="repeated_measures",
            derive=lambda draws, study: self.at_random,
            estimands={
                name: Estimand(name, units.get(name, "ratio"), 0.0 if name in units else 1.0) for name in self.at_random
            },
        )
        self.fit: Any = SimpleNamespace(model="repeated_measures", prior="reference", seed=1, posterior=self.draws)

    def surfaces(self, score: Any = SCORES, marker: Any = ()) -> tuple[Surface, ...]:
        return tipping_surfaces(self.fit, self.model, self.study, score, marker)

    def again(self, rules: tuple[Rule, ...]) -> dict[str, xr.DataArray]:
        """The estimands with everything done anew under rules that hold the shifts."""
        own = self.own
        which = np.full(len(own.participant), -1)
        for position, rule in enumerate(rules):
            which[own.left & np.isin(own.arm, rule.arms or own.arms)] = position
        rng = np.random.default_rng(
            module.Settings(seed=1).seed_of("repeated_measures", "reference", "tipping surface")
        )
        return standardised(self.at_random, moved(Scenario("", rules), which, own, rng).mean, own)


@pytest.fixture
def plant(outcomes: Any, example_study: Study, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Planted]:
    def make(smallest: dict[str, float] | None = None, **options: Any) -> Planted:
        estimand = example_study.spec.estimand.model_copy(
            update={
                "smallest_important": {
                    name: SmallestImportant(value=value, reason="for the test")
                    for name, value in (smallest or {}).items()
                }
            }
        )
        study = replace(example_study, spec=example_study.spec.model_copy(update={"estimand": estimand}))
        own = outcomes(**({"n": 60, "n_draws": DRAWS, "repeat": True} | options))
        monkeypatch.setattr(module, "outcomes_of", lambda *_: own)
        return Planted(own, study)

    return make


def test_a_point_of_the_surface_is_what_doing_it_again_gives(plant: Any) -> None:
    planted = plant({"arm_difference": 3.0})
    (found,) = planted.surfaces()
    assert (found.group, found.bound) == ("T versus C", 0.95)
    assert (found.x.arm, found.y.arm) == ("T", "C")
    (said,) = found.statements
    assert (said.side, said.limit, said.important) == ("below", -3.0, True)
    for x, y in ((0, 0), (7, 3), (12, 19), (19, 0)):
        rules = (Rule(score=SCORES[x], arms=("T",)), Rule(score=SCORES[y], arms=("C",)))
        again = planted.again(rules)["arm_difference"].isel(visit=-1)
        assert found.probability[y][x] == float((again < -3.0).mean())
    assert found.at_random == float((planted.at_random["arm_difference"].isel(visit=-1) < -3.0).mean())


def test_factors_of_the_marker_are_factors_of_its_ratio(plant: Any) -> None:
    planted = plant()
    (found,) = planted.surfaces(score=(), marker=FACTORS)
    assert found.bound == 0.975
    for x, y in ((2, 5), (15, 10)):
        rules = (Rule(marker=np.log(FACTORS[x]), arms=("T",)), Rule(marker=np.log(FACTORS[y]), arms=("C",)))
        again = planted.again(rules)["arm_ratio"].isel(visit=-1)
        assert found.probability[y][x] == float((again < 1.0).mean())


def test_in_one_arm_score_and_marker_have_to_change_at_once(plant: Any, one_arm: Any) -> None:
    planted = plant({"symptom_change": 5.0, "geometric_mean_ratio": 1.25}, arms=one_arm)
    (found,) = planted.surfaces(SCORES, FACTORS)
    assert [said.limit for said in found.statements] == [-5.0, 0.8]
    assert (found.x.outcome, found.y.outcome) == ("score", "marker")
    for x, y in ((2, 5), (9, 10), (15, 3)):
        again = planted.again((Rule(score=SCORES[x], marker=np.log(FACTORS[y])),))
        score, marker = (again[name].isel(visit=-1) for name in ("symptom_change", "geometric_mean_ratio"))
        assert found.probability[y][x] == float(((score < -5.0) & (marker < 0.8)).mean())
    (alone,) = planted.surfaces(SCORES)
    assert alone.y is None
    assert len(alone.probability) == len(alone.contour) == 1
    assert alone.tip == alone.contour[0]


def test_the_probability_falls_as_the_arm_fares_worse_and_rises_as_the_control_does(plant: Any) -> None:
    (found,) = plant().surfaces()
    surface = np.array(found.probability)
    assert np.all(np.diff(surface, axis=1) <= 0)
    assert np.all(np.diff(surface, axis=0) >= 0)
    assert np.ptp(surface) > 0.5
    assert np.all(np.diff(found.contour) > 0)


def test_the_contour_is_where_the_probability_crosses_the_bound(plant: Any) -> None:
    planted = plant({"arm_difference": 1.0})
    (found,) = planted.surfaces()

    def over(shift: float, y: float) -> float:
        (one,) = planted.surfaces(score=(shift, y))
        return one.probability[1][0] - found.bound

    for position in (0, 8, 19):
        root = optimize.brentq(lambda shift, y=SCORES[position]: over(shift, y) + 1e-9, -80, 80, xtol=1e-7)
        assert found.contour[position] == pytest.approx(root, abs=1e-5)
    inside = found.contour[8]
    assert over(inside - 1e-6, SCORES[8]) >= 0 > over(inside + 1e-6, SCORES[8])
    without = planted.surfaces(score=(0.0, 1.0))[0]
    assert found.tip == without.contour[0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_shift_that_tips_is_an_order_statistic(sign: float) -> None:
    rng = np.random.default_rng(1)
    ahead, slope = rng.normal(2, 1, 1000), sign * rng.uniform(0.1, 0.4, 1000)
    holds = rng.random(1000) < 0.98
    for bound in (0.5, 0.95):
        at = tipping_shift(ahead, slope, holds, bound)
        # At the draw that tips there itself nothing is decided: a hair towards the conclusion it holds.
        near, far = at + sign * 1e-9, at - sign * 1e-9
        assert np.mean((ahead + near * slope > 0) & holds) >= bound > np.mean((ahead + far * slope > 0) & holds)
    assert np.isnan(tipping_shift(ahead, slope, holds, 0.999))
    assert np.isnan(tipping_shift(ahead, np.zeros(1000), holds, 0.5))


def test_nobody_left_makes_no_surface(plant: Any) -> None:
    planted = plant()
    planted.own.status[:, -2:] = 1
    assert planted.surfaces() == ()


def test_a_whole_surface_takes_less_than_a_few_points_done_again(plant: Any) -> None:
    """400 points for the price of at most 40, in processor time; and far under 30 seconds."""
    planted = plant(n=200, n_draws=4000)
    rules = (Rule(score=1.0, arms=("T",)), Rule(score=2.0, arms=("C",)))
    planted.again(rules)
    start = time.process_time()
    for _ in range(3):
        planted.again(rules)
    point = (time.process_time() - start) / 3
    start = time.process_time()
    (found,) = planted.surfaces()
    seconds = time.process_time() - start
    assert len(found.probability) == len(found.probability[0]) == 20
    assert seconds < 40 * point
    assert seconds < 30
