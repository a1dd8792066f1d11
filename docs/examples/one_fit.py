"""One model under one prior set: its estimates, and its draws as an ArviZ DataTree.

Usage: python one_fit.py [STUDY.toml] [MODEL] [PRIOR]
"""

import sys

import cochange


def main(study_file: str, model: str, prior: str) -> None:
    """Fit, then print the posterior of every estimand."""
    study = cochange.read_study(study_file)
    fit = cochange.fit(model, study, prior=prior)
    derived = cochange.load_model(model).derive(fit.tree["posterior"].to_dataset(), study)
    for name, draws in derived.items():
        overall = draws.sel(group="overall") if "group" in draws.dims else draws
        middle = overall.quantile([0.5, 0.025, 0.975], dim=("chain", "draw"))
        median, lower, upper = (middle.isel(quantile=place).values.round(2).tolist() for place in range(3))
        print(f"{name}: {median} ({lower} to {upper})")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    defaults = [str(cochange.example_path()), "parallel_change", "reference"]
    main(*arguments, *defaults[len(arguments) :])
