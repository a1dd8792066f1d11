"""Small trials: outcomes with draws made up by hand, formulas participant by participant, and a study on disk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.missing.outcomes import Outcomes
from cochange.models.parts.contract import Model, load_model
from cochange.models.parts.design import OVERALL
from cochange.models.parts.likelihood.observations import BELOW, MISSING, OBSERVED
from cochange.models.parts.prior_sets import families, prior_sets

MakeOutcomes = Callable[..., Outcomes]
VISITS = ("w0", "w2", "w6", "w12")


def covariances(rng: np.random.Generator, n_draws: int, size: int) -> np.ndarray:
    """Positive definite matrices that differ from draw to draw."""
    factor = 0.5 * rng.normal(size=(n_draws, size, size)) + 1.5 * np.tril(np.ones((size, size)))
    return factor @ factor.mT + np.eye(size)


def make_outcomes(
    n: int = 24,
    n_draws: int = 3,
    kinds: tuple[str, ...] = ("marker", "score"),
    arms: tuple[str, ...] = ("C", "T"),
    by_arm: bool = False,
    below: bool = False,
    nu: float | None = None,
    repeat: bool = False,
    events: bool = False,
    seed: int = 1,
) -> Outcomes:
    """Participants who leave at every visit, some of whom skip one before; the baseline is an outcome.

    `repeat` makes every draw of the parameters the same; with `events` the visit of an event is known of half of them,
    whether they left before it, at it, after it or never.
    """
    rng = np.random.default_rng(seed)
    kind = tuple(kinds) * len(VISITS)
    visit = np.repeat(np.arange(len(VISITS)), len(kinds))
    arm = np.array(arms)[np.arange(n) % len(arms)]
    last = rng.integers(0, len(VISITS), n)
    last[:4] = (3, 3, 0, 1)
    status = np.where(visit > last[:, None], MISSING, OBSERVED)
    status[rng.random(status.shape) < 0.1] = MISSING
    # Something of everyone is seen at the visit they were last seen at.
    status[np.arange(n), last * len(kinds) + len(kinds) - 1] = OBSERVED
    value = rng.normal(0, 2, status.shape)
    if below:
        # A marker beyond its limit at the first two visits, where it was measured at all.
        for cell in np.flatnonzero([own == "marker" for own in kind])[:2]:
            rows = (status[:, cell] == OBSERVED) & (rng.random(n) < 0.5)
            status[rows, cell] = BELOW
            value[rows, cell] = -0.5
    event = np.full(n, len(VISITS))
    if events:
        event[::2] = np.random.default_rng(seed).integers(1, len(VISITS), len(event[::2]))
    covariates = rng.normal(size=(n, 1))
    covariates -= covariates.mean()
    indicators = (arm[:, None] == np.array(arms[1:])).astype(float)
    columns = np.concatenate([np.ones((n, 1)), covariates, indicators], axis=1)
    in_arm = {}
    for position, own in enumerate(arms):
        in_arm[own] = columns.copy()
        in_arm[own][:, 2:] = np.arange(1, len(arms)) == position
    size = len(kind)
    draws = 1 if repeat else n_draws
    mean = rng.normal(size=(draws, columns.shape[1], size))
    # Randomised arms have one mean at baseline.
    mean[:, 2:, visit == 0] = 0
    shared = covariances(rng, draws, size)
    own = {name: covariances(rng, draws, size) if by_arm else shared for name in arms}
    times = np.zeros(n_draws, dtype=int) if repeat else np.arange(n_draws)
    together = {id(one): one[times] for one in own.values()}
    return Outcomes(
        participant=np.array([f"P{i:03}" for i in range(n)]),
        arm=arm,
        arms=arms,
        kind=kind,
        visit=visit,
        visits=VISITS,
        value=np.where(status == MISSING, 0.0, value),
        status=status,
        event=event,
        columns=columns,
        in_arm=in_arm,
        covariates=covariates,
        mean=mean[times],
        covariance={name: together[id(one)] for name, one in own.items()},
        nu=None if nu is None else np.full(n_draws, nu),
        from_baseline=False,
        score_origin=0.0,
        marker="IL-6",
    )


@pytest.fixture(scope="session")
def outcomes() -> MakeOutcomes:
    return make_outcomes


@pytest.fixture(scope="session")
def one_arm() -> tuple[str, ...]:
    return (OVERALL,)


def holds_after(outcomes: Outcomes, who: int) -> int:
    """The last visit before the event of a participant, of those without one that at which anything was seen."""
    if outcomes.event[who] < len(VISITS):
        return int(outcomes.event[who]) - 1
    return int(max(outcomes.visit[cell] for cell in range(len(outcomes.kind)) if outcomes.status[who, cell] != MISSING))


def concerned_of(outcomes: Outcomes, who: int) -> bool:
    """Whether a participant has a missing value after that."""
    after = holds_after(outcomes, who)
    return any(v > after and s == MISSING for v, s in zip(outcomes.visit, outcomes.status[who], strict=True))


def by_hand(strategy: str, outcomes: Outcomes, who: int, draw: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance under a strategy of one participant in one draw, cell by cell from their definitions."""
    own_arm, reference_arm = str(outcomes.arm[who]), outcomes.arms[0]
    own = outcomes.in_arm[own_arm][who] @ outcomes.mean[draw]
    own_covariance = outcomes.covariance[own_arm][draw]
    if not strategy.endswith("reference"):
        return own, own_covariance
    reference = outcomes.in_arm[reference_arm][who] @ outcomes.mean[draw]
    covariance = outcomes.covariance[reference_arm][draw]
    if strategy == "copy reference":
        return reference, covariance
    last = holds_after(outcomes, who)
    mean = own.copy()
    for cell, (kind, visit) in enumerate(zip(outcomes.kind, outcomes.visit, strict=True)):
        if visit > last:
            mean[cell] = reference[cell]
            if strategy == "copy increments in reference":
                there = next(
                    other
                    for other in range(len(outcomes.kind))
                    if outcomes.kind[other] == kind and outcomes.visit[other] == last
                )
                mean[cell] = own[there] + reference[cell] - reference[there]
    one, two = outcomes.visit <= last, outcomes.visit > last
    # Carpenter, Roger and Kenward 2013, in their letters: T for the own arm, R for the reference arm.
    r11, r21, r22 = covariance[np.ix_(one, one)], covariance[np.ix_(two, one)], covariance[np.ix_(two, two)]
    t11 = own_covariance[np.ix_(one, one)]
    s21 = r21 @ np.linalg.inv(r11) @ t11
    s22 = r22 - r21 @ np.linalg.inv(r11) @ (r11 - t11) @ np.linalg.inv(r11) @ r21.T
    found = np.zeros_like(covariance)
    found[np.ix_(one, one)], found[np.ix_(two, two)] = t11, s22
    found[np.ix_(two, one)], found[np.ix_(one, two)] = s21, s21.T
    return mean, found


def given_by_hand(strategy: str, outcomes: Outcomes, who: int, draw: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells missing of a participant, their expectation given the others, and their covariance."""
    mean, covariance = by_hand(strategy, outcomes, who, draw)
    missing = outcomes.status[who] == MISSING
    inverse = np.linalg.inv(covariance[np.ix_(~missing, ~missing)])
    across = covariance[np.ix_(missing, ~missing)]
    centre = mean[missing] + across @ inverse @ (outcomes.value[who, ~missing] - mean[~missing])
    return np.flatnonzero(missing), centre, covariance[np.ix_(missing, missing)] - across @ inverse @ across.T


@pytest.fixture(scope="session")
def hand() -> Any:
    """The strategies from their definitions: mean and covariance, and expectations given what was seen."""
    return SimpleNamespace(moments=by_hand, given=given_by_hand, holds_after=holds_after, concerned=concerned_of)


@dataclass(frozen=True)
class Trial:
    """A study of three visits on disk, and draws of a model's prior that stand for a posterior."""

    study: Study
    model: Model
    fit: Fit


REASONS = ("lack of effect", "moved away")


def write_trial(
    folder: Path, has: Sequence[str], extra: str, options: str, design: str, n: int, benefit: bool
) -> Study:
    """Marker and score at three visits; a third leaves before the last, and says why; some stop and are seen still."""
    rng = np.random.default_rng(11)
    last = np.where(np.arange(n) % 3 == 0, rng.integers(0, 2, n), 2)
    table: dict[str, Any] = {
        "id": [f"P{i:02}" for i in range(n)],
        "arm": ["T", "C"] * (n // 2),
        "age": rng.normal(45, 9, n).round(1),
        "stop": [{4: "w2", 7: "w6"}.get(i % 9, "") for i in range(n)],
        "why": ["" if last[i] == 2 else REASONS[(i // 3) % 2] for i in range(n)],
    }
    visits = ("w0", "w2", "w6")
    for position, visit in enumerate(visits):
        marker = np.exp(rng.normal(0.4 - 0.1 * position, 0.6, n)).round(3).astype(str)
        score = rng.integers(14, 38, n) - 4 * position
        table[f"m_{visit}"] = np.where(last >= position, marker, "")
        table[f"y_{visit}"] = np.where(last >= position, score.astype(str), "")
    pd.DataFrame(table).astype(str).to_csv(folder / "trial.csv", index=False)
    tables = {
        "marker": '[[marker]]\nname = "IL-6"\nunit = "pg/mL"\nscale = "raw"\n'
        'columns = ["m_w0", "m_w2", "m_w6"]\nconfirmed = ["scale", "floors"]',
        "symptom": '[symptom]\nscale = "MADRS"\ncolumns = ["y_w0", "y_w2", "y_w6"]',
        "arms": '[arms]\ncolumn = "arm"\ncontrol = "C"',
        "covariates": '[covariates]\nnumeric = ["age"]',
    }
    (folder / "study.toml").write_text(
        f"""
[study]
title = "Three visits"
design = "{design or ("randomised" if "arms" in has else "single arm")}"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["w0", "w2", "w6"]
{chr(10).join(tables[name] for name in has)}
{extra}
[analysis]
models = ["repeated_measures"]
priors = ["reference"]
benefit_by_marker = {str(benefit).lower()}
[analysis.repeated_measures]
{options}
""",
        encoding="utf-8",
    )
    return read_study(folder / "study.toml")


def prior_fit(study: Study, name: str, draws: int = 200, chains: int = 4) -> Fit:
    """Draws of the reference prior as if they were a posterior."""
    model = load_model(name)
    assert model.parameters is not None
    prior_of = families(prior_sets(name, model.shipped, study)["reference"])
    together = model.parameters(study).by_family(prior_of)
    drawn = together.drawn(prior_of, draws * chains, np.random.default_rng(2))
    posterior = xr.concat(
        [drawn.isel(chain=0, draw=slice(i, None, chains)).assign_coords(draw=range(draws)) for i in range(chains)],
        dim="chain",
    ).assign_coords(chain=range(chains))
    tree = {"posterior": posterior, "prior": drawn.isel(draw=slice(0, 100))}
    return Fit(
        model=name, prior="reference", tree=xr.DataTree.from_dict(tree), draws=draws, tune=500, chains=chains,
        target_accept=0.9, seed=1, attempts=1, seconds_sampling=1.0, seconds_compiling=1.0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_trial(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Trial]:
    def make(
        has: Sequence[str] = ("marker", "symptom", "arms", "covariates"),
        extra: str = "",
        options: str = "",
        model: str = "repeated_measures",
        design: str = "",
        n: int = 36,
        benefit: bool = False,
    ) -> Trial:
        study = write_trial(tmp_path_factory.mktemp("missing"), has, extra, options, design, n, benefit)
        return Trial(study, load_model(model), prior_fit(study, model))

    return make
