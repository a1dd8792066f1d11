"""Ctrl-C wherever it falls, a scheduler's request to end as if it were Ctrl-C, and what either leaves."""

import signal
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer, current_thread, main_thread

# By then the callback is left; where it falls into the next one, it is sent once more.
SECONDS = 0.05

# What is left of the work of a command, where more can be said than that it begins anew.
_IN_FOLDER = "the fits that were done are kept in {out}, and the same command goes on after them"
_LEFT = {
    **dict.fromkeys(("run", "fit", "demo", "calibrate", "cross-validate", "plan"), _IN_FOLDER),
    "compare-priors": "a comparison keeps nothing before its end: the same command begins anew",
    "report": "the draws of the run are as they were, its report may be in part: the same command writes all of it",
    "warm": "the models compiled so far are kept, and the same command goes on with the rest",
}


class Stopped(Exception):  # noqa: N818 - no error
    """A command was stopped by the user; says what is left of its work and how to go on."""

    def __init__(self, verb: str, out: Path | None) -> None:
        left = _LEFT.get(verb, "the same command begins anew")
        if left == _IN_FOLDER and out is None:
            left = "nothing is kept without --out DIR: the same command begins anew, and with --out it keeps its fits"
        super().__init__(f"Stopped: {left.format(out=out)}.")


@contextmanager
def stopping_in_callbacks() -> Iterator[None]:
    """Stop where Ctrl-C falls into a callback from the compiler, too.

    Such a callback passes no exception on: the interrupt is sent again, unless what is missing for it has stopped the
    work by then.

    Raises
    ------
    KeyboardInterrupt
        In place of what came of an interrupt that was not passed on.
    """
    usual = sys.unraisablehook
    sent: list[Timer] = []

    def again(found: "sys.UnraisableHookArgs") -> None:
        if found.exc_type is KeyboardInterrupt:
            sent.append(Timer(SECONDS, interrupt_main))
            sent[-1].start()
        else:
            usual(found)

    sys.unraisablehook = again
    try:
        yield
    except Exception as error:
        if sent:
            raise KeyboardInterrupt from error
        raise
    finally:
        for timer in sent:
            timer.cancel()
        sys.unraisablehook = usual


@contextmanager
def stopping_when_terminated() -> Iterator[None]:
    """Take SIGTERM, by which schedulers of clusters end a job, for Ctrl-C.

    Only a main thread can; elsewhere it ends the process as before.
    """
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
