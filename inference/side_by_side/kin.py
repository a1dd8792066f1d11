"""Which runs are of the same data, and which of the same study."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from cochange.inference.side_by_side.stored import StoredRun


def data_families(runs: Sequence[StoredRun]) -> tuple[int, ...]:
    """A number for each run, the same for runs whose data as read are the same value by value.

    Parameters
    ----------
    runs : sequence of StoredRun
        The runs.
    """
    firsts: list[StoredRun] = []
    numbers = []
    for run in runs:
        alike = [number for number, first in enumerate(firsts) if same_data(run, first)]
        numbers.append(alike[0] if alike else len(firsts))
        if not alike:
            firsts.append(run)
    return tuple(numbers)


def same_data(run: StoredRun, other: StoredRun) -> bool:
    """Whether two runs rest on the same readings of the same participants, whatever else their study files say."""
    return run.study.input_hash == other.study.input_hash or bool(run.study.data.equals(other.study.data))


def kinship(runs: Sequence[StoredRun]) -> Iterator[str]:
    """What every two runs have in common that a reader has to know, as sentences."""
    for run, other in combinations(runs, 2):
        pair = f"{run.label} and {other.label}"
        if run.study.input_hash == other.study.input_hash:
            yield (
                f"{pair} are runs of the same study file and the same data: the same evidence twice, no replication."
            )
        elif same_data(run, other):
            yield f"{pair} rest on the same data, read by different study files: the same evidence twice."
        elif run.study.spec.study.title == other.study.spec.study.title:
            shared, most = _shared(run, other)
            yield (
                f"{pair} have the same title and different data; {shared} of {most} identifiers are in both. Where "
                "they are versions of one data set, their estimates are no independent evidence."
            )
        elif (run.synthetic, other.synthetic) == (False, False) and (found := _shared(run, other))[0] == found[1]:
            yield (
                f"{pair} have different titles and data, yet every identifier of the smaller is in the other: are "
                "they of the same people?"
            )


def is_of_one_study(runs: Sequence[StoredRun]) -> bool:
    """Whether all the runs are of the same data or bear the same title."""
    titles = {run.study.spec.study.title for run in runs}
    return len(titles) == 1 or len(set(data_families(runs))) == 1


def _shared(run: StoredRun, other: StoredRun) -> tuple[int, int]:
    """How many identifiers two runs share, and how many the smaller has."""
    own, others = (item.study.data["participant"].to_numpy().astype(str) for item in (run, other))
    return len(np.intersect1d(own, others)), min(len(own), len(others))
