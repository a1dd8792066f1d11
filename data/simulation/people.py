"""Draw the included participants of a simulated exercise trial."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cochange.data.simulation.trial import GROUPS, MOST_PHQ9, SITES, ExerciseTrial

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
LN2 = float(np.log(2))


@dataclass(frozen=True, eq=False)
class People:
    """Included participants; arrays of one length.

    Attributes
    ----------
    age, female, group, site, phq9 : ndarray
        Years; 0 or 1; positions in `GROUPS` and `SITES`; screening score.
    true_marker, true_symptom, marker, symptom : ndarray, shape (n, 2)
        True and observed log marker and score before and after, without limit of detection or missing values. The
        observed score is rounded and clipped to the scale.
    """

    age: Floats
    female: Integers
    group: Integers
    site: Integers
    phq9: Floats
    true_marker: Floats
    true_symptom: Floats
    marker: Floats
    symptom: Floats


def draw_included(trial: ExerciseTrial, n: int, rng: np.random.Generator) -> People:
    """Draw people until `n` of them have a PHQ-9 above the threshold.

    Parameters
    ----------
    trial : ExerciseTrial
        Settings; its own `n` is not used.
    n : int
        Number of participants to include.
    rng : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    People
    """
    batches: list[People] = []
    included = 0
    while included < n:
        candidates = _draw(trial, 2 * n, rng)
        chosen = np.flatnonzero(candidates.phq9 > trial.phq9_above)[: n - included]
        batches.append(_take(candidates, chosen))
        included += len(chosen)
    names = People.__dataclass_fields__
    return People(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in names))


def _take(people: People, chosen: npt.NDArray[np.intp]) -> People:
    return People(*(getattr(people, name)[chosen] for name in People.__dataclass_fields__))


def _draw(trial: ExerciseTrial, n: int, rng: np.random.Generator) -> People:
    age = np.clip(np.round(rng.normal(43, 11.5, n)), 18, 75)
    female = (rng.random(n) < 0.73).astype(np.int64)
    group = rng.integers(len(GROUPS), size=n)
    site = rng.integers(len(SITES), size=n)
    m0 = trial.marker_mean + trial.marker_sd * rng.standard_normal(n)
    above_mean = m0 - trial.marker_mean
    y0 = trial.symptom_mean + np.array(trial.symptom_site)[site] + trial.baseline_slope / LN2 * above_mean
    y0 = y0 + trial.symptom_sd * rng.standard_normal(n)
    own_change = trial.marker_change_sd * rng.standard_normal(n)
    m1 = m0 + trial.marker_change + np.array(trial.marker_group)[group] + own_change
    change = trial.symptom_change + np.array(trial.symptom_group)[group] + np.array(trial.change_site)[site]
    change = change + trial.change_age * (age - 43) + trial.prognostic_slope / LN2 * above_mean
    change = change + trial.symptom_regression * (y0 - trial.symptom_mean) - trial.parallel_slope / LN2 * own_change
    y1 = y0 + change + trial.symptom_change_sd * rng.standard_normal(n)
    true_marker, true_symptom = np.column_stack([m0, m1]), np.column_stack([y0, y1])
    state = rng.standard_normal((n, 2))
    rest = np.sqrt(1 - trial.state_correlation**2) * rng.standard_normal((n, 2))
    scores = true_symptom + trial.symptom_error_sd * (trial.state_correlation * state + rest)
    rho = trial.phq9_correlation
    severity = rho * (y0 - trial.symptom_mean) / trial.symptom_sd + np.sqrt(1 - rho**2) * rng.standard_normal(n)
    return People(
        age=age,
        female=female,
        group=group,
        site=site,
        phq9=np.clip(np.round(trial.phq9_mean + trial.phq9_sd * severity), 0, MOST_PHQ9),
        true_marker=true_marker,
        true_symptom=true_symptom,
        marker=true_marker + trial.marker_error_sd * state,
        symptom=np.clip(np.round(scores), 0, 60),
    )
