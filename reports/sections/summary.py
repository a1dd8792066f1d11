"""Verdict and main answers, in plain language."""

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.models.parts.contract import available, load_model
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.labels import QUESTIONS, is_main, quantity_of
from cochange.reports.needs import fits
from cochange.reports.numbers import centre, interval, interval_name, probability
from cochange.reports.rows import frame_of
from cochange.reports.sentences import answer, side_in_words

_VERDICTS = {
    "report": "Verdict: report. Every fit met its diagnostic bounds.",
    "caution": "Verdict: caution. Read the results with the following in mind.",
    "do not report": "Verdict: do not report. At least one fit failed its diagnostics; what it says is not to be used.",
}


def verdict_parts(results: Results) -> tuple[Part, ...]:
    """The verdict with its reasons."""
    verdict = results.verdict
    said = Paragraph(_VERDICTS[verdict.status], warning=verdict.status != "report")
    return (said, Points(verdict.reasons)) if verdict.reasons else (said,)


def main_decisions(results: Results) -> tuple[Decision, ...]:
    """What the summary speaks of: main prior, whole sample, main form."""
    main = [item for item in results.decisions if item.estimate.prior == results.main_prior and is_main(item.estimate)]
    return tuple(sorted(main, key=lambda item: list(QUESTIONS).index(item.estimate.question)))


def render(results: Results) -> Block:
    """The main answers, question by question, and the table they are read from."""
    decisions = main_decisions(results)
    parts: list[Part] = [
        *verdict_parts(results),
        Paragraph(
            f"The answers below hold under the {results.main_prior} prior, for all the participants a model uses. Each "
            "probability is that of a statement, given the data, the model and the prior."
        ),
    ]
    if notes := [f"{name}: {note}" for name, chosen in results.selections.items() for note in chosen.notes]:
        parts += [Paragraph("What was done with values that no model can take as they are:"), Points(tuple(notes))]
    for question, title in QUESTIONS.items():
        own = [item for item in decisions if item.estimate.question == question]
        if not own and not question:
            continue
        parts.append(Heading(f"{question}. {title}" if question else title))
        if own:
            parts.append(Points(tuple(answer(item, results) for item in own)))
        else:
            parts.append(Paragraph(_unanswered(question, results)))
    parts.append(_table(decisions, results))
    return Block(tuple(parts))


def _unanswered(question: str, results: Results) -> str:
    for name, reason in results.not_fitted.items():
        if name in available() and question in {item.question for item in load_model(name).estimands.values()}:
            return f"Not answered: {name} could not be fitted, it {reason}."
    return "Not answered: no model of this run estimates it."


def _table(decisions: tuple[Decision, ...], results: Results) -> Table:
    rows = []
    for item in decisions:
        row = item.estimate
        chance = f"{probability(row.p_direction)} {row.side} {row.null:g}" if row.null is not None else "not applicable"
        rows.append(
            (quantity_of(row, results.study), row.unit, centre(row), interval(row), chance, side_in_words(item))
        )
    name = interval_name(decisions[0].estimate) if decisions else "interval"
    columns = ("Quantity", "Unit", "Median", name, "Probability of its side", "Direction")
    return Table(
        "summary",
        f"Main answers under the {results.main_prior} prior.",
        tuple(Column(label, number=label in ("Median", name)) for label in columns),
        (Rows("", tuple(rows)),),
        frame_of(decisions),
    )


SECTION = Section("Summary", (fits,), render)
