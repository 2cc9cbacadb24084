"""A snapshot as people configured it: without the paths that they exclude, with the contexts that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlscan.types.assessment import Pattern
from mlscan.types.evidence import Context, Gap
from mlscan.types.snapshot import FileEntry, Snapshot, SnapshotView

if TYPE_CHECKING:
    from mlscan.detect.globs import GlobTable


@dataclass(frozen=True, slots=True)
class Scope:
    """Patterns for a snapshot. A pattern for a folder holds for everything below it."""

    exclude: Sequence[str] = ()
    contexts: Sequence[tuple[str, Context]] = ()
    """The last that matches decides."""

    def __bool__(self) -> bool:
        return bool(self.exclude or self.contexts)


class BadPattern(ValueError):
    """A pattern that cannot be understood, under a key of the configuration."""

    def __init__(self, pattern: str, key: str) -> None:
        super().__init__(f"{pattern!r} is no path pattern")
        self.pattern = pattern
        self.key = key


class ScopedSnapshot(SnapshotView):
    """Hands everything on to the snapshot behind it but for what is excluded."""

    def __init__(self, inner: Snapshot, scope: Scope) -> None:
        """Raises BadPattern for a pattern that cannot be understood."""
        super().__init__(inner)
        table = _Table(scope)
        files = [replace(f, context=table.context(f.path)) for f in inner.files if not table.hides(f.path)]
        self._files = files
        # What nobody wants to be read leaves no gap.
        self._gaps = [gap for gap in inner.gaps if not gap.path or not table.excluded(gap.path)]
        self.excluded = tuple(Pattern(pattern=p, files=table.hidden[n]) for n, p in enumerate(scope.exclude))
        """The patterns with the number of files that each hid."""
        self.contexts = tuple(
            Pattern(pattern=p, files=table.named[n], context=c.value) for n, (p, c) in enumerate(scope.contexts)
        )
        """The patterns with the number of files for which each decided."""

    @property
    def files(self) -> Sequence[FileEntry]:
        """Regular files that are not excluded, sorted."""
        return self._files

    @property
    def gaps(self) -> Sequence[Gap]:
        """What could not be listed, without what is excluded."""
        return self._gaps


class _Table:
    """All patterns, matched in one pass and in linear time: they may be a stranger's."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._exclude, self._exclude_ids = _globs(scope.exclude, "exclude")
        self._contexts, self._context_ids = _globs([p for p, _ in scope.contexts], "contexts")
        self.hidden = [0] * len(scope.exclude)
        self.named = [0] * len(scope.contexts)

    def excluded(self, path: str) -> bool:
        return bool(self._exclude_ids) and bool(self._exclude.match(path))

    def hides(self, path: str) -> bool:
        """Whether a file is excluded; counts it for the first pattern that says so."""
        if not self._exclude_ids:
            return False
        found = self._exclude.match(path)
        if found:
            self.hidden[min(self._exclude_ids[i] for i in found)] += 1
        return bool(found)

    def context(self, path: str) -> Context | None:
        """The context of a file that stays, where a pattern names it; counts it."""
        if not self._context_ids:
            return None
        found = self._contexts.match(path)
        if not found:
            return None
        last = max(self._context_ids[i] for i in found)
        self.named[last] += 1
        return self._scope.contexts[last][1]


def _globs(patterns: Sequence[str], key: str) -> tuple[GlobTable, dict[int, int]]:
    """The table of the patterns, and id of a glob -> number of its first pattern."""
    from mlscan.detect.globs import GlobTable

    table = GlobTable()
    ids: dict[int, int] = {}
    for number, pattern in enumerate(patterns):
        for glob in _forms(pattern, key):
            ids.setdefault(table.add(glob), number)
    return table, ids


def _forms(pattern: str, key: str) -> tuple[str, ...]:
    """The globs of a pattern: what it names, and everything below it. Raises BadPattern.

    As in `.gitignore`: one without a slash inside names something at any depth, one with a slash at its end a folder.
    """
    core = pattern.removeprefix("./").rstrip("/")
    if not core or core[0] in "!#":
        raise BadPattern(pattern, key)
    named = core if "/" in core else f"**/{core}"
    below = named if named.endswith("/**") else f"{named}/**"
    globs = (below,) if pattern.endswith("/") else (named, below)
    import re2

    from mlscan.detect.globs import glob_regex

    options = re2.Options()
    options.log_errors = False
    try:
        for glob in globs:
            re2.compile(glob_regex(glob), options)
    except re2.error:
        raise BadPattern(pattern, key) from None
    return globs
