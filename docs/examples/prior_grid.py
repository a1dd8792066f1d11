"""How far does an answer hang on one prior? A grid over the SD of the prior of the parallel slope.

Usage: python prior_grid.py [STUDY.toml]
"""

import sys

import cochange


def main(study_file: str) -> None:
    """Compare the reference set with five others that differ in one number."""
    study = cochange.read_study(study_file)
    vary = cochange.Vary("parallel_sd", (0.25, 0.5, 1.0, 5.0, 10.0))
    comparison = cochange.compare_priors(study, "parallel_change", priors=["reference"], vary=[vary])
    for under in comparison.under:
        for row in under.rows:
            if row.estimate.estimand == "parallel_slope":
                found = row.estimate
                where = ", ".join(word for word in (found.marker, found.group) if word)
                how = "reweighted" if under.weights is not None else "sampled"
                print(f"{under.prior} ({where}): {found.median:.2f} ({found.lower:.2f} to {found.upper:.2f}), {how}")


if __name__ == "__main__":
    main(*(sys.argv[1:] or [str(cochange.example_path())]))
