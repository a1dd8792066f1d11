"""A comparison of prior sets as files: tables with all digits, and one figure an estimand."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from cochange.inference.comparing.comparison import Comparison
from cochange.inference.comparing.foretelling import PriorLoo
from cochange.inference.comparing.grid import varied_in
from cochange.inference.comparing.point_null import BayesFactor
from cochange.inference.comparing.power_scaling import Sensitivity
from cochange.inference.comparing.rows import Compared
from cochange.inference.store import write_whole
from cochange.models.parts.families import LOCATIONS, SPREADS
from cochange.models.parts.prior_sets import families, notes
from cochange.reports.block import Figure
from cochange.reports.labels import is_main
from cochange.reports.plots.prior_sets import prior_set_plot
from cochange.reports.plots.varied import LEAST_VALUES, varied_plot


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
    """

    sensitivities: Sequence[Sensitivity] = ()
    loo: Sequence[PriorLoo] = ()
    factors: Sequence[BayesFactor] = ()


def write_comparison(
    comparison: Comparison,
    directory: Path,
    extras: Extras | None = None,
) -> Path:
    """Write tables and figures of a comparison.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    directory : Path
        The folder; made when absent.
    extras : Extras, optional
        What was found about the sets besides, each for a table of its own.

    Returns
    -------
    Path
        The table of every estimand under every prior set.
    """
    frames = {"prior_comparison": rows_frame(comparison), "prior_sets": sets_frame(comparison)}
    frames["prior_fits"] = fits_frame(comparison)
    extras = extras or Extras()
    if extras.sensitivities:
        frames["power_scaling"] = sensitivities_frame(extras.sensitivities)
    if extras.loo:
        frames["prior_loo"] = pd.DataFrame([asdict(row) for row in extras.loo])
    if extras.factors:
        frames["bayes_factors"] = pd.DataFrame(
            [{**asdict(row), "probability": row.probability} for row in extras.factors]
        )
    for name, frame in frames.items():
        path = directory / "tables" / f"{name}.csv"
        write_whole(path, lambda passing, frame=frame: frame.to_csv(passing, index=False))  # type: ignore[misc]
    for rows in by_quantity(comparison).values():
        if is_main(rows[0].estimate, comparison.study):
            write_figure(prior_set_plot(rows, comparison.study), directory)
            for figure in varied_figures(comparison, rows):
                write_figure(figure, directory)
    return directory / "tables" / "prior_comparison.csv"


def by_quantity(comparison: Comparison) -> dict[tuple[str | None, ...], list[Compared]]:
    """The rows of each estimand, form, marker and group, the main set first."""
    found: dict[tuple[str | None, ...], list[Compared]] = {}
    for row in comparison.rows:
        found.setdefault(row.quantity, []).append(row)
    return found


def varied_figures(comparison: Comparison, rows: Sequence[Compared]) -> list[Figure]:
    """A quantity against the hyperparameter that was varied, where there is one alone with three values or more."""
    if len(comparison.varied) != 1 or len(comparison.varied[0].values) < LEAST_VALUES:
        return []
    (vary,) = comparison.varied
    main = next(iter(comparison.sets.values()))
    parameter, hyperparameter, value = varied_in(main, vary.name)
    # Degrees of freedom, shapes, rates and weights are not in the unit of the parameter.
    unit = notes(main)[parameter].unit if hyperparameter in LOCATIONS | SPREADS else ""
    return [varied_plot([rows[0], *rows[-len(vary.values) :]], vary, value, unit, comparison.study)]


def rows_frame(comparison: Comparison) -> pd.DataFrame:
    """Every field of every row."""
    return pd.DataFrame([row.record() for row in comparison.rows])


def sets_frame(comparison: Comparison) -> pd.DataFrame:
    """The prior of every parameter under every set."""
    described = notes(next(iter(comparison.sets.values())))
    return pd.DataFrame(
        [
            {"parameter": parameter, "unit": note.unit, "meaning": note.meaning}
            | {name: str(families(priors)[parameter]) for name, priors in comparison.sets.items()}
            for parameter, note in described.items()
        ]
    )


def fits_frame(comparison: Comparison) -> pd.DataFrame:
    """How each set came about and how well its draws can be relied on."""
    records = []
    for under in comparison.under:
        tried = under.weights or under.refused
        record = {
            "prior": under.prior,
            "how": "sampled" if under.weights is None else "reweighted",
            "pareto_k": None if tried is None else tried.k,
            "weights_efficiency": None if tried is None else tried.efficiency,
            "seconds": under.seconds,
            "draws": under.diagnostics.draws * under.diagnostics.chains,
            "r_hat": under.diagnostics.r_hat,
            "least_ess": min(min(row.estimate.ess_bulk, row.estimate.ess_tail) for row in under.rows),
            "divergences": under.diagnostics.divergences,
            "status": under.diagnostics.status,
            "reasons": "; ".join(under.diagnostics.reasons),
        }
        records.append(record)
    return pd.DataFrame(records)


def sensitivities_frame(sensitivities: Sequence[Sensitivity]) -> pd.DataFrame:
    """Every field of the sensitivities, with the diagnosis in words."""
    names = ("model", "estimand", "form", "marker", "visit", "group")
    records = []
    for item in sensitivities:
        own = {name: value for name, value in asdict(item).items() if name != "quantity"}
        records.append({**dict(zip(names, item.quantity, strict=True)), **own, "said": item.said})
    return pd.DataFrame(records)


def write_figure(figure: Figure, directory: Path) -> None:
    """Write a figure as SVG, PDF and PNG."""
    picture = figure.picture
    for ending, content in (("svg", picture.svg), ("pdf", picture.pdf), ("png", picture.png)):
        path = directory / "figures" / f"{figure.name}.{ending}"
        write_whole(path, lambda passing, content=content: passing.write_bytes(content))  # type: ignore[misc]
