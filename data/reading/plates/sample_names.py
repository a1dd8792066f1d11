"""From the name of a sample to its participant and visit, by the pattern that the study declares."""

import re
from collections.abc import Collection, Iterator
from functools import cache

import pandas as pd

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.reading.places import count_rows
from cochange.data.specification.sample_pattern import pattern_lacks

_SHOWN = 5
_ACTION = "correct the pattern or the name, or list the name under ignore_samples"


def split_sample_names(
    wells: pd.DataFrame,
    pattern: str,
    *,
    visits: Collection[str] = (),
    ignore_samples: Collection[str] = (),
    hidden: bool = False,
) -> pd.DataFrame:
    """Split the names of samples into participant and visit.

    Parameters
    ----------
    wells : pandas.DataFrame
        From one `PlateSheet`, or those of several one under the other, with the column `file`.
    pattern : str
        The text of a whole name around ``{participant}`` and ``{visit}``, neither of which holds white space. Where a
        name can be split in several ways, the participant is as long as possible.
    visits : collection of str, optional
        Known visits: a split must give one of them, and only one split may.
    ignore_samples : collection of str, optional
        Names of samples that belong to no participant, such as controls of the laboratory.
    hidden : bool, optional
        Whether messages tell names by their rows alone, since they may hold identifiers.

    Returns
    -------
    pandas.DataFrame
        All wells with the columns `participant`, `visit` ("" where the pattern has none, and for the ignored) and
        `ignored`: true for standards, controls, blanks and the samples to ignore.

    Raises
    ------
    InputError
        When the pattern lacks something, a name does not fit it or fits in several ways, or a sample to ignore is not
        there.
    """
    if lacking := pattern_lacks(pattern):
        action = "correct the pattern of the sample names"
        raise InputError(
            [Fault(_first_place(wells)[0], None, None, f"a pattern with {lacking}", f"'{pattern}'", action)]
        )
    ignored = (wells["kind"] != "sample") | wells["sample"].isin(list(ignore_samples))
    faults = list(_strangers(wells, ignore_samples))
    parts: dict[str, tuple[str, str]] = {}
    unknown: dict[tuple[str, ...], list[str]] = {}
    required, samples = _required(pattern, visits), wells[~ignored]
    for name in samples["sample"].unique().tolist():
        splits = list(dict.fromkeys(_splits(name, pattern)))
        fitting = [split for split in splits if split[1] in visits] if visits and "{visit}" in pattern else splits[:1]
        if len(fitting) == 1:
            parts[name] = fitting[0]
        elif splits and not fitting:
            unknown.setdefault(tuple(dict.fromkeys(visit for _, visit in splits)), []).append(name)
        else:
            own = samples[samples["sample"] == name]
            ways = [f"at '{visit}'" if hidden else f"'{own}' at '{visit}'" for own, visit in fitting]
            found = _names([name], own, hidden) + (f", which can be {' or '.join(ways)}" if ways else "")
            faults.append(Fault(*_first_place(own), required, found, _ACTION))
    for visit, names in unknown.items():
        own = samples[samples["sample"].isin(names)]
        found = f"{_names(names, own, hidden)}, whose visit would be {listing(visit)}"
        action = (
            f'say which visit of the study this is, as in visits = {{ "{visit[0]}" = "..." }} under [[data.join]], '
        )
        faults.append(Fault(*_first_place(own), required, found, action + _ACTION))
    if faults:
        raise InputError(summarise(faults))
    split = [("", "") if aside else parts[name] for name, aside in zip(wells["sample"], ignored, strict=True)]
    return wells.assign(participant=[own for own, _ in split], visit=[visit for _, visit in split], ignored=ignored)


def _names(names: list[str], wells: pd.DataFrame, hidden: bool) -> str:
    told = f"{len(names)} name{'s' if len(names) > 1 else ''}" if hidden else listing(names, _SHOWN)
    return f"{told} in {count_rows(wells)}"


def _first_place(wells: pd.DataFrame) -> tuple[str, int, str]:
    file, row = wells[["file", "row"]].iloc[0]
    return str(file), int(row), "sample"


def _required(pattern: str, visits: Collection[str]) -> str:
    known = f" with a visit among {listing(visits)}" if visits and "{visit}" in pattern else ""
    return f"a name of a sample as '{pattern}'{known}, in one way only,"


def _strangers(wells: pd.DataFrame, ignore_samples: Collection[str]) -> Iterator[Fault]:
    known = set(wells["sample"])
    for name in ignore_samples:
        if name not in known:
            required, action = f"the sample '{name}' to ignore", "drop it from ignore_samples, or correct its name"
            yield Fault(_first_place(wells)[0], None, "sample", required, "none of this name", action)


def _splits(name: str, pattern: str) -> Iterator[tuple[str, str]]:
    """Every participant and visit that make up a name, the longest participant first."""
    for length in range(len(name), 0, -1):
        if match := _expression(pattern, length).fullmatch(name):
            yield match["participant"], match.groupdict().get("visit", "")


@cache
def _expression(pattern: str, length: int) -> re.Pattern[str]:
    """The pattern for participants of one length."""
    parts = re.split(r"(\{participant\}|\{visit\})", pattern)
    fields = {"{participant}": rf"(?P<participant>\S{{{length}}})", "{visit}": r"(?P<visit>\S+)"}
    return re.compile("".join(fields.get(part, re.escape(part)) for part in parts))
