"""Keep the libraries' own warnings from the user; what matters of them reaches the user as a verdict."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

LOG = logging.getLogger("cochange")
LIBRARIES = ("pytensor", "pymc", "numba", "arviz", "matplotlib")


@contextmanager
def quiet() -> Iterator[None]:
    """Pass warnings and log messages of the libraries on to the log of cochange, at debug level."""
    loggers = [logging.getLogger(name) for name in LIBRARIES]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
    for warning in caught:
        LOG.debug("%s: %s", warning.category.__name__, warning.message)
