"""Make the certificates of the shipped models again: `python -m cochange.certifying`, run by `make certificates`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cochange.options import Quiet


def make(
    work: Annotated[Path, typer.Option("--work", metavar="DIR", help="Where fits are kept until all are done.")],
    fits: Annotated[int, typer.Option("--fits", min=20, help="Fits for each certificate.")] = 1000,
    quiet: Quiet = False,
) -> None:
    """Calibrate every model that has a certificate, and write what was found into the package's folder."""
    from cochange import console
    from cochange.inference.calibrating import certificate
    from cochange.inference.calibrating.calibrate import calibrate
    from cochange.inference.store import write_json

    folder = Path(certificate.__file__).parent / certificate.FOLDER
    for model, prior in certificate.CERTIFIED:
        with console.progress(fits, hidden=quiet) as progress:
            found = calibrate(model, fits, prior, directory=work / f"{model}-{prior}", progress=progress)
        record = asdict(certificate.make_certificate(found))
        typer.echo(write_json(folder / certificate.certificate_name(model, prior), record))


if __name__ == "__main__":
    typer.run(make)
