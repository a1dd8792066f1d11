"""Workers of a Dask cluster, by the address of its scheduler."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from cochange.data.faults import CochangeError
from cochange.inference.many.work import Record, Work, perform

SECONDS_TO_CONNECT = 10


class ClusterError(CochangeError):
    """The cluster cannot be used."""


def done_on_cluster(work: Work, numbers: Sequence[int], scheduler: str) -> Iterator[Record]:
    """Do pieces of work on a Dask cluster, and hand on their records in the order they are done.

    What a lost worker was doing is done again by another.

    Parameters
    ----------
    work : Work
        The work; every worker opens it once. Its code must be installed there, in the same version.
    numbers : sequence of int
        The pieces to do.
    scheduler : str
        Address of the scheduler, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    ClusterError
        If `distributed` is not installed, no scheduler answers, it has no workers, or workers die again and again.
    """
    distributed = _distributed()
    with _client(distributed, scheduler) as client:
        fingerprint = work.fingerprint()
        key = f"cochange-{fingerprint[:16]}"
        # Handed out as the result of a task, which the cluster makes again where the workers that held it are lost.
        handed_out = client.submit(_handed_out, work, key=key)
        # On every worker from the start: Dask leaves tasks where what they need is.
        client.replicate(handed_out)
        futures = [client.submit(perform, handed_out, fingerprint, number, key=f"{key}-{number}") for number in numbers]
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                yield future.result()
                future.release()
        except distributed.KilledWorker as error:
            raise ClusterError(f"{scheduler}: workers died again and again: {error}") from error
        finally:
            client.cancel(futures)


def _handed_out(work: Work) -> Work:
    return work


def _distributed() -> ModuleType:
    try:
        return import_module("distributed")
    except ModuleNotFoundError as error:
        if error.name != "distributed":
            raise
        raise ClusterError(
            "a scheduler needs Dask's distributed, which is not installed: pip install 'cochange[cluster]'"
        ) from None


@contextmanager
def _client(distributed: ModuleType, scheduler: str) -> Iterator[Any]:
    try:
        client = distributed.Client(scheduler, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{scheduler}: no Dask scheduler answers; start one with `dask scheduler`, or leave the scheduler out"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except TimeoutError as error:
            raise ClusterError(
                f"{scheduler}: the cluster has no workers; start some with `dask worker {scheduler}`"
            ) from error
        yield client
