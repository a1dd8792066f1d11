"""Prior sets that draw what no participant can have: scores the scale has not, readings no assay tells."""

import math
from collections.abc import Iterable

from cochange.reports.labels import prior_name
from cochange.reports.numbers import share, significant

# The share of impossible scores from which on a prior set is called too wide: a convention. The reference sets that
# ship stay under it, and a set that reaches it spends a quarter of its probability on what the scale rules out.
TOO_MANY = 0.25
# The ratio of the ends of the central 95% of a marker's readings over which no assay spans them: the most sensitive
# assays of cytokines tell about 0.01 pg/mL, and the highest levels, in septic shock, are about 1 ug/mL, 10^8 times as
# much. The sets that ship, but for `diffuse`, stay two powers of ten under it.
TOO_FAR = 1e9
ADVICE = (
    "Such a set knows less than the scale and the assay tell. Narrow its priors of means and SDs (cochange elicit "
    "writes them from a statement), or keep it beside others for what the likelihood alone says, not as the main set."
)


def too_wide(model: str, prior: str, shares: Iterable[float], ratios: Iterable[float]) -> str:
    """What a prior set of a model draws that cannot be; empty where it is not too wide.

    Parameters
    ----------
    model, prior : str
        Model and prior set.
    shares : iterable of float
        The share of impossible scores, of each score it draws.
    ratios : iterable of float
        Upper over lower end of the central 95% of the readings, of each marker and visit it draws.
    """
    most, furthest = max(shares, default=0.0), max(ratios, default=1.0)
    said = []
    if most >= TOO_MANY:
        said.append(f"up to {share(most)} of the scores it draws are impossible on the scale ({TOO_MANY:.0%} or more)")
    if furthest > TOO_FAR:
        factor = significant(furthest) if math.isfinite(furthest) else "no finite size"
        said.append(
            f"the ends of the central 95% of the marker's readings are a factor of {factor} apart (over "
            f"{significant(TOO_FAR)}, which no assay spans)"
        )
    return f"{model} under {prior_name(prior)} is too wide: {'; '.join(said)}." if said else ""
