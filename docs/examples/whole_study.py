"""The main job from Python: every model under every prior set, judged, stored and written up.

Usage: python whole_study.py [STUDY.toml] [FOLDER] [MODEL ...]
"""

import sys

import cochange


def main(study_file: str, folder: str, *models: str) -> None:
    """Run a study, write its report, and print the main answers."""
    study = cochange.read_study(study_file)
    results = cochange.run_study(study, folder, models=models)
    print(cochange.write_report(results, folder))
    print(f"verdict: {results.verdict.status}", *results.verdict.reasons, sep="\n  ")
    for row in results.estimates_of(prior=results.main_prior):
        if row.question:
            said = (row.question, row.model, row.estimand, row.form, row.marker, row.visit, row.group)
            name = " ".join(word for word in said if word)
            print(f"{name}: {row.median:.2f} ({row.lower:.2f} to {row.upper:.2f}) {row.unit}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    defaults = [str(cochange.example_path()), "whole-study"]
    main(*arguments, *defaults[len(arguments) :])
