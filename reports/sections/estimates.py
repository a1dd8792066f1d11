"""The estimates under every prior set."""

from collections.abc import Sequence

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.models.parts.contract import Model
from cochange.reports.block import (
    Block,
    Column,
    Heading,
    Paragraph,
    Part,
    Points,
    Rows,
    Section,
    Table,
    columns_of,
    grouped,
)
from cochange.reports.labels import (
    ESTIMATES_TITLE,
    form_of,
    is_whole,
    prior_name,
    quantity_of,
    quoted,
    titled,
    with_visit_name,
)
from cochange.reports.needs import fits
from cochange.reports.numbers import (
    decimals_of,
    fixed,
    interval,
    interval_name,
    probability,
    side_of,
    spread,
    whole_share,
    with_interval,
)
from cochange.reports.plots.forest import forest_plot
from cochange.reports.rows import frame_of
from cochange.reports.sentences import HARDLY, learning

DECIMALS = (
    "Estimates of one estimand have the same decimals in every model, form and prior set, and so have those of its "
    "groups: as many as the middle one supports by its interval and its Monte Carlo error. Where one is far less sure "
    "than the others, its last decimal may be Monte Carlo error."
)


def render(results: Results) -> Block:
    """Per model: a forest plot of each estimand, the whole sample, the groups, and the important differences."""
    analysis = results.study.spec.analysis
    parts: list[Part] = [
        Paragraph(
            f"Intervals hold {100 * analysis.ci_prob:g}% of the posterior. Narrowed is how much narrower the interval "
            f"is than the prior's; under {100 * HARDLY:g}% the data narrowed it hardly at all. {DECIMALS}"
        )
    ]
    for model in results.models:
        parts += _of_model(model, results)
    return Block(tuple(parts))


def _of_model(model: Model, results: Results) -> list[Part]:
    decisions = [item for item in results.decisions if item.estimate.model == model.name]
    whole = [item for item in decisions if is_whole(item.estimate)]
    groups = [item for item in decisions if not is_whole(item.estimate)]
    parts: list[Part] = [Heading(model.name)]
    failed = list(dict.fromkeys(quoted(item.estimate.prior) for item in decisions if not item.settled))
    if failed:
        parts.append(
            Paragraph(
                f"Not to be reported under: {', '.join(failed)}. These fits failed their diagnostics.",
                True,
            )
        )
    for name in dict.fromkeys(item.estimate.estimand for item in decisions):
        rows = results.estimates_of(model=model.name, estimand=name)
        for marker in dict.fromkeys(row.marker for row in rows):
            parts.append(forest_plot(tuple(row for row in rows if row.marker == marker), results))
    parts.append(_whole_sample(model, whole, results))
    if groups:
        parts.append(_by_group(model, groups, results))
    parts += _important(model, whole, results)
    hardly = [
        f"{quantity_of(item.estimate, results.study)}, {prior_name(item.estimate.prior)}. {said}"
        for item in whole
        if (said := learning(item.estimate, results.estimates))
    ]
    if hardly:
        parts += [
            Paragraph(
                f"Here the posterior interval is less than {100 * HARDLY:g}% narrower than the prior's, or no narrower:"
                " how sure the answer is comes from the prior and hardly from the data."
            ),
            Points(tuple(hardly)),
        ]
    return parts


def _whole_sample(model: Model, decisions: Sequence[Decision], results: Results) -> Table:
    name = interval_name(decisions[0].estimate)
    by_quantity: dict[str, list[tuple[str, ...]]] = {}
    for item in decisions:
        row = item.estimate
        decimals = decimals_of(row, results.estimates)
        printed = (
            row.prior, fixed(row.median, decimals), fixed(row.mean, decimals), spread(row, results.estimates),
            interval(row, results.estimates), side_of(row), whole_share(row.learned),
        )  # fmt: skip
        by_quantity.setdefault(f"{quantity_of(row, results.study)} [{row.unit}]", []).append(printed)
    labels = ("Prior", "Median", "Mean", "SD", name, "Probability of its side", "Narrowed")
    columns = columns_of(labels)
    rows = grouped(by_quantity)
    return Table(
        f"estimates_{model.name}", f"Estimates of {model.name}, whole sample.", columns, rows, frame_of(decisions)
    )


def _by_group(model: Model, decisions: Sequence[Decision], results: Results) -> Table:
    priors = list(dict.fromkeys(item.estimate.prior for item in decisions))
    cells: dict[str, dict[str, dict[str, str]]] = {}
    for item in decisions:
        row = with_visit_name(item.estimate, results.study)
        line = ", ".join([row.group, *(part for part in (form_of(row), row.visit and f"at {row.visit}") if part)])
        title = f"{titled(row, results.study)} [{row.unit}]"
        cells.setdefault(title, {}).setdefault(line, {})[row.prior] = with_interval(row, results.estimates)
    groups = tuple(
        Rows(title, tuple((line, *(found.get(prior, "") for prior in priors)) for line, found in lines.items()))
        for title, lines in cells.items()
    )
    columns = (Column("Group"), *(Column(prior, number=True) for prior in priors))
    caption = (
        f"Estimates of {model.name} by group: median and {interval_name(decisions[0].estimate)} under each prior set."
    )
    return Table(f"groups_{model.name}", caption, columns, groups, frame_of(decisions))


def _important(model: Model, decisions: Sequence[Decision], results: Results) -> list[Part]:
    asked = [item for item in decisions if item.importance != "not asked"]
    if not asked:
        return []
    by_quantity: dict[str, list[tuple[str, ...]]] = {}
    for item in asked:
        row = item.estimate
        printed = (row.prior, probability(row.below), probability(row.inside), probability(row.above), item.importance)
        by_quantity.setdefault(quantity_of(row, results.study), []).append(printed)
    stated = {f"{row.estimand}: {row.smallest_important:g} ({row.reason})" for row in (item.estimate for item in asked)}
    columns = (
        Column("Prior"), Column("Beyond, low side", True), Column("Within", True), Column("Beyond, high side", True),
        Column("Importance"),
    )  # fmt: skip
    groups = grouped(by_quantity)
    caption = f"Probabilities against the smallest important difference, whole sample. {'; '.join(sorted(stated))}."
    return [Table(f"important_{model.name}", caption, columns, groups, frame_of(asked))]


SECTION = Section(ESTIMATES_TITLE, (fits,), render)
