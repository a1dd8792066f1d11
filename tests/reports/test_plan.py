"""Figures are drawn again where anything they are drawn from changed, and only there."""

import io
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import xarray as xr
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import cochange.reports
from cochange.inference.results import Results
from cochange.reports.document import render_blocks, write_report
from cochange.reports.plots import canvas, earlier, together
from cochange.reports.plots import plan as module
from cochange.reports.plots.plan import Picture, Plan

PLOTS = Path(cochange.reports.__path__[0]).resolve() / "plots"
ARRAY = np.arange(6.0).reshape(2, 3)
LABELLED = xr.DataArray(ARRAY, dims=("chain", "draw"), coords={"chain": ["a", "b"]})


def draw_nothing(*given: Any) -> Any:
    raise AssertionError(given)


def key_of(*given: Any, sign: str = "") -> str:
    return Plan(draw_nothing, given, sign).key


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The keys of what is drawn, in place of which stand pictures of one point that name their key."""
    keys: list[str] = []

    def named(plan: Plan) -> Picture:
        keys.append(plan.key)
        png = io.BytesIO()
        Image.new("L", (1, 1)).save(png, "png", dpi=(300, 300), pnginfo=record_of(plan.key))
        return Picture(f'<svg xmlns="http://www.w3.org/2000/svg"><!--{plan.key}--></svg>'.encode(), plan.key.encode(),
                       png.getvalue())  # fmt: skip

    def record_of(key: str) -> PngInfo:
        found = PngInfo()
        found.add_text("Key", key)
        return found

    monkeypatch.setattr(canvas, "picture_of", named)
    monkeypatch.setattr(together, "MANY", sys.maxsize)
    yield keys
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
    assert set(files(tmp_path).values()).isdisjoint(first.values())


def test_an_altered_file_is_made_again(results: Results, drawn: list[str], tmp_path: Path) -> None:
    write_report(results, tmp_path)
    first = files(tmp_path)
    for ending in earlier.FORMATS:
        drawn.clear()
        (tmp_path / "figures" / f"flow.{ending}").write_bytes(b"<svg/>")
        write_report(results, tmp_path)
        assert len(drawn) == 1
        assert files(tmp_path) == first
    (tmp_path / "figures" / earlier.RECORD).write_text("[1")
    drawn.clear()
    write_report(results, tmp_path)
    assert len(drawn) == (len(first) - 1) / 3


def test_nothing_but_the_hashed_code_of_ours_draws(results: Results) -> None:
    """The key of a figure covers data and the folder of the plots: no other code of ours may have a say in it."""
    called: set[Path] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            name = frame.f_globals.get("__name__", "")
            if name.startswith("cochange") and Path(frame.f_code.co_filename).is_file():
                called.add(Path(frame.f_code.co_filename).resolve())

    figures = [figure for block in render_blocks(results).values() for figure in block.figures]
    assert len(figures) > 10
    for figure in figures:
        with canvas.house_style():
            sys.setprofile(profile)
            try:
                figure.plan.draw(*figure.plan.given)
            finally:
                sys.setprofile(None)
    assert {path.parent for path in called} == {PLOTS}


def test_two_processes_draw_what_one_does(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [figure.plan for figure in render_blocks(results)["Estimates"].figures][:3]
    with_one = together.draw(plans)
    keys = [plan.key for plan in plans]
    assert list(with_one) == keys
    alone = (sys.executable, "-P", "-c", together.PROGRAM)
    fresh = pickle.loads(subprocess.run(alone, input=pickle.dumps(plans), capture_output=True, check=True).stdout)
    monkeypatch.setattr(together, "MANY", 2)
    monkeypatch.setattr(together.os, "cpu_count", lambda: 2)
    drawn_here = []
    draw = canvas.picture_of
    monkeypatch.setattr(canvas, "picture_of", lambda plan: (drawn_here.append(plan.key), draw(plan))[1])
    assert together.draw(plans) == {
        key: with_one[key] if number % 2 == 0 else fresh[key] for number, key in enumerate(keys)
    }
    assert drawn_here == keys[::2]
    monkeypatch.setattr(together, "PROGRAM", "raise SystemExit(1)")
    assert together.draw(plans) == with_one
    assert drawn_here[2:] == [*keys[::2], *keys[1::2]]


def test_settings_of_matplotlib_have_no_say(results: Results) -> None:
    import matplotlib as mpl

    plan = render_blocks(results)["Estimates"].figures[0].plan
    drawn = canvas.picture_of(plan)
    with mpl.rc_context({"font.size": 20, "figure.dpi": 72, "axes.grid": True, "text.hinting": "none"}):
        assert canvas.picture_of(plan) == drawn
