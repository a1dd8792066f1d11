"""How long work tells what it does."""

from typing import Protocol


class Progress(Protocol):
    """What sampling and compiling report to."""

    def step(self, text: str) -> None:
        """A new step begins: compiling a model, sampling under one prior set."""

    def draws(self, done: int, total: int, divergences: int) -> None:
        """So many draws of all chains are done, warm-up included."""

    def finished(self) -> None:
        """One step more is done."""


class Silent:
    """Reports nothing."""

    def step(self, text: str) -> None:
        """Report nothing."""

    def draws(self, done: int, total: int, divergences: int) -> None:
        """Report nothing."""

    def finished(self) -> None:
        """Report nothing."""
