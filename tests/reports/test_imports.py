"""What a command loads: only sampling takes PyMC, PyTensor, Numba and nutpie, which are slow to import."""

import subprocess
import sys
from pathlib import Path

import pytest

from cochange.data.simulate import example_path
from cochange.inference.store import save_fit, save_results, save_study
from cochange.models.parts.contract import available

SAMPLING = {"numba", "nutpie", "pymc", "pytensor"}
DRAWING = {"arviz_plots", "docx", "matplotlib"}
PROGRAM = """
import sys
from cochange.cli import main
try:
    main()
finally:
    print(*sorted({names!r} & set(sys.modules)), file=sys.stderr)
"""


def loaded(program: str, *arguments: str | Path) -> tuple[int, str]:
    """Exit code of a process, and the last line of what it tells."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stderr.splitlines() or [""])[-1]


@pytest.mark.parametrize("verb", [("--help",), ("models",), ("check", example_path()), ("simulate", "--out", "OUT")])
def test_what_samples_nothing_loads_no_sampler_and_draws_nothing(verb, tmp_path) -> None:
    arguments = [tmp_path if word == "OUT" else word for word in verb]
    assert loaded(PROGRAM.format(names=SAMPLING | DRAWING), *arguments) == (0, "")


def test_a_report_loads_no_sampler(results, tmp_path) -> None:
    save_study(tmp_path, results.study)
    for fit in results.fits.values():
        save_fit(tmp_path, fit, "made up", "input")
    save_results(tmp_path, results)
    assert loaded(PROGRAM.format(names=SAMPLING), "report", tmp_path) == (0, "")
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("model", [*available(), "pooled"])
def test_a_model_is_looked_at_without_building_it(model) -> None:
    program = f"import sys, cochange.models.{model}\nprint(*sorted({SAMPLING!r} & set(sys.modules)), file=sys.stderr)"
    assert loaded(program) == (0, "")


def test_importing_the_package_loads_little() -> None:
    heavy = SAMPLING | DRAWING | {"arviz_stats", "pandas", "scipy", "xarray"}
    program = f"import sys, cochange\nprint(*sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    assert loaded(program) == (0, "")
