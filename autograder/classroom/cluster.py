"""Gradings on many machines, by dask.distributed. Theory of operation:

1. The course goes to every worker once, as a plugin: workers that join later get it too.
2. A job travels as data and under its key: the same work of two people is graded once.
3. A few jobs for each thread of the workers are under way, no more, and an answer is released
   as soon as it is here. What a run needs does not grow with the class.
4. A worker that is gone is dask's affair: it gives the job to another, for a few times.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from autograder.assignment import load
from autograder.classroom.carry import fault
from autograder.classroom.connect import Certificates, ClusterError, connect
from autograder.classroom.executor import LOST_LIMIT, Done, Job, Task
from autograder.classroom.parcel import pack_course, send
from autograder.report import clean
from autograder.wall.process import LaunchError

WORKER_SECONDS, CLOSE_SECONDS = 30.0, 2.0
AHEAD = 2  # jobs under way for each thread of the workers


class Cluster:
    """Carries out jobs on the workers of the scheduler at `address`; use it in a `with`.

    `security` names the certificates of a tls:// address; without it they are those of dask's
    configuration. `resources`, as {"GPU": 1}, is what a worker has to offer for each job.
    Raises AssignmentError, or ClusterError where no worker can be reached.
    """

    def __init__(
        self,
        task: Task,
        address: str,
        *,
        security: Certificates | None = None,
        resources: Mapping[str, float] | None = None,
    ) -> None:
        self.assignment = load(task.name, task.root)
        self.address = address
        self.resources = dict(resources or {})
        self.name = f"graded-descent-{secrets.token_hex(8)}"
        self.flight: dict[str, _Flight] = {}
        self.client = connect(address, security)
        try:
            self._await_workers()
            self._prepare(task)
        except BaseException:
            self.close()
            raise

    def run(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Yield each answer as it comes, as `Executor.run` says.

        A job that comes again before it is answered is not carried out again.
        """
        from distributed import as_completed

        source, answers = iter(jobs), as_completed(loop=self.client.loop)
        try:
            answers.update(self._submit(source))
            for future in answers:
                flight = self.flight.pop(future.key[1])
                done = Done(flight.job.key, self._report(flight))
                future.release()
                answers.update(self._submit(source))
                yield from [done] * flight.times
        finally:
            self._cancel()

    def close(self) -> None:
        """Leave the cluster; what is under way for this run ends there."""
        with suppress(Exception):
            if self.client.status == "running":  # one that is gone holds nothing of ours
                self._cancel()
                self.client.unregister_worker_plugin(self.name)
        with suppress(TimeoutError):
            self.client.close(timeout=CLOSE_SECONDS)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _await_workers(self) -> None:
        try:
            self.client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise ClusterError(
                f"the scheduler at {self.address} has no worker: start one on each machine with  "
                f"dask worker {self.address}"
            ) from error
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        offers = [worker["resources"] for worker in workers]
        wanted = self.resources.items()
        if not any(all(offer.get(k, 0) >= v for k, v in wanted) for offer in offers):
            asked = ",".join(f"{name}={count:g}" for name, count in wanted)
            raise ClusterError(
                f"no worker of {self.address} offers {asked}: start one with  "
                f'dask worker {self.address} --resources "{asked}"'
            )

    def _prepare(self, task: Task) -> None:
        from autograder.classroom.station import Station

        try:
            self.client.register_plugin(Station(task, pack_course(self.assignment)), self.name)
        except LaunchError:
            raise
        except Exception as error:
            raise ClusterError(
                f"the workers of {self.address} cannot grade: {type(error).__name__}: "
                f"{clean(str(error), 500)}. Install graded-descent and what the assignment needs "
                "on each of them"
            ) from error

    def _submit(self, source: Iterator[Job]) -> list[Any]:
        """Bring the jobs under way up to their number, and return the new futures."""
        from autograder.classroom.station import carry_out

        started = []
        room = AHEAD * max(1, sum(self.client.nthreads().values()))
        while len(self.flight) < room and (job := next(source, None)) is not None:
            if job.key in self.flight:
                self.flight[job.key].times += 1
                continue
            future = self.client.submit(
                carry_out,
                self.name,
                send(job),
                key=("grade", job.key),
                retries=LOST_LIMIT - 1,
                resources=self.resources or None,
            )
            self.flight[job.key] = _Flight(job, future)
            started.append(future)
        return started

    def _report(self, flight: _Flight) -> dict[str, Any]:
        """Return the report of a future that is done. Raises LaunchError."""
        from distributed import KilledWorker

        try:
            report: dict[str, Any] = flight.future.result()
            return report
        except LaunchError:
            raise
        except KilledWorker:
            lost = (
                f"the worker that graded this work was lost more than {LOST_LIMIT} times; grade "
                "it alone, and look at what the system says of killed processes"
            )
            return fault(self.assignment, flight.job, lost).to_dict()
        except CancelledError as error:  # not by us: the connection was lost
            raise ClusterError(
                f"the scheduler at {self.address} is gone; start it and grade again: what was "
                "answered is kept"
            ) from error
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            return fault(self.assignment, flight.job, reason).to_dict()

    def _cancel(self) -> None:
        futures = [flight.future for flight in self.flight.values()]
        self.flight.clear()
        if futures:
            self.client.cancel(futures)


@dataclass
class _Flight:
    """A job under way, and how often it came."""

    job: Job
    future: Any
    times: int = 1
