"""The arguments and options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from cochange.data.paths import usable_folder


def folder(path: Path | None) -> Path | None:
    """Refuse a folder for results that is a file, lies in one, or cannot be written to, before anything is done."""
    return None if path is None else usable_folder(path, "--out")


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
