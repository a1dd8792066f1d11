"""The page of every command and option, from the command line itself."""

from collections.abc import Iterator
from typing import Any

import typer

from cochange.cli import app

HEAD = """# Every command

Written from the command line itself by `make docs`. `cochange COMMAND --help` prints the same. Exit codes are in the
[README](../README.md#use-it).
"""


def command_reference() -> str:
    """The page in Markdown."""
    group: Any = typer.main.get_command(app)
    return HEAD + "".join(part for name, command in group.commands.items() for part in _command(name, command))


def _command(path: str, command: Any) -> Iterator[str]:
    """A command and those under it."""
    inner = getattr(command, "commands", {})
    yield f"\n## cochange {path}\n\n{command.help}\n"
    if not inner:
        yield f"\n| argument or option | meaning |\n| --- | --- |\n{''.join(_rows(command))}"
    for name, below in inner.items():
        yield from _command(f"{path} {name}", below)


def _rows(command: Any) -> Iterator[str]:
    context = typer.Context(command)
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None:
            left, right = (" ".join(text.split()).replace("|", "\\|") for text in record)
            right = right.replace("[", "\\[")
            yield f"| `{left}` | {right} |\n"
