"""Which revisions of a line of commits are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mlscan.snapshot import Commit, Line
from mlscan.types.errors import UsageError
from mlscan.types.history import Beginning, Point

TAG = "tag"
_PERIODS: Mapping[str, Callable[[str], str]] = {
    "month": lambda day: day[:7],
    "quarter": lambda day: f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}",
    "year": lambda day: day[:4],
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One revision that is to be looked at."""

    place: int
    """On the line; 0 is the newest commit."""
    commit: Commit
    label: str = ""

    @property
    def point(self) -> Point:
        """The commit as reports name it."""
        return Point(self.commit.revision, self.commit.committed_on)


@dataclass(frozen=True, slots=True)
class Choice:
    """The revisions that are to be looked at, oldest first, and where the history begins."""

    samples: tuple[Sample, ...]
    begins: Beginning
    commits: int
    notes: tuple[str, ...] = ()


def check_every(every: str) -> None:
    """Raises UsageError for what is no way to choose revisions."""
    if every not in (*_PERIODS, TAG) and not (every.isascii() and every.isdigit() and int(every) > 0):
        raise UsageError(f"--every: {every!r} is none of {', '.join(_PERIODS)}, {TAG}, or a number of commits")


def choose(line: Line, every: str, since: date | None, tags: Mapping[str, str], *, shallow: bool) -> Choice:
    """The last commit of each period, each tagged one, or every Nth; the first and the newest always.

    since: what was before is only looked at as it was then, so that it is known what was there already.
    """
    commits = line.commits
    last = len(commits) - 1
    why = "first-commit" if line.whole else "shallow-clone" if shallow else "missing-commits"
    if since is not None:
        young = [n for n, c in enumerate(commits) if c.committed_on >= since.isoformat()]
        end = max(young, default=-1) + 1
        if end <= last:
            last, why = end, "since"
    kept = commits[: last + 1]
    found, notes = _tagged(kept, tags) if every == TAG else (_regular(kept, every), ())
    chosen = {sample.place: sample for sample in found}
    chosen.setdefault(0, Sample(0, commits[0]))
    chosen.setdefault(last, Sample(last, commits[last]))
    samples = tuple(chosen[place] for place in sorted(chosen, reverse=True))
    return Choice(samples, Beginning(point=samples[0].point, why=why), len(kept), notes)


def _regular(commits: Sequence[Commit], every: str) -> Iterable[Sample]:
    label = _PERIODS.get(every)
    if label is None:
        return [Sample(place, commits[place]) for place in range(0, len(commits), int(every))]
    newest: dict[str, int] = {}
    for place, commit in enumerate(commits):
        if commit.committed_on:
            newest.setdefault(label(commit.committed_on), place)
    samples = [Sample(place, commits[place], name) for name, place in newest.items()]
    tip = [sample for sample in samples if sample.place == 0]
    return [*_rising(sorted(samples, key=lambda s: -s.place)[: len(samples) - len(tip)]), *tip]


def _rising(samples: Sequence[Sample]) -> list[Sample]:
    """As many as can be had whose dates rise: clocks that were wrong put commits into periods that are not theirs."""
    ends: list[str] = []
    tails: list[int] = []
    before: list[int] = []
    for number, sample in enumerate(samples):
        length = bisect_right(ends, sample.label)
        before.append(tails[length - 1] if length else -1)
        ends[length : length + 1] = [sample.label]
        tails[length : length + 1] = [number]
    kept: list[Sample] = []
    number = tails[-1] if tails else -1
    while number >= 0:
        kept.append(samples[number])
        number = before[number]
    return kept[::-1]


def _tagged(commits: Sequence[Commit], tags: Mapping[str, str]) -> tuple[list[Sample], tuple[str, ...]]:
    places = {commit.revision: place for place, commit in enumerate(commits)}
    names: dict[int, list[str]] = {}
    for name, revision in tags.items():
        if revision in places:
            names.setdefault(places[revision], []).append(name)
    left = sum(revision not in places for revision in tags.values())
    notes = (f"{left} of {len(tags)} tags name commits that are not on the line of first parents.",) if left else ()
    # Of several tags of one commit the shortest says most: v1.2 rather than release-candidate-of-v1.2.
    return [Sample(p, commits[p], min(found, key=lambda n: (len(n), n))) for p, found in names.items()], notes
