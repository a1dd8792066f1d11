"""Trials drawn from the joint model equation by equation, and the graphs they are sampled with."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.models import joint_change

LN2 = float(np.log(2))
SCORE = {"scale": "S", "range": [0, 100], "direction": "higher is worse", "remission": 30}


@dataclass(frozen=True)
class Truth:
    """Parameters of the model with one marker and a screening score, under their names in it."""

    marker_mean: float
    score_mean: float
    marker_change: float
    score_change: float
    baseline_slope: float
    marker_on_marker: float
    marker_on_score: float
    prognostic: float
    score_on_score: float
    parallel: float
    marker_sigma: float
    score_sigma: float
    marker_change_sigma: float
    score_change_sigma: float
    marker_reliability: float
    score_reliability: float
    state_z: float
    screening_mean: float
    screening_slope: float
    screening_state: float
    screening_sd: float

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True)
class People:
    """True and observed m0, y0, m1, y1, shape ``(n, 4)``, and the screening score."""

    true: np.ndarray
    observed: np.ndarray
    screening: np.ndarray

    def __getitem__(self, chosen: Any) -> "People":
        return People(self.true[chosen], self.observed[chosen], self.screening[chosen])


def draw(truth: Truth, n: int, rng: np.random.Generator, changed: bool = True) -> People:
    """People who were screened; the mean of the screening score is that of people with a score of 0."""
    e = rng.normal(size=(n, 4)) * [
        truth.marker_sigma, truth.score_sigma, truth.marker_change_sigma, truth.score_change_sigma,
    ]  # fmt: skip
    m0, y0 = e[:, 0], truth.baseline_slope / LN2 * e[:, 0] + e[:, 1]
    dm = truth.marker_change + truth.marker_on_marker * m0 + truth.marker_on_score * y0 + e[:, 2]
    dy = truth.score_change + truth.prognostic / LN2 * m0 + truth.score_on_score * y0 - truth.parallel / LN2 * e[:, 2]
    dy = dy + e[:, 3]
    if not changed:
        dm, dy = np.zeros(n), np.zeros(n)
    variance = np.array([truth.marker_sigma**2, (truth.baseline_slope / LN2 * truth.marker_sigma) ** 2])
    variance[1] += truth.score_sigma**2
    reliability = np.array([truth.marker_reliability, truth.score_reliability])
    sd, state = np.sqrt(variance * (1 - reliability) / reliability), np.tanh(truth.state_z)
    z = rng.normal(size=(n, 2, 2))
    errors = np.stack([z[..., 0], state * z[..., 0] + np.sqrt(1 - state**2) * z[..., 1]], axis=-1) * sd
    true = np.stack([m0, y0, m0 + dm, y0 + dy], axis=1) + np.tile([truth.marker_mean, truth.score_mean], 2)
    severity = truth.score_mean + y0 + truth.screening_state * errors[:, 0, 1]
    screening = truth.screening_mean + truth.screening_slope * severity + truth.screening_sd * rng.normal(size=n)
    return People(true, true + errors.reshape(n, 4), screening)


def draw_included(
    truth: Truth, n: int, threshold: float, rng: np.random.Generator, changed: bool = True, batch: int = 2000
) -> People:
    """The first n people whose screening score is above the threshold."""
    found: list[People] = []
    while sum(len(people.screening) for people in found) < n:
        people = draw(truth, batch, rng, changed)
        found.append(people[people.screening > threshold])
        batch = min(2 * batch, 1_000_000)
    parts = [np.concatenate([getattr(people, name) for people in found])[:n] for name in ("true", "observed")]
    return People(*parts, np.concatenate([people.screening for people in found])[:n])


def as_table(people: People, limit: float = -np.inf, missing: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """The table of a study: markers under the limit as text, and a share of the follow-ups missing."""
    rng = np.random.default_rng(seed)
    n = len(people.screening)
    columns: dict[str, Any] = {"id": [f"P{i:04d}" for i in range(n)]}
    for name, position in (("il6_0", 0), ("il6_12", 2)):
        values = people.observed[:, position]
        digits = np.array([f"{x:.12g}" for x in np.exp(np.maximum(values, limit))], dtype=object)
        columns[name] = np.where(values < limit, "<", "").astype(object) + digits
    for name, position in (("madrs_0", 1), ("madrs_12", 3)):
        columns[name] = np.array([f"{x:.12g}" for x in people.observed[:, position]], dtype=object)
    columns["severity"] = [f"{x:.12g}" for x in people.screening]
    table = pd.DataFrame(columns)
    for name in ("il6_12", "madrs_12"):
        table.loc[rng.random(n) < missing, name] = ""
    return table


@dataclass(frozen=True)
class Trials:
    """What the tests of this folder share."""

    truth: type[Truth]
    draw: Callable[..., People]
    draw_included: Callable[..., People]
    as_table: Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def trials() -> Trials:
    return Trials(Truth, draw, draw_included, as_table)


@pytest.fixture(scope="session")
def read_trial(make_case: Any) -> Callable[[pd.DataFrame], Any]:
    """A study with a screening score of the table."""
    return lambda table, symptom=SCORE: make_case(table, has=("severity",), symptom=symptom).study


@pytest.fixture(scope="session")
def reference_sampler(sampler_of: Any, read_trial: Any) -> Any:
    """The graph of such a study, compiled once for recovery, calibration and trials without an effect."""
    some = Truth(**dict.fromkeys(Truth.names(), 0.5))
    people = draw_included(some, 40, 0.0, np.random.default_rng(1))
    shifted = People(people.true, people.observed + np.array([0, 40, 0, 40]), people.screening + 10)
    return sampler_of(read_trial(as_table(shifted)), joint_change.PRIORS["reference"])
