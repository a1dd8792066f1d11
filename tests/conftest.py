"""What all tests share: where the real public data lie."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.inference.run import run_study

ROOT = Path(__file__).resolve().parents[1]

# A commit passes or fails the whole check for what it holds, not for which examples were drawn; drawn anew elsewhere.
if os.environ.get("COCHANGE_CI"):
    settings.load_profile("ci")


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Folder of the shared real data; skips where it is absent, fails where it is required."""
    folder = Path(os.environ.get("COCHANGE_REALDATA", ROOT.parent / "shared" / "realdata"))
    if not folder.is_dir():
        reason = f"the shared real data are not at {folder}; set COCHANGE_REALDATA to their folder"
        if "realdata" in os.environ.get("COCHANGE_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@dataclass(frozen=True)
class StoredRun:
    """A finished run of the example study.

    Attributes
    ----------
    directory : Path
        Its run directory; tests that change it work on a copy.
    results : Results
        As returned by the run.
    """

    directory: Path
    results: Results


@pytest.fixture(scope="session")
def example_study() -> Study:
    """The synthetic exercise trial that ships."""
    return read_study(example_path())


@pytest.fixture(scope="session")
def example_run(example_study: Study, tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """The main job on the example: three models, four prior sets, stored."""
    directory = tmp_path_factory.mktemp("runs") / "example"
    return StoredRun(directory, run_study(example_study, directory))
