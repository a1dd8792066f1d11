"""Priors with their units and sources, and what they imply before the data."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.predictive import PRIOR_DRAWS, width_error
from cochange.inference.prior_words import source_in_words
from cochange.inference.results import Results
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import NAMES, families, notes
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table, grouped
from cochange.reports.entering import absent_from
from cochange.reports.labels import is_main, listed, quantity_of, quoted, with_model, with_visit_names
from cochange.reports.needs import fits
from cochange.reports.numbers import (
    BOUNDS,
    HEAVY,
    INTERVALS,
    bounded,
    prior_sd_tells,
    share,
    significant,
    with_minus,
    within,
)
from cochange.reports.own_sets import own_sets
from cochange.reports.replicates import CENSORING_MODELS, impossible_shares, in_units, prior_quantiles
from cochange.reports.set_words import held
from cochange.reports.too_wide import ADVICE, TOO_MANY, too_wide

PER_SD = "per SD"
# What the sources of the shipped sets are about.
SOURCED = ("IL-6", "MADRS")


def render(results: Results) -> Block:
    """Prior sets side by side, what they imply for each estimand, and data drawn from them."""
    parts: list[Part] = [Paragraph(_fitted(results)), *map(Paragraph, own_sets(results))]
    for model in results.models:
        absent = absent_from(model, results)
        parts += [Heading(model.name), _sets(model, results, absent), *_told(absent), *_sources(model, results, absent)]
    parts += [
        Heading("What the priors imply for the estimands"),
        Paragraph(_known(results.study)),
        _implied(results),
        Heading("Prior predictive check"),
        Paragraph(
            "Data drawn from the priors alone. A share of impossible values is the share of scores outside the range "
            "of the scale, after rounding where the study's are whole numbers; cochange priors prints the same. A "
            f"set that gives {TOO_MANY:.0%} of them or more is too wide."
        ),
        *_predictive(results),
    ]
    return Block(tuple(parts))


def _fitted(results: Results) -> str:
    """Which prior sets there are, and what the shipped ones among them hold."""
    used = list(dict.fromkeys(name for sets in results.priors.values() for name in sets))
    models = "Every model" if len(results.models) > 1 else "The model"
    sets = "every prior set" if len(used) > 1 else "the prior set"
    told = "; ".join(text for name in NAMES if name in used and (text := held(name, results)))
    holding = f"{told[0].upper()}{told[1:]}. " if told else ""
    return f"{models} was fitted under {sets} below. {holding}Values are in the units of this study's scale."


def _sets(model: Model, results: Results, absent: Mapping[str, str]) -> Table:
    sets = results.priors[model.name]
    described = notes(next(iter(sets.values())))
    rows, records = [], []
    for parameter, note in described.items():
        values = [str(families(priors)[parameter]) for priors in sets.values()]
        if parameter not in absent:
            rows.append((parameter, note.meaning, note.unit, *map(with_minus, values)))
        records.append(
            {
                "parameter": parameter,
                "meaning": note.meaning,
                "unit": note.unit,
                "does_not_enter": absent.get(parameter, ""),
            }
            | dict(zip(sets, values, strict=True))
        )
    columns = tuple(Column(label) for label in ("Parameter", "Meaning", "Unit", *sets))
    caption = f"Prior sets of {model.name}."
    if any(row[2].endswith(PER_SD) for row in rows):
        caption += (
            f" A unit {PER_SD} is that of a numeric covariate; the level of a category has the same unit without it."
        )
    return Table(f"priors_{model.name}", caption, columns, (Rows("", tuple(rows)),), pd.DataFrame(records))


def _told(absent: Mapping[str, str]) -> list[Part]:
    """The parameters that the table leaves to its file."""
    by_reason: dict[str, list[str]] = {}
    for parameter, reason in absent.items():
        by_reason.setdefault(reason, []).append(parameter)
    if not by_reason:
        return []
    said = "; ".join(f"{listed(names)} ({reason})" for reason, names in by_reason.items())
    return [Paragraph(f"In the sets, but not in this analysis: {said}. The file of the table has their values.")]


def _sources(model: Model, results: Results, absent: Mapping[str, str]) -> list[Part]:
    said: dict[str, list[str]] = {}
    for name, priors in results.priors[model.name].items():
        for parameter, family in families(priors).items():
            source = source_in_words(family)
            if source and parameter not in absent:
                said.setdefault(f"{parameter}: {source}", []).append(name)
    if not said:
        return [Paragraph("The values are conventions of the sets; no source is given.")]
    lines = [f"{text} ({', '.join(map(quoted, sets))})" for text, sets in said.items()]
    parts: list[Part] = [Paragraph("Sources. Values without one are conventions of the set."), Points(tuple(lines))]
    elsewhere = _of_others(list(said), results.study)
    return [*parts, Paragraph(elsewhere)] if elsewhere else parts


def _of_others(sources: Sequence[str], study: Study) -> str:
    """Which sources, each after its parameter, speak of another marker or scale than the study's; empty where none."""
    markers = [marker.name for marker in study.spec.marker]
    own = (markers, [study.scale.name] if study.scale else [])
    told = []
    for name, here in zip(SOURCED, own, strict=True):
        others = [other for other in here if other != name]
        of_it = [source.partition(":")[0] for source in sources if name in source]
        if others and of_it:
            told.append(f"of {name} for {listed(others)} ({listed(list(dict.fromkeys(of_it)))})")
    if not told:
        return ""
    return (
        f"Sources that speak of another marker or scale than this study's: {'; '.join(told)}. Nothing but points is "
        "carried over, by the range of the scale: whether the values hold here is to be judged."
    )


def _known(study: Study) -> str:
    """How well draws of the priors tell their intervals, and so what the data took off them."""
    error = width_error(PRIOR_DRAWS, study.spec.analysis.ci_prob)
    return (
        f"Every interval is that of {PRIOR_DRAWS:,} draws of its set: were they normal, its width would have a Monte "
        f"Carlo standard error of {error:.0%}. Small differences between sets with the same prior are Monte Carlo "
        "error alone, and a share narrowed near 0% is known to several percentage points, one near 100% better."
    )


def _implied(results: Results) -> Table:
    by_quantity: dict[str, list[tuple[str, ...]]] = {}
    records = []
    for row in results.estimates:
        if not is_main(row, results.study):
            continue
        quantity = quantity_of(row, results.study) + with_model(row, results.estimates)
        # A ratio spans powers of ten, none of which is zero. Else by the interval's width: the SD may come from a few
        # draws far out, and is not printed where it does.
        middle, low, high = (
            significant(value, 2) if row.unit == "ratio" else within(value, row.prior_upper - row.prior_lower)
            for value in (row.prior_median, row.prior_lower, row.prior_upper)
        )
        spread = significant(row.prior_sd, 2) if prior_sd_tells(row) else "not given"
        printed = (row.prior, middle, spread, f"{low} to {high}")
        by_quantity.setdefault(quantity, []).append(printed)
        records.append(
            {
                "model": row.model,
                "estimand": row.estimand,
                "marker": row.marker,
                "form": row.form,
                "visit": row.visit,
                "group": row.group,
                "prior": row.prior,
                "median": row.prior_median,
                "sd": row.prior_sd,
                "lower": row.prior_lower,
                "upper": row.prior_upper,
            }
        )
    mass = f"{100 * results.study.spec.analysis.ci_prob:g}% {INTERVALS['eti']} interval"
    columns = (Column("Prior set"), Column("Median", True), Column("SD", True), Column(mass, True))
    groups = grouped(by_quantity)
    caption = f"Implied prior of each estimand, whole sample, of {PRIOR_DRAWS:,} draws of each set."
    if any(line[2] == "not given" for lines in by_quantity.values() for line in lines):
        caption += (
            f" The SD is not given of a ratio, nor where it is over {HEAVY:g} times that of a normal distribution with "
            "the same interval: a few draws far out can make it."
        )
    return Table("implied_priors", caption, columns, groups, pd.DataFrame(records))


def _predictive(results: Results) -> list[Part]:
    groups: dict[str, list[tuple[str, ...]]] = {}
    records = []
    for (model, prior), fit in results.fits.items():
        impossible = impossible_shares(fit, results.study)
        for outcome, quantiles in prior_quantiles(fit, results.study).items():
            lower, median, upper = (value for value, _ in quantiles)
            title = in_units(outcome, results.study)
            if title:
                low, middle, high = (bounded(float(np.exp(value)), bound) for value, bound in quantiles)
            else:
                low, middle, high = (within(value, upper - lower) for value, _ in quantiles)
            said = share(impossible[outcome]) if outcome in impossible else "not applicable"
            printed = (prior, middle, f"{low} to {high}", said)
            groups.setdefault(f"{model}: {with_visit_names(title or outcome, results.study)}", []).append(printed)
            records.append(
                {
                    "model": model, "outcome": outcome, "prior": prior, "lower": lower, "median": median,
                    "upper": upper,
                    "impossible": impossible.get(outcome),
                }
            )  # fmt: skip
    if not records:
        return [Paragraph("Not shown: no data drawn from the priors were stored with the fits.")]
    told = [
        text for (model, prior), fit in results.fits.items() if (text := _too_wide(model, prior, fit, results.study))
    ]
    columns = (
        Column("Prior set"),
        Column("Median", True),
        Column("Central 95%", True),
        Column("Impossible values", True),
    )
    by_outcome = grouped(groups)
    caption = "Outcomes drawn from the priors. Only a score has impossible values. The file keeps the log marker."
    if any(model in CENSORING_MODELS for model, _ in results.fits):
        caption += (
            " A marker beyond a limit of detection stands at it: "
            f"{BOUNDS['<=']} and {BOUNDS['>=']} mark a number that is only a bound."
        )
    warned: list[Part] = [Points(tuple(told)), Paragraph(ADVICE)] if told else []
    return [*warned, Table("prior_predictive", caption, columns, by_outcome, pd.DataFrame(records))]


def _too_wide(model: str, prior: str, fit: Fit, study: Study) -> str:
    spans = {
        outcome: quantiles[-1][0] - quantiles[0][0]
        for outcome, quantiles in prior_quantiles(fit, study).items()
        if in_units(outcome, study)
    }
    return too_wide(model, prior, impossible_shares(fit, study).values(), np.exp(list(spans.values())).tolist())


SECTION = Section("Priors", (fits,), render)
