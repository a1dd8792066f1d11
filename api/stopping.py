"""Ctrl-C wherever it falls."""

import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

# By then the callback is left; where it falls into the next one, it is sent once more.
SECONDS = 0.05


@contextmanager
def stopping_in_callbacks() -> Iterator[None]:
    """Send Ctrl-C again where it falls into a callback from the compiler, which passes no exception on."""
    usual = sys.unraisablehook

    def again(found: "sys.UnraisableHookArgs") -> None:
        if found.exc_type is KeyboardInterrupt:
            Timer(SECONDS, interrupt_main).start()
        else:
            usual(found)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = usual
