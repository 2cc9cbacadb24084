"""A place where one repository is done at a time: an executor of its own, renewed when it breaks."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import suppress

from mlscan.fleet.running import worker
from mlscan.fleet.running.tasks import Bounds, Done, Setup, Task

TASKS_OF_A_WORKER = 200
"""A worker is replaced after so many, so that what one leaves behind does not add up."""
Make = Callable[[], Executor]
"""Makes an executor of one worker, which has called `worker.start`. A cluster brings its own function of this kind."""


class WorkerProcess(ProcessPoolExecutor):
    """An executor that is one process of this machine."""

    def __init__(self, setup: Setup) -> None:
        context = multiprocessing.get_context("spawn")
        # A worker that is ended by force cannot put its files away.
        self._scratch = tempfile.mkdtemp(prefix="mlscan-")
        atexit.register(shutil.rmtree, self._scratch, ignore_errors=True)
        super().__init__(1, mp_context=context, initializer=worker.start, initargs=(setup, self._scratch))
        self._number = self.submit(worker.number)

    @property
    def has_started(self) -> bool:
        """False where the process has died before it was ready for anything."""
        return self._number.done() and not self._number.cancelled() and self._number.exception() is None

    def kill(self) -> None:
        """Ends the process, with everything that it has started, at once."""
        if self.has_started:
            _kill(self._number.result())
        self.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self._scratch, ignore_errors=True)


class Slot:
    """One place."""

    def __init__(self, make: Make, bounds: Bounds) -> None:
        self._make, self._bounds = make, bounds
        self._executor: Executor | None = None
        self._tasks = 0

    def submit(self, task: Task) -> Future[Done]:
        """Begins a task; the executor is made when there is none. The future raises where the worker dies."""
        if self._tasks >= TASKS_OF_A_WORKER:
            self.renew()
        if self._executor is None:
            self._executor = self._make()
        self._tasks += 1
        return self._executor.submit(worker.work, task, self._bounds)

    @property
    def has_started(self) -> bool:
        """False where a worker has died before it was ready for anything."""
        return not isinstance(self._executor, WorkerProcess) or self._executor.has_started

    def renew(self) -> None:
        """Ends the worker; the next task gets a new one."""
        executor, self._executor, self._tasks = self._executor, None, 0
        if isinstance(executor, WorkerProcess):
            executor.kill()
        elif executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


def _kill(number: int) -> None:
    """Ends the processes of a group; of one process where the system knows no groups."""
    with suppress(OSError):
        if sys.platform == "win32":
            os.kill(number, signal.SIGTERM)
        else:
            os.killpg(number, signal.SIGKILL)
