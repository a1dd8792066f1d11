"""The command, run in this process."""

import sys
from pathlib import Path

import pytest

from cochange import cli


@pytest.fixture
def command(monkeypatch, capsys):
    """Run the command in this process; returns its exit code and what it printed."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cochange", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run
