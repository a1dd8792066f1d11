"""Give faults of keys of a study file the lines these stand on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cochange.data.faults import Fault
from cochange.data.specification.toml_lines import dotted, key_lines, with_tables_around


def located(faults: Sequence[Fault], study_file: Path) -> tuple[Fault, ...]:
    """The faults, those of a key of the study file with its line, or that of the nearest table around it.

    Parameters
    ----------
    faults : sequence of Fault
        Faults of the study file and of others.
    study_file : Path
        Where it was read; where it is no more, as after a run was moved, nothing is filled in.
    """
    try:
        text = study_file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return tuple(faults)
    lines = {dotted(path): line for path, line in with_tables_around(key_lines(text)).items()}

    def line(key: str) -> int | None:
        around = [name for name in lines if name and f"{key}.".startswith(f"{name}.")]
        return lines[max(around, key=len)] if around else None

    return tuple(
        replace(fault, row=line(fault.column))
        if fault.row is None and fault.column is not None and fault.file == study_file.name
        else fault
        for fault in faults
    )
