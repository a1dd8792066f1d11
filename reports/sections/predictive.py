"""Whether the models give data like the data."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.reports.block import Block, Heading, Paragraph, Part, Section, Table, columns_of, grouped
from cochange.reports.labels import prior_name, with_visit_names
from cochange.reports.needs import failed, fits, predictions
from cochange.reports.numbers import BOUNDS, bounded, probability, within
from cochange.reports.plots.replications import replicate_plot
from cochange.reports.replicates import CENSORING_MODELS, Check, bound_of, checks, has_predictions, in_units

# A share of replications under this, or over its complement, is named.
RARE = 0.01


def render(results: Results) -> Block:
    """Data beside replications under the main prior, model by model."""
    parts: list[Part] = [
        Paragraph(
            "Replications are data sets of the same size drawn from the fitted model. A share above the "
            "data near 0 or 1 marks a feature that the model does not reproduce; ties count half, and where the data "
            "are whole numbers the replications are rounded."
        )
    ]
    for model in results.models:
        fit = results.fits.get((model.name, results.main_prior))
        parts.append(Heading(model.name))
        if warning := failed(results, model.name):
            parts.append(Paragraph(warning, warning=True))
        if fit is None or not has_predictions(fit):
            parts.append(Paragraph(f"Not shown: no replicated data were stored for {prior_name(results.main_prior)}."))
            continue
        if model.name in CENSORING_MODELS:
            parts.append(
                Paragraph(
                    "Values beyond a limit of detection are replicated as censored: they stand at their limit in data "
                    "and replications alike. The figure shows natural logarithms, the table the marker's own unit."
                )
            )
            if number := without_limit(results.study):
                parts.append(
                    Paragraph(
                        f"{number} measured values stand beside values under a limit and have none of their own in the "
                        "study file (floors name the constant of a value, not the limit of a measured one). They are "
                        "replicated without a limit: that replications lie below the data speaks of this gap, not of "
                        "the model."
                    )
                )
        checked = checks(fit)
        parts += [replicate_plot(fit, results, checked), _table(model.name, checked, results.study)]
        parts.append(Paragraph(extremes(tuple(shown(check, results.study) for check in checked))))
    return Block(tuple(parts))


def without_limit(study: Study) -> int:
    """Measured values of the analysed marker whose limit is not known, at visits where others lie under one."""
    if study.marker is None:
        return 0
    own = study.data.sel(marker=study.marker)
    status = own["marker_status"].astype(str)
    censored = (status == "below").any("participant")
    return int(((status == "observed") & np.isnan(own["lower_limit"]) & censored).sum())


def extremes(checked: tuple[Check, ...], model: str = "The model") -> str:
    """Names the statistics that hardly any replication of a model reaches, or hardly any stays short of."""
    found = [
        f"{item.statistic} of {item.outcome} ({probability(item.share_above)})" for item in rarely_replicated(checked)
    ]
    if not found:
        return f"No statistic has a share above the data under {RARE:g} or over {1 - RARE:g}."
    return f"{model} does not reproduce, with a share under {RARE:g} or over {1 - RARE:g}: {'; '.join(found)}."


def rarely_replicated(checked: tuple[Check, ...]) -> list[Check]:
    """The statistics that hardly any replication reaches, or hardly any stays short of."""
    return [item for item in checked if not RARE <= item.share_above <= 1 - RARE]


def shown(item: Check, study: Study) -> Check:
    """A check as the table gives it: of a log marker in the marker's own unit, whose order is the same."""
    title = in_units(item.outcome, study)
    if not title:
        return replace(item, outcome=with_visit_names(item.outcome, study))
    values = {name: float(np.exp(getattr(item, name))) for name in ("observed", "lower", "median", "upper")}
    named = {"mean": "geometric mean", "SD": "geometric SD (factor)"}
    return replace(
        item, outcome=with_visit_names(title, study), statistic=named.get(item.statistic, item.statistic), **values
    )


def _caption(model: str) -> str:
    if model not in CENSORING_MODELS:
        return f"Data and replications of {model}."
    return (
        f"Data and replications of {model}. {BOUNDS['<=']} and {BOUNDS['>=']} mark a least or greatest value that "
        "stands at a limit of detection. The file keeps the log marker."
    )


def _bound(check: Check, value: float, study: Study) -> str:
    """What a least or greatest value bounds; means and SDs are those of values at their limits."""
    return bound_of(value, check.outcome, study) if check.statistic in ("least", "greatest") else ""


def _table(model: str, checked: tuple[Check, ...], study: Study) -> Table:
    by_outcome: dict[str, list[tuple[str, ...]]] = {}
    for check in checked:
        item = shown(check, study)
        width = item.upper - item.lower
        # A marker in its own unit spans powers of ten, down to values no assay tells from zero.
        bounds = [_bound(check, value, study) for value in (check.observed, check.median, check.lower, check.upper)]
        data, median, lower, upper = (
            bounded(value, bound) if in_units(check.outcome, study) else within(value, width)
            for value, bound in zip((item.observed, item.median, item.lower, item.upper), bounds, strict=True)
        )
        printed = (item.statistic, data, median, f"{lower} to {upper}", probability(item.share_above))
        by_outcome.setdefault(item.outcome, []).append(printed)
    labels = ("Statistic", "Data", "Replicated median", "Central 95%", "Share above the data")
    columns = columns_of(labels)
    groups = grouped(by_outcome)
    frame = pd.DataFrame([asdict(item) for item in checked])
    return Table(f"replicates_{model}", _caption(model), columns, groups, frame)


SECTION = Section("Posterior predictive check", (fits, predictions), render)
