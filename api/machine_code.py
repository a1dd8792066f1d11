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

KILOBYTE, MEGABYTE = 1024, 1024**2
KINDS = {folder.SUFFIX: "machine code", folder.STUDY_SUFFIX: "a study's model, sealed"}
UNKNOWN = "unknown"


def show() -> None:
    """Print the folder, and each file: its model, what it is, which study used it last and when, and its size."""
    found = folder.entries()
    if found:
        table = Table("model", "what", "last used for", "on", right("size"), "key")
        for entry in found:
            used = datetime.fromtimestamp(entry.used).isoformat(" ", "minutes")
            names = (escape(name or UNKNOWN) for name in (entry.model, KINDS[entry.suffix], entry.study))
            table.add_row(*names, used, _size(entry.size), entry.key[:12])
        OUT.print(table)
        if not all(entry.model for entry in found):
            ERR.print(f"What is {UNKNOWN} was kept before names were; the next run that uses it names it.")
    total = _size(sum(entry.size for entry in found))
    ERR.print(f"{_counts(found)}; {total} of at most {_size(folder.MOST_BYTES)}; what is used least goes first.")
    OUT.print(escape(str(folder.folder())), soft_wrap=True)


def clear() -> None:
    """Take every file out."""
    gone = _counts(folder.entries())
    folder.clear()
    ERR.print(f"{gone}; taken out of {escape(str(folder.folder()))}")


def _size(size: int) -> str:
    """Bytes in the unit that suits them."""
    return f"{size / MEGABYTE:.1f} MB" if size >= MEGABYTE else f"{size / KILOBYTE:.1f} kB"


def _counts(found: list[folder.Entry]) -> str:
    code = sum(entry.suffix == folder.SUFFIX for entry in found)
    return f"Compiled models: {code}, models of single studies: {len(found) - code}"


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
    with progress(len(work), quiet, "compilation") as shown:
        for model, priors in work:
            compile_telling(model, study, priors, shown)
            shown.finished()
