"""What `cochange cache` does: show, clear and warm the machine code of compiled models."""

from datetime import datetime

from rich.markup import escape
from rich.table import Table

from cochange.console import ERR, OUT, right
from cochange.data.study import Study
from cochange.inference.compiled import compile_telling
from cochange.inference.machine_code import folder
from cochange.inference.plan import make_plan
from cochange.models.parts.prior_sets import structure
from cochange.progress import progress

MEGABYTE = 1024**2
KINDS = {folder.SUFFIX: "machine code", folder.STUDY_SUFFIX: "a study's model, sealed"}


def show() -> None:
    """Print the folder, and each file with its size and when it was last used."""
    found = folder.entries()
    if found:
        table = Table("key", "what", right("MB"), "last used")
        for entry in found:
            used = datetime.fromtimestamp(entry.used).isoformat(" ", "minutes")
            table.add_row(entry.key[:12], KINDS[entry.suffix], f"{entry.size / MEGABYTE:.1f}", used)
        OUT.print(table)
    total = sum(entry.size for entry in found) / MEGABYTE
    most = folder.MOST_BYTES / MEGABYTE
    ERR.print(f"{_counts(found)}, {total:.1f} MB of at most {most:.0f} MB; what is used least goes first.")
    OUT.print(escape(str(folder.folder())), soft_wrap=True)


def clear() -> None:
    """Take every file out."""
    gone = _counts(folder.entries())
    folder.clear()
    ERR.print(f"{gone} taken out of {escape(str(folder.folder()))}")


def _counts(found: list[folder.Entry]) -> str:
    code = sum(entry.suffix == folder.SUFFIX for entry in found)
    return f"{code} compiled models and {len(found) - code} models of single studies"


def warm(study: Study, models: tuple[str, ...], quiet: bool) -> None:
    """Compile the models of a study for the families of each of its prior sets.

    Parameters
    ----------
    study : Study
        The study.
    models : tuple of str
        Models; those of the study file by default.
    quiet : bool
        Whether to show no progress.
    """
    plan = make_plan(study, models)
    work = [
        (model, priors)
        for model in plan.models
        for priors in {structure(own): own for own in plan.sets[model.name].values()}.values()
    ]
    with progress(len(work), quiet, "compilations") as shown:
        for model, priors in work:
            compile_telling(model, study, priors, shown)
            shown.finished()
