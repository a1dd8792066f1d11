"""What `cochange calibrate` does and prints."""

from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from cochange import console
from cochange.console import ERR, OUT, right
from cochange.data.faults import Fault, InputError, collected
from cochange.data.names import listed_names
from cochange.inference.calibrating.calibrate import Calibration, calibrate
from cochange.inference.many.work import SEED
from cochange.inference.named import check_models, read_named
from cochange.progress import progress
from cochange.reports.calibration import calibration_sentences, write_calibration
from cochange.reports.numbers import beside, probability, share
from cochange.values import read_each, read_value
from cochange.work import NOT_TO_BE_REPORTED


@dataclass(frozen=True, kw_only=True)
class CalibrateRequest:
    """What a calibration was asked for; arguments as of `cochange.inference.calibrating.calibrate.calibrate`."""

    model: str
    out: Path
    fits: int = 200
    prior: str = ""
    study: Path | None = None
    data_root: Path | None = None
    misspecified: str = ""
    truth: tuple[str, ...] = ()
    seed: int | None = None
    cores: int | None = None
    scheduler: str | None = None
    quiet: bool = False


def run(request: CalibrateRequest) -> None:
    """Calibrate, print the tables, and write page, tables and figures.

    Raises
    ------
    InputError
        With the faults of the model's name and of the truths, or of the study.
    typer.Exit
        With code 3 where ranks are uneven although the data come about as the fits assume.
    """
    faults: list[Fault] = []
    with collected(faults):
        check_models([request.model], argument="MODEL")
    with collected(faults):
        truth = read_each(request.truth, "truth", read_value)
    if faults:
        raise InputError(faults)
    study = None
    if request.study is not None:
        study = read_named(request.study, request.data_root, [request.model], listed_names(request.prior))
    if study is not None and not request.quiet:
        console.print_notices_of_data(study)
    with progress(request.fits, hidden=request.quiet) as reporter:
        found = calibrate(
            request.model,
            request.fits,
            request.prior,
            study,
            request.out,
            request.misspecified,
            SEED if request.seed is None else request.seed,
            request.cores,
            request.scheduler,
            reporter,
            truth,
        )
    path = write_calibration(found, request.out)
    if not request.quiet:
        print_calibration(found)
    typer.echo(path)
    if found.uneven and found.as_assumed:
        raise typer.Exit(NOT_TO_BE_REPORTED)


def print_calibration(calibration: Calibration) -> None:
    """Print a row a quantity, then what they say together."""
    masses = [f"{item.mass:.0%} holds it in" for item in calibration.rows[0].coverage]
    table = Table("quantity", right("p"), right("bias"), right("MCSE"), *map(right, masses))
    for row in calibration.rows:
        held = (share(item.held) for item in row.coverage)
        bias, mcse = beside(row.bias, row.bias_mcse), beside(row.bias_mcse, row.bias_mcse)
        table.add_row(escape(row.quantity), probability(row.p_value), bias, mcse, *held)
    OUT.print(table)
    for sentence in calibration_sentences(calibration):
        ERR.print(escape(sentence))
