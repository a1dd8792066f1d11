"""What the field's checklists ask for, and what this report says to each item."""

from collections import Counter

import pandas as pd

from cochange.inference.results import Results
from cochange.reports.block import Block, Column, Heading, Link, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.checklists.answer import STATUSES, Answer
from cochange.reports.checklists.items import CHECKLISTS, Checklist, Item

COLUMNS = ("Item", "Asked for", "Answer", "In short, why not, or what to do", "Place")
Given = tuple[tuple[Item, Answer], ...]


def render(results: Results) -> Block:
    """What is missing, and a table for each checklist."""
    given = {checklist: answers(checklist, results) for checklist in CHECKLISTS}
    total = Counter(answer.status for pairs in given.values() for _, answer in pairs)
    counted = ", ".join(f"{total[status]} {status}" for status in STATUSES)
    parts: list[Part] = [
        Paragraph(
            f"{total.total()} items of {len(CHECKLISTS)} checklists: {counted}. Each answer is found from what this "
            "report holds. An item is answered where the report says it, which is no judgement of the study."
        ),
        Heading("Missing from this report"),
        Points(_open(given)) if total["missing"] else Paragraph("Nothing that these checklists ask for."),
    ]
    for checklist, pairs in given.items():
        parts += [Heading(checklist.name), _table(checklist, pairs, results)]
    return Block(tuple(parts))


def answers(checklist: Checklist, results: Results) -> Given:
    """Every item of a checklist with its answer."""
    return tuple((item, item.answer(results)) for item in checklist.items)


def _open(given: dict[Checklist, Given]) -> tuple[str, ...]:
    """What is missing, once for all the items that ask for it."""
    asked: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for checklist, pairs in given.items():
        for item, answer in pairs:
            if answer.status == "missing":
                asked.setdefault(answer.text, []).append(f"{checklist.name} {item.number}")
                titles.setdefault(answer.text, item.asks)
    return tuple(f"{titles[text]} ({', '.join(dict.fromkeys(items))}): {text}" for text, items in asked.items())


def _table(checklist: Checklist, pairs: Given, results: Results) -> Table:
    rows, records = [], []
    for item, answer in pairs:
        place = answer.place
        link = Link(place.words, place.target(results)) if place is not None else ""
        rows.append((item.number, item.asks, answer.status, answer.text, link))
        records.append((checklist.name, item.number, item.asks, answer.status, answer.text, str(link)))
    name = "checklist_" + "_".join(checklist.name.lower().replace("(", "_").replace(")", "").split())
    frame = pd.DataFrame(records, columns=["checklist", "item", "asked_for", "answer", "text", "place"])
    columns = tuple(Column(label) for label in COLUMNS)
    return Table(name, f"{checklist.name}: {checklist.reference}.", columns, (Rows("", tuple(rows)),), frame)


SECTION = Section("Reporting checklists", (), render)
