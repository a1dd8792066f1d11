"""How the run came about, and how to run it again."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cochange.inference.doubled import doubled_seed
from cochange.inference.fit import Fit
from cochange.inference.restated import restated
from cochange.inference.results import Results
from cochange.inference.settings import Settings
from cochange.reports.block import Block, Formula, Heading, Paragraph, Section, Table, text_table


def render(results: Results) -> Block:
    """Versions, seeds, hashes, settings and the command."""
    # The values of the priors stand in a section of their own.
    manifest = {name: value for name, value in results.manifest.items() if name != "priors"}
    return Block(
        (
            Paragraph(
                "The same study file, data file, seed, versions and processor give the same draws bit for bit, those "
                "of the run that compiles a model too. Code compiled anew, after its cache was cleared or elsewhere, "
                "may round differently, and draws then agree within Monte Carlo error. Draws, tables, figures and the "
                "record of every cell of the data file lie beside this report."
            ),
            *map(Paragraph, (*_when(results), *_restated(results))),
            text_table("manifest", "How this run came about.", ("Item", "Value"), _flat(manifest)),
            _seeds(results),
            Heading("To run it again"),
            Paragraph(
                f"Install cochange {manifest.get('versions', {}).get('cochange', '')} with the versions above, as its "
                "README says, and give the same study file."
            ),
            Formula(_command(manifest)),
        )
    )


def _when(results: Results) -> Iterator[str]:
    """When draws were made, as far as the stored fits say."""
    times = sorted(fit.sampled for fit in results.fits.values() if fit.sampled)
    if times:
        first, last = (f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UTC" for time in (times[0], times[-1]))
        when = f"on {first}" if first == last else f"from {first} to {last}"
        some = "" if len(times) == len(results.fits) else f" of {len(times)} of the {len(results.fits)} fits"
        yield f"The draws{some} were made {when}; the item created below is when this run was started."


def _restated(results: Results) -> Iterator[str]:
    """What of the study file was changed after draws were made."""
    for each in restated(results.study, results.fits.values()):
        yield f"{each.key} of the study file is {each.now}: {each.said}."


def _flat(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in record.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            lines += _flat(value, f"{label}: ")
        elif isinstance(value, list | tuple):
            lines.append((label, ", ".join(str(item) for item in value) or "none"))
        else:
            lines.append((label, "not set" if value is None else str(value)))
    return lines


def _seeds(results: Results) -> Table:
    """Of the prior sets, of the other forms compared, and of the fit with twice the draws."""
    rows = [(fit.model, fit.prior, *_sampled(fit)) for fit in results.fits.values()]
    rows += [
        (model, f"{next(iter(results.priors[model]))}, {form}", *_sampled(fit))
        for (model, form), fit in results.forms.items()
        if (model, fit.prior) not in results.fits
    ]
    # Every row of the comparison comes from the same second fit.
    for row in results.doubled[:1]:
        fit = results.fits[row.model, row.prior]
        seed = doubled_seed(row.model, row.prior, Settings(seed=int(results.manifest["seed"])))
        again = _sampled(replace(fit, seed=seed, draws=row.draws_doubled))
        rows.append((row.model, f"{row.prior}, twice the draws", *again))
    columns = ("Model", "Prior", "Seed", "Chains x draws", "Warm-up draws")
    return text_table("seeds", "Seed and size of every fit.", columns, rows)


def _sampled(fit: Fit) -> tuple[str, str, str]:
    return str(fit.seed), f"{fit.chains} x {fit.draws}", str(fit.tune)


def _command(manifest: Mapping[str, Any]) -> str:
    if command := manifest.get("command"):
        return str(command)
    settings = manifest["settings"]
    options = " ".join(f"--{name} {settings[name]}" for name in ("seed", "draws", "chains"))
    return f"cochange run {shlex.quote(manifest['study_file'])} --out DIR {options}"


SECTION = Section("Reproducibility", (), render)
