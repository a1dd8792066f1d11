"""How well each participant is foretold by the others, and which form of a model does so better."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from cochange.inference.loo import MOST_REFITS, FormComparison
from cochange.inference.results import Results
from cochange.reports.block import Block, Heading, Paragraph, Part, Rows, Section, Table, columns_of
from cochange.reports.labels import prior_name
from cochange.reports.needs import comparison, failed
from cochange.reports.numbers import fixed, significant
from cochange.reports.plots.pareto import pareto_plot
from cochange.reports.references import LOO

# Under this difference two forms foretell equally well (Sivula et al. 2020, arXiv:2008.10296).
SMALL = 4.0
STACKING = "Stacking gives a form that foretells about as well as another no weight: it is no measure of support."
TOO_MANY = (
    f"With more than {MOST_REFITS} of them in a form the approximation has failed as a whole: cochange cross-validate "
    "leaves participants out a fold at a time, by fits alone."
)


def render(results: Results) -> Block:
    """Leave-one-out cross-validation of each model with a joint density of a participant."""
    parts: list[Part] = [
        Paragraph(
            "Each participant is foretold from all the others, everything observed of a participant at once "
            f"(leave-one-out cross-validation; {LOO.short}, doi:{LOO.doi}), under "
            f"{prior_name(results.main_prior)}. Where the Pareto shape is over its bound, importance sampling cannot "
            "stand for leaving a participant out, and the model was fitted anew without that participant."
        )
    ]
    for model in dict.fromkeys(row.model for row in results.comparison):
        rows = [row for row in results.comparison if row.model == model]
        parts.append(Heading(model))
        warning = failed(results, model)
        parts += [Paragraph(warning, warning=True) if warning else Paragraph(said(rows)), _table(model, rows)]
        own = {form: fit for (name, form), fit in results.forms.items() if name == model}
        parts.append(pareto_plot(model, next(iter(own)), next(iter(own.values())), results))
    return Block(tuple(parts))


def said(rows: list[FormComparison]) -> str:
    """What the comparison of a model's forms says."""
    checked = _pareto(rows)
    if len(rows) == 1:
        return (
            f"{checked} One form was fitted, {rows[0].form}; alternatives = true under [analysis] of the study file "
            "fits the others and compares them."
        )
    unsampled = [row for row in rows if not row.sampled]
    if unsampled:
        return (
            f"{checked} The chains of {' and of '.join(_chains(row) for row in unsampled)} do not agree well enough: "
            "the forms cannot be compared."
        )
    best, second = rows[0], rows[1]
    return f"{checked} {better_in_words(best.form, second.form, abs(second.difference), second.difference_se)}"


def better_in_words(best: str, second: str, gap: float, gap_se: float) -> str:
    """What the difference of the best form from the next says, with its standard error."""
    if gap < SMALL or gap < 2 * gap_se:
        return (
            f"The forms foretell about equally well: the best ({best}) is {significant(gap, 2)} ahead of the next "
            f"({second}), standard error {significant(gap_se, 2)}. This does not choose between them."
        )
    return (
        f"The form {best} foretells better than the next, {second}, by {significant(gap, 2)} (standard error "
        f"{significant(gap_se, 2)})."
    )


def _pareto(rows: list[FormComparison]) -> str:
    """In which forms importance sampling could not stand for leaving a participant out, and what was done."""
    high = [row for row in rows if row.k_high]
    if not high:
        return "No Pareto shape is over its bound."
    said = []
    for row in high:
        refitted = "all of them" if row.refitted == row.k_high else f"{row.refitted} of them"
        unsure = "" if row.refitted == row.k_high else ", so its log predictive density is not to be trusted"
        said.append(f"{row.form}: {row.k_high} of {row.participants}, {refitted} left out exactly{unsure}")
    counted = f"Participants whose Pareto shape is over the bound: {'; '.join(said)}."
    if any(row.k_high > MOST_REFITS for row in high):
        return f"{counted} {TOO_MANY}"
    return counted


def _chains(row: FormComparison) -> str:
    faults = [f"R-hat {fixed(row.r_hat, 3)}", f"least effective sample size {significant(row.ess, 2)}"]
    if row.divergences:
        faults.append(f"{row.divergences} divergent transitions")
    return f"{row.form} ({', '.join(faults)})"


def _table(model: str, rows: list[FormComparison]) -> Table:
    printed = []
    for row in rows:
        alone = not np.isfinite(row.difference)
        weight = fixed(row.weight, 2) if len(rows) > 1 else "none"
        printed.append(
            (
                row.form, fixed(row.elpd, 1), fixed(row.se, 1), fixed(row.p, 1),
                "none" if alone else fixed(row.difference, 1), "none" if alone else fixed(row.difference_se, 1),
                weight, fixed(row.k_most, 2), str(row.k_high), str(row.refitted), fixed(row.r_hat, 3),
                str(row.divergences),
            )
        )  # fmt: skip
    labels = (
        "Form", "Log predictive density", "SE", "Effective parameters", "From the best", "SE of it", "Stacking weight",
        "Largest Pareto shape", "Over the bound", "Left out exactly", "R-hat", "Divergences",
    )  # fmt: skip
    columns = columns_of(labels)
    frame = pd.DataFrame([asdict(row) for row in rows]).replace({np.nan: None})
    caption = f"Forms of {model} by expected log predictive density, summed over {rows[0].participants} participants."
    if len(rows) > 1:
        caption += f" {STACKING}"
    return Table(f"comparison_{model}", caption, columns, (Rows("", tuple(printed)),), frame)


SECTION = Section("Model comparison", (comparison,), render)
