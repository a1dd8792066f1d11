"""Ctrl-C wherever it falls, and a scheduler's request to end as if it were Ctrl-C."""

import signal
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer, current_thread, main_thread

# By then the callback is left; where it falls into the next one, it is sent once more.
SECONDS = 0.05


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
