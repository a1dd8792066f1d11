"""The verbs of many fits: calibrate."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cochange.options import DataRoot, Out, Quiet

app = typer.Typer()


@app.command()
def calibrate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's name or a model file.")],
    out: Out,
    fits: Annotated[int, typer.Option("--fits", min=20, help="How many data sets are drawn and fitted.")] = 200,
    prior: Annotated[str, typer.Option("--prior", metavar="SET", help="The prior set drawn from.")] = "reference",
    study: Annotated[
        Path | None,
        typer.Option("--study", metavar="STUDY.toml", help="A study of that design. [default: a reference design]"),
    ] = None,
    data_root: DataRoot = None,
    misspecified: Annotated[
        Literal["measurement", "outliers"] | None,
        typer.Option("--misspecified", help="What the data have and the fits do not know of."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the whole. [default: always the same]")] = None,
    cores: Annotated[
        int | None, typer.Option("--cores", min=1, help="Processes at once. [default: all processors]")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Draw truths from a prior, fit data simulated from them, and rank each truth among its posterior draws."""
    from cochange import calibrating

    calibrating.run(
        calibrating.CalibrateRequest(
            model=model,
            out=out,
            fits=fits,
            prior=prior,
            study=study,
            data_root=data_root,
            misspecified=misspecified or "",
            seed=seed,
            cores=cores,
            scheduler=scheduler,
            quiet=quiet,
        )
    )
