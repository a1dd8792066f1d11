"""The tables of a model's page, from the model: formula, estimands, priors, certificate."""

from collections.abc import Callable, Mapping

from path_figures import path_figure

from cochange.inference.calibrating.certificate import CERTIFIED, certificate_of
from cochange.models import pooled
from cochange.models.parts.contract import Model, available, load_model
from cochange.models.parts.prior_sets import PriorsLike, families, notes

Block = Callable[[str], str]


def page_of(model: str) -> str:
    """Name of a model's page."""
    return "literature-priors.md" if model == "pooled" else f"{model.replace('_', '-')}.md"


def figure_file(model: str) -> str:
    """The file of a model's path diagram."""
    return f"figures/path-{model.replace('_', '-')}.svg"


def diagram(model: str) -> str:
    """The path diagram, with how to read it."""
    figure = path_figure(model)
    return f"![{figure.alt}]({figure_file(model)})\n\n{figure.caption}\n"


def estimands(model: str) -> str:
    """Every estimand, as the model declares it."""
    lines = ["| estimand | definition | unit | value of no change | question |\n", "| --- | --- | --- | --- | --- |\n"]
    for name, item in load_model(model).estimands.items():
        null = "" if item.null is None else f"{item.null:g}"
        lines.append(f"| `{name}` | {_cell(item.meaning)} | {item.unit} | {null} | {item.question} |\n")
    return "".join(lines)


def priors(model: str) -> str:
    """Every parameter with its prior in every set that ships."""
    sets: Mapping[str, PriorsLike] = pooled.PRIORS if model == "pooled" else load_model(model).shipped
    head = f"| parameter | meaning | unit | {' | '.join(sets)} |\n| {' | '.join(['---'] * (3 + len(sets)))} |\n"
    rows = []
    for name, note in notes(next(iter(sets.values()))).items():
        values = " | ".join(f"`{families(chosen)[name]}`" for chosen in sets.values())
        rows.append(f"| `{name}` | {_cell(note.meaning)} | {note.unit} | {values} |\n")
    return head + "".join(rows)


def certificate(model: str) -> str:
    """What the calibration that ships found."""
    sets = [prior for name, prior in CERTIFIED if name == model]
    if not sets:
        return "None ships yet.\n"
    lines = []
    for prior in sets:
        found = certificate_of(model, prior)
        assert found is not None
        uneven = ", ".join(f"`{name}`" for name in found.uneven) or "none of them"
        lines.append(
            f"Prior set `{prior}`, {found.date}: {found.fits} data sets drawn from the prior and fitted, "
            f"{found.failed} with a failed diagnostic. Ranks were looked at for {len(found.quantities)} quantities, "
            f"and uneven for {uneven} ([how to read it](calibration.md)).\n"
        )
    return "\n".join(lines)


BLOCKS: Mapping[str, Block] = {
    "diagram": diagram,
    "estimands": estimands,
    "priors": priors,
    "certificate": certificate,
}


def models() -> list[str]:
    """Every model that has a page."""
    return [*available(), "pooled"]


def formula_of(model: str) -> str:
    """The docstring of a model, which begins with its title and formula."""
    loaded: Model | None = None if model == "pooled" else load_model(model)
    return (loaded.formula if loaded else pooled.__doc__) or ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
