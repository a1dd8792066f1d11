"""What the report says of the calibration of a model."""

from cochange.inference.calibrating.certificate import Certificate, certificate_of
from cochange.models.parts.contract import Model, available
from cochange.reports.labels import prior_name
from cochange.reports.numbers import probability, span


def calibrated(model: Model, prior: str) -> str:
    """One sentence on the certificate of a model under a prior set, or on there being none."""
    found = certificate_of(model.name, prior) if model.name in available() else None
    if found is None:
        return f"No calibration of {model.name} under {prior_name(prior)} ships with this version."
    return certificate_sentence(found)


def certificate_sentence(found: Certificate) -> str:
    """One sentence on a certificate."""
    if not found.current:
        return (
            f"The calibration of {found.model} that ships is of other code ({found.date}, version {found.version}): it "
            "says nothing of this one."
        )
    rows = found.quantities
    smallest = min(row["p_value"] for row in rows)
    held = [row["coverage"][-1]["held"] for row in rows if row["estimand"]]
    ranks = (
        f"ranks are uneven for {', '.join(found.uneven)}"
        if found.uneven
        else f"the ranks of {len(rows)} quantities agree with even ones (smallest p {probability(smallest)})"
    )
    return (
        f"Calibrated under the {found.prior} prior on {found.fits} simulated studies ({found.date}, version "
        f"{found.version}): {ranks}; 95% intervals of the estimands held the truth in "
        f"{span(min(held), max(held))}; {found.failed} of the fits ended with a failed "
        "diagnostic."
    )
