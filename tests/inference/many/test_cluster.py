"""A real Dask cluster of two workers on the loopback address, one of them killed in the middle."""

import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cochange.inference.many.cluster import ClusterError
from cochange.inference.many.engine import do_many

COUNT = 30


def test_a_cluster_gives_the_same_records_though_a_worker_is_killed(
    conjugate: ModuleType, cluster: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    path = tmp_path / "fits.jsonl"

    def kill_one() -> None:
        # Both workers are at work, and some of it is done; the file is begun with the first fit.
        while len(list(folder.glob("opened-*"))) < 2 or not path.exists() or len(path.read_text().splitlines()) <= 5:
            time.sleep(0.05)
        cluster.workers[0].kill()

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    records = do_many(conjugate.Conjugate(folder, pause=0.2), COUNT, path, scheduler=cluster.address)
    killer.join(timeout=60)
    assert cluster.workers[0].wait(timeout=60) < 0
    assert cluster.workers[1].poll() is None
    assert len(list(folder.glob("opened-*"))) == 2
    assert len(path.read_text().splitlines()) == COUNT + 1
    (tmp_path / "apart").mkdir()
    assert records == do_many(conjugate.Conjugate(tmp_path / "apart"), COUNT, cores=1)


def test_no_scheduler_at_the_address_is_said(conjugate: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        do_many(conjugate.Conjugate(tmp_path), 3, scheduler="tcp://127.0.0.1:1")
