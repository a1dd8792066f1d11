"""Estimands and replicated data against a million people simulated from the equations, included as the study does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]
LN2 = float(np.log(2))
PEOPLE = 1_000_000
BATCHES = 20
# Batches of people give a statistic's standard error with 19 degrees of freedom; six are exceeded once in 100,000.
TIMES = 6.0


@dataclass(frozen=True)
class People:
    """Observed and true outcomes of simulated people, shape ``(row, person, outcome)``, and who was included."""

    observed: np.ndarray
    true: np.ndarray
    included: np.ndarray


def simulate(of_study: Any, at: Mapping[str, np.ndarray], rng: np.random.Generator, changed: bool = True) -> People:
    """Everyone of the study many times over, drawn equation by equation."""
    case, k = of_study.case, of_study.k
    mean = of_study.mean(at)
    n = (len(mean), PEOPLE // len(mean))
    precision = rng.gamma(at["nu"][0] / 2, 2 / at["nu"][0], size=n) if case.student_t else np.ones(n)

    def normal(*size: int) -> np.ndarray:
        return rng.normal(size=(*n, *size)) / np.sqrt(precision)[(..., *(None for _ in size))]

    b, c, p = of_study.slopes(at)
    factors = {name: at[name] if k > 1 else np.eye(1) for name in ("baseline_markers", "marker_changes")}
    m0 = normal(k) @ factors["baseline_markers"].T * at["marker_sigma"]
    y0 = m0 @ b + at["score_sigma"] * normal()
    e3 = normal(k) @ factors["marker_changes"].T * at["marker_change_sigma"]
    dm = at["marker_on_marker"] * m0 + at["marker_on_score"] * y0[..., None] + e3
    dy = (
        np.einsum("npk,nk->np", m0, c + of_study.benefit(at))
        + at["score_on_score"] * y0
        + e3 @ p
        + at["score_change_sigma"] * normal()
    )
    if not changed:
        dm, dy = np.zeros_like(dm), np.zeros_like(dy)
        mean = mean.copy()
        mean[:, k + 1 : 2 * k + 2] = mean[:, : k + 1]
    true = np.concatenate([m0, y0[..., None], m0 + dm, (y0 + dy)[..., None]], axis=-1)
    errors = np.zeros_like(true)
    if case.measurement:
        root = factors["baseline_markers"]
        variances = np.diag(root @ root.T) * at["marker_sigma"] ** 2
        between = (root @ root.T) * np.outer(at["marker_sigma"], at["marker_sigma"])
        variances = np.append(variances, b @ between @ b + at["score_sigma"] ** 2)
        reliability = np.concatenate([at["marker_reliability"], at["score_reliability"]])
        sd, state = np.sqrt(variances * (1 - reliability) / reliability), np.tanh(at["state_z"])
        for first in (0, k + 1):
            of_score = normal()
            of_markers = state * of_score[..., None] + np.sqrt(1 - state**2) * normal(k)
            errors[..., first : first + k + 1] = np.concatenate([of_markers, of_score[..., None]], axis=-1) * sd
    observed = true + errors
    if "screening" in case.has:
        share = at["screening_state"] if case.measurement else 0.0
        reach = at["screening_slope"] * (y0 + share * errors[..., k]) + at["screening_sd"] * normal()
        observed = np.concatenate([observed, reach[..., None]], axis=-1)
    if "wells" in case.has:
        for position in range(k):
            for outcome in (position, k + 1 + position):
                wells = of_study.readings[2][:, outcome, None]
                observed[..., outcome] += at["well_sd"][position] / np.sqrt(wells) * normal()
    observed, true = observed + mean[:, None], true + mean[:, None, : 2 * k + 2]
    rule = of_study.threshold
    included = np.full(n, True) if rule is None else observed[..., rule[0]] > rule[1]
    return People(observed, true, included)


STUDIES: Mapping[str, dict[str, Any]] = {
    "arms and screening": {"has": ("arms", "groups", "covariates", "screening")},
    "who benefits": {"has": ("arms", "screening"), "benefit": True},
    "who benefits, two markers, student_t": {
        "has": ("arms", "baseline"), "benefit": True, "markers": ("il6", "crp"), "student_t": True,
    },
    "baseline score": {"has": ("groups", "sites", "baseline")},
    "observed scores": {"has": ("screening",), "measurement": False},
    "student_t": {"has": ("arms", "screening"), "student_t": True},
    "two markers": {"has": ("wells", "screening"), "markers": ("il6", "crp")},
    "arms not randomised": {"has": ("arms", "screening"), "randomised": False},
    "who benefits, arms not randomised": {"has": ("arms", "baseline"), "benefit": True, "randomised": False},
}  # fmt: skip


@dataclass(frozen=True)
class Simulated:
    """A study with parameters of the model, and people simulated under them with and without change."""

    case: Any
    of_study: Any
    at: Mapping[str, np.ndarray]
    changed: People
    unchanged: People


WITH_ARMS = [name for name, study in STUDIES.items() if "arms" in study["has"]]
WITHOUT_SCREENING = [name for name, study in STUDIES.items() if "screening" not in study["has"]]


@pytest.fixture(scope="module", params=STUDIES)
def simulated(request: pytest.FixtureRequest, make_case: Any, make_table: Any, points: Any, formula: Any) -> Simulated:
    case = make_case(make_table(50, 9), symptom={"remission": 10}, **STUDIES[request.param])
    model = joint_change.build(case.study, PRIORS)
    number = list(STUDIES).index(request.param)
    *_, (_, at) = points(model, PRIORS, 1 + number)
    of_study = formula(case)
    people = [simulate(of_study, at, np.random.default_rng([number, change]), bool(change)) for change in (1, 0)]
    assert 0.15 < people[0].included.mean() <= 1
    return Simulated(case, of_study, at, *people)


def added_in(simulated: Simulated, arm: float) -> np.ndarray:
    """What everyone's change of the score would be more in arm T (1) or C (0) than in their own, by row and person."""
    added: np.ndarray = moved_to(simulated, arm)[:, None] * simulated.at["score_arm"] + benefit_in(simulated, arm)
    return added


def moved_to(simulated: Simulated, arm: float) -> np.ndarray:
    """1 for those who would go from C to T, -1 from T to C, 0 for those in the arm, by row."""
    moved: np.ndarray = arm - (simulated.case.table["arm"] == "T").to_numpy(dtype=float)
    return moved


def benefit_in(simulated: Simulated, arm: float) -> np.ndarray:
    """The part of it that depends on a person's marker, by row and person."""
    of_study, at, people = simulated.of_study, simulated.at, simulated.changed
    m0 = people.true[..., : of_study.k] - of_study.mean(at)[:, None, : of_study.k]
    benefit = at["benefit"] / LN2 if simulated.case.benefit else np.zeros(of_study.k)
    part: np.ndarray = moved_to(simulated, arm)[:, None] * (m0 @ benefit)
    return part


def compare(found: float, statistic: Callable[[slice], float], people: People) -> None:
    """The statistic of all people is the expected one within its error over batches of them."""
    size = people.included.shape[1] // BATCHES
    batches = [statistic(slice(size * i, size * (i + 1))) for i in range(BATCHES)]
    error = np.std(batches, ddof=1) / np.sqrt(BATCHES)
    assert abs(found - np.mean(batches)) < TIMES * error + 1e-10, (found, np.mean(batches), error)


def mean_of_included(people: People, change: np.ndarray, rows: np.ndarray) -> Callable[[slice], float]:
    """Average over the rows of the mean over those included; `change` has shape ``(row, person)``."""

    def statistic(part: slice) -> float:
        here = people.included[rows, part]
        return float((np.where(here, change[rows, part], 0).sum(axis=1) / here.sum(axis=1)).mean())

    return statistic


def test_mean_changes_are_those_of_the_people_included(simulated: Simulated, as_draws: Any) -> None:
    """Of observed outcomes: what inclusion alone makes of the change is part of it."""
    case, k, people = simulated.case, simulated.of_study.k, simulated.changed
    derived = joint_change.derive(as_draws(simulated.at, case.study), case.study)
    everyone = np.full(len(case.table), True)
    groups = {"overall": (everyone, None)}
    if "groups" in case.has:
        groups |= {name: ((case.table["intensity"] == name).to_numpy(), None) for name in ("light", "vigorous")}
    if "arms" in case.has:
        groups |= {f"arm {name}": (everyone, float(name == "T")) for name in ("C", "T")}
    treated = (case.table["arm"] == "T").to_numpy(dtype=float)
    score = people.observed[..., 2 * k + 1] - people.observed[..., k]
    for label, (rows, as_arm) in groups.items():
        moved = np.zeros(len(rows)) if as_arm is None else as_arm - treated
        for position in range(k):
            of_marker = derived["geometric_mean_ratio"].sel(group=label)
            of_marker = of_marker.isel(marker=position) if k > 1 else of_marker
            change = people.observed[..., k + 1 + position] - people.observed[..., position]
            if as_arm is not None:
                change = change + (moved * simulated.at["marker_arm"][position])[:, None]
            compare(np.log(of_marker.item()), mean_of_included(people, change, rows), people)
        change = score if as_arm is None else score + added_in(simulated, as_arm)
        compare(derived["symptom_change"].sel(group=label).item(), mean_of_included(people, change, rows), people)
    if "arms" in case.has:
        apart = added_in(simulated, 1.0) - added_in(simulated, 0.0)
        compare(derived["arm_difference"].item(), mean_of_included(people, apart, everyone), people)
        of_arms = [derived["symptom_change"].sel(group=f"arm {name}").item() for name in ("T", "C")]
        assert derived["arm_difference"].item() == pytest.approx(of_arms[0] - of_arms[1])
        np.testing.assert_allclose(np.log(derived["arm_ratio"].to_numpy().ravel()), simulated.at["marker_arm"])


def test_regression_to_the_mean_is_the_change_of_scores_that_did_not_change(
    simulated: Simulated, as_draws: Any
) -> None:
    case, k, people = simulated.case, simulated.of_study.k, simulated.unchanged
    derived = joint_change.derive(as_draws(simulated.at, case.study), case.study)
    assert ("regression_to_mean" in derived) == case.measurement
    if not case.measurement:
        return
    fall = people.observed[..., 2 * k + 1] - people.observed[..., k]
    rows = np.full(len(case.table), True)
    found = derived["regression_to_mean"]
    compare(found.sel(group="overall").item(), mean_of_included(people, fall, rows), people)
    assert found.sel(group="overall").item() < 0
    if "groups" in case.has:
        light = (case.table["intensity"] == "light").to_numpy()
        compare(found.sel(group="light").item(), mean_of_included(people, fall, light), people)
    if "arms" in case.has:
        np.testing.assert_allclose(found.sel(group="arm T"), found.sel(group="overall"))


def test_correlations_are_those_of_everyone_given_the_design(simulated: Simulated, as_draws: Any) -> None:
    """Apart from the design's effects, and before inclusion."""
    case, k, people = simulated.case, simulated.of_study.k, simulated.changed
    derived = joint_change.derive(as_draws(simulated.at, case.study), case.study)

    def correlation(first: np.ndarray, second: np.ndarray) -> Callable[[slice], float]:
        def statistic(part: slice) -> float:
            own = [values[:, part] - values.mean(axis=1, keepdims=True) for values in (first, second)]
            return float(np.corrcoef(own[0].ravel(), own[1].ravel())[0, 1])

        return statistic

    for position in range(k):
        at_baseline, of_change = (derived[name] for name in ("baseline_correlation", "change_correlation"))
        if k > 1:
            at_baseline, of_change = at_baseline.isel(marker=position), of_change.isel(marker=position)
        compare(at_baseline.item(), correlation(people.true[..., position], people.true[..., k]), people)
        marker = people.observed[..., k + 1 + position] - people.observed[..., position]
        score = people.observed[..., 2 * k + 1] - people.observed[..., k]
        compare(of_change.item(), correlation(marker, score), people)


def test_slopes_and_shares_are_the_parameters(simulated: Simulated, as_draws: Any) -> None:
    case, of_study, at = simulated.case, simulated.of_study, simulated.at
    derived = joint_change.derive(as_draws(at, case.study), case.study)
    baseline, prognostic, parallel = of_study.slopes(at)
    np.testing.assert_allclose(derived["baseline_slope"].to_numpy().ravel(), baseline * LN2)
    np.testing.assert_allclose(derived["prognostic_slope"].to_numpy().ravel(), prognostic * LN2)
    np.testing.assert_allclose(derived["parallel_slope"].to_numpy().ravel(), -parallel * LN2)
    assert ("state_correlation" in derived) == case.measurement
    assert ("benefit_slope" in derived) == case.benefit
    if case.benefit:
        np.testing.assert_allclose(derived["benefit_slope"].to_numpy().ravel(), at["benefit"])
    if case.measurement:
        np.testing.assert_allclose(derived["state_correlation"].to_numpy().ravel(), np.tanh(at["state_z"]))
        np.testing.assert_allclose(derived["marker_reliability"].to_numpy().ravel(), at["marker_reliability"])
        assert derived["score_reliability"].item() == pytest.approx(at["score_reliability"][0])


@pytest.mark.parametrize("simulated", WITH_ARMS, indirect=True)
def test_the_difference_given_the_marker_is_that_of_least_squares_among_true_scores(
    simulated: Simulated, as_draws: Any
) -> None:
    """Of true changes of the score on arm, true baselines and the markers' true changes; at the markers included."""
    case, of_study, k, people = simulated.case, simulated.of_study, simulated.of_study.k, simulated.changed
    derived = joint_change.derive(as_draws(simulated.at, case.study), case.study)
    treated = (case.table["arm"] == "T").to_numpy(dtype=float)
    mean = of_study.mean(simulated.at)[:, None, : 2 * k + 2]
    own = people.true - mean
    marker = own[..., k + 1 : 2 * k + 1] - own[..., :k] + np.outer(treated, simulated.at["marker_arm"])[:, None]
    score = own[..., 2 * k + 1] - own[..., k] + (treated * simulated.at["score_arm"])[:, None]
    in_arm = np.broadcast_to(treated[:, None], score.shape)
    columns = np.concatenate([in_arm[..., None], own[..., : k + 1], marker], axis=-1)

    def coefficient(part: slice) -> float:
        here, of_marker = people.included[:, part, None], own[:, part, :k]
        above = of_marker - ((of_marker * here).sum(axis=1) / here.sum(axis=1)).mean(axis=0)
        interactions = above * (in_arm[:, part] - treated.mean())[..., None]
        x = np.concatenate([columns[:, part], interactions], axis=-1).reshape(-1, columns.shape[-1] + k)
        x = np.column_stack([np.ones(len(x)), x])
        return float(np.linalg.lstsq(x, score[:, part].ravel(), rcond=None)[0][1])

    compare(derived["arm_difference_given_marker"].item(), coefficient, people)


@pytest.mark.parametrize("simulated", WITHOUT_SCREENING, indirect=True)
def test_response_and_remission_are_shares_of_people_with_the_same_baseline_score(
    simulated: Simulated, as_draws: Any
) -> None:
    """Of everyone near the baseline score, by a line through whether they respond.

    Few are near a screening score as well: where there is one, `test_responding.py` has the share.
    """
    case, of_study, k, people = simulated.case, simulated.of_study, simulated.of_study.k, simulated.changed
    derived = joint_change.derive(as_draws(simulated.at, case.study), case.study)
    mean, observed = of_study.mean(simulated.at), of_study.readings[1][:, k]
    first, second = (people.observed[..., j] - mean[:, None, j] for j in (k, 2 * k + 1))
    limits = {"response_probability": 0.5 * observed, "remission_probability": np.full(len(observed), 10.0)}
    groups: dict[str, tuple[np.ndarray, float | None]] = {"overall": (np.full(len(mean), True), None)}
    if "groups" in case.has:
        groups["light"] = ((case.table["intensity"] == "light").to_numpy(), None)
    if "arms" in case.has:
        groups["arm T"] = (groups["overall"][0], 1.0)
    treated = (case.table["arm"] == "T").to_numpy()
    for name, limit in limits.items():
        for label, (rows, as_arm) in groups.items():
            moved = second if as_arm is None else second + benefit_in(simulated, as_arm)
            room, baseline = limit - mean[:, 2 * k + 1], observed - mean[:, k]
            if as_arm is not None:
                room = room - moved_to(simulated, as_arm) * simulated.at["score_arm"]
            # Those whose deviations are distributed alike.
            pools = [treated, ~treated] if case.benefit and as_arm is None else [np.full(len(mean), True)]

            def share(
                part: slice,
                rows: np.ndarray = rows,
                room: np.ndarray = room,
                at: np.ndarray = baseline,
                moved: np.ndarray = moved,
                pools: list[np.ndarray] = pools,
            ) -> float:
                shares = []
                for pool in pools:
                    x, y = first[pool, part].ravel(), moved[pool, part].ravel()
                    order = np.argsort(x)
                    x, y = x[order], y[order]
                    for own_room, own in zip(room[rows & pool], at[rows & pool], strict=True):
                        low, high = np.searchsorted(x, [own - 0.5, own + 0.5])
                        near, under = x[low:high] - own, (y[low:high] <= own_room).astype(float)
                        near_mean = near.mean()
                        slope = ((near - near_mean) * under).sum() / ((near - near_mean) ** 2).sum()
                        shares.append(under.mean() - slope * near_mean)
                return float(np.mean(shares))

            compare(derived[name].sel(group=label).item(), share, people)


@pytest.mark.parametrize("changed", [True, False])
def test_replicated_outcomes_are_distributed_as_simulated_ones(
    simulated: Simulated, as_draws: Any, changed: bool
) -> None:
    case = simulated.case
    draws = as_draws(simulated.at, case.study, 2000)
    make = joint_change.replicate if changed else joint_change.without_change
    replicated = make(draws, case.study, np.random.default_rng(3))
    if not changed and not case.measurement:
        assert replicated is None
        return
    people = simulated.changed if changed else simulated.unchanged
    values = np.stack([replicated[name].to_numpy()[0] for name in replicated], axis=-1)
    assert values.shape == (2000, len(case.table), simulated.of_study.n_outcomes)
    if "screening" in case.has:
        score = case.table["phq9"].astype(float)
        values[..., -1] = (values[..., -1] - score.mean()) / score.std(ddof=1)
    assert np.isfinite(values).all()
    own = values - simulated.of_study.mean(simulated.at)
    theirs = (people.observed - simulated.of_study.mean(simulated.at)[:, None])[people.included]
    size = own.shape[0] * own.shape[1]
    rows = own.reshape(size, -1)
    # Row by row the mean deviation of those included differs; over the study's participants they come in equal numbers.
    weight = (1 / people.included.mean(axis=1))[:, None] * np.ones_like(people.included, dtype=float)
    weight = weight[people.included] / weight[people.included].sum()
    expected = weight @ theirs
    error = rows.std(axis=0) / np.sqrt(size)
    np.testing.assert_array_less(np.abs(rows.mean(axis=0) - expected), TIMES * 1.2 * error)
    spread = np.einsum("p,pi,pj->ij", weight, theirs - expected, theirs - expected)
    products = (rows - rows.mean(axis=0))[:, :, None] * (rows - rows.mean(axis=0))[:, None, :]
    errors = products.std(axis=0) / np.sqrt(size)
    np.testing.assert_array_less(np.abs(products.mean(axis=0) - spread), TIMES * 1.4 * errors)


@pytest.mark.parametrize("student_t", [False, True])
def test_replicated_outcomes_keep_to_limits_and_gaps(
    make_case: Any, make_table: Any, points: Any, formula: Any, as_draws: Any, student_t: bool
) -> None:
    """At a limit as often as people simulated with the same limit, missing where the study's are."""
    table = make_table(50, 4)
    for column in ("il6_0", "il6_12"):
        values = table[column].astype(float)
        table[column] = np.where(values < 1, "<1", np.where(values > 4, ">4", table[column]))
    table.loc[3:12, "madrs_12"] = table.loc[8:15, "il6_12"] = ""
    case = make_case(table, has=("screening",), student_t=student_t, marker={"lower_limit": 1.0, "upper_limit": 4.0})
    ((_, at),) = points(joint_change.build(case.study, PRIORS), PRIORS, 1)
    of_study = formula(case)
    people = simulate(of_study, at, np.random.default_rng(5))
    replicated = joint_change.replicate(as_draws(at, case.study, 2000), case.study, np.random.default_rng(6))
    observed = joint_change.observed_data(case.study)
    low, high = 0.0, np.log(4)
    for position, (name, column) in enumerate(zip(observed, ("il6_0", "madrs_0", "il6_12", "madrs_12"), strict=False)):
        values = replicated[name].to_numpy()[0]
        missing = (table[column] == "").to_numpy()
        assert (np.isnan(observed[name].to_numpy()) == missing).all()
        assert (np.isnan(values) == missing).all()
        if column.startswith("madrs"):
            continue
        measured = values[:, ~missing]
        assert measured.min() == pytest.approx(low, abs=1e-8)
        assert measured.max() == pytest.approx(high, abs=1e-8)
        theirs = people.observed[~missing][..., position]
        for found, beyond in ((measured < low + 1e-6, theirs < low), (measured > high - 1e-6, theirs > high)):
            expected = np.average(beyond[people.included[~missing]])
            error = np.sqrt(expected * (1 - expected)) * np.sqrt(1 / found.size + 1 / people.included[~missing].sum())
            assert abs(found.mean() - expected) < TIMES * error
