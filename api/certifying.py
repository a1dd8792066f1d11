"""Make the certificates of the shipped models again: `python -m cochange.certifying`, run by `make certificates`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cochange.cli import run_function
from cochange.options import Quiet


def make(
    work: Annotated[Path, typer.Option("--work", metavar="DIR", help="Where fits are kept until all are done.")],
    models: Annotated[
        str, typer.Option("--models", metavar="MODEL,...", help="Only the certificates of these. [default: all]")
    ] = "",
    fits: Annotated[
        int | None, typer.Option("--fits", min=20, help="Fits for each. [default: those of CERTIFIED, 300 or 1,000]")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Calibrate the models that have certificates, and write what was found into the package's folder."""
    from cochange.data.faults import Fault, InputError
    from cochange.data.names import choice
    from cochange.inference.calibrating import certificate
    from cochange.inference.calibrating.calibrate import calibrate
    from cochange.inference.files import write_json
    from cochange.progress import progress

    folder = Path(certificate.__file__).parent / certificate.FOLDER
    known = dict.fromkeys(model for model, _ in certificate.CERTIFIED)
    asked = [name.strip() for name in models.split(",")] if models else list(known)
    required = "a model that has certificates"
    if unknown := [name for name in asked if name not in known]:
        raise InputError([Fault("--models", None, None, required, f"'{it}'", choice(it, known)) for it in unknown])
    for (model, prior), usual in certificate.CERTIFIED.items():
        if model not in asked:
            continue
        count = fits or usual
        with progress(count, hidden=quiet) as reporter:
            found = calibrate(model, count, prior, directory=work / f"{model}-{prior}", progress=reporter)
        record = asdict(certificate.make_certificate(found))
        typer.echo(write_json(folder / certificate.certificate_name(model, prior), record))


if __name__ == "__main__":
    run_function(make)
