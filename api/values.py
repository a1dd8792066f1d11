"""Values written on the command line: numbers alone, in lists and after a name."""

from cochange.data.faults import CochangeError


class ValueGivenError(CochangeError):
    """An option holds something else than it takes."""


def read_numbers(text: str, option: str) -> tuple[float, ...]:
    """Numbers separated by commas; none where the text is blank.

    Raises
    ------
    ValueGivenError
        If something in it is no number.
    """
    try:
        return tuple(float(part) for part in text.split(",")) if text.strip() else ()
    except ValueError:
        raise ValueGivenError(f"{option} takes numbers, separated by commas; got '{text}'") from None


def read_whole(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers separated by commas.

    Raises
    ------
    ValueGivenError
        If something in it is no whole number.
    """
    found = read_numbers(text, option)
    if any(number % 1 for number in found):
        raise ValueGivenError(f"{option} takes whole numbers, separated by commas; got '{text}'")
    return tuple(int(number) for number in found)


def read_named(text: str, option: str, written: str) -> tuple[str, tuple[float, ...]]:
    """A name and the numbers after it.

    Parameters
    ----------
    text : str
        As ``NAME=1.5`` or ``NAME=1.5,0.7``.
    option : str
        The option.
    written : str
        How it is written, for the message.

    Raises
    ------
    ValueGivenError
        If there is no name, or no number.
    """
    name, _, values = text.rpartition("=")
    numbers = read_numbers(values, option) if name.strip() else ()
    if not numbers:
        raise ValueGivenError(f"{option} is written {written}; got '{text}'")
    return name.strip(), numbers


def read_value(text: str, option: str) -> tuple[str, float]:
    """A name and its one value, as ``NAME=VALUE``; errors as of `read_named`."""
    name, numbers = read_named(text, option, "NAME=VALUE")
    if len(numbers) > 1:
        raise ValueGivenError(f"{option} is written NAME=VALUE; got '{text}'")
    return name, numbers[0]
