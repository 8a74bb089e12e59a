"""What a worker of a cluster keeps for one run: the course, and processes that grade.

Only `cluster` imports this, and the workers: it needs dask.distributed.
"""

from __future__ import annotations

import multiprocessing
import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from autograder import __version__
from autograder.classroom.executor import Task
from autograder.classroom.parcel import Files, Sent, digest, receive, unpack
from autograder.classroom.pool import Pool
from autograder.wall.process import LaunchError

IDLE_SECONDS = 600.0


class Station(WorkerPlugin):  # type: ignore[misc]
    """Goes to every worker, to those that join later too, and unpacks the course there.

    A worker runs its tasks in threads, but a grading needs the main thread of its process (a
    check's time limit is a signal): each thread has a pool of one process. The run may be
    killed without a word to the workers: processes that nobody needs for long are ended.
    """

    def __init__(self, task: Task, files: Files) -> None:
        self.task = task
        self.files = files
        self.version = __version__

    def setup(self, worker: Any) -> None:
        if self.version != __version__:
            raise LaunchError(
                f"the worker {worker.address} has graded-descent {__version__}, but "
                f"{self.version} asks it: install the same version on all machines"
            )
        # dask's workers are daemons, which may have no children; ours end with their pipe.
        if multiprocessing.current_process().daemon:
            multiprocessing.current_process().daemon = False
        # mkdtemp: nobody but this user may look at the solutions.
        self.folder = Path(tempfile.mkdtemp(prefix=f"graded-{digest(self.files)[:16]}-")).resolve()
        unpack(self.files, self.folder)
        self.files = {}
        self.lock = threading.Lock()
        self.pools: list[Pool] = []
        self.free: list[Pool] = []
        self.over = False
        self.rest = threading.Timer(0, self._rest)

    def teardown(self, worker: Any) -> None:
        with self.lock:
            self.over = True
            self.rest.cancel()
            pools = list(self.pools)
        for pool in pools:
            pool.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def carry_out(self, sent: Sent) -> dict[str, Any]:
        """Grade one submission; raises LaunchError where nothing can be graded here."""
        pool = self._take()
        try:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                done = list(pool.run([receive(sent, Path(folder).resolve())]))
        finally:
            self._give_back(pool)
        if not done:
            raise LaunchError("the run is over")
        return done[0].report

    def _take(self) -> Pool:
        with self.lock:
            if self.over:
                raise LaunchError("the run is over")
            if not self.free:
                self.free.append(Pool(replace(self.task, root=self.folder), 1))
                self.pools.append(self.free[-1])
            self.rest.cancel()
            return self.free.pop()

    def _give_back(self, pool: Pool) -> None:
        with self.lock:
            self.free.append(pool)
            if not self.over:
                self.rest.cancel()
                self.rest = threading.Timer(IDLE_SECONDS, self._rest)
                self.rest.daemon = True
                self.rest.start()

    def _rest(self) -> None:
        with self.lock:
            idle, self.free = self.free, []
            self.pools = [pool for pool in self.pools if pool not in idle]
        for pool in idle:
            pool.close()


def carry_out(run: str, sent: Sent) -> dict[str, Any]:
    """Grade one submission in the station of a run on this worker."""
    station = get_worker().plugins.get(run)
    if station is None:
        raise LaunchError("this worker was not told of the run")
    report: dict[str, Any] = station.carry_out(sent)
    return report
