"""A small model, a folder for its machine code, and another process that uses both."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest

HERE = Path(__file__)
SCRIPT = """
import json, sys
sys.path.insert(0, {folder!r})
from conftest import draws_of, small_model
from cochange.inference.machine_code import cached
import nutpie
compiled = nutpie.compile_pymc_model
calls = []
cached.nutpie.compile_pymc_model = lambda graph: calls.append(1) or compiled(graph)
model = cached.compiled_or_cached(small_model({outcomes}), {source!r}).model
print(json.dumps([len(calls), draws_of(model)]))
"""


def small_model(outcomes: int = 6, prior_sd: float = 3.0, slope: bool = True) -> pm.Model:
    """A regression with its data and hyperparameter as data, a transform and something stored besides."""
    x = np.linspace(-1, 1, outcomes)
    with pm.Model(check_bounds=False) as model:
        sd = pm.Data("sd", prior_sd)
        design = pm.Data("design", x)
        beta = pm.Normal("beta", 0, sd)
        sigma = pm.HalfNormal("sigma", 2)
        mean = pm.Deterministic("mean", beta * design if slope else beta + 0 * design)
        pm.Normal("y", mean, sigma, observed=pm.Data("outcome", 2 * x + np.cos(9 * x)))
    return model


def draws_of(model: Any) -> list[float]:
    """Draws of the small model, of a fixed seed."""
    import nutpie

    found = nutpie.sample(model, draws=50, tune=100, chains=2, seed=5, cores=1, progress_bar=False)
    return [float(value) for name in ("beta", "sigma", "mean") for value in found.posterior[name].values.ravel()]


@pytest.fixture
def code_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own."""
    place = tmp_path / "code"
    monkeypatch.setenv("COCHANGE_CACHE", str(place))
    return place


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that a model is said to come from."""
    path = tmp_path_factory.mktemp("source") / "model.py"
    path.write_text("# a model\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, source: Path) -> tuple[Path, list[float]]:
    """A folder with the machine code of the small model, and the draws of the model that was compiled."""
    from cochange.inference.machine_code import cached

    place = tmp_path_factory.mktemp("kept")
    before = os.environ.get("COCHANGE_CACHE")
    os.environ["COCHANGE_CACHE"] = str(place)
    try:
        draws = draws_of(cached.compiled_or_cached(small_model(), source).model)
    finally:
        del os.environ["COCHANGE_CACHE"]
        if before is not None:
            os.environ["COCHANGE_CACHE"] = before
    return place, draws


@pytest.fixture
def elsewhere(code_folder: Path, source: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start another process that wants the small model."""

    def start(outcomes: int = 6) -> subprocess.Popen[str]:
        text = SCRIPT.format(folder=str(HERE.parent), outcomes=outcomes, source=str(source))
        text = text.replace("import json, sys", "import json, sys\nfrom pathlib import Path").replace(
            repr(str(source)), f"Path({str(source)!r})"
        )
        return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)

    return start


@pytest.fixture
def answer() -> Callable[[subprocess.Popen[str]], tuple[int, list[float]]]:
    """How often another process compiled, and its draws."""

    def read(process: subprocess.Popen[str]) -> tuple[int, list[float]]:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        calls, draws = json.loads(out.splitlines()[-1])
        return calls, draws

    return read


@pytest.fixture
def build_small() -> pm.Model:
    """The small model, built."""
    return small_model()
