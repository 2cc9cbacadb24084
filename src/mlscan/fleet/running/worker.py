"""What runs inside a worker process: one repository after another, each within its bounds."""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import parent_process
from time import perf_counter

from mlscan.content import load_content
from mlscan.fleet.cloning import CloneFailure
from mlscan.fleet.cloning.git import end_running
from mlscan.fleet.running.judging import Judge
from mlscan.fleet.running.tasks import Bounds, Done, Setup, Task
from mlscan.fleet.store.records import Judged
from mlscan.scan import ScanOptions, look
from mlscan.scan.seen import Seen
from mlscan.types.errors import MlscanError

OUT_OF_MEMORY = "out of memory"
NO_COMMIT = "the repository has no commit"
_workers: list[Worker] = []
"""The one of this process."""
_notes: list[str] = []
"""What was told since the last task was done."""


def tell(message: str) -> None:
    """Keeps a message for the coordinator: it comes with what becomes of the task at hand."""
    _notes.append(message)


class Worker:
    """Does tasks, one at a time."""

    def __init__(self, setup: Setup) -> None:
        """Raises ContentError, UsageError or SettingsError for content or a policy that is broken."""
        self._setup = setup
        self._judge = Judge(setup, load_content(setup.detectors, setup.rules, examples=False))

    def done(self, task: Task) -> Done:
        """What becomes of a task; whatever is wrong with the repository is a reason, never raised."""
        start = perf_counter()
        judged, reason, spent = None, None, False
        try:
            judged = self._judged(task) if task.looks else self._again(task)
        except CloneFailure as failure:
            reason = failure.reason
        except MemoryError:
            reason, spent = OUT_OF_MEMORY, True
        except OSError as error:
            reason = error.strerror or type(error).__name__
        except MlscanError as error:
            reason = _without_paths(str(error), task)
        except Exception as error:
            reason = f"internal error: {type(error).__name__}: {_without_paths(str(error), task)}"
        notes = tuple(_notes)
        _notes.clear()
        return Done(
            seconds=perf_counter() - start,
            content_digest=self._judge.content.digest,
            judged=judged,
            reason=reason,
            notes=notes,
            spent=spent,
        )

    def _judged(self, task: Task) -> Judged | None:
        """The new verdict on a repository; None where the one before it still holds."""
        fetcher, repository = self._setup.fetcher, task.repository
        revision = fetcher.revision(repository)
        if self._is_known(task, revision):
            return self._again(task)
        with fetcher.fetched(repository) as clone:
            if clone.revision is None:
                raise CloneFailure(NO_COMMIT)
            if self._is_known(task, clone.revision):
                return self._again(task)
            options = self._judge.options(task.as_of)
            seen = look(self._judge.content, clone.path, _at(options, clone.revision))
        return self._judge.judged(seen, task.known, _before(task), task.as_of, new=True)

    def _is_known(self, task: Task, revision: str | None) -> bool:
        """Whether the newest verdict stands on this very revision, looked at in the same way."""
        known = task.known
        if known is None or revision is None or task.always:
            return False
        same = known.revision == revision and known.look_key == self._judge.keys.look
        return same and (self._holds(task) or _before(task) is not None)

    def _holds(self, task: Task) -> bool:
        """Whether the newest verdict is what these rules say on this day of what it stands on."""
        known = task.known
        return (
            known is not None and known.judge_key == self._judge.keys.judge and known.holds_on(task.as_of.isoformat())
        )

    def _again(self, task: Task) -> Judged | None:
        """The verdict on evidence that is kept; None where the newest one still holds."""
        known = task.known
        if known is None or self._holds(task):
            return None
        seen = _before(task)
        if seen is None:
            raise CloneFailure("what was seen was kept by another version of mlscan; scan again")
        return self._judge.judged(seen, known, seen, task.as_of, new=False)


def _at(options: ScanOptions, revision: str) -> ScanOptions:
    return replace(options, rev=revision)


def _before(task: Task) -> Seen | None:
    """What the newest verdict stands on; None where it was not sent, or cannot be read any more."""
    try:
        return Seen.decoded(task.evidence) if task.evidence is not None else None
    except ValueError:
        return None


def _without_paths(message: str, task: Task) -> str:
    """The first line of a message, with the name of the repository where its folder is named."""
    line = (message.strip().splitlines() or [""])[0]
    return line.replace(task.repository.path, task.repository.name) if task.repository.path else line


def start(setup: Setup, scratch: str) -> None:
    """Prepares a worker process; it ends when the process that started it is gone.

    scratch: a folder for its temporary files, which goes with it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgrp"):
        os.setpgrp()
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with_parent, args=(scratch,), daemon=True).start()
    _limit_memory(setup.bounds.memory)
    _workers[:] = [Worker(setup)]


def number() -> int:
    """The number of the worker process."""
    return os.getpid()


def work(task: Task, bounds: Bounds) -> Done:
    """Does a task in a worker process. The process ends where the task takes too long, whatever it is doing."""
    with _deadline(bounds.seconds):
        return _workers[0].done(task)


@contextmanager
def _deadline(seconds: int) -> Iterator[None]:
    """Ends the process when the time is over; the thread that does so is not Python's, so nothing can hold it up."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _limit_memory(size: int) -> None:
    if sys.platform != "win32" and size:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        size = size if hard == resource.RLIM_INFINITY else min(size, hard)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


def _end_with_parent(scratch: str) -> None:
    """Waits for the end of the process that started this one, then ends this one and the git that it runs."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(scratch, ignore_errors=True)
        end_running()
        if sys.platform != "win32":
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
