"""A methods section for a paper, with its references."""

from cochange.inference.results import Results
from cochange.reports import statements
from cochange.reports.block import Block, Heading, Paragraph, Part, Points, Section

TOPICS = {
    "Design and measurements": statements.design,
    "Models": statements.models,
    "Priors": statements.priors,
    "Computation and checks": statements.computation,
    "Summaries and decisions": statements.decisions,
}


def render(results: Results) -> Block:
    """A paragraph on each topic, ready to be edited, and the papers it cites."""
    parts: list[Part] = [
        Paragraph(
            "Ready for a paper, made from the study file and the run. Words in quotation marks are the study file's; "
            "edit them to read on."
        )
    ]
    cited: dict[str, None] = {}
    for title, of in TOPICS.items():
        said = tuple(of(results))
        if said:
            parts += [Heading(title), Paragraph(" ".join(map(str, said)))]
        cited |= dict.fromkeys(str(reference) for statement in said for reference in statement.cites)
    return Block((*parts, Heading("References"), Points(tuple(sorted(cited)))))


SECTION = Section("Methods paragraph", (), render)
