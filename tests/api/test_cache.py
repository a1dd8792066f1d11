"""`cochange cache`: what is kept of compiled models."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.machine_code import folder
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike


@pytest.fixture(autouse=True)
def code_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCHANGE_CACHE", str(tmp_path / "code"))
    return tmp_path / "code"


def test_show_and_clear(command: Any, code_folder: Path) -> None:
    code, out, err = command("cache", "show")
    assert (code, out) == (0, f"{code_folder}\n")
    assert "Compiled models: 0, models of single studies: 0" in err
    folder.write("ab" * 32, bytes(2 * 1024**2))
    code, out, err = command("cache", "show")
    assert "abababababab" in out
    assert "2.0 MB" in out
    assert out.count("unknown") == 2
    assert "Compiled models: 1, models of single studies: 0; 2.0 MB of at most 512.0 MB" in err
    assert "What is unknown was kept before names were" in err
    folder.write("cd" * 32, b"sealed", folder.STUDY_SUFFIX)
    _, out, err = command("cache", "show")
    assert "a study's model, sealed" in out
    assert "Compiled models: 1, models of single studies: 1; 2.0 MB" in err
    folder.label("ab" * 32, "joint_change", "A trial [of 116]")
    folder.label("cd" * 32, "joint_change", "A trial [of 116]", folder.STUDY_SUFFIX)
    _, out, err = command("cache", "show")
    assert [out.count(text) for text in ("joint_change", "A trial [of 116]", "unknown")] == [2, 2, 0]
    assert "0.1 kB" in out
    assert "unknown" not in err
    code, _, err = command("cache", "clear")
    assert (code, folder.entries()) == (0, [])
    assert "Compiled models: 1, models of single studies: 1; taken out" in err


def test_warm_compiles_each_model_once_for_all_sets_of_the_same_families(
    command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []

    def noted(model: Model, study: Study, priors: PriorsLike) -> SimpleNamespace:
        compiled.append(model.name)
        return SimpleNamespace(ready=None, seconds=23.4)

    monkeypatch.setattr("cochange.inference.compiled.compile_model", noted)
    code, _, err = command("cache", "warm", str(example_path()))
    assert code == 0
    assert compiled == ["joint_change", "marker_change", "parallel_change", "symptom_change"]
    assert "0 of 4 compilations done; joint_change: compiling (the first time on a machine a minute or more)\n" in err
    assert "3 of 4 compilations done; symptom_change: compiling (the first time on a machine a minute or more)\n" in err
