"""What makes two estimates of the same name estimates of the same quantity, and what only tells them apart."""

from dataclasses import asdict, dataclass

from cochange.data.scales import Scale
from cochange.inference.estimates import Estimate
from cochange.inference.forms import LIKELIHOOD, MEASUREMENT
from cochange.inference.side_by_side.stored import StoredRun

# A ratio of a marker depends on no scale, whatever the unit of concentration, and a change or a share of the score on
# no marker. A number in any other unit is taken to depend on both.
OF_THE_MARKER_ALONE = ("ratio",)
OF_THE_SCALE_ALONE = ("points", "probability")


@dataclass(frozen=True)
class Quantity:
    """What is estimated: rows that differ in any of this never share a table.

    Attributes
    ----------
    estimand, unit : str
        As the model defines them.
    null : float or None
        Value of no change or no association.
    marker : str
        Name of the marker; empty where the number does not depend on it.
    scale : str
        Name, range and direction of the scale; empty where the number does not depend on it.
    threshold : str
        The cut of a share of responders; empty for other estimands.
    """

    estimand: str
    unit: str
    null: float | None
    marker: str
    scale: str
    threshold: str

    def unlike(self, other: "Quantity") -> tuple[str, ...]:
        """Names of the attributes in which two quantities of one estimand differ."""
        own, others = asdict(self), asdict(other)
        return tuple(name for name in own if own[name] != others[name])


def quantity_of(row: Estimate, run: StoredRun) -> Quantity:
    """What a row estimates.

    Parameters
    ----------
    row : Estimate
        The row.
    run : StoredRun
        Its run.
    """
    scale = run.study.scale
    marker = row.marker or run.study.marker or ""
    return Quantity(
        estimand=row.estimand,
        unit=row.unit,
        null=row.null,
        marker="" if row.unit in OF_THE_SCALE_ALONE else marker,
        scale="" if scale is None or row.unit in OF_THE_MARKER_ALONE else scale_in_words(scale),
        threshold=_threshold(row.estimand, scale),
    )


def scale_in_words(scale: Scale) -> str:
    """Name, range and direction of a scale."""
    return f"{scale.name}, {scale.lower:g} to {scale.upper:g} ({scale.direction})"


def _threshold(estimand: str, scale: Scale | None) -> str:
    if scale is not None and estimand == "remission_probability":
        return f"at or under {scale.remission:g}" if scale.remission is not None else "not stated"
    if scale is not None and estimand == "response_probability":
        return f"a fall by {100 * scale.response:g}%"
    return ""


def conditions(row: Estimate, run: StoredRun) -> dict[str, str]:
    """What a row depends on that leaves its quantity the same, but that a reader of two such rows has to know."""
    spec = run.study.spec
    analysis, inclusion = spec.analysis, spec.inclusion
    covariates = [*spec.covariates.numeric, *spec.covariates.categorical]
    smallest = "none stated" if row.smallest_important is None else f"{row.smallest_important:g} ({row.reason})"
    counted = spec.symptom is not None and spec.symptom.distribution == "beta_binomial"
    return {
        "Interval": f"{100 * row.ci_prob:g}% {row.ci_kind.upper()}",
        "Smallest important difference": smallest,
        "Design": spec.study.design,
        "Treatment": spec.study.treatment,
        "Visits compared": f"{run.study.baseline} to {run.study.follow_up}",
        "Included": f"{inclusion.score} above {inclusion.above:g}" if inclusion else "by no stated score",
        "Covariates": ", ".join(covariates) or "none",
        "Residuals": LIKELIHOOD[analysis.likelihood],
        "Follow-up score": "counted (beta-binomial)" if counted else "continuous",
        "Measurement": MEASUREMENT[analysis.measurement],
        "Who benefits": "asked" if analysis.benefit_by_marker else "not asked",
        f"Definition in {row.model}": row.meaning,
    }
