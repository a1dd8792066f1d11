"""Do numbered pieces of work wherever there are workers, store each, and go on from what is stored."""

import os
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

from cochange.inference.lock import alone_in
from cochange.inference.many.cluster import done_on_cluster
from cochange.inference.many.local import done_locally
from cochange.inference.many.records import append, appending, read_records
from cochange.inference.many.work import Record, Work
from cochange.inference.progress import Progress, Silent


def do_many(
    work: Work,
    count: int,
    path: Path | None = None,
    cores: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> list[Record]:
    """Do the pieces of work numbered from 0, on local processes or on a cluster.

    The records are the same whoever does the work and in whatever order: each piece takes its seeds from its number.

    Parameters
    ----------
    work : Work
        The work.
    count : int
        How many pieces.
    path : Path, optional
        File for the records; those it holds already are not done again. Without it nothing is stored.
    cores : int, optional
        Local processes; as many as there are processors by default.
    scheduler : str, optional
        Address of a Dask scheduler whose workers do the work instead.
    progress : Progress, optional
        Told of each piece.

    Returns
    -------
    list of mapping
        One record a piece, in the order of their numbers.

    Raises
    ------
    InputError
        If other work is being done in the folder of the file.
    RecordsError
        If the file holds records of other work.
    ClusterError, LostWorkersError
        If the workers cannot be used.
    """
    progress = progress or Silent()
    with alone_in(path and path.parent):
        key = work.fingerprint()
        found = read_records(path, key) if path is not None else {}
        left = [number for number in range(count) if number not in found]
        for _ in range(count - len(left)):
            progress.finished()
        if left:
            progress.step(f"{work.name}: compiling, or loading what was compiled")
            processes = min(cores or os.cpu_count() or 1, len(left))
            records = done_on_cluster(work, left, scheduler) if scheduler else done_locally(work, left, processes)
            # Work that cannot be begun leaves no file behind.
            first = next(records)
            with appending(path, key) if path is not None else nullcontext() as file:
                for done, record in enumerate(chain([first], records), start=1):
                    if file is not None:
                        append(file, record)
                    found[record["number"]] = record
                    progress.finished()
                    if done < len(left):
                        progress.step(work.name)
    return [found[number] for number in range(count)]
