"""Synthetic studies with a known truth, and the example study that ships with the package."""

import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from cochange.data.arguments import require
from cochange.data.faults import Fault, InputError
from cochange.data.paths import usable_folder
from cochange.data.simulation.people import Floats, People, draw_included
from cochange.data.simulation.study_file import study_file
from cochange.data.simulation.trial import GROUPS, SITES, ExerciseTrial
from cochange.data.simulation.truth import Truth, truth_of

__all__ = ["EXAMPLE_DATA_FILE", "ExerciseTrial", "Simulated", "example_path", "simulate", "write_simulated"]

EXAMPLE_DATA_FILE = "exercise_trial.csv"


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated study.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a participant, cells as texts the way a laboratory and a clinic write them.
    truth : dict
        What to recover, see `cochange.data.simulation.truth.truth_of`.
    """

    frame: pd.DataFrame
    truth: Truth


def simulate(trial: ExerciseTrial) -> Simulated:
    """Simulate an exercise trial; the same settings give the same data.

    Parameters
    ----------
    trial : ExerciseTrial
        Settings.

    Returns
    -------
    Simulated
    """
    data_stream, loss_stream, truth_stream = (np.random.default_rng([trial.seed, stream]) for stream in range(3))
    people = draw_included(trial, trial.n, data_stream)
    return Simulated(_frame(people, trial, loss_stream), truth_of(trial, truth_stream))


def write_simulated(
    directory: str | Path, trial: ExerciseTrial, data_file: str = "trial.csv", force: bool = False
) -> Path:
    """Write a simulated study: data file, commented study file and truth.

    Parameters
    ----------
    directory : str or Path
        Folder to write to; made when absent.
    trial : ExerciseTrial
        Settings.
    data_file : str
        Name of the data file.
    force : bool
        Whether to replace files of these names that hold something else.

    Returns
    -------
    Path
        The study file, ``study.toml``; beside it lie the data file and ``truth.json``.

    Raises
    ------
    InputError
        For each file that would be replaced; or if the directory is a file, or nothing can be written to it.
    TypeError
        If `directory` is no path, or `trial` no trial.
    """
    folder = usable_folder(directory)
    require(trial, ExerciseTrial, "trial must be an ExerciseTrial, such as cochange.ExerciseTrial(n=80)")
    simulated = simulate(trial)
    label = f"# SYNTHETIC DATA: a simulated exercise trial (seed {trial.seed}). No person in it exists.\n"
    table = simulated.frame.to_csv(index=False, lineterminator="\n")
    texts = {
        data_file: label + table,
        "truth.json": json.dumps(simulated.truth, indent=2) + "\n",
        "study.toml": study_file(trial, data_file),
    }
    others = [] if force else [name for name, text in texts.items() if _holds_another(folder / name, text)]
    if others:
        raise InputError([_in_the_way(folder / name) for name in others])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / "study.toml"


def example_path() -> Path:
    """Return the study file of the synthetic example that ships with the package."""
    return Path(str(files("cochange.data") / "example" / "study.toml"))


def _holds_another(path: Path, text: str) -> bool:
    return path.exists() and (not path.is_file() or path.read_bytes() != text.encode())


def _in_the_way(path: Path) -> Fault:
    found = "one that holds something else, or was edited"
    return Fault(
        str(path), None, None, "no file of that name", found, "write to another folder, or replace it with `force`"
    )


def _frame(people: People, trial: ExerciseTrial, rng: np.random.Generator) -> pd.DataFrame:
    n = len(people.age)
    # Missing at random: dropout depends on the baseline score, which is always observed.
    log_odds = np.log(trial.dropout / (1 - trial.dropout)) if 0 < trial.dropout < 1 else np.inf * (trial.dropout - 0.5)
    log_odds = log_odds + np.log(trial.dropout_odds_ratio) * (people.symptom[:, 0] - trial.symptom_mean) / 10
    seen = np.column_stack([np.ones(n, dtype=bool), rng.random(n) >= 1 / (1 + np.exp(-log_odds))])
    sampled = seen & (rng.random((n, 2)) >= trial.missing_samples)
    return pd.DataFrame(
        {
            "id": [f"P{i:0{len(str(n))}d}" for i in range(1, n + 1)],
            "age": [f"{age:.0f}" for age in people.age],
            "sex": np.where(people.female == 1, "female", "male"),
            "clinic": [SITES[i] for i in people.site],
            "intensity": [GROUPS[i] for i in people.group],
            "phq9": [f"{score:.0f}" for score in people.phq9],
            "il6_0": _samples(people.marker[:, 0], sampled[:, 0], trial.lower_limit),
            "il6_12": _samples(people.marker[:, 1], sampled[:, 1], trial.lower_limit),
            "madrs_0": _scores(people.symptom[:, 0], seen[:, 0]),
            "madrs_12": _scores(people.symptom[:, 1], seen[:, 1]),
        }
    )


def _samples(log_marker: Floats, sampled: np.ndarray, limit: float) -> list[str]:
    return [
        "" if not taken else f"<{limit:g}" if value < limit else f"{value:.2f}"
        for value, taken in zip(np.exp(log_marker), sampled, strict=True)
    ]


def _scores(scores: Floats, seen: np.ndarray) -> list[str]:
    return [f"{score:.0f}" if present else "" for score, present in zip(scores, seen, strict=True)]
