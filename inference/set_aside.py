"""What is kept of a finished run that gives way to another: nobody takes its report for that of the new one."""

import shutil
from pathlib import Path

# The file that marks a finished run.
MARK = "manifest.json"
FOLDER = "replaced-run"
# What a reader has of a run, and what that is written from; fits and study stay where they are.
_OF_A_RUN = (
    MARK,
    "results.json",
    "results.schema.json",
    "report.html",
    "report.docx",
    "report.md",
    "audit.csv",
    "estimands.npz",
    "sources.json",
    "tables",
    "figures",
)


def set_aside(directory: Path) -> None:
    """Move results and report of a finished run to a folder of their own, in place of those that stand there.

    A run without a mark is not finished, and nothing is moved.

    Parameters
    ----------
    directory : Path
        The run directory.
    """
    if not (directory / MARK).is_file():
        return
    kept = directory / FOLDER
    if kept.exists():
        shutil.rmtree(kept)
    kept.mkdir()
    for name in _OF_A_RUN:
        if (directory / name).exists():
            (directory / name).rename(kept / name)
