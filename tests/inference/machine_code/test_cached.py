"""Machine code in another process: the same draws, and a compilation wherever there is doubt."""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cochange.inference.machine_code import cached, folder, machine
from cochange.inference.machine_code.code import NoCodeError

Kept = tuple[Path, list[float]]


def only_file(place: Path) -> Path:
    (path,) = place.glob("*.code")
    return path


@pytest.fixture
def copied(kept: Kept, code_folder: Path) -> Path:
    shutil.copytree(kept[0], code_folder)
    return only_file(code_folder)


def test_another_process_compiles_nothing_and_draws_the_same(
    kept: Kept, copied: Path, elsewhere: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    assert answer(elsewhere()) == (0, kept[1])


def test_two_processes_may_warm_the_same_model_at_once(
    code_folder: Path, elsewhere: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    both = [elsewhere(), elsewhere()]
    first, second = (answer(process) for process in both)
    assert first[1] == pytest.approx(second[1], rel=1e-6)
    assert only_file(code_folder).stat().st_mode & 0o777 == 0o600
    assert code_folder.stat().st_mode & 0o777 == 0o700
    again = answer(elsewhere())
    assert again[0] == 0


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def open_to_others(path: Path) -> None:
    path.chmod(0o640)


def open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


@pytest.mark.parametrize("harm", [damage, truncate, empty, open_to_others, open_folder])
def test_a_file_in_doubt_is_compiled_anew(
    harm: Callable[[Path], None], copied: Path, source: Path, compiles: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    harm(copied)
    caplog.set_level(logging.DEBUG, logger=cached.__name__)
    assert cached.compiled_or_cached(compiles[0], source).model is compiles[1]
    assert "compiled anew" in caplog.text


def test_a_file_of_another_user_is_compiled_anew(
    copied: Path, source: Path, compiles: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: copied.stat().st_uid + 1)
    assert cached.compiled_or_cached(compiles[0], source).model is compiles[1]


def test_another_version_is_compiled_anew(
    copied: Path, source: Path, compiles: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "version", lambda name: "0.0")
    assert cached.compiled_or_cached(compiles[0], source).model is compiles[1]


def test_a_file_under_the_key_of_another_is_compiled_anew(copied: Path, source: Path, compiles: list[Any]) -> None:
    value = folder.read(copied.stem)
    folder.write("0" * 64, value)
    (copied.parent / f"{'0' * 64}.code").replace(copied)
    assert cached.compiled_or_cached(compiles[0], source).model is compiles[1]


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[Any]:
    """The small model, and what stands for it where it is compiled, so that no time is spent on compiling."""
    small_model = request.getfixturevalue("build_small")
    stand_in = object()

    def compile_pymc_model(graph: Any) -> object:
        return stand_in

    def taken_from(compiled: object) -> None:
        raise NoCodeError("a stand-in")

    monkeypatch.setattr(cached.nutpie, "compile_pymc_model", compile_pymc_model)
    monkeypatch.setattr(cached, "taken_from", taken_from)
    return [small_model, stand_in]


def test_what_another_process_kept_meanwhile_is_used(
    kept: Kept, code_folder: Path, source: Path, compiles: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Compiled twice at once, a model may round in two ways; every run is to draw by the code that is kept."""

    def compile_meanwhile(graph: Any) -> object:
        shutil.copytree(kept[0], code_folder)
        return compiles[1]

    monkeypatch.setattr(cached.nutpie, "compile_pymc_model", compile_meanwhile)
    made = cached.compiled_or_cached(compiles[0], source)
    assert made.model is not compiles[1]
    assert made.key == only_file(code_folder).stem


def test_the_least_used_goes_where_the_folder_grows_too_large(
    code_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 2500)
    for place, name in enumerate("abc"):
        folder.write(name * 64, bytes(1000))
        os.utime(code_folder / f"{name * 64}.code", (place, place))
    assert [entry.key[0] for entry in folder.entries()] == ["c", "b"]
    folder.read("b" * 64)
    folder.write("d" * 64, bytes(1000))
    assert {entry.key[0] for entry in folder.entries()} == {"b", "d"}
    assert folder.clear() == 2
    assert folder.entries() == []


def test_what_a_killed_process_left_is_cleared_after_a_while(code_folder: Path) -> None:
    folder.write("a" * 64, 1)
    old, new = code_folder / "x.passing", code_folder / "y.passing"
    for path in (old, new):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    folder.write("b" * 64, 2)
    assert not old.exists()
    assert new.exists()


def test_labels_say_whose_a_file_is_and_go_with_it(code_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 2500)
    for place, name in enumerate("ab"):
        folder.write(name * 64, bytes(1000))
        folder.label(name * 64, "joint_change", f"study {name}")
        os.utime(code_folder / f"{name * 64}.code", (place, place))
    folder.label("a" * 64, "joint_change", "another")
    assert [(entry.key[0], entry.model, entry.study) for entry in folder.entries()] == [
        ("b", "joint_change", "study b"),
        ("a", "joint_change", "another"),
    ]
    assert {path.stat().st_mode & 0o777 for path in code_folder.iterdir()} == {0o600}
    folder.write("c" * 64, bytes(1000))
    assert {path.name[0] for path in code_folder.glob("*.label")} == {"b"}
    # One that an earlier version, which knew no labels, took the file of.
    (code_folder / f"{'b' * 64}.code").unlink()
    folder.write("d" * 64, bytes(1000))
    assert list(code_folder.glob("*.label")) == []
    assert {(entry.model, entry.study) for entry in folder.entries()} == {("", "")}
    folder.label("d" * 64, "joint_change", "a study")
    assert folder.clear() == 2
    assert list(code_folder.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": "m"}', "\xff"])
def test_a_label_that_cannot_be_read_says_nothing(text: str, code_folder: Path) -> None:
    folder.write("a" * 64, 1)
    (code_folder / f"{'a' * 64}.code.label").write_bytes(text.encode("latin-1"))
    assert [(entry.model, entry.study) for entry in folder.entries()] == [("", "")]


def test_a_folder_that_can_only_be_read_is_used(code_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write("a" * 64, 1)

    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setattr(folder.tempfile, "mkstemp", refused)
    assert folder.read("a" * 64) == 1
    folder.label("a" * 64, "joint_change", "a study")
    assert [entry.model for entry in folder.entries()] == [""]
