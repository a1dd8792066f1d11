"""Priors in words, their bounds by hand."""

import pytest

from cochange.inference.prior_words import in_words, source_in_words
from cochange.models.parts.families import (
    Beta,
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    RobustNormal,
    StudentT,
    family_from,
)
from cochange.models.parts.prior_sets import ParameterNote

# Bounds from the tables of the normal and of Student's t: 1.96, and with 3 degrees of freedom 3.182.
WORDS = [
    (Normal(mean=0, sd=10), "points", "normal, mean 0, SD 10 points; 95% between -19.6 and 19.6"),
    (Normal(mean=2, sd=1), "points per doubling", "normal, mean 2, SD 1 point per doubling; 95% between 0.04 and 3.96"),
    (Normal(mean=0, sd=1), "log odds per SD", "normal, mean 0, SD 1 log odds per SD; 95% between -1.96 and 1.96"),
    (
        Normal(mean=0, sd=0.5),
        "log units",
        "normal, mean 0, SD 0.5 log units; 95% between -0.98 and 0.98 (ratios 0.38 to 2.7)",
    ),
    (
        Normal(mean=0, sd=0.2),
        "Fisher z",
        "normal, mean 0, SD 0.2 Fisher z; 95% between -0.392 and 0.392 (correlations -0.37 to 0.37)",
    ),
    (
        StudentT(df=3, mean=-1, sd=2),
        "points",
        "Student-t, centre -1, scale 2 points, 3 degrees of freedom; 95% between -7.36 and 5.36",
    ),
    (
        # Both parts are one and the same: its quantiles are the normal's.
        RobustNormal(weight=0.8, mean=0, sd=10, vague_mean=0, vague_sd=10),
        "points",
        "with probability 0.8 normal, mean 0, SD 10 points, else vague, mean 0, SD 10 points; "
        "95% between -19.6 and 19.6",
    ),
    (HalfNormal(sd=0.3), "log units", "half-normal, scale 0.3 log units; 95% under 0.588"),
    (HalfStudentT(df=3, sd=2), "points", "half-Student-t, scale 2 points, 3 degrees of freedom; 95% under 6.36"),
    # A gamma of shape 1 is exponential: its quantiles are -ln(1 - share) over the rate.
    (Gamma(shape=1, rate=0.1), "points", "gamma, shape 1, rate 0.1, mean 10 points; 95% between 0.253 and 36.9"),
    (Beta(alpha=1, beta=1), "share", "beta, alpha 1, beta 1, mean 0.5; 95% between 0.025 and 0.975"),
]


@pytest.mark.parametrize(("family", "unit", "words"), WORDS)
def test_a_prior_reads_as_a_sentence_says_it(family: Family, unit: str, words: str) -> None:
    assert in_words(family, ParameterNote(unit, "something")) == words


def test_a_prior_of_the_study_file_without_a_source_has_none() -> None:
    like = Normal(mean=0, sd=1, source="a review")
    own = family_from({"mean": 0, "sd": 2}, like)
    assert source_in_words(own) == "no source is given"
    assert source_in_words(family_from({"mean": 0, "sd": 2, "source": "a panel"}, like)) == "a panel"
    assert source_in_words(Normal(mean=0, sd=1)) == ""
