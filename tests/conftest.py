"""What all tests share: where the real public data lie."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
