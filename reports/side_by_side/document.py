"""The page of a comparison, its tables and figures as files, and one file of all its numbers."""

from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cochange.data.arguments import require
from cochange.data.faults import Fault, InputError
from cochange.data.paths import usable_folder
from cochange.inference.files import write_json
from cochange.inference.side_by_side.comparison import Group, SideBySide
from cochange.inference.side_by_side.stored import StoredRun
from cochange.inference.verdict import ORDER
from cochange.reports.block import Block
from cochange.reports.cover import SIGN, Cover
from cochange.reports.document import write_beside, write_page
from cochange.reports.labels import listed
from cochange.reports.side_by_side.sections import (
    differences_block,
    group_block,
    record_of_row,
    runs_block,
    title_of_group,
)

SCHEMA = "cochange.compare/1"
# The names of all tables and figures begin so: those of a report in the same folder are left alone.
BEGINNING = "compare_"


def write_side_by_side(comparison: SideBySide, directory: Path | str) -> Path:
    """Write the page, its tables and its figures.

    Parameters
    ----------
    comparison : SideBySide
        From `cochange.compare`.
    directory : path
        Where to write ``compare.html``, ``compare.json``, ``tables/compare_*.csv`` and ``*.tex``, and
        ``figures/compare_*.svg``, ``*.pdf`` and ``*.png``.

    Returns
    -------
    Path
        ``compare.html``: one file that needs nothing else and no network.

    Raises
    ------
    InputError
        If the directory is a file or holds a run, or nothing can be written to it.
    TypeError
        If `comparison` is none, or `directory` is no path.
    """
    require(comparison, SideBySide, "comparison must be a SideBySide, as cochange.compare(DIRECTORIES) gives")
    directory = usable_folder(directory)
    check_out(directory)
    cover, blocks = cover_of(comparison), render_blocks(comparison)
    write_beside(directory, cover, blocks, BEGINNING)
    write_json(directory / "compare.json", record_of(comparison))
    return write_page(directory / "compare.html", cover, blocks)


def check_out(directory: Path) -> None:
    """Refuse to write a comparison among the files of a run.

    Raises
    ------
    InputError
        If the directory holds a run.
    """
    if (directory / "study" / "study.json").is_file():
        required, action = "a folder that holds no run", "give another folder"
        raise InputError([Fault(str(directory), None, None, required, "the folder of one", action)])


def render_blocks(comparison: SideBySide) -> dict[str, Block]:
    """The content of every section, by title, in order."""
    blocks = {"The runs": runs_block(comparison, f"{BEGINNING}runs")}
    mixed = len({run.synthetic for run in comparison.runs}) > 1
    for title, (name, group) in _named(comparison).items():
        blocks[title] = group_block(group, title, f"{BEGINNING}{name}", mixed)
    return blocks | {"What differs between the runs": differences_block(comparison, f"{BEGINNING}differences")}


def _named(comparison: SideBySide) -> dict[str, tuple[str, Group]]:
    """Every quantity by a title of its own, with a name of its own for its files."""
    found: dict[str, tuple[str, Group]] = {}
    counted: dict[str, int] = {}
    for group in comparison.groups:
        estimand, title = group.quantity.estimand, title_of_group(group)
        counted[estimand] = counted.get(estimand, 0) + 1
        number = "" if counted[estimand] == 1 else f"_{counted[estimand]}"
        found[f"{title} ({counted[estimand]})" if title in found else title] = f"{estimand}{number}", group
    return found


def cover_of(comparison: SideBySide) -> Cover:
    """What stands before and after the sections."""
    runs, program = comparison.runs, f"cochange {version('cochange')}"
    cover = Cover(
        kind="Runs side by side",
        title=listed(list(dict.fromkeys(run.study.spec.study.title for run in runs))),
        facts=(f"{len(runs)} runs: {listed([run.label for run in runs])}", program),
        status=max((run.verdict.status for run in runs), key=ORDER.index),
        synthetic=any(run.synthetic for run in runs),
        closing=(
            f"Made by {program} from the results these runs stored; nothing was sampled, and nothing pooled. "
            "Probabilities are given the data, the model and the prior of each run."
        ),
        created=None,
        label="Worst verdict of these runs",
    )
    return _in_part(cover, [run.label for run in runs if run.synthetic], len(runs))


def _in_part(cover: Cover, synthetic: list[str], runs: int) -> Cover:
    """The frame of runs of which some are of synthetic data; its captions say of which themselves."""
    if len(synthetic) in (0, runs):
        return cover
    verb, them = ("is", "it") if len(synthetic) == 1 else ("are", "them")
    notice = (
        f"{listed(synthetic)} {verb} of simulated data. No person in {them} exists, and nothing there is a finding."
    )
    return replace(cover, sign=f"{SIGN} IN PART:", notice=notice, mark="")


def record_of(comparison: SideBySide) -> dict[str, Any]:
    """What ``compare.json`` holds."""
    labels = [run.label for run in comparison.runs]
    return {
        "schema": SCHEMA,
        "runs": [_run(run) for run in comparison.runs],
        "one_study": comparison.one_study,
        "kinship": comparison.kinship,
        "quantities": [
            {
                "title": title,
                **asdict(group.quantity),
                "differ_in": group.flags,
                "kept_apart": group.apart,
                "rows": [record_of_row(row) for row in group.rows],
            }
            for title, (_, group) in _named(comparison).items()
        ],
        "differences": [
            {"kind": item.kind, "item": item.item, "values": dict(zip(labels, item.by_run, strict=True))}
            for item in comparison.differences
        ],
    }


def _run(run: StoredRun) -> dict[str, Any]:
    spec = run.study.spec.study
    return {
        "label": run.label,
        "title": spec.title,
        "design": spec.design,
        "treatment": spec.treatment,
        "synthetic": run.synthetic,
        "participants": run.study.data.sizes["participant"],
        "input_hash": run.study.input_hash,
        "main_prior": run.main_prior,
        "status": run.verdict.status,
        "reasons": run.verdict.reasons,
        "manifest": run.manifest,
    }
