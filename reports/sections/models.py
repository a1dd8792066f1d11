"""The models in formula, with the definition of what they estimate."""

import textwrap

from cochange.inference.results import Results
from cochange.models.parts.contract import Model
from cochange.reports.block import Block, Formula, Heading, Paragraph, Part, Section, Table, text_table
from cochange.reports.certificates import calibrated
from cochange.reports.labels import EACH_MARKER, asked_of, described, title_of, whose
from cochange.reports.needs import fits
from cochange.reports.path_diagrams import diagram_of
from cochange.reports.plots.paths import path_plot
from cochange.reports.plots.plan import sign_of
from cochange.reports.sentences import counts_scores, residuals


def render(results: Results) -> Block:
    """Each model's question, formula and estimands."""
    names = [model.name for model in results.models]
    parts: list[Part] = []
    counting = [model.name for model in results.models if counts_scores(model.name, results.study)]
    if described(names) or not names:
        said = f"Residuals{whose(names)} are {residuals(results.study)} in this run."
        if counting:
            said = f"{said} The follow-up score of {', '.join(counting)} has none: it is beta-binomial."
        parts.append(Paragraph(said))
    for model in results.models:
        parts += [Heading(model.name), *_formula(model), *_paths(model, results), _estimands(model, results)]
        parts.append(Paragraph(calibrated(model, results.main_prior)))
    parts += [Paragraph(f"{name} was not fitted: it {reason}.") for name, reason in results.not_fitted.items()]
    return Block(tuple(parts))


def _formula(model: Model) -> list[Part]:
    """The model's docstring: indented parts keep their spacing, the rest is running text.

    The model's question goes before it, unless it opens with one.
    """
    parts: list[Part] = [] if "?" in model.formula.split("\n\n")[0] else [Paragraph(model.question)]
    for text in model.formula.split("\n\n"):
        indented = all(line.startswith("    ") for line in text.splitlines())
        plain = text.replace("`", "")
        parts.append(Formula(textwrap.dedent(plain)) if indented else Paragraph(" ".join(plain.split())))
    return parts


def _paths(model: Model, results: Results) -> list[Part]:
    """The model as a path diagram, where it has one."""
    diagram = diagram_of(model.name, results.study)
    if diagram is None:
        return [Paragraph(f"No path diagram is drawn of {model.name}: its formula says what stands on what.")]
    return [path_plot(model.name, diagram, sign_of(results.study))]


def _estimands(model: Model, results: Results) -> Table:
    own = results.estimates_of(model=model.name)
    estimated = {row.estimand for row in own}
    several = {row.estimand for row in own if row.marker is not None}
    rows = [
        (
            name,
            title_of(name, results.study, EACH_MARKER if name in several else None, model.name, item.meaning),
            item.meaning,
            item.unit,
            "none" if item.null is None else f"{item.null:g}",
            asked_of(name, item.question, model.name),
            "yes" if name in estimated else "no: the study lacks what it needs",
        )
        for name, item in model.estimands.items()
    ]
    columns = ("Name", "Quantity", "Definition", "Unit", "Value of no change", "Question", "Estimated here")
    return text_table(f"estimands_{model.name}", f"What {model.name} estimates.", columns, rows)


SECTION = Section("Models and estimands", (fits,), render)
