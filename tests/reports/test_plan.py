"""Figures are drawn again where anything they are drawn from changed, and only there."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import xarray as xr

import cochange.reports
from cochange.inference.results import Results
from cochange.reports.document import render_blocks, write_report
from cochange.reports.plots import canvas, earlier
from cochange.reports.plots import plan as module
from cochange.reports.plots.plan import Plan

PLOTS = Path(cochange.reports.__path__[0]).resolve() / "plots"
ARRAY = np.arange(6.0).reshape(2, 3)
LABELLED = xr.DataArray(ARRAY, dims=("chain", "draw"), coords={"chain": ["a", "b"]})


def draw_nothing(*given: Any) -> Any:
    raise AssertionError(given)


def key_of(*given: Any, sign: str = "") -> str:
    return Plan(draw_nothing, given, sign).key


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of what is drawn."""
    names: list[str] = []
    draw = canvas.picture_of

    def counted(plan: Plan) -> Any:
        names.append(plan.key)
        return draw(plan)

    monkeypatch.setattr(canvas, "picture_of", counted)
    yield names
    module.code_hash.cache_clear()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1.0, np.nextafter(1.0, 2.0)),
        (1, 1.0),
        (1, True),
        ("a", "b"),
        (("a", "b"), ("ab",)),
        (("a',", "b"), ("a", "',b")),
        ((1, (2, 3)), ((1, 2), 3)),
        ({"a": 1}, {"b": 1}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (ARRAY, ARRAY.T),
        (ARRAY, ARRAY.reshape(3, 2)),
        (ARRAY, ARRAY.astype(np.float32)),
        (LABELLED, LABELLED + 1e-9),
        (LABELLED, LABELLED.assign_coords(chain=["a", "c"])),
        (LABELLED, LABELLED.rename(draw="visit")),
        (xr.Dataset({"a": LABELLED}), xr.Dataset({"b": LABELLED})),
        (float("nan"), None),
        (0.0, -0.0),
    ],
)
def test_what_differs_has_another_key(one: Any, other: Any) -> None:
    assert key_of(one) != key_of(other)


def test_equal_numbers_have_the_same_key_wherever_they_come_from(results: Results) -> None:
    row = results.estimates[0]
    stored = replace(row, median=float(row.median), mean=np.float64(row.mean))
    assert key_of((row,), "x", LABELLED, float("nan")) == key_of([stored], "x", LABELLED.copy(), np.float64("nan"))
    assert key_of(row) != key_of(replace(row, median=np.nextafter(row.median, np.inf)))
    assert key_of(row) != key_of(row, sign="Synthetic data")
    assert key_of(np.array(["a", None], dtype=object)) == key_of(["a", None])


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(TypeError, match="numbers, texts, arrays and dataclasses"):
        key_of(object())


def test_a_report_draws_what_changed_and_nothing_else(results: Results, drawn: list[str], tmp_path: Path) -> None:
    write_report(results, tmp_path)
    first, everything = files(tmp_path), len(drawn)
    assert everything == len(set(drawn)) == (len(first) - 1) / 3 > 10
    drawn.clear()
    write_report(results, tmp_path)
    assert drawn == []
    assert files(tmp_path) == first

    row = results.estimates_of(model="parallel_change", prior="sceptical", estimand="parallel_slope")[0]
    moved = replace(row, median=row.median + 0.3 * (row.upper - row.median))
    changed = tuple(moved if item is row else item for item in results.estimates)
    write_report(replace(results, estimates=changed), tmp_path)
    after = files(tmp_path)
    figure = "forest_parallel_change_parallel_slope"
    assert len(drawn) == 1
    others = {name for name in first if after[name] != first[name]}
    assert others == {f"{figure}.{ending}" for ending in earlier.FORMATS} | {earlier.RECORD}


def test_a_figure_is_drawn_again_where_the_code_that_draws_changed(
    results: Results, drawn: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(results, tmp_path)
    first, everything = files(tmp_path), len(drawn)
    drawn.clear()
    (tmp_path / "code").mkdir()
    for path in PLOTS.glob("*.py"):
        text = path.read_text("utf-8")
        (tmp_path / "code" / path.name).write_text(text.replace('PALE = "#d5dbe1"', 'PALE = "#d5dbe2"'), "utf-8")
    hashed = module.source_hash
    monkeypatch.setattr(
        module, "source_hash", lambda folder: hashed(tmp_path / "code" if folder.resolve() == PLOTS else folder)
    )
    module.code_hash.cache_clear()
    write_report(results, tmp_path)
    assert len(drawn) == everything
    again = files(tmp_path)
    assert {name for name in first if first[name] != again[name]} == {earlier.RECORD}


def test_an_altered_file_is_made_again(results: Results, drawn: list[str], tmp_path: Path) -> None:
    write_report(results, tmp_path)
    first = files(tmp_path)
    for number, ending in enumerate(earlier.FORMATS, 1):
        drawn.clear()
        (tmp_path / "figures" / f"flow.{ending}").write_bytes(b"<svg/>")
        write_report(results, tmp_path)
        # What comes after the damaged one in the record counts for nothing as little.
        assert len(drawn) == 1, number
        assert files(tmp_path) == first
    (tmp_path / "figures" / earlier.RECORD).write_text("[1")
    drawn.clear()
    write_report(results, tmp_path)
    assert len(drawn) == (len(first) - 1) / 3


def test_nothing_but_the_hashed_code_of_ours_draws(results: Results) -> None:
    """The key of a figure covers data and the folder of the plots: no other code of ours may have a say in it."""
    ours, called = Path(cochange.__path__[0]), set()
    roots = {(ours / name).resolve() for name in ("data", "models", "inference", "reports")} | {ours.resolve()}

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            path = Path(frame.f_code.co_filename)
            if path.suffix == ".py" and "cochange" in frame.f_globals.get("__name__", ""):
                called.add(path.resolve())

    figures = [figure for block in render_blocks(results).values() for figure in block.figures]
    assert len(figures) > 10
    with canvas.house_style():
        for figure in figures:
            sys.setprofile(profile)
            try:
                figure.plan.draw(*figure.plan.given)
            finally:
                sys.setprofile(None)
    assert roots
    assert called
    assert {path.parent for path in called} == {PLOTS}
