"""A comparison of prior sets as files: a page, tables with all digits and for LaTeX, and one figure an estimand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cochange.data.paths import usable_folder
from cochange.inference.comparing.comparison import Comparison, require_comparison
from cochange.inference.comparing.foretelling import PriorLoo
from cochange.inference.comparing.grid import main_point, varied_in
from cochange.inference.comparing.point_null import BayesFactor
from cochange.inference.comparing.power_scaling import Sensitivity
from cochange.inference.comparing.rows import Compared
from cochange.inference.comparing.tipping import Tipping
from cochange.models.parts.families import LOCATIONS, SPREADS
from cochange.models.parts.prior_sets import notes
from cochange.reports.block import Figure
from cochange.reports.document import write_markdown, write_page, write_tables_and_figures
from cochange.reports.labels import is_main
from cochange.reports.plots.prior_sets import prior_set_plot
from cochange.reports.plots.tipping import tipping_plot
from cochange.reports.plots.varied import LEAST_VALUES, varied_plot
from cochange.reports.prior_comparison_page import blocks_of, cover_of
from cochange.reports.prior_comparison_tables import (
    by_quantity,
    estimates_of,
    factors_table,
    fits_table,
    loo_table,
    rows_table,
    sensitivities_table,
    sets_table,
)

PAGE = "compare-priors"
TABLES = ("prior_comparison", "prior_sets", "prior_fits", "power_scaling", "prior_loo", "bayes_factors")
# What an earlier comparison may have left; a report has other names.
EARLIER = (*(f"tables/{name}.*" for name in TABLES), "figures/priors_*", "figures/varied_*", "figures/tipping_*")


@dataclass(frozen=True)
class Extras:
    """What may be found about prior sets besides the comparison.

    Attributes
    ----------
    sensitivities : sequence of Sensitivity
        From `power_scaling`.
    loo : sequence of PriorLoo
        From `compare_loo`.
    factors : sequence of BayesFactor
        From `bayes_factors`.
    tipping : Tipping or None
        From `tipping`.
    """

    sensitivities: Sequence[Sensitivity] = ()
    loo: Sequence[PriorLoo] = ()
    factors: Sequence[BayesFactor] = ()
    tipping: Tipping | None = None


def write_comparison(comparison: Comparison, directory: Path | str, extras: Extras | None = None) -> Path:
    """Write page, tables and figures of a comparison, and remove those of an earlier one that this one has not.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    directory : Path or str
        The folder; made when absent.
    extras : Extras, optional
        What was found about the sets besides, each for a table or a figure of its own.

    Returns
    -------
    Path
        ``compare-priors.html``: one file that needs nothing else and no network.

    Raises
    ------
    InputError
        If the directory is a file, or nothing can be written to it.
    TypeError
        If `comparison` is none, or `directory` is no path.
    """
    require_comparison(comparison)
    directory, extras = usable_folder(directory), extras or Extras()
    tables = {
        "Every estimand under every prior set": [rows_table(comparison)],
        "Sensitivity to prior and data": [
            *([sensitivities_table(comparison, extras.sensitivities)] if extras.sensitivities else []),
            *([loo_table(extras.loo)] if extras.loo else []),
            *([factors_table(extras.factors)] if extras.factors else []),
        ],
        "The prior sets": [sets_table(comparison)],
        "How the draws came about": [fits_table(comparison)],
    }
    figures: list[Figure] = []
    for rows in by_quantity(comparison).values():
        if is_main(rows[0].estimate, comparison.study):
            figures += [
                prior_set_plot(rows, comparison.study, estimates_of(comparison)),
                *_varied_figures(comparison, rows),
            ]
    figures += [tipping_plot(extras.tipping)] if extras.tipping is not None else []
    cover, blocks = cover_of(comparison), blocks_of(comparison, tables, figures, extras.loo, extras.tipping)
    written = write_tables_and_figures(directory, cover, blocks.values())
    for path in (found for pattern in EARLIER for found in directory.glob(pattern)):
        if path.relative_to(directory).as_posix() not in written:
            path.unlink()
    write_markdown(directory / f"{PAGE}.md", cover, blocks)
    return write_page(directory / f"{PAGE}.html", cover, blocks)


def _varied_figures(comparison: Comparison, rows: Sequence[Compared]) -> list[Figure]:
    """A quantity against the hyperparameter that was varied, where there is one alone with three values or more."""
    if len(comparison.varied) != 1 or len(comparison.varied[0].values) < LEAST_VALUES:
        return []
    (vary,) = comparison.varied
    main = next(iter(comparison.sets.values()))
    parameter, hyperparameter, value = varied_in(main, vary.name)
    # Degrees of freedom, shapes, rates and weights are not in the unit of the parameter.
    unit = notes(main)[parameter].unit if hyperparameter in LOCATIONS | SPREADS else ""
    # A value of the main set itself has no row of its own.
    own = main_point(main, [vary]) is not None
    points = iter(rows[len(rows) - len(vary.values) + own :])
    found = [rows[0] if own and math.isclose(each, value) else next(points) for each in vary.values]
    return [varied_plot([rows[0], *found], vary, value, unit, comparison.study, estimates_of(comparison))]
