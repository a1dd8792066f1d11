"""One model under one prior set, by default the study's main one: its estimates, and its draws as an ArviZ DataTree.

Usage: python one_fit.py [STUDY.toml] [MODEL] [PRIOR]
"""

import sys

import cochange


def main(study_file: str, model: str, prior: str | None = None) -> None:
    """Fit, then print the posterior of every estimand by form, marker, visit, and group or contrast of arms."""
    study = cochange.read_study(study_file)
    fit = cochange.fit(model, study, prior=prior)
    print(f"{fit.diagnostics.status}:", *fit.diagnostics.reasons)
    for row in fit.estimates:
        where = ", ".join(word for word in (row.form, row.marker, row.visit, row.group) if word)
        print(f"{row.estimand} ({where}): {row.median:.2f} ({row.lower:.2f} to {row.upper:.2f}) {row.unit}")
    print(fit.tree["posterior"].to_dataset().sizes)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    defaults = [str(cochange.example_path()), "parallel_change"]
    main(*arguments, *defaults[len(arguments) :])
