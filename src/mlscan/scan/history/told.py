"""The history of one repository, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mlscan.scan.collecting import rarely_collected
from mlscan.scan.copies import copies
from mlscan.scan.history.older import Older
from mlscan.scan.history.replay import Judged, Replay
from mlscan.scan.history.samples import TAG, Choice, Sample, check_every, choose
from mlscan.scan.history.turns import Change, Turns
from mlscan.scan.one import Progress, ScanOptions
from mlscan.snapshot import Commit, Revisions
from mlscan.types.assessment import Assessment
from mlscan.types.history import (
    Brief,
    LevelChange,
    Moment,
    PracticeHistory,
    RepositoryHistory,
    Span,
    Turn,
    Whose,
)
from mlscan.types.snapshot import History

if TYPE_CHECKING:
    from mlscan.content import Content

LOOKED_AT_LEAST = 50
"""Commits between samples that may be looked at to find turns; as many as there are samples where those are more."""
ALL = 1 << 40
_FAILED = 3
"""Problems of revisions that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """What may be chosen for a history."""

    every: str = "quarter"
    """`month`, `quarter`, `year`, `tag`, or a number of commits."""
    since: date | None = None
    exact: bool = False
    """Find the commit of every change, however many have to be looked at."""
    scan: ScanOptions = field(default_factory=ScanOptions)
    """How each revision is scanned; `rev` is the newest. `as_of` holds for all of them."""
    notify: Progress | None = None
    """Called with (revisions judged, revisions in all)."""


@dataclass(frozen=True, slots=True)
class _Step:
    """From one state of a practice to another: the two samples that know it, and where its evidence lies."""

    old: Sample
    new: Sample
    present: bool
    paths: frozenset[str]


def history_of(content: Content, path: str | Path, options: HistoryOptions) -> tuple[Assessment, RepositoryHistory]:
    """The newest revision of the repository at `path`, and how it came to be so, by this content on one day.

    Only git is read, never the files that lie in the folder. Raises NothingToScan where there is no history, UsageError
    for an unknown way to choose revisions, and for the newest revision what `scan` raises. An older one that cannot be
    judged is a moment with a problem.
    """
    from mlscan.scan.settled import with_policy

    check_every(options.every)
    scan = replace(options.scan, as_of=options.scan.as_of or datetime.now(UTC).date(), progress=None, with_=())
    content = with_policy(content, scan.policy)
    with rarely_collected(), Revisions(path, scan.rev, scan.limits) as revisions:
        line = revisions.line()
        tags = revisions.tags() if options.every == TAG else {}
        shallow = revisions.info.history is History.SHALLOW
        choice = choose(line, options.every, options.since, tags, shallow=shallow)
        revisions.prepare(sample.commit.revision for sample in choice.samples)
        tip = revisions.tip

        def judge_oldest(count: int) -> Sequence[Judged]:
            commits = [sample.commit for sample in choice.samples[:count]]
            with Revisions(path, tip, scan.limits) as own:
                own.prepare(commit.revision for commit in commits)
                replay = Replay(content, own, scan)
                return [replay.at(commit) for commit in commits]

        with Older(copies(scan.processes), len(choice.samples), judge_oldest) as older:
            told = _Told(choice, Replay(content, revisions, scan), options.notify, older)
        budget = ALL if options.exact else max(LOOKED_AT_LEAST, len(choice.samples))
        turns = Turns(line.commits, revisions.changed, budget)
        practices = told.practices(turns)
        return told.newest, _history(options, told, practices, told.levels(turns))


def _history(
    options: HistoryOptions, told: _Told, practices: tuple[PracticeHistory, ...], levels: tuple[LevelChange, ...]
) -> RepositoryHistory:
    newest, choice = told.newest, told.choice
    info = newest.repository
    return RepositoryHistory(
        mlscan_version=newest.mlscan_version,
        content_digest=newest.content_digest,
        repository=Whose(
            name=info.name, url=info.url, revision=info.revision, folder=info.folder, history=info.history
        ),
        model=newest.model,
        as_of=newest.as_of,
        every=options.every,
        since=options.since.isoformat() if options.since else None,
        level_names=newest.level_names,
        commits=choice.commits,
        begins=choice.begins,
        moments=tuple(told.moments),
        levels=levels,
        practices=practices,
        notes=(*choice.notes, *_failures(told.moments)),
    )


class _Told:
    """All samples, judged, with what changes from one to another."""

    def __init__(self, choice: Choice, replay: Replay, notify: Progress | None, older: Older) -> None:
        self.choice, self._replay, self._notify = choice, replay, notify
        self._steps: dict[str, list[_Step]] = {}
        self._last: dict[str, _Step] = {}
        self.moments: list[Moment] = []
        self.newest: Assessment = replay.newest()
        newer = [self._judged(number) for number in range(older.count, len(choice.samples))]
        oldest = older.answers() or [self._judged(number) for number in range(older.count)]
        for sample, judged in zip(choice.samples, [*oldest, *newer], strict=True):
            replay.learn(sample.commit, judged)
            self._add(sample, judged)

    def _judged(self, number: int) -> Judged:
        if self._notify is not None:
            self._notify(number, len(self.choice.samples))
        return self._replay.at(self.choice.samples[number].commit)

    def _add(self, sample: Sample, judged: Judged) -> None:
        moment = Moment(
            point=sample.point, label=sample.label, brief=judged.brief, problem=judged.problem, gaps=judged.gaps
        )
        self.moments.append(moment)
        self._note(sample, judged)

    def _note(self, sample: Sample, judged: Judged) -> None:
        """Remembers what is otherwise than where it was known last."""
        for name, present in judged.brief.present.items() if judged.brief else ():
            if present is None:
                continue
            paths = (judged.places or {}).get(name, frozenset())
            last = self._last.get(name)
            if last is None or last.present is not present:
                old = last.new if last is not None else sample
                shown = paths if present else last.paths if last is not None else frozenset()
                self._steps.setdefault(name, []).append(_Step(old, sample, present, shown))
            self._last[name] = _Step(sample, sample, present, paths)

    def practices(self, turns: Turns) -> tuple[PracticeHistory, ...]:
        """Each practice, in the order of reports."""
        changes = {name: [(step, self._change(name, step)) for step in steps] for name, steps in self._steps.items()}
        turns.prepare(change for found in changes.values() for _, change in found)
        # The newest first: where not all can be found, they matter most.
        order = sorted(
            ((name, step, change) for name, found in changes.items() for step, change in found if step.old != step.new),
            key=lambda item: item[1].new.place,
        )
        found = {(name, step.new.place): turns.find(change) for name, step, change in order}
        return tuple(
            PracticeHistory(
                id=p.id,
                title=p.title,
                group=p.group,
                informational=p.informational,
                present=p.present,
                spans=tuple(self._spans(p.id, found)),
            )
            for p in self.newest.practices
        )

    def _change(self, name: str, step: _Step) -> Change:
        def is_new(commit: Commit) -> bool | None:
            brief = self._replay.at(commit).brief
            present = brief.present.get(name) if brief is not None else None
            return None if present is None else present is step.present

        return Change(step.old, step.new, is_new, step.paths)

    def _spans(self, name: str, found: dict[tuple[str, int], Turn]) -> Iterator[Span]:
        appeared: Turn | None = None
        for step in self._steps.get(name, ()):
            turn = found.get((name, step.new.place)) or self._start(step.new)
            if step.present:
                appeared = turn
            elif appeared is not None:
                yield Span(appeared=appeared, vanished=turn)
                appeared = None
        if appeared is not None:
            yield Span(appeared=appeared)

    def _start(self, sample: Sample) -> Turn:
        """The turn of what is there where it is known first."""
        begins = self.choice.begins
        first = sample.point == begins.point and begins.why == "first-commit"
        return Turn(at=sample.point if first else None, after=None, before=sample.point)

    def levels(self, turns: Turns) -> tuple[LevelChange, ...]:
        """Where the level went up or down."""
        known = [
            (sample, moment.brief)
            for sample, moment in zip(self.choice.samples, self.moments, strict=True)
            if moment.brief is not None
        ]
        found: list[LevelChange] = []
        for (old, before), (new, after) in reversed(list(pairwise(known))):
            if before.level != after.level:
                turn = turns.find(Change(old, new, self._has_level(after), frozenset()))
                found.append(LevelChange(before=before.level, after=after.level, turn=turn))
        return tuple(reversed(found))

    def _has_level(self, wanted: Brief) -> Callable[[Commit], bool | None]:
        def is_new(commit: Commit) -> bool | None:
            brief = self._replay.at(commit).brief
            return None if brief is None else brief.level == wanted.level

        return is_new


def _failures(moments: Iterable[Moment]) -> Iterator[str]:
    failed = [moment for moment in moments if moment.brief is None]
    for moment in failed[:_FAILED]:
        yield f"{moment.point.on or moment.point.revision[:10]}: not judged: {moment.problem}."
    if len(failed) > _FAILED:
        yield f"{len(failed) - _FAILED} more revisions could not be judged."
