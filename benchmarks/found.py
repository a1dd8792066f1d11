"""What is measured for the table, and what the rows have to work with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every row is given.

    Attributes
    ----------
    folder : Path
        A folder of its own.
    runs, cores, fits : int
        Repetitions, cores for both sides, and calibration fits.
    peers : Path or None
        A Python that has bambi and simuk.
    realdata : Path or None
        Folder of the real data.
    say : callable
        Prints what is being done.
    """

    folder: Path
    runs: int
    cores: int
    fits: int
    peers: Path | None
    realdata: Path | None
    say: Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One line of the table.

    Attributes
    ----------
    what : str
        What was measured.
    ours : float
        Median of cochange.
    unit : str
        Unit of both sides.
    target : str
        The number to reach, in words.
    met : bool or None
        Whether it was; None where it cannot be told.
    peer : str
        Name of the peer; empty where there is none.
    theirs : float or None
        Its median.
    ratio : float or None
        How many times better cochange is, or where a cost is compared with another of its own, how many times it is.
    reason : str
        Why a peer was not measured; else empty.
    """

    what: str
    ours: float
    unit: str
    target: str
    met: bool | None
    peer: str = ""
    theirs: float | None = None
    ratio: float | None = None
    reason: str = ""


def faster(
    what: str, ours: float, most: float, peer: str = "", theirs: float | None = None, times: float = 1, reason: str = ""
) -> Found:
    """Seconds beside those of a peer: at most so many, and so many times fewer than the peer's."""
    ratio = None if theirs is None else theirs / ours
    target = f"at most {most:g} s" + (f", {times:g} times faster than {peer}" if peer else "")
    met: bool | None = ours <= most and (ratio is None or ratio >= times)
    if peer and theirs is None and met:
        met = None
    return Found(
        what=what, ours=ours, unit="s", target=target, met=met, peer=peer, theirs=theirs, ratio=ratio, reason=reason
    )
