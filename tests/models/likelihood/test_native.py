"""The key under which compiled loops are kept: a stale one would give the numbers of an older kernel."""

import importlib.util
import shutil
from pathlib import Path

import pytest
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS

from cochange.models.parts.likelihood import kernel, native, special, truncated


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the folder."""
    folder = tmp_path / "likelihood"
    shutil.copytree(Path(native.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def key(folder: Path) -> str:
    """The key of the module read anew from a folder."""
    spec = importlib.util.spec_from_file_location("copy_of_native", folder / "native.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.SOURCES)


def test_an_unchanged_copy_has_the_same_key(copied: Path) -> None:
    assert key(copied) == native.SOURCES


@pytest.mark.parametrize("name", ["special.py", "truncated.py", "kernel.py", "joint.py", "native.py"])
def test_a_change_in_any_file_changes_the_key(name: str, copied: Path) -> None:
    with (copied / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert key(copied) != native.SOURCES


def test_every_loop_is_kept_under_that_key() -> None:
    loops = [special.normal_quantile, truncated.moments, kernel.likelihood]
    assert {CACHED_SRC_FUNCTIONS[loop.py_func] for loop in loops} == {native.SOURCES}
