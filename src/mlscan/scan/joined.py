"""A snapshot with files of other repositories beside its own, and the way back to where they were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mlscan.scan.references import Joint, Place
from mlscan.types.evidence import Evidence, Findings, Gap, Location, Rejection, ordered
from mlscan.types.snapshot import FileEntry, Snapshot, SnapshotView


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a file that was brought in comes from."""

    place: Place
    """The place that asked for it."""
    repository: str
    path: str

    def named(self, line: int | None = None) -> str:
        """Repository, revision, path and line as one text."""
        return f"{self.repository}:{self.path}" + (f":{line}" if line else "")


class JoinedSnapshot(SnapshotView):
    """The snapshot with what joints bring in; callers have the text in which their references lead to it."""

    def __init__(self, inner: Snapshot) -> None:
        super().__init__(inner)
        self._texts: dict[str, str] = {}
        self.origins: dict[str, Origin] = {}
        self.resolved: dict[tuple[str, int], Origin] = {}
        """Places of references that are resolved."""

    def add(self, place: Place, joint: Joint, repository: str) -> None:
        """Takes in what a joint brings."""
        named = f"{repository}@{joint.revision}" if joint.revision else repository
        known = {entry.path for entry in self._inner.files}
        self._texts[place.path] = joint.text
        for path, (original, text) in joint.files.items():
            if path not in known and path not in self.origins:
                self._texts[path] = text
                self.origins[path] = Origin(place, named, original)
        for line in (place.line, *joint.also):
            self.resolved[place.path, line] = Origin(place, named, joint.inside)

    def text(self, path: str) -> str | None:
        """The text of a file as it is now, or None where it cannot be had."""
        for _, data in self.read_many([path]):
            return None if isinstance(data, Gap) else data.decode("utf-8", "surrogateescape")
        return None

    @property
    def files(self) -> Sequence[FileEntry]:
        """The snapshot's files and those brought in."""
        more = [FileEntry(path, len(self._data(path))) for path in self.origins]
        return sorted([*self._inner.files, *more], key=lambda e: e.path.encode("utf-8", "surrogateescape"))

    def read_many(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes | Gap]]:
        """Each path with its bytes, or the gap that says why not."""
        asked = list(paths)
        own = self._inner.read_many([path for path in asked if path not in self._texts])
        for path in asked:
            yield (path, self._data(path)) if path in self._texts else next(own)

    def head(self, path: str, count: int) -> bytes | Gap:
        """The first bytes of a file."""
        return self._data(path)[:count] if path in self._texts else self._inner.head(path, count)

    def without_paths(self, text: str) -> str:
        """A text that may name files by the paths that they were brought in under, with where they come from."""
        for path, origin in self.origins.items():
            text = text.replace(f"./{path}", origin.named()).replace(path, origin.named())
        return text

    def _data(self, path: str) -> bytes:
        return self._texts[path].encode("utf-8", "surrogateescape")

    def place_of(self, path: str, line: int) -> Place:
        """The place in the repository's own files that led to a place, be it in a file that was brought in."""
        place = Place(path, line, "")
        while place.path in self.origins:
            place = self.origins[place.path].place
        return place


def told(findings: Findings, joined: JoinedSnapshot, plain: Findings) -> Findings:
    """The findings by places of the repository itself, evidence with where else it lies.

    Numbers and roots are those of the repository alone. A place that handed something over no longer does.
    """
    evidence = {_own_evidence(e, joined) for e in findings.evidence}
    handed = {e for e in plain.evidence if e.delegated_to is not None and _is_resolved(e, joined)}
    evidence = (evidence - handed) | {_settled(e, joined) for e in handed}
    return replace(
        findings,
        evidence=tuple(ordered(evidence)),
        gaps=tuple(sorted({_own_gap(gap, joined) for gap in findings.gaps})),
        rejections=tuple(dict.fromkeys(_own_rejection(r, joined) for r in findings.rejections)),
        unknown={name: _own_words(why, joined) for name, why in findings.unknown.items()},
        more={name: _own_words(why, joined) for name, why in findings.more.items()},
        numbers=plain.numbers,
        roots=plain.roots,
    )


def _own_evidence(e: Evidence, joined: JoinedSnapshot) -> Evidence:
    origin = joined.origins.get(e.where.path)
    if origin is not None:
        place = joined.place_of(e.where.path, e.where.line or 1)
        there = e.delegated_to or origin.named(e.where.line)
        return replace(e, where=Location(place.path, place.line), delegated_to=there)
    brought = joined.resolved.get((e.where.path, e.where.line or 0))
    if brought is None or e.delegated_to is not None:
        return e
    return replace(e, delegated_to=brought.named(), excerpt=joined.without_paths(e.excerpt))


def _is_resolved(e: Evidence, joined: JoinedSnapshot) -> bool:
    return (e.where.path, e.where.line or 0) in joined.resolved


def _settled(e: Evidence, joined: JoinedSnapshot) -> Evidence:
    """Evidence of something that was handed over and is at hand now."""
    brought = joined.resolved[e.where.path, e.where.line or 0]
    return replace(e, delegated_to=None, excerpt=f"{e.excerpt} (read in {brought.repository})")


def _own_gap(gap: Gap, joined: JoinedSnapshot) -> Gap:
    origin = joined.origins.get(gap.path)
    if origin is None:
        return gap
    return replace(gap, path=joined.place_of(gap.path, 1).path, reason=f"{origin.named()}: {gap.reason}")


def _own_rejection(r: Rejection, joined: JoinedSnapshot) -> Rejection:
    origin = joined.origins.get(r.where.path)
    if origin is None:
        return r
    place = joined.place_of(r.where.path, r.where.line or 1)
    return replace(r, where=Location(place.path, place.line), reason=f"{origin.named(r.where.line)}: {r.reason}")


def _own_words(why: str, joined: JoinedSnapshot) -> str:
    path, sign, rest = why.partition(": ")
    origin = joined.origins.get(path)
    return f"{origin.named()}{sign}{rest}" if origin is not None else why
