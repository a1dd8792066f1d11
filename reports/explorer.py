"""What the page's explorer works with: quantities, prior sets, groups, their draws, and the study file's values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cochange.inference.estimates import Decision, Estimate, cell_of
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.carried import LEAST, carry, number_kept
from cochange.reports.labels import QUESTIONS, is_main, prior_name, quantity_of, unit_of, with_model
from cochange.reports.numbers import INTERVALS, decimals_of_estimand

_Cell = tuple[tuple[str | None, ...], str]


def explorable(results: Results) -> tuple[Decision, ...]:
    """What a reader can compute with: everything estimated, or its main part where that is too much for a page."""
    rows = tuple(item for item in results.decisions if np.isfinite(item.estimate.sd))
    if number_kept(len(rows)) > LEAST:
        return rows
    return tuple(item for item in rows if is_main(item.estimate, results.study))


def content_of(results: Results, main: Sequence[Decision]) -> Mapping[str, Any]:
    """The content of the explorer.

    Parameters
    ----------
    results : Results
        What a run found.
    main : sequence of Decision
        The main answers, in order; the first one is shown first.
    """
    rows = explorable(results)
    order = list(dict.fromkeys(key_of(item.estimate) for item in [*main, *rows]))
    by_key: dict[str, list[Estimate]] = {key: [] for key in order}
    for item in rows:
        by_key[key_of(item.estimate)].append(item.estimate)
    draws = _draws(rows, results)
    analysis = results.study.spec.analysis
    return {
        "synthetic": results.study.spec.study.synthetic,
        "mass": analysis.ci_prob,
        "kind": analysis.ci_kind,
        "kindName": INTERVALS[analysis.ci_kind],
        "prior": results.main_prior,
        "priors": {prior: prior_name(prior) for prior in dict.fromkeys(item.estimate.prior for item in rows)},
        "quantities": [_quantity(own, draws, results) for own in by_key.values() if own],
        "main": [[key_of(item.estimate), item.estimate.group] for item in main if np.isfinite(item.estimate.sd)],
        "failed": sorted({f"{item.estimate.model}/{item.estimate.prior}" for item in rows if not item.settled}),
    }


def key_of(row: Estimate) -> str:
    """What a link to the explorer calls a quantity."""
    return "/".join(part for part in (row.model, row.estimand, row.form, row.marker, row.visit) if part is not None)


def _quantity(rows: Sequence[Estimate], draws: Mapping[_Cell, Mapping[str, Any]], results: Results) -> dict[str, Any]:
    first = rows[0]
    groups: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.group, {})[row.prior] = draws[row.quantity, row.prior]
    whole = replace(first, group=OVERALL)
    return {
        "key": key_of(first),
        "model": first.model,
        "estimand": first.estimand,
        "name": quantity_of(whole, results.study) + with_model(first, results.estimates),
        "question": f"{first.question}. {QUESTIONS[first.question]}" if first.question else QUESTIONS[""],
        "unit": unit_of(first),
        "ratio": first.unit == "ratio",
        "null": first.null,
        "smallest": first.smallest_important,
        "groups": groups,
    }


def _draws(rows: Sequence[Decision], results: Results) -> dict[_Cell, Mapping[str, Any]]:
    """The draws each row carries along."""
    number = number_kept(len(rows))
    found: dict[_Cell, Mapping[str, Any]] = {}
    for row in (item.estimate for item in rows):
        place = {"group": row.group, "marker": row.marker, "form": row.form, "visit": row.visit}
        kept = carry(cell_of(results.draws[row.model, row.prior][row.estimand], place).to_numpy(), number)
        found[row.quantity, row.prior] = {
            "low": kept.low, "step": kept.step, "draws": kept.text, "stored": kept.stored, "mcse": row.mcse_mean,
            "decimals": decimals_of_estimand(row, results.estimates), **_of_all_draws(row),
        }  # fmt: skip
    return found


def _of_all_draws(row: Estimate) -> dict[str, Any]:
    """What the report prints of a row: whatever is asked, for the study file's mass, for its important difference."""
    return {
        "centre": {"median": row.median, "side": row.side, "direction": row.p_direction},
        "interval": {"lower": row.lower, "upper": row.upper},
        "regions": {"below": row.below, "inside": row.inside, "above": row.above},
    }
