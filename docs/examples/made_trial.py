"""A synthetic trial with a known truth, to try an analysis on before the data come.

Usage: python made_trial.py [FOLDER] [PARTICIPANTS] [SEED]
"""

import sys
from pathlib import Path

import cochange


def main(folder: str, participants: str, seed: str) -> None:
    """Write the trial, read it as yours would be read, and say what each model would use."""
    path = cochange.write_simulated(Path(folder), cochange.ExerciseTrial(n=int(participants), seed=int(seed)))
    study = cochange.read_study(path)
    print(path)
    for name in ("joint_change", "marker_change", "symptom_change", "parallel_change"):
        chosen = cochange.load_model(name).select(study)
        print(f"{name}: {len(chosen.used)} of {study.data.sizes['participant']} participants")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    defaults = ["made-trial", "80", "1"]
    main(*arguments, *defaults[len(arguments) :])
