"""One run: repositories come in, go to workers, and what becomes of each is stored before the next thing is done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from queue import Empty, Queue
from threading import Semaphore
from time import monotonic

from mlscan.fleet.running.listing import End, Note
from mlscan.fleet.running.slots import Slot
from mlscan.fleet.running.tasks import Bounds, Done, Task
from mlscan.fleet.running.watching import Ending, Progress, Watch
from mlscan.fleet.store import Writer
from mlscan.fleet.store.records import AttemptState, Ended, Known, Run, RunPlan, RunState, Waiting
from mlscan.types.errors import MlscanError
from mlscan.types.fleet import FleetRepository, SourceFailure

ROOM = 500
"""Repositories that are listed and wait to be handled, at the most: who lists more has to wait."""
TRIES = 3
"""How often a repository may take a worker with it. Somebody else may have ended the worker."""
GRACE = 60
"""Seconds after which a worker that did not end itself is ended."""
OUT_OF_TIME, CRASHED = "out of time", "the scan ended unexpectedly: out of memory, or a crash"
_BATCH, _TICK = 50, 1.0


class WorkersFailed(MlscanError):
    """No worker can be started: the fault is not with the repositories."""


class ContentChanged(MlscanError):
    """Detectors or rules were changed while a run went on."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How the repositories of a run are done."""

    look_key: str
    judge_key: str
    bounds: Bounds
    peek: Callable[[FleetRepository], str | None] = lambda _: None
    """The revision of a repository that lies here, which costs next to nothing; None for all others."""
    looks: bool = True
    always: bool = False
    """True: also what has not changed is done."""


@dataclass(slots=True)
class _Place:
    """A slot with what it is doing."""

    slot: Slot
    item: Waiting | None = None
    since: float = 0.0


@dataclass(slots=True)
class Coordinator:
    """Drives one run to its end. It holds a few hundred repositories at the most, however many there are."""

    writer: Writer
    run: Run
    plan: RunPlan
    how: How
    slots: Sequence[Slot]
    watch: Watch
    clock: Callable[[], float] = monotonic
    progress: Progress = field(default_factory=Progress)
    unlisted: int = 0
    """Sources that could not be listed, wholly or in part."""
    events: Queue[object] = field(default_factory=Queue)
    """What listing and workers tell. Workers never wait for it, or nothing could be ended while it is full."""
    room: Semaphore = field(default_factory=lambda: Semaphore(ROOM))
    """For repositories among the events."""
    _places: list[_Place] = field(default_factory=list)
    _next: deque[Waiting] = field(default_factory=deque)
    _tries: dict[int, int] = field(default_factory=dict)
    _dead: int = 0
    _hurries: bool = False
    """True where there is more to do than to wait for."""

    def drive(self, *, is_listed: bool) -> None:
        """Does everything that the run has still to do.

        is_listed: False where repositories are still to come, as events that end with `End`.
        Raises WorkersFailed and ContentChanged. Whatever ends it early, the run can be taken up.
        """
        start = self.clock()
        self._places = [_Place(slot) for slot in self.slots]
        counted = self.writer.store.counts(self.run.id)
        self.progress = Progress(total=sum(counted.values()), is_listed=is_listed)
        self.progress.before = self.progress.total - counted[AttemptState.WAITING]
        state = RunState.STOPPED
        try:
            while self._fill() or not self.progress.is_listed:
                self._handle()
                self.progress.seconds = self.clock() - start
                self.watch.moved(self.progress)
                self._end_stuck()
            state = RunState.FINISHED
        finally:
            for slot in self.slots:
                slot.renew()
            self.writer.finish(self.run.id, state)

    def _fill(self) -> bool:
        """Gives every free slot something to do; False when nothing is left and nothing goes on."""
        free = [place for place in self._places if place.item is None]
        done = 0
        self._hurries = False
        while free and not self._hurries:
            item = self._take()
            if item is None:
                break
            known = self.writer.store.known(item.id)
            if self._still_holds(item, known):
                self._record(item, Ended(at=_now(), seconds=0.0))
                done += 1
                self._hurries = done >= _BATCH
            else:
                self._submit(free.pop(0), item, known)
        return self._hurries or any(place.item is not None for place in self._places)

    def _still_holds(self, item: Waiting, known: Known | None) -> bool:
        """Whether it can be told without a worker that nothing has changed."""
        how = self.how
        if known is None or how.always or known.judge_key != how.judge_key or not known.holds_on(self.run.as_of):
            return False
        if not how.looks:
            return True
        is_here = item.repository.path is not None and known.look_key == how.look_key
        return is_here and how.peek(item.repository) == known.revision

    def _take(self) -> Waiting | None:
        if not self._next:
            busy = {place.item.id for place in self._places if place.item is not None}
            found = self.writer.store.waiting(self.run.id, limit=_BATCH + len(busy))
            self._next.extend(item for item in found if item.id not in busy)
        return self._next.popleft() if self._next else None

    def _submit(self, place: _Place, item: Waiting, known: Known | None) -> None:
        task = Task(
            repository=item.repository,
            as_of=date.fromisoformat(self.run.as_of),
            known=known,
            evidence=self._evidence(known),
            looks=self.how.looks,
            always=self.how.always,
        )
        place.item, place.since = item, self.clock()
        try:
            future = place.slot.submit(task)
        except BrokenProcessPool as error:
            # The worker died while it had nothing to do.
            future = Future()
            future.set_exception(error)
        future.add_done_callback(partial(self._put, place))

    def _put(self, place: _Place, future: Future[Done]) -> None:
        if not future.cancelled():
            self.events.put((place, future))

    def _evidence(self, known: Known | None) -> bytes | None:
        """What the newest verdict stands on: it is judged again, or tells what moved the next one."""
        if known is None:
            return None
        return self.writer.store.evidence(known.evidence)

    def _handle(self) -> None:
        """Waits for something to happen, and handles all that has, in its order."""
        found: list[FleetRepository] = []
        event = self._event(0 if self._hurries else _TICK)
        while event is not None:
            if isinstance(event, FleetRepository):
                found.append(event)
                self.room.release()
            else:
                self._enlist(found)
                self._handle_one(event)
            event = self._event(0) if len(found) < _BATCH else None
        self._enlist(found)

    def _event(self, seconds: float) -> object | None:
        try:
            return self.events.get(timeout=seconds) if seconds else self.events.get_nowait()
        except Empty:
            return None

    def _handle_one(self, event: object) -> None:
        if isinstance(event, tuple):
            self._ended(*event)
        elif isinstance(event, SourceFailure):
            self.unlisted += 1
            self.watch.note(f"{event.source}: {event.reason}" if event.source else event.reason)
        elif isinstance(event, Note):
            self.watch.note(event.message)
        elif isinstance(event, End):
            if event.error is not None:
                raise event.error
            self.writer.listed(self.run.id, self.unlisted)
            self.progress.is_listed = True

    def _enlist(self, found: list[FleetRepository]) -> None:
        if found:
            self.progress.total += self.writer.enlist(self.run.id, self.plan.listing, found)
            found.clear()

    def _ended(self, place: _Place, future: Future[Done]) -> None:
        item, place.item = place.item, None
        if item is None:
            return
        error = future.exception()
        if error is None:
            self._dead = 0
            self._store(place, item, future.result())
        elif isinstance(error, BrokenProcessPool):
            self._died(place, item)
        else:
            raise error

    def _store(self, place: _Place, item: Waiting, done: Done) -> None:
        if done.content_digest != self.plan.content_digest:
            raise ContentChanged("detectors or rules were changed while the run went on; start it again")
        for note in done.notes:
            self.watch.note(note)
        self._record(item, Ended(at=_now(), seconds=done.seconds, judged=done.judged, reason=done.reason))
        if done.spent:
            place.slot.renew()

    def _died(self, place: _Place, item: Waiting) -> None:
        """A worker is gone: for lack of time, by a crash, or because somebody ended it."""
        seconds = self.clock() - place.since
        has_started = place.slot.has_started
        place.slot.renew()
        if not has_started:
            self._dead += 1
            if self._dead > TRIES * len(self._places):
                raise WorkersFailed("no worker process can be started; run `mlscan .` to see why")
            self._next.appendleft(item)
            return
        self._tries[item.id] = self._tries.get(item.id, 0) + 1
        late = seconds >= self.how.bounds.seconds
        if not late and self._tries[item.id] < TRIES:
            self._next.appendleft(item)
            return
        self._record(item, Ended(at=_now(), seconds=seconds, reason=OUT_OF_TIME if late else CRASHED))

    def _record(self, item: Waiting, ended: Ended) -> None:
        self._tries.pop(item.id, None)
        self.writer.record(self.run.id, item.id, ended)
        self.progress.counts[ended.state] = self.progress.counts.get(ended.state, 0) + 1
        words = ended.reason or (_told(ended) if ended.judged else "nothing has changed")
        self.watch.ended(Ending(repository=item.repository, state=ended.state, words=words, seconds=ended.seconds))

    def _end_stuck(self) -> None:
        """Ends workers that their own deadline did not end; what they did is then told as for any that died."""
        latest = self.clock() - self.how.bounds.seconds - GRACE
        for place in self._places:
            if place.item is not None and place.since < latest:
                place.slot.renew()


def _told(ended: Ended) -> str:
    judged = ended.judged
    assert judged is not None
    _, kind, applicable, level, _, could_be = judged.mark
    level_words = f"level {level}" + (f" (could be {could_be})" if could_be > level else "")
    return f"{level_words}, {kind}" + ("" if applicable else ", not applicable")


def _now() -> datetime:
    return datetime.now(UTC)
