"""What `cochange cross-validate` does and prints."""

from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.table import Table

from cochange import console
from cochange.console import ERR, OUT, right
from cochange.data.faults import Fault, InputError, collected
from cochange.data.names import listed_names
from cochange.inference.folding.cross_validate import FOLDS, CrossValidation, fit_folds, make_folding
from cochange.inference.many.work import SEED
from cochange.inference.named import read_named
from cochange.progress import progress
from cochange.reports.cross_validation import LABELS, cells_of, cross_validation_sentences, write_cross_validation
from cochange.work import NOT_TO_BE_REPORTED


@dataclass(frozen=True, kw_only=True)
class CrossValidateRequest:
    """What a cross-validation was asked for; as of `cochange.inference.folding.cross_validate.cross_validate`.

    None stands for the number of folds by default.
    """

    study_file: Path
    model: str
    out: Path
    prior: str = ""
    folds: int | None = None
    by: str = "participant"
    data_root: Path | None = None
    seed: int | None = None
    cores: int | None = None
    scheduler: str | None = None
    quiet: bool = False


def run(request: CrossValidateRequest) -> None:
    """Fit, print the table, and write page and table.

    Raises
    ------
    InputError
        If a number of folds is given where sites are left out, or the study is at fault.
    typer.Exit
        With code 3 where a fit failed its diagnostics.
    """
    faults: list[Fault] = []
    if request.by == "site" and request.folds is not None:
        action = "leave --folds out, or leave participants out (--by participant)"
        faults.append(Fault("--folds", None, None, "no number of folds with --by site", f"{request.folds}", action))
    with collected(faults):
        study = read_named(request.study_file, request.data_root, [request.model], listed_names(request.prior))
    if faults:
        raise InputError(faults)
    if not request.quiet:
        console.print_notices_of_data(study)
    seed = SEED if request.seed is None else request.seed
    folding = make_folding(request.model, study, request.prior, request.folds or FOLDS, request.by, seed)
    with progress(folding.fits, hidden=request.quiet) as reporter:
        found = fit_folds(folding, request.out, request.cores, request.scheduler, reporter)
    path = write_cross_validation(found, request.out)
    if not request.quiet:
        print_cross_validation(found)
    typer.echo(path)
    if found.failed:
        raise typer.Exit(NOT_TO_BE_REPORTED)


def print_cross_validation(found: CrossValidation) -> None:
    """Print a row a form, then what they say."""
    first, *numbers = LABELS
    table = Table(first, *map(right, numbers))
    for row in found.rows:
        table.add_row(*map(escape, cells_of(row)))
    OUT.print(table)
    for sentence in cross_validation_sentences(found):
        ERR.print(escape(sentence))
