"""Sets the correlations of the changes that a report shows against each other: whose they are, and given what."""

from cochange.inference.results import Results
from cochange.reports.labels import GROWTH, JOINT, REPEATED, described, listed

CORRELATION = "change_correlation"
_ADJUSTED = {
    JOINT: "is given the design",
    GROWTH: "is given the design",
    REPEATED: "is within arms",
    "parallel_change": "is raw, of measured values alone",
}


def apart(results: Results) -> str:
    """Why several correlations of the changes need not agree; empty where there is one."""
    estimated = dict.fromkeys(row.model for row in results.estimates if row.estimand == CORRELATION)
    said = [
        f"that of {name} {_ADJUSTED[name]} ({len(results.selections[name].used)} participants)"
        for name in described(list(estimated))
    ]
    usual = [str(row.n) for row in results.no_change if row.statistic == CORRELATION]
    if usual:
        said.append(
            f"that of the no-change benchmark is raw, with censored values at their limit ({', '.join(usual)} "
            "participants)"
        )
    if len(said) < 2:
        return ""
    return (
        f"Correlations of the observed changes: {listed(said)}. Given the design, differences between arms, groups and "
        "sites and of covariates are no part of it. They are of different participants or adjusted differently, and "
        "need not agree."
    )
