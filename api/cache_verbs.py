"""The verbs of `cochange cache`: what is kept of compiled models from one run to the next."""

from typing import Annotated

import typer

from cochange.options import DataRoot, Models, StudyFile
from cochange.verb import Verb, Verbs

app = typer.Typer(
    cls=Verbs,
    help="Show, clear or warm the compiled models. They are kept from one run to the next.",
    no_args_is_help=True,
)


@app.command(cls=Verb)
def show() -> None:
    """Print the compiled models that are kept, and their folder."""
    from cochange import machine_code

    machine_code.show()


@app.command(cls=Verb)
def clear() -> None:
    """Take every compiled model out. They are compiled again when needed."""
    from cochange import machine_code

    machine_code.clear()


@app.command(cls=Verb)
def warm(
    study_file: StudyFile,
    data_root: DataRoot = None,
    model: Models = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Compile the models of a study ahead of its first run."""
    from cochange import machine_code
    from cochange.data.read import read_study

    machine_code.warm(read_study(study_file, data_root), tuple(model or ()), quiet)
