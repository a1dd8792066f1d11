"""Ctrl-C that falls into a callback of compiled code."""

import ctypes
import os
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import typer

from cochange import many_verbs
from cochange.cli import STOPPED, app
from cochange.stopping import _LEFT, Stopped, stopping_in_callbacks, stopping_when_terminated


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Ctrl-C as on a terminal: a shell has what it starts in the background ignore it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@ctypes.CFUNCTYPE(None)
def interrupted() -> None:
    """As a callback of the compiler in which Ctrl-C arrives: nothing that it raises is passed on."""
    raise KeyboardInterrupt


def test_it_stops_the_command_all_the_same() -> None:
    def command() -> None:
        with stopping_in_callbacks():
            interrupted()
            time.sleep(5)

    usual = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt):
        command()
    assert sys.unraisablehook is usual


def test_what_an_interrupt_that_was_lost_led_to_is_not_told() -> None:
    """Without what the callback was to bring, the compiler fails at once."""

    def compiled() -> None:
        interrupted()
        raise RuntimeError("no compiled object yet")

    with pytest.raises(KeyboardInterrupt), stopping_in_callbacks():
        compiled()


KEPT = "Stopped: the fits that were done are kept in {}, and the same command goes on after them.\n"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("run study.toml --out {}", KEPT),
        ("fit study.toml --model symptom_change --out {}", KEPT),
        (
            "fit study.toml --model symptom_change",
            "Stopped: nothing is kept without --out DIR: the same command begins anew, and with --out it keeps its "
            "fits.\n",
        ),
        (
            "compare-priors study.toml --model symptom_change --out {}",
            "Stopped: a comparison keeps nothing before its end: the same command begins anew.\n",
        ),
        ("check study.toml --out {}", "Stopped: the same command begins anew.\n"),
    ],
)
def test_each_command_says_what_is_left_and_how_to_go_on(command, monkeypatch, tmp_path, written, said) -> None:
    def stopped(text: str) -> None:
        interrupted()
        raise RuntimeError("no compiled object yet")

    monkeypatch.chdir(tmp_path)
    Path("study.toml").touch()
    monkeypatch.setattr(tomllib, "loads", stopped)
    assert command(*written.format("out").split()) == (STOPPED, "", said.format("out"))


def test_what_is_stopped_before_it_begins_says_so(command, monkeypatch) -> None:
    def stopped(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cochange.verb.Verb.parse_args", stopped)
    assert command("check", "study.toml") == (STOPPED, "", "Stopped: nothing was done.\n")


def test_every_command_that_is_told_of_is_there() -> None:
    verbs = typer.main.get_command(app).commands
    assert set(_LEFT) <= {*verbs, *verbs["cache"].commands}
    many = {verb.name for verb in typer.main.get_command(many_verbs.app).commands.values()}
    assert all("kept in runs," in str(Stopped(verb, "runs")) for verb in {"run", "demo", *many})


def test_a_fault_of_the_program_stays_one() -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"), stopping_in_callbacks():
        broken()


def test_whatever_else_is_lost_is_told_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: told.append(found.exc_type))

    @ctypes.CFUNCTYPE(None)
    def broken() -> None:
        raise ValueError

    with stopping_in_callbacks():
        broken()
    assert told == [ValueError]


def test_a_request_to_end_is_taken_for_an_interrupt() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        _terminated()
    assert signal.getsignal(signal.SIGTERM) is before
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(_terminable).result() is before


def _terminated() -> None:
    with stopping_when_terminated():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)


def _terminable() -> object:
    """What SIGTERM does where a thread that is not the main one stops when terminated."""
    with stopping_when_terminated():
        return signal.getsignal(signal.SIGTERM)
