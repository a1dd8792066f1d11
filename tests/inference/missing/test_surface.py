"""Tipping surfaces against doing everything again at single points, and against root finding."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import optimize

from cochange.data.specification.tables import SmallestImportant
from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.missing import surface as module
from cochange.inference.missing.expectation import moved, standardised
from cochange.inference.missing.scores_of_left import expected_scores
from cochange.inference.missing.standardising import bootstrap_weights
from cochange.inference.missing.strategies import Rule, Scenario
from cochange.inference.missing.surface import Surface, tipping_shift, tipping_surfaces
from cochange.models.parts.contract import load_model
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
        groups = [f"arm {arm}" for arm in own.arms] if own.has_reference else ["overall"]
        versus = [f"{arm} versus {own.reference}" for arm in own.arms[1:]]
        self.draws = xr.Dataset(coords={"chain": [0], "draw": range(own.n_draws)})
        self.at_random = {}
        for name, centre, sd, whom in (
            ("symptom_change", -6.0, 1.0, groups), ("geometric_mean_ratio", -0.4, 0.1, groups),
            ("arm_difference", -4.0, 1.5, versus), ("arm_ratio", -0.5, 0.2, versus),
        ):  # fmt: skip
            if not whom:
                continue
            coords = {"chain": [0], "draw": range(own.n_draws), "group": whom, "visit": visits}
            values = rng.normal(centre, sd, size=[len(labels) for labels in coords.values()])
            values = np.exp(values) if name.endswith("ratio") else values
            self.at_random[name] = xr.DataArray(values, dims=tuple(coords), coords=coords)
        units = {"symptom_change": "points", "arm_difference": "points"}
        self.model = replace(
            load_model("repeated_measures"),
            derive=lambda draws, study: self.at_random,
            estimands={
                name: Estimand(name, units.get(name, "ratio"), 0.0 if name in units else 1.0) for name in self.at_random
            },
        )
        tree = xr.DataTree.from_dict({"posterior": self.draws})
        self.fit = Fit("repeated_measures", "reference", tree, own.n_draws, 0, 1, 0.9, 1, 1, 0.0, 0.0)

    def surfaces(self, score: Any = SCORES, marker: Any = (), together: Any = "active") -> tuple[Surface, ...]:
        return tipping_surfaces(self.fit, self.model, self.study, score, marker, together)

    def by_hand(self, arm: str, whose: str, score: float, marker: float) -> tuple[np.ndarray, np.ndarray]:
        """The contrasts of an arm when those who left one are shifted: a weighted regression for each draw."""
        own = self.own
        weight = bootstrap_weights(own, own.n_draws, self.rng())
        for name in own.arms:
            weight[:, own.arm == name] *= (own.arm == name).sum()
        shifted = (own.last_seen < len(own.visits) - 1) & (own.arm == whose)
        design = np.column_stack([own.arm == name for name in own.arms] + [own.covariates]).astype(float)
        place = own.arms.index(arm)
        share = np.empty(own.n_draws)
        for draw in range(own.n_draws):
            root = np.sqrt(weight[draw])
            coefficients = np.linalg.lstsq(design * root[:, None], shifted * root, rcond=None)[0]
            share[draw] = coefficients[place] - coefficients[0]
        difference, ratio = (
            self.at_random[name].sel(group=f"{arm} versus {own.reference}").isel(visit=-1, chain=0).to_numpy()
            for name in ("arm_difference", "arm_ratio")
        )
        return difference + share * score, ratio * marker**share

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(
            module.Settings(seed=1).seed_of("repeated_measures", "reference", "tipping surface")
        )

    def again(self, rules: tuple[Rule, ...]) -> dict[str, xr.DataArray]:
        """The estimands with everything done anew under rules that hold the shifts."""
        own = self.own
        which = np.full(len(own.participant), -1)
        for position, rule in enumerate(rules):
            which[own.left & np.isin(own.arm, rule.arms or own.arms)] = position
        return standardised(self.at_random, moved(Scenario("", rules), which, own, self.rng()).mean, own)


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
    assert np.isnan(alone.tip_y)
    assert len(alone.probability) == len(alone.contour) == 1
    assert alone.tip == alone.contour[0]


BOTH = {"arm_difference": 1.0, "arm_ratio": 1.1}


def test_with_several_arms_both_contrasts_have_to_hold_at_once(plant: Any) -> None:
    """Each draw shifted by hand, and counted, at points of every arm's grid."""
    planted = plant(BOTH, arms=("C", "T", "U"), n=90)
    found = [one for one in planted.surfaces(SCORES, FACTORS) if len(one.statements) == 2]
    assert [(one.group, one.x.arm, one.y.arm) for one in found] == [("T versus C", "T", "T"), ("U versus C", "U", "U")]
    for one, arm in zip(found, ("T", "U"), strict=True):
        assert [(said.estimand, said.side) for said in one.statements] == [
            ("arm_difference", "below"), ("arm_ratio", "below"),
        ]  # fmt: skip
        assert (one.x.outcome, one.y.outcome, one.bound) == ("score", "marker", 0.95)
        assert one.x.left == one.y.left == int((planted.own.left & (planted.own.arm == arm)).sum())
        values = set()
        for x, y in ((0, 0), (6, 9), (9, 4), (12, 12), (19, 19)):
            difference, ratio = planted.by_hand(arm, arm, SCORES[x], FACTORS[y])
            values.add(float(((difference < -1.0) & (ratio < 1 / 1.1)).mean()))
            assert one.probability[y][x] == float(((difference < -1.0) & (ratio < 1 / 1.1)).mean())
        assert len(values) == 5
        difference, ratio = planted.by_hand(arm, arm, 0.0, 1.0)
        assert one.at_random == float(((difference < -1.0) & (ratio < 1 / 1.1)).mean())


def test_those_of_the_control_are_shifted_where_each_arm_is_asked_for(plant: Any) -> None:
    planted = plant(BOTH)
    active, control = (one for one in planted.surfaces(SCORES, FACTORS, "each") if len(one.statements) == 2)
    assert (active.x.arm, active.y.arm, control.x.arm, control.y.arm) == ("T", "T", "C", "C")
    assert repr(active) == repr(planted.surfaces(SCORES, FACTORS)[2])
    for x, y in ((0, 0), (8, 3), (14, 10)):
        difference, ratio = planted.by_hand("T", "C", SCORES[x], FACTORS[y])
        assert control.probability[y][x] == float(((difference < -1.0) & (ratio < 1 / 1.1)).mean())
    assert np.all(np.diff(np.array(active.probability)) <= 0)
    assert np.all(np.diff(np.array(control.probability)) >= 0)


def test_either_shift_alone_tips_both_contrasts(plant: Any) -> None:
    """A hair before the shift that tips the conclusion is drawn, a hair after it is not: counted by hand."""
    planted = plant({"arm_difference": 0.5, "arm_ratio": 1.05})
    both = planted.surfaces(SCORES, FACTORS)[2]

    def drawn(score: float, marker: float) -> bool:
        difference, ratio = planted.by_hand("T", "T", score, marker)
        return bool(((difference < -0.5) & (ratio < 1 / 1.05)).mean() >= both.bound)

    assert both.at_random > both.bound
    assert drawn(both.tip - 1e-6, 1.0)
    assert not drawn(both.tip + 1e-6, 1.0)
    assert drawn(0.0, both.tip_y * (1 - 1e-6))
    assert not drawn(0.0, both.tip_y * (1 + 1e-6))


def test_of_one_contrast_the_control_alone_tips_it_too(plant: Any) -> None:
    planted = plant({"arm_difference": 1.0})
    (found,) = planted.surfaces()
    for hair, holds in ((1e-6, True), (-1e-6, False)):
        difference, _ = planted.by_hand("T", "C", found.tip_y + hair, 1.0)
        assert ((difference < -1.0).mean() >= found.bound) == holds


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


def test_whole_surfaces_take_less_than_a_few_points_done_again(plant: Any) -> None:
    """Three times 400 points for the price of at most 40, in processor time; and far under 30 seconds."""
    planted = plant(n=200, n_draws=4000)
    rules = (Rule(score=1.0, arms=("T",)), Rule(score=2.0, arms=("C",)))
    planted.again(rules)
    start = time.process_time()
    for _ in range(3):
        planted.again(rules)
    point = (time.process_time() - start) / 3
    start = time.process_time()
    surfaces = planted.surfaces(SCORES, FACTORS)
    seconds = time.process_time() - start
    assert [len(one.statements) for one in surfaces] == [1, 1, 2]
    assert all(len(one.probability) == len(one.probability[0]) == 20 for one in surfaces)
    assert seconds < 40 * point
    assert seconds < 5


def test_axes_have_the_scores_expected_of_those_who_left(plant: Callable[..., Planted]) -> None:
    planted = plant()
    expected = expected_scores(planted.own, planted.study, np.random.default_rng(0))
    axes = [axis for one in planted.surfaces(SCORES, FACTORS) for axis in (one.x, one.y) if axis is not None]
    assert {axis.outcome for axis in axes} == {"score", "marker"}
    for axis in axes:
        assert axis.expected == (pytest.approx(expected[axis.arm]) if axis.outcome == "score" else None)
