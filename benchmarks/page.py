"""What was measured, kept row by row, and the page made from it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from circumstances import circumstances
from found import Found

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "figures.json"
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEAD = """\
# How long things take

Made by `python -m benchmarks`, which measures each row beside its peers in one run and keeps it with its date; see
[benchmarks/README.md](../benchmarks/README.md). Seconds are elapsed ones, medians of the repetitions. The ratio says
how many times faster cochange is, or how many times as many effective draws a second it gives; from 100 to 100,000
participants it says how many times as long sampling takes. Ratios hold from machine to machine better than seconds do.

| row | what | cochange | peer | ratio | target | reached | measured |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
# Cores that other work may keep busy: a machine at rest shows up to a tenth.
BUSY = 0.25
ANSWERS = {True: "yes", False: "no", None: "not known"}


def keep(row: str, lines: list[Found], others_before: float, cores: int) -> None:
    """Keep what a row was found to be, in place of what it was before."""
    kept = read()
    kept[row] = {**circumstances(others_before, cores), "lines": [asdict(line) for line in lines]}
    FIGURES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read() -> dict[str, Any]:
    """What is kept."""
    return json.loads(FIGURES.read_text("utf-8")) if FIGURES.is_file() else {}  # type: ignore[no-any-return]


def write() -> Path:
    """Write the page."""
    PAGE.write_text(render(read()), encoding="utf-8")
    return PAGE


def render(kept: dict[str, Any]) -> str:
    """The page of what is kept."""
    lines = [_line(row, record, line) for row, record in kept.items() for line in record["lines"]]
    circumstances = [_circumstances(row, record) for row, record in kept.items()]
    return HEAD + "\n".join(lines) + "\n\n## Under what circumstances\n\n" + "\n".join(circumstances) + "\n"


def _line(row: str, record: dict[str, Any], line: dict[str, Any]) -> str:
    peer = line["peer"]
    if peer and line["theirs"] is not None:
        peer = f"{peer}: {_number(line['theirs'])} {line['unit']}"
    elif peer:
        peer = f"{peer}: not measured, {line['reason']}"
    ratio = "" if line["ratio"] is None else _number(line["ratio"])
    cells = (
        f"`{row}`",
        line["what"],
        f"{_number(line['ours'])} {line['unit']}",
        peer,
        ratio,
        line["target"],
        ANSWERS[None if line["met"] is False and _is_busy(record) else line["met"]],
        record["created"][:10],
    )
    return f"| {' | '.join(cells)} |"


def _circumstances(row: str, record: dict[str, Any]) -> str:
    machine, others, versions = record["machine"], record["others"], record["versions"]
    busy = ""
    if _is_busy(record):
        busy = " Seconds are longer than they need be, and a target missed is not known to be."
    named = ", ".join(f"{name} {versions[name]}" for name in ("cochange", "pymc", "nutpie", "numba", "arviz-stats"))
    watched = f"other work kept {others['before']:.1f} cores busy before and {others['after']:.1f} after"
    return (
        f"- `{row}`: {record['created'][:10]}, {machine['cpu']}, {machine['cores']} cores, {machine['system']}, Python "
        f"{record['python']}, {named}; {watched}.{busy}"
    )


def _is_busy(record: dict[str, Any]) -> bool:
    """Whether other work was going on."""
    return max(record["others"].values()) > BUSY


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
