"""The participants from the file to each model, as a figure and as the table behind it, and who left."""

import pandas as pd

from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Block, Column, Paragraph, Rows, Section, Table
from cochange.reports.flow import Counts, Flow, flow_of
from cochange.reports.labels import visit_name
from cochange.reports.leaving import who_left
from cochange.reports.plots.flow import flow_plot

Line = tuple[str, Counts]


def render(results: Results) -> Block:
    """The flow of participants, and who left for which reason."""
    flow = flow_of(results)
    followed = Paragraph(_followed(flow, results))
    return Block((flow_plot(flow, results), _table(flow), followed, *who_left(results.study)))


def _steps(flow: Flow) -> dict[str, list[Line]]:
    """The lines of the table under their labels."""
    steps: dict[str, list[Line]] = {"In the data file": [("participants", flow.participants)]}
    for item in flow.given:
        lines = steps.setdefault(f"With a value at {item.visit}", [])
        lines.append((item.outcome, item.number))
        if item.beyond[OVERALL]:
            lines.append((f"{item.outcome}, of these beyond a limit of detection", item.beyond))
    for use in flow.uses:
        label = use.model if use.fitted else f"{use.model} (not fitted)"
        left_out = [(f"left out: {reason}", counts) for reason, counts in use.left_out.items()]
        steps[label] = [("used", use.used), *left_out]
    return steps


def _table(flow: Flow) -> Table:
    samples = list(flow.participants)
    steps = _steps(flow)
    groups = tuple(
        Rows(label, tuple((name, *(str(counts[sample]) for sample in samples)) for name, counts in lines))
        for label, lines in steps.items()
    )
    records = [{"step": label, "what": name, **counts} for label, lines in steps.items() for name, counts in lines]
    columns = (Column("Participants"), *(Column(sample, number=True) for sample in samples))
    caption = "Participants at each step; who is left out for several reasons is counted under the first."
    return Table("flow_of_participants", caption, columns, groups, pd.DataFrame(records))


def _followed(flow: Flow, results: Results) -> str:
    """How many have a value of each outcome at the visits analysed."""
    study = results.study
    if not study.has_two_visits:
        return "One visit is analysed: nobody is followed up."
    before, after = visit_name(study.baseline, study), visit_name(study.follow_up, study)
    said = []
    for outcome in dict.fromkeys(item.outcome for item in flow.given):
        number = {item.visit: item.number[OVERALL] for item in flow.given if item.outcome == outcome}
        said.append(f"{outcome}: {number[before]} at {before}, {number[after]} at {after}")
    return f"Participants with a value at the visits analysed: {'; '.join(said)}."


SECTION = Section("Participants and flow", (), render)
