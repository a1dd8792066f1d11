"""The arguments and options that several verbs share."""

from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated

import typer

from cochange.data.faults import Fault, InputError


def folder(path: Path | None) -> Path | None:
    """Refuse a folder for results that is a file, lies in one, or cannot be written to, before anything is done."""
    if path is None:
        return None
    there = next((place for place in (path, *path.parents) if place.exists()), Path())
    if there.is_file():
        action = "give another path, or move the file"
        raise InputError([Fault("--out", None, None, "a folder, made when absent,", f"the file '{there}'", action)])
    try:
        TemporaryFile(dir=there).close()
    except OSError as error:
        found = f"'{there}', where nothing can be written ({error.strerror})"
        action = "give another path, or have the folder opened to you"
        raise InputError([Fault("--out", None, None, "a folder that can be written to", found, action)]) from None
    return path


StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", callback=folder, help="Folder for the results, made when absent.")
]
DataRoot = Annotated[
    Path | None,
    typer.Option("--data-root", metavar="DIR", help="Folder of the data file; the study file's by default."),
]
OneModel = Annotated[
    str,
    typer.Option("--model", metavar="MODEL", help="A model's name, of those `cochange models` lists, or a model file."),
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="A model's name, of those `cochange models` lists, or a model file; may be repeated. "
        "[default: those of the study file, or all]",
    ),
]
Priors = Annotated[
    list[str] | None,
    typer.Option(
        "--prior", metavar="SET", help="A prior set; may be repeated. [default: those of the study file, or all]"
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of the run. [default: the study file's]")]
Draws = Annotated[
    int,
    typer.Option(
        "--draws",
        min=100,
        help="Draws of each chain to begin with: a fit is sampled anew with more, at most 16,000, where R-hat or an "
        "effective sample size misses its bound.",
    ),
]
Chains = Annotated[int, typer.Option("--chains", min=2, help="Number of chains.")]
Cores = Annotated[int | None, typer.Option("--cores", min=1, help="Chains run at once. [default: all processors]")]
Double = Annotated[
    bool,
    typer.Option("--double/--no-double", help="Sample the main fit again with twice the draws, and compare."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but the path of the result and errors.")]
