"""The pass over the files: each is read once, searched once for the words of all matchers, parsed only on a hit.

Files are asked in three rounds, from what costs nothing to what costs a parse: bytes and lines first, trees second,
code last. Between rounds it is known which matchers hold nowhere, and whoever needs them is not asked any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any

from mlscan.detect.candidates import (
    HEAD,
    Candidates,
    CandidateTable,
    Family,
    cost,
    head_holds,
    path_holds,
)
from mlscan.detect.facts import Facts
from mlscan.detect.gates import is_open, may_matter, still_waiting
from mlscan.detect.hits import ANYWHERE, Hit
from mlscan.detect.infra import image_hits, resource_hits
from mlscan.detect.local import LocalMatchers
from mlscan.detect.parsed import ParsedFile, Roles, roles_of
from mlscan.detect.pending import CODE, LINES, TREES, Pending, round_of, without
from mlscan.detect.places import MORE, is_full, trim
from mlscan.detect.plan import Leaf, Plan
from mlscan.detect.prefilter import Prefilter
from mlscan.detect.sourced import SOURCING, sourced
from mlscan.read.notebook_head import is_python_notebook
from mlscan.types.content import ImageMatch, ResourceMatch
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot

HELD = 4 << 20
"""Bytes of files that are kept for a later round; what is beyond is read again."""
NEAR = 60
"""Near misses of a detector that are kept of the pass."""
Progress = Callable[[int, int], None]


class Reading:
    """Runs the one-file matchers over a snapshot and fills the facts."""

    def __init__(self, snapshot: Snapshot, plan: Plan, facts: Facts, reject: Callable[[Leaf, Hit, str], None]) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._facts = facts
        self._matchers = LocalMatchers(plan, facts, reject)
        self._table = self._make_table()
        self._ranks = plan.kept("ranks", _ranks)
        self._prefilters: Mapping[Family, Prefilter] = {}
        self._by_path: dict[str, frozenset[int]] = {}
        """Path and sibling matchers that hold in a file, or may."""
        self._heads: dict[str, list[Leaf]] = defaultdict(list)
        """Path matchers that wait for the first bytes of a file."""
        self._pending: list[Pending] = []
        self._alike: dict[object, Any] = {}
        """What many files share, each once."""
        self._held = 0
        self.hits: dict[int, list[Hit]] = defaultdict(list)
        self.unknown: dict[int, set[str]] = defaultdict(set)
        self.gaps: set[Gap] = set()
        self.bytes_read = self.read_again = 0
        self.ci_bytes: dict[str, bytes] = {}
        self.tree_paths: frozenset[str] = frozenset()
        """Files whose trees the sibling matchers want."""

    def may_hold_at(self, leaf: Leaf, paths: Iterable[str]) -> None:
        """Notes the files in which a matcher may hold that is evaluated elsewhere."""
        for path in paths:
            self._mark(path, leaf)

    def _mark(self, path: str, leaf: Leaf) -> None:
        """Notes that a matcher that is not asked here holds in a file, or may."""
        marks = self._by_path.get(path, frozenset()) | {leaf.index}
        self._by_path[path] = self._alike.setdefault(marks, marks)

    def run(self, words: Iterable[str], progress: Progress | None = None) -> None:
        """Reads every file that a matcher or the index wants; `words` are searched for in all of them."""
        wanted = [self._wanted()]
        self._prefilters = self._make_prefilters(sorted(words))
        self._rounds(wanted.pop(), progress)
        for index in self.hits:
            self._trim(index)

    def _rounds(self, wanted: Mapping[str, tuple[Roles, Candidates]], progress: Progress | None) -> None:
        """Looks at every file, and asks what is left."""
        for number, _ in enumerate(self._look(wanted)):
            if progress and number % 200 == 0:
                progress(number, len(wanted))
        del wanted
        for number in (TREES, CODE):
            self._round(number)

    def _make_table(self) -> CandidateTable:
        return CandidateTable(self._plan, self._facts.context)

    def _roles_of(self, path: str) -> Roles:
        return roles_of(path)

    def _make_prefilters(self, words: list[str]) -> Mapping[Family, Prefilter]:
        return {family: Prefilter(leaves, words) for family, leaves in self._table.families().items()}

    def _look(self, wanted: Mapping[str, tuple[Roles, Candidates]]) -> Iterator[None]:
        """The first look at every file."""
        for path, data in self._snapshot.read_many(wanted):
            roles, candidates = wanted[path]
            if isinstance(data, Gap):
                self._unread(path, data, candidates)
            else:
                self.bytes_read += len(data)
                self._first(ParsedFile(path, data, roles), candidates)
            yield

    def _wanted(self) -> dict[str, tuple[Roles, Candidates]]:
        """Files to read, with what may hold in them; path matchers are evaluated on the way where paths suffice."""
        every: dict[str, tuple[Roles, Candidates]] = {}
        for entry in self._snapshot.files:
            path = entry.path
            roles = self._roles_of(path)
            candidates = self._table.of(path, roles)
            every[path] = self._alike.setdefault((roles, id(candidates)), (roles, candidates))
            if candidates.by_path:
                self._paths(path, entry.size, candidates)
        self._table.prune(set().union(*self._by_path.values()))
        for path in [path for path, found in every.items() if not self._is_wanted(path, *found)]:
            del every[path]
        return every

    def _is_wanted(self, path: str, roles: Roles, candidates: Candidates) -> bool:
        wanted = roles.indexed or candidates.filtered or candidates.always or path in self.tree_paths
        if not wanted and path in self._heads:
            self._head(path, partial(self._snapshot.head, path, HEAD))
        return bool(wanted)

    def _paths(self, path: str, size: int | None, candidates: Candidates) -> None:
        for leaf in candidates.by_path:
            verdict = path_holds(leaf, size)
            if verdict is None:
                self._heads[path].append(leaf)
            elif verdict:
                self._add(leaf.index, [Hit(path, None, path)])
            if verdict is not False:
                self._mark(path, leaf)

    def _head(self, path: str, head: Callable[[], bytes | Gap]) -> None:
        """Evaluates path matchers that look at the first bytes of a file."""
        for leaf in self._heads.pop(path, ()):
            data = head()
            if isinstance(data, Gap):
                self.unknown[leaf.index].add(path)
            elif head_holds(leaf, data):
                self._add(leaf.index, [Hit(path, None, path)])
            else:
                marks = self._by_path[path] - {leaf.index}
                self._by_path[path] = self._alike.setdefault(marks, marks)

    def _unread(self, path: str, gap: Gap, candidates: Candidates) -> None:
        self._head(path, partial(self._snapshot.head, path, HEAD))
        self.gaps.add(gap)
        self._facts.unread[path] = gap.reason
        for leaf in (*candidates.filtered.values(), *candidates.always):
            self.unknown[leaf.index].add(path)

    # --- rounds -------------------------------------------------------------------------------------------------------

    def _first(self, file: ParsedFile, candidates: Candidates) -> None:
        """The first look at a file: what may hold in it, what its lines say, and what is left to ask later."""
        self._head(file.path, lambda: file.data)
        self._index(file)
        possible, words = self._prefilters[candidates.family].search(file.searched, self._modules(file))
        self._tell(words, file.path)
        possible &= candidates.indexes
        if not possible and not candidates.always:
            self._finish(file)
            return
        asked = [candidates.filtered[index] for index in sorted(possible, key=self._ranks.__getitem__)]
        possible |= candidates.unfiltered
        possible |= self._by_path.get(file.path, frozenset())
        able = [leaf for leaf in asked if self._is_able(leaf, file, possible)]
        if able and file.roles.notebook:
            file.read_cells()
        leaves: dict[int, list[Leaf]] = defaultdict(list)
        for leaf in (*able, *candidates.always):
            if may_matter(leaf, possible):
                number = round_of(leaf, file)
                if number == LINES:
                    self._ask(leaf, file, possible)
                else:
                    leaves[number].append(leaf)
        self._finish(file)
        if leaves:
            keep = self._held + len(file.data) <= HELD
            self._held += len(file.data) if keep else 0
            held = file.slim() if keep else None
            self._wait(file.path, file.roles, held, possible, leaves)

    def _wait(
        self, path: str, roles: Roles, held: ParsedFile | None, possible: Set[int], leaves: Mapping[int, Sequence[Leaf]]
    ) -> None:
        """Keeps a file for the later rounds."""
        later = {number: tuple(waiting) for number, waiting in leaves.items()}
        key = (frozenset(possible), tuple((n, tuple(leaf.index for leaf in waiting)) for n, waiting in later.items()))
        shared = self._alike.setdefault(key, (key[0], later))
        self._pending.append(Pending(path, roles, held, *shared))

    def _tell(self, words: Sequence[str], path: str) -> None:
        """Notes that a file mentions these words of sibling groups and tools."""
        for word in words:
            self._facts.read_words.setdefault(word, []).append(path)

    def _is_able(self, leaf: Leaf, file: ParsedFile, possible: set[int]) -> bool:
        """Whether a matcher matters and may hold, by what bytes and lines say; else it is not possible any more."""
        if not may_matter(leaf, possible):
            return False
        if self._matchers.may_hold(leaf, file):
            return True
        possible.discard(leaf.index)
        return False

    def _round(self, number: int) -> None:
        """Asks what is left for a round of the matchers that can still matter."""
        alive = self._alive()
        shared: dict[tuple[int, tuple[int, ...]], Mapping[int, tuple[Leaf, ...]]] = {}
        distinct = {id(pending.leaves): pending.leaves for pending in self._pending}
        rests = {key: without(number, leaves) for key, leaves in distinct.items()}
        waiting = [rests[id(pending.leaves)] for pending in self._pending]
        todo = []
        for pending, rest in zip(self._pending, waiting, strict=True):
            asked = pending.leaves.get(number, ())
            open_ = tuple(x for x in asked if may_matter(x, pending.possible) and is_open(x.wide, alive))
            if open_:
                key = (id(rest), tuple(leaf.index for leaf in open_))
                pending.leaves = shared.setdefault(key, {**rest, number: open_})
                todo.append(pending)
        for pending, file in self._files(todo, number):
            file.wanted = self._matchers.wanted(pending.leaves[number])
            possible = set(pending.possible)
            for leaf in pending.leaves[number]:
                if may_matter(leaf, possible):
                    self._ask(leaf, file, possible)
            held = frozenset(possible)
            pending.possible = self._alike.setdefault(held, held)
            self._finish(file)
            pending.file = file.slim() if pending.file is not None else None
        for pending, rest in zip(self._pending, waiting, strict=True):
            pending.leaves = rest
        self._pending = [pending for pending in self._pending if pending.leaves]

    def _alive(self) -> set[int]:
        """Matchers that hold somewhere, or still may; those that only wait for ones that hold nowhere do not count."""
        return alive_of(*self._standing())

    def _standing(self) -> tuple[set[int], dict[int, Leaf]]:
        """(matchers that hold somewhere or are left open, those that still wait)."""
        sure = {index for index, hits in self.hits.items() if hits} | {i for i, paths in self.unknown.items() if paths}
        sure.update(*self._by_path.values())
        return sure, {leaf.index: leaf for pending in self._pending for leaf in self._still_open(pending)}

    def _still_open(self, pending: Pending) -> Iterator[Leaf]:
        for leaves in pending.leaves.values():
            yield from (leaf for leaf in leaves if may_matter(leaf, pending.possible))

    def _files(self, todo: list[Pending], _number: int) -> Iterator[tuple[Pending, ParsedFile]]:
        """Each pending file of a round, read again where it was not kept."""
        again = self._snapshot.read_many([pending.path for pending in todo if pending.file is None])
        for pending in todo:
            data = pending.file.data if pending.file is not None else next(again)[1]
            self.read_again += 0 if pending.file is not None or isinstance(data, Gap) else len(data)
            if isinstance(data, Gap):
                self._lost(pending, data)
            else:
                yield pending, pending.file or ParsedFile(pending.path, data, pending.roles)

    def _lost(self, pending: Pending, gap: Gap) -> None:
        """A file that cannot be read any more."""
        self.gaps.add(gap)
        for leaves in pending.leaves.values():
            for leaf in leaves:
                self.unknown[leaf.index].add(pending.path)

    def _ask(self, leaf: Leaf, file: ParsedFile, possible: set[int]) -> None:
        found = self._evaluate(leaf, file)
        doubtful = (leaf.index, file.path) in self._matchers.unsure or (bool(file.problems) and leaf.filtered)
        self._note(leaf, file.path, found, possible, doubtful=doubtful)

    def _add(self, index: int, hits: Iterable[Hit]) -> None:
        """Keeps what a matcher has found; of very much only the first."""
        kept = self.hits[index]
        kept += hits
        if is_full(kept):
            self._trim(index)

    def _trim(self, index: int) -> None:
        """Puts the places of a matcher in order; where they are too many, it could hold anywhere else."""
        if trim(self.hits[index]):
            self.unknown[index].add(ANYWHERE)
            self._facts.unread[ANYWHERE] = MORE
            self.gaps.add(Gap("", MORE))

    def _note(self, leaf: Leaf, path: str, found: Sequence[Hit], possible: set[int], *, doubtful: bool) -> None:
        """What a matcher found in a file; one that surely found nothing is not possible there any more."""
        self._add(leaf.index, found)
        if not found and doubtful:
            self.unknown[leaf.index].add(path)
        elif not found:
            possible.discard(leaf.index)

    def _finish(self, file: ParsedFile) -> None:
        self.gaps |= {Gap(file.path, p.reason, partial=True) for p in file.problems}

    # --- one file -----------------------------------------------------------------------------------------------------

    def _modules(self, file: ParsedFile) -> frozenset[str] | None:
        """Top-level modules of a Python file; names of the repository's own modules stand for themselves."""
        imports = self._facts.imports.get(file.path)
        return None if imports is None else frozenset(name.split(".", 1)[0] for name in imports)

    def _evaluate(self, leaf: Leaf, file: ParsedFile) -> list[Hit]:
        if isinstance(leaf.spec, ImageMatch):
            return list(image_hits(leaf.spec, self._matchers.check(leaf, "name", leaf.spec.name), file))
        if isinstance(leaf.spec, ResourceMatch):
            kind = self._matchers.check(leaf, "type", leaf.spec.type)
            name = self._matchers.check(leaf, "name", leaf.spec.name)
            return list(resource_hits(leaf.spec, kind, name, file))
        return self._matchers.hits(leaf, file)

    def _index(self, file: ParsedFile) -> None:
        """What other files may ask for later."""
        facts, path, roles = self._facts, file.path, file.roles
        if roles.language == "python" or (roles.notebook and is_python_notebook(file.data)):
            from mlscan.read.python import scan_imports

            names = scan_imports(file.data)
            facts.imports[path] = self._alike.setdefault(names, names)
        elif roles.language in SOURCING:
            named = sourced(self._named_files(file, roles.language), path, roles.language, facts)
            if named:
                facts.sourced[path] = named
        if roles.manifest and file.manifest is not None:
            facts.manifests[path] = file.manifest
        if roles.docker and file.dockerfile is not None:
            facts.dockerfiles[path] = file.dockerfile
        if roles.script and file.script is not None:
            facts.scripts[path] = (roles.script, file.script)
        if path.endswith(("action.yml", "action.yaml")) or (roles.ci and _may_be_ci(file)):
            self.ci_bytes[path] = file.data
        if path in self.tree_paths and file.tree is not None:
            facts.trees[path] = file.tree

    def _named_files(self, file: ParsedFile, language: str) -> frozenset[str]:
        from mlscan.read.code_includes import included_files

        return included_files(file.data, file.path, language)


def alive_of(sure: set[int], waiting: Mapping[int, Leaf]) -> set[int]:
    """Those that are sure, and those that wait for nothing that holds nowhere."""
    return sure | still_waiting(waiting, sure, lambda leaf, alive: is_open(leaf.wide, alive)).keys()


def _may_be_ci(file: ParsedFile) -> bool:
    from mlscan.read.ci import may_be_ci

    return may_be_ci(file.data, file.path)


def _ranks(plan: Plan) -> dict[int, int]:
    return {leaf.index: rank for rank, leaf in enumerate(sorted(plan.leaves, key=cost))}
