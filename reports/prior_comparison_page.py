"""A comparison of prior sets as a page: what it says, and every table and figure of it."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from cochange.inference.comparing.comparison import Comparison
from cochange.inference.comparing.foretelling import PriorLoo, loo_sentence
from cochange.inference.comparing.rows import Compared
from cochange.inference.comparing.tipping import Tipping
from cochange.reports.block import Block, Figure, Paragraph, Part, Points, Table
from cochange.reports.cover import Cover
from cochange.reports.labels import is_main, listed, quantity_of, quoted
from cochange.reports.numbers import interval_name, with_interval
from cochange.reports.plots.tipping import tipping_sentence
from cochange.reports.prior_comparison_tables import by_quantity, estimates_of
from cochange.reports.sensitivity import side_in_words, under_others

HOW = (
    "One model was fitted under every prior set. The main set was sampled; draws of a sampled set were reweighted to "
    "another, or moved towards its posterior and reweighted, where importance sampling holds, and the set was sampled "
    "where it does not. The table of draws says which.",
    "Nothing here chooses a prior set: the main one is to be named before the outcome is looked at. Where direction or "
    "importance change, the conclusion rests on the prior as well as on the data.",
)


def cover_of(comparison: Comparison) -> Cover:
    """What stands before and after the sections."""
    study, program = comparison.study.spec.study, f"cochange {version('cochange')}"
    sets = list(comparison.sets)
    return Cover(
        kind="Comparison of prior sets",
        title=study.title,
        facts=(comparison.model.name, f"{len(sets)} prior sets, the main one {quoted(sets[0])}", program),
        status=comparison.main.diagnostics.status,
        synthetic=study.synthetic,
        closing=f"Made by {program}. Probabilities are given the data, the model and each prior.",
        created=None,
        label="Verdict of the main set",
    )


def blocks_of(
    comparison: Comparison,
    tables: Mapping[str, Sequence[Table]],
    figures: Sequence[Figure],
    loo: Sequence[PriorLoo],
    tipping: Tipping | None,
) -> dict[str, Block]:
    """The sections of the page, by title, in order.

    Parameters
    ----------
    comparison : Comparison
        The comparison.
    tables : mapping of str to sequence of Table
        Its tables, by the title of the section they stand in.
    figures : sequence of Figure
        Its figures.
    loo, tipping
        What else was found, for its sentence.
    """
    parts: list[Part] = [Paragraph(text, warning=True) for text in _unreportable(comparison)]
    name = interval_name(comparison.main.rows[0].estimate)
    parts.append(
        Paragraph(f"Posterior median and {name} of each estimand of the whole sample or of a contrast of arms.")
    )
    parts.append(Points(comparison_sentences(comparison, loo, tipping)))
    parts += [Paragraph(f"Note: {note}.") for note in comparison.notes]
    blocks = {"What was found": Block((*parts, *figures))}
    blocks |= {title: Block(tuple(own)) for title, own in tables.items() if own}
    return blocks | {"How it was done": Block((Points(HOW),))}


def comparison_sentences(
    comparison: Comparison, loo: Sequence[PriorLoo] = (), tipping: Tipping | None = None
) -> tuple[str, ...]:
    """What a comparison says: each estimand of the whole sample, the foretelling, and the tipping prior."""
    said = [
        _sentence(rows, comparison)
        for rows in by_quantity(comparison).values()
        if is_main(rows[0].estimate, comparison.study)
    ]
    said += [f"Leave-one-out cross-validation: {loo_sentence(loo)}"] if loo else []
    said += [f"Tipping prior: {tipping_sentence(tipping)}"] if tipping is not None else []
    return tuple(said)


def _sentence(rows: Sequence[Compared], comparison: Comparison) -> str:
    """One quantity under the main set, under the others, and where Monte Carlo error could change what is said."""
    main, others = rows[0].decision, rows[1:]
    row, name = main.estimate, quantity_of(rows[0].estimate, comparison.study)
    if not main.settled:
        return f"{name}: not to be reported under {quoted(row.prior)}."
    words = [] if main.direction == "not applicable" else [side_in_words(main)]
    words += [] if main.importance == "not asked" else [main.importance]
    among = estimates_of(comparison)
    figures = with_interval(row, among)
    said = f"{name} under {quoted(row.prior)}: {', '.join([figures, *words])}."
    texts = [said, under_others(main, [item.decision for item in others], among)]
    if unsure := [quoted(item.estimate.prior) for item in others if item.changed == "unsure" and item.decision.settled]:
        texts.append(f"Under {listed(unsure)} Monte Carlo error could change what is judged.")
    return " ".join(text for text in texts if text)


def _unreportable(comparison: Comparison) -> list[str]:
    """The sets whose draws failed their diagnostics, and why."""
    return [
        f"Do not report: draws under {quoted(under.prior)} failed their diagnostics "
        f"({'; '.join(under.diagnostics.reasons)})."
        for under in comparison.under
        if under.diagnostics.status == "do not report"
    ]
