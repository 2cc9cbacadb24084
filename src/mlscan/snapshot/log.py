"""Who made the commits of a repository, and what these touch: asked of git once for many revisions.

The answers are those that a snapshot of one revision gets from git: the commits that are reachable from it, the newest
in the order of `git log`, people by the mailmap of that revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlscan.snapshot.git import Git, GitFailed
from mlscan.snapshot.objects import ObjectStream, Request
from mlscan.snapshot.trees import find_entry
from mlscan.types.snapshot import Author, History, Limits, RepositoryInfo

MAILMAP = 1_000_000
"""Bytes of the largest mailmap that is used."""
COMMIT = 10_000_000
"""Bytes of the largest commit that is looked at."""
PATHS = 3_000_000
"""Changed paths that are kept; more are asked for anew."""
_LINES = b"\n"


class CommitLog:
    """The log of everything that is reachable from one revision."""

    def __init__(self, git: Git, trees: ObjectStream, tip: str, limits: Limits) -> None:
        self._git, self._trees, self._tip = git, trees, tip
        self._numbers: dict[str, int] = {}
        self._ids: list[str] = []
        self._parents: list[tuple[int, ...]] = []
        self._people: dict[str | None, list[Author]] = {}
        """Author of each commit, by the id of the mailmap; the newest of these only."""
        self._counted: tuple[int, str | None, set[int], dict[Author, int]] | None = None
        """Commit, mailmap, what is reachable and by whom: the commits of a line hold each other."""
        self._paths: dict[str, frozenset[bytes]] = {}
        self._held = 0
        self._usable = self._load(limits.commits)

    def _load(self, most: int) -> bool:
        """Whether all commits are there, and no more than may be looked at."""
        parents: list[bytes] = []
        authors: list[Author] = []
        known: dict[bytes, Author] = {}
        try:
            for record in self._records(most, None, "%H%x01%P%x01%an%x01%ae"):
                oid, above, who = record.split(b"\x01", 2)
                self._numbers[oid.decode("ascii")] = len(authors)
                parents.append(above)
                authors.append(_author(who, known))
        except (GitFailed, OSError, ValueError):
            return False
        self._ids = list(self._numbers)
        self._parents = [tuple(self._numbers.get(p, -1) for p in line.decode("ascii").split()) for line in parents]
        self._people[None] = authors
        return len(authors) <= most and all(-1 not in above for above in self._parents)

    def _records(self, most: int, mailmap: str | None, form: str) -> Iterator[bytes]:
        use = ["-c", f"mailmap.blob={mailmap}"] if mailmap is not None else []
        arguments = ["log", "-z", f"--max-count={most + 1}", "--no-patch", f"--format={form}", self._tip, "--"]
        for record in self._git.records([*use, *arguments]):
            if line := record.strip(_LINES):
                yield line

    # --- questions ---

    def authors(self, info: RepositoryInfo, limits: Limits) -> Mapping[Author, int] | None:
        """Authors of the commits that are reachable from the revision; None where git has to be asked."""
        start = self._start(info)
        people = self._people_of(info, limits) if start is not None else None
        if start is None or people is None:
            return None
        mailmap = self._mailmap(info)
        seen: set[int] = set()
        found: dict[Author, int] = {}
        if self._counted is not None and self._counted[1] == mailmap and self._holds(start, self._counted[0]):
            _, _, seen, found = self._counted
        for number in self._reachable(start, seen):
            found[people[number]] = found.get(people[number], 0) + 1
        self._counted = start, mailmap, seen, found
        return dict(found)

    def touched(self, info: RepositoryInfo, limits: Limits) -> Mapping[Author, frozenset[str]] | None:
        """Authors of the newest commits with the paths that these change; None where git has to be asked."""
        start = self._start(info)
        people = self._people_of(info, limits) if start is not None else None
        newest = self._newest(start, limits.recent_commits) if start is not None and people is not None else None
        if people is None or newest is None or not self._ask_paths(newest, limits):
            return None
        below = f"{info.folder}/".encode("utf-8", "surrogateescape") if info.folder else b""
        found: dict[Author, set[bytes]] = {}
        for number in newest:
            found.setdefault(people[number], set()).update(self._paths[self._ids[number]])
        return {author: frozenset(_below(paths, below)) for author, paths in found.items()}

    def prepare(self, revisions: Iterable[str], limits: Limits) -> None:
        """Asks at once for what the newest commits of all these revisions touch."""
        wanted: dict[int, None] = {}
        for revision in revisions if self._usable else ():
            start = self._numbers.get(revision)
            newest = self._newest(start, limits.recent_commits) if start is not None else None
            wanted.update(dict.fromkeys(newest or ()))
        self._ask_paths(list(wanted), limits)

    # --- people ---

    def _start(self, info: RepositoryInfo) -> int | None:
        full = self._usable and info.history in (History.FULL, History.COMMITS)
        return self._numbers.get(info.revision or "") if full else None

    def _mailmap(self, info: RepositoryInfo) -> str | None:
        """The id of the mailmap at a revision, where there is one that git would use."""
        commit = self._trees.one(Request(info.revision or "", COMMIT, b"commit"))
        words = commit.split(None, 2) if isinstance(commit, bytes) else []
        if len(words) < 2 or words[0] != b"tree":
            return None
        entry = find_entry(self._trees, words[1].decode("ascii", "replace"), ".mailmap")
        if entry is None or isinstance(self._trees.one(Request(entry, MAILMAP)), str):
            return None
        return entry

    def _people_of(self, info: RepositoryInfo, limits: Limits) -> Sequence[Author] | None:
        """The author of each commit by the mailmap of a revision."""
        mailmap = self._mailmap(info)
        if mailmap not in self._people:
            known: dict[bytes, Author] = {}
            try:
                lines = self._records(limits.commits, mailmap, "%aN%x01%aE")
                found = [_author(line, known) for line in lines]
            except (GitFailed, OSError):
                return None
            plain = self._people[None]
            if len(found) != len(plain):
                return None
            self._people = {None: plain, mailmap: found}
        return self._people[mailmap]

    # --- commits ---

    def _holds(self, start: int, other: int) -> bool:
        """Whether one commit lies on the line of first parents of another."""
        number: int | None = start
        while number is not None and number != other:
            above = self._parents[number]
            number = above[0] if above else None
        return number is not None

    def _reachable(self, start: int, seen: set[int]) -> Iterator[int]:
        """The commits that are reachable and not seen yet; they are seen then."""
        stack = [start]
        while stack:
            number = stack.pop()
            if number not in seen:
                seen.add(number)
                yield number
                stack.extend(self._parents[number])

    def _newest(self, start: int, most: int) -> list[int] | None:
        """The newest commits that are no merges, in the order of git; None where git fails."""
        found: list[int] = []
        number = start
        while len(found) < most:
            above = self._parents[number]
            if len(above) > 1:
                return self._ask_newest(start, most)
            found.append(number)
            if not above:
                break
            number = above[0]
        return found

    def _ask_newest(self, start: int, most: int) -> list[int] | None:
        printed = self._git.run(["rev-list", "--no-merges", f"--max-count={most}", self._ids[start], "--"])
        if printed is None:
            return None
        return [self._numbers[line] for line in printed.decode("ascii", "replace").split() if line in self._numbers]

    def _ask_paths(self, numbers: Iterable[int], limits: Limits) -> bool:
        """Has the changed paths of these commits at hand; False where git fails."""
        if self._held > PATHS:
            self._paths, self._held = {}, 0
        missing = [oid for oid in (self._ids[number] for number in numbers) if oid not in self._paths]
        if not missing:
            return True
        # The options are those of a snapshot that asks alone.
        how = ["--no-merges", "--name-only", "--no-renames", "--no-ext-diff"]
        arguments = ["log", "-z", "--no-walk=unsorted", "--stdin", *how, "--format=%x02%H"]
        asked = "".join(f"{oid}\n" for oid in missing).encode("ascii")
        found: dict[str, set[bytes]] = {oid: set() for oid in missing}
        paths: set[bytes] = set()
        try:
            for record in self._git.records(arguments, asked=asked):
                line = record.strip(_LINES)
                if line.startswith(b"\x02"):
                    paths = found.setdefault(line[1:].decode("ascii", "replace"), set())
                elif line and len(paths) < limits.changed_paths:
                    paths.add(line)
        except (GitFailed, OSError):
            return False
        for oid, changed in found.items():
            self._paths[oid] = frozenset(changed)
            self._held += len(changed)
        return True


def _author(who: bytes, known: dict[bytes, Author]) -> Author:
    """One author for all commits that name the same."""
    if who not in known:
        name, _, email = who.decode("utf-8", "replace").partition("\x01")
        known[who] = Author(name, email)
    return known[who]


def _below(paths: Iterable[bytes], folder: bytes) -> Iterator[str]:
    """The paths inside a folder, as seen from there."""
    for path in paths:
        if path.startswith(folder) and path != folder:
            yield path[len(folder) :].decode("utf-8", "surrogateescape")
