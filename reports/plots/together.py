"""Figures drawn one after another, or half of them in a second process."""

from collections.abc import Sequence

from cochange.reports.plots.plan import Picture, Plan


def draw(plans: Sequence[Plan]) -> dict[str, Picture]:
    """The pictures of some plans, by their keys.

    Parameters
    ----------
    plans : sequence of Plan
        What to draw.
    """
    if not plans:
        return {}
    from cochange.reports.plots.canvas import picture_of

    return {plan.key: picture_of(plan) for plan in plans}
