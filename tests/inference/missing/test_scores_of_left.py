"""The expected last scores of those who left, participant by participant from the definitions."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cochange.data.study import Study
from cochange.inference.missing.scores_of_left import expected_scores
from cochange.models.parts.likelihood.observations import MISSING


@pytest.mark.parametrize("events", [False, True])
def test_they_are_the_mean_of_conditional_expectations(
    events: bool, outcomes: Any, hand: Any, example_study: Study
) -> None:
    own = outcomes(n=30, n_draws=3, events=events)
    last = own.cells_of("score")[-1]
    found = expected_scores(own, example_study, np.random.default_rng(1))
    for arm in own.arms:
        who = np.flatnonzero((own.arm == arm) & own.after[:, last])
        assert len(who)
        assert (own.status[who, last] == MISSING).all()
        by_hand = []
        for row in who:
            for draw in range(3):
                cells, centre, _ = hand.given("missing at random", own, row, draw)
                by_hand.append(centre[np.flatnonzero(cells == last)[0]])
        assert found[arm] == pytest.approx(own.score_origin + np.mean(by_hand))


def test_changes_are_counted_from_the_own_baseline(outcomes: Any, example_study: Study) -> None:
    own = outcomes(n=30, n_draws=3)
    people = example_study.data["participant"].to_numpy()[:30]
    changes = replace(own, from_baseline=True, participant=people)
    plain, moved = (expected_scores(one, example_study, np.random.default_rng(1)) for one in (own, changes))
    before = example_study.data["symptom"].sel(visit=example_study.baseline).to_numpy()[:30]
    left = own.after[:, own.cells_of("score")[-1]]
    for arm in own.arms:
        assert moved[arm] - plain[arm] == pytest.approx(before[left & (own.arm == arm)].mean())
