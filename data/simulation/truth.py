"""What an analysis of the simulated exercise trial should find: the truth, and what naive regressions tend to."""

import numpy as np

from cochange.data.simulation.people import LN2, Floats, People, draw_included
from cochange.data.simulation.trial import GROUPS, SITES, ExerciseTrial

LARGE = 200_000
Truth = dict[str, dict[str, float]]


def truth_of(trial: ExerciseTrial, rng: np.random.Generator) -> Truth:
    """Return the values to recover.

    Parameters
    ----------
    trial : ExerciseTrial
        Settings.
    rng : numpy.random.Generator
        Source of random numbers for the large sample.

    Returns
    -------
    dict
        ``true_scores``: estimands of the true scores before inclusion, given group, site, age and sex, in closed form
        (a group's own value is named as in ``symptom_change[light]``).
        ``included_true_scores``: mean true changes among the included, from 200,000 of them.
        ``observed_scores``: what naive least squares on the observed scores of the same 200,000 included gives, with
        complete pairs and, in the regressions, markers under the limit left out.
    """
    people = draw_included(trial, LARGE, rng)
    truth = {
        "true_scores": _true_scores(trial),
        "included_true_scores": {
            "geometric_mean_ratio": float(np.exp(_change(people.true_marker).mean())),
            "symptom_change": float(_change(people.true_symptom).mean()),
        },
        "observed_scores": _observed_scores(people, trial),
    }
    return {kind: {name: round(value, 3) for name, value in values.items()} for kind, values in truth.items()}


def _true_scores(trial: ExerciseTrial) -> dict[str, float]:
    b, c_m, p = trial.baseline_slope / LN2, trial.prognostic_slope / LN2, -trial.parallel_slope / LN2
    c_y = trial.symptom_regression
    var_m0, var_change = trial.marker_sd**2, trial.marker_change_sd**2
    var_y0 = trial.symptom_sd**2 + b**2 * var_m0
    var_symptom_change = (
        trial.symptom_change_sd**2 + c_m**2 * var_m0 + c_y**2 * var_y0 + 2 * c_m * c_y * b * var_m0 + p**2 * var_change
    )
    marker_changes = {group: trial.marker_change + trial.marker_group[i] for i, group in enumerate(GROUPS)}
    symptom_changes = {group: trial.symptom_change + trial.symptom_group[i] for i, group in enumerate(GROUPS)}
    return {
        "geometric_mean_ratio": float(np.exp(np.mean(list(marker_changes.values())))),
        **{f"geometric_mean_ratio[{group}]": float(np.exp(value)) for group, value in marker_changes.items()},
        "symptom_change": float(np.mean(list(symptom_changes.values()))),
        **{f"symptom_change[{group}]": value for group, value in symptom_changes.items()},
        "baseline_correlation": float(b * np.sqrt(var_m0 / var_y0)),
        "baseline_slope": trial.baseline_slope,
        "prognostic_slope": trial.prognostic_slope,
        "parallel_slope": trial.parallel_slope,
        "change_correlation": float(p * np.sqrt(var_change / var_symptom_change)),
        "marker_reliability": trial.marker_reliability,
        "score_reliability": trial.symptom_reliability,
        "state_correlation": trial.state_correlation,
    }


def _observed_scores(people: People, trial: ExerciseTrial) -> dict[str, float]:
    marker_change, symptom_change = _change(people.marker), _change(people.symptom)
    above = people.marker >= np.log(trial.lower_limit)
    prognostic = _slopes(people, above[:, 0], [people.marker[:, 0], people.symptom[:, 0]])
    both = above.all(axis=1)
    parallel = _slopes(people, both, [marker_change, people.marker[:, 0], people.symptom[:, 0]])
    return {
        "geometric_mean_ratio": float(np.exp(marker_change.mean())),
        "symptom_change": float(symptom_change.mean()),
        "prognostic_slope": float(prognostic[0] * LN2),
        "parallel_slope": float(-parallel[0] * LN2),
        "change_correlation": float(np.corrcoef(marker_change[both], symptom_change[both])[0, 1]),
    }


def _slopes(people: People, chosen: np.ndarray, predictors: list[Floats]) -> Floats:
    """Least-squares slopes of the score change on `predictors`, adjusted for group, site, age and sex."""
    dummies = [people.group == i for i in range(1, len(GROUPS))] + [people.site == i for i in range(1, len(SITES))]
    design = np.column_stack([*predictors, *dummies, people.age, people.female, np.ones(len(people.age))])[chosen]
    coefficients: Floats = np.linalg.lstsq(design, _change(people.symptom)[chosen])[0]
    return coefficients


def _change(scores: Floats) -> Floats:
    return scores[:, 1] - scores[:, 0]
