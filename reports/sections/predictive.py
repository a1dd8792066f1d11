"""Whether the models give data like the data."""

from dataclasses import asdict

import pandas as pd

from cochange.inference.results import Results
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Rows, Section, Table
from cochange.reports.needs import fits, predictions
from cochange.reports.numbers import beside, probability
from cochange.reports.plots.replications import replicate_plot
from cochange.reports.replicates import MARKER_MODEL, Check, checks, has_predictions


def render(results: Results) -> Block:
    """Data beside replications under the main prior, model by model."""
    parts: list[Part] = [
        Paragraph(
            "Replications are data sets of the same size drawn from the fitted model. A share above the "
            "data near 0 or 1 marks a feature that the model does not give back; ties count half."
        )
    ]
    for model in results.models:
        fit = results.fits.get((model.name, results.main_prior))
        parts.append(Heading(model.name))
        if fit is None or not has_predictions(fit):
            parts.append(Paragraph(f"Not shown: no replicated data were stored for the {results.main_prior} prior."))
            continue
        if model.name == MARKER_MODEL:
            parts.append(
                Paragraph(
                    "Values beyond a limit of detection are replicated as censored: they stand at their limit in data "
                    "and replications alike. The log marker is in natural logarithms."
                )
            )
        checked = checks(fit)
        parts += [replicate_plot(fit, results, checked), _table(model.name, checked)]
    return Block(tuple(parts))


def _table(model: str, checked: tuple[Check, ...]) -> Table:
    by_outcome: dict[str, list[tuple[str, ...]]] = {}
    for item in checked:
        width = item.upper - item.lower
        data, median, lower, upper = (
            beside(value, width) for value in (item.observed, item.median, item.lower, item.upper)
        )
        printed = (item.statistic, data, median, f"{lower} to {upper}", probability(item.share_above))
        by_outcome.setdefault(item.outcome, []).append(printed)
    labels = ("Statistic", "Data", "Replicated median", "Central 95%", "Share above the data")
    columns = tuple(Column(label, number=position > 0) for position, label in enumerate(labels))
    groups = tuple(Rows(label, tuple(rows)) for label, rows in by_outcome.items())
    frame = pd.DataFrame([asdict(item) for item in checked])
    return Table(f"replicates_{model}", f"Data and replications of {model}.", columns, groups, frame)


SECTION = Section("Posterior predictive check", (fits, predictions), render)
