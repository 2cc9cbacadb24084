"""Reading a snapshot of which much is known from earlier ones: only the files that differ are looked at.

The findings are those of `Reading`, byte for byte: the same matchers are asked of the same files in the same order,
and what one finds in a file is taken from the memory where it depends on nothing that has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from mlscan.detect.candidates import HEAD, Candidates, CandidateTable, Family, Kind
from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit
from mlscan.detect.memory import Asked, Key, Known, Look, Memory, Question
from mlscan.detect.modules import ModuleIndex
from mlscan.detect.parsed import ParsedFile, Roles
from mlscan.detect.pending import Pending
from mlscan.detect.plan import Leaf
from mlscan.detect.prefilter import Prefilter
from mlscan.detect.reading import Reading
from mlscan.detect.sourced import sourced
from mlscan.read.text import as_utf8
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot
from mlscan.types.source import Problem

_NONE: frozenset[int] = frozenset()
_NO_PROBLEMS: frozenset[Problem] = frozenset()


class _Waiting(ParsedFile):
    """A file of which everything seems to be known; it is read when a matcher asks for more after all."""

    def __init__(self, pending: Pending, read: Callable[[str], bytes], problems: Iterable[Problem]) -> None:
        self.path, self.roles, self.problems, self.wanted = pending.path, pending.roles, list(problems), None
        self._read = read

    def __getattr__(self, name: str) -> bytes:
        if name != "data":
            raise AttributeError(name)
        self.data = as_utf8(self._read(self.path))
        return self.data


class _NotedModules:
    """The modules of a snapshot; what is asked about them while a file is looked at is noted with the file."""

    def __init__(self, modules: ModuleIndex) -> None:
        self._modules = modules
        self.notes: dict[Question, bool] = {}

    def is_own(self, name: str) -> bool:
        """See `Modules`."""
        return self.notes.setdefault((False, name), self._modules.is_own(name))

    def is_file(self, name: str, importer: str) -> bool:
        """See `Modules`."""
        return self.notes.setdefault((True, name), self._modules.is_file(name, importer))

    def still_hold(self, questions: Mapping[Question, bool], path: str) -> bool:
        """Whether the answers of a file are what they were."""
        modules = self._modules
        return all(
            answer is (modules.is_file(name, path) if of_file else modules.is_own(name))
            for (of_file, name), answer in questions.items()
        )


class _Table(CandidateTable):
    """Candidates made from those of earlier snapshots."""

    def __init__(self, memory: Memory, context: Callable[[str], object]) -> None:
        super().__init__(memory.plan, context)  # type: ignore[arg-type]
        self._memory = memory

    def make(self, key: Kind, path: str) -> Candidates:
        """A copy, since those that cannot matter in this snapshot are dropped from it."""
        known = self._memory.candidates.get(key)
        if known is None:
            known = self._memory.candidates[key] = super().make(key, path)
        return replace(known)

    def prune(self, elsewhere: Set[int]) -> None:
        """See `CandidateTable`; what was dropped of the same kinds before is dropped again."""
        key = (frozenset(self.shared), frozenset(elsewhere))
        known = self._memory.pruned.get(key)
        if known is None:
            super().prune(elsewhere)
            self._memory.pruned = {key: dict(self.shared)}
            return
        for kind, candidates in self.shared.items():
            candidates.take(known[kind])

    def every(self) -> dict[Family, list[Leaf]]:
        """As `families`, of all snapshots so far, with nothing dropped."""
        found: dict[Family, dict[int, Leaf]] = {}
        for candidates in self._memory.candidates.values():
            found.setdefault(candidates.family, {}).update(candidates.filtered)
        return {family: [leaves[index] for index in sorted(leaves)] for family, leaves in found.items()}


class RecallingReading(Reading):
    """As `Reading`, with a memory."""

    def __init__(
        self, snapshot: Snapshot, memory: Memory, facts: Facts, reject: Callable[[Leaf, Hit, str], None]
    ) -> None:
        self._memory = memory
        self._forward = reject
        self._rejected: list[tuple[Hit, str]] = []
        super().__init__(snapshot, memory.plan, facts, self._note_rejected)
        self._noted = self._matchers.modules = _NotedModules(facts.modules)
        self._contents = {f.path: f.content for f in snapshot.files}
        self._open: dict[str, Known] = {}
        """What is known of the files of this snapshot."""
        self._grown: set[str] = set()
        self._lost_files: set[str] = set()
        """Files that could be read once and then no more."""
        self._asked: list[tuple[int, Asked, bool]] = []
        self._told: tuple[str, ...] = ()
        self._carried: dict[str, frozenset[Problem]] = {}
        self._kinds: dict[int, int] = {}
        self._words = -1

    def _note_rejected(self, leaf: Leaf, hit: Hit, reason: str) -> None:
        self._rejected.append((hit, reason))
        self._forward(leaf, hit, reason)

    def _make_table(self) -> CandidateTable:
        return _Table(self._memory, self._facts.context)

    def _roles_of(self, path: str) -> Roles:
        return self._memory.roles_of(path)

    def _make_prefilters(self, words: list[str]) -> Mapping[Family, Prefilter]:
        table, memory = self._table, self._memory
        assert isinstance(table, _Table)
        self._words = memory.number(frozenset(words))
        for kind, candidates in table.shared.items():
            self._kinds[id(candidates)] = memory.number((kind, candidates.indexes, candidates.unfiltered))
        # Nothing is dropped from the search: its answers are kept for snapshots in which other matchers matter.
        return {family: memory.prefilter(family, leaves, words) for family, leaves in table.every().items()}

    # --- the first look -----------------------------------------------------------------------------------------------

    def _look(self, wanted: Mapping[str, tuple[Roles, Candidates]]) -> Iterator[None]:
        known: dict[str, tuple[Known, Look]] = {}
        for path, (_, candidates) in wanted.items():
            found = self._recalled(path, candidates)
            if found is not None:
                known[path] = found
        fresh = self._snapshot.read_many(path for path in wanted if path not in known)
        for path, (roles, candidates) in wanted.items():
            if path in known:
                self._replay(path, roles, *known[path])
            else:
                data = next(fresh)[1]
                if isinstance(data, Gap):
                    self._unread(path, data, candidates)
                else:
                    self.bytes_read += len(data)
                    self._learn(ParsedFile(path, data, roles), candidates, len(data))
            yield

    def _recalled(self, path: str, candidates: Candidates) -> tuple[Known, Look] | None:
        """What is known of a file, where it still holds."""
        key = self._key(path)
        known = self._memory.get(key) if key is not None else None
        if key is None or known is None:
            return None
        if not self._noted.still_hold(known.questions, path):
            self._memory.forget(key)
            return None
        look = known.looks.get(self._look_key(path, candidates))
        lacks = (path in self._heads and known.head is None) or (path in self.tree_paths and not known.has_tree)
        return None if look is None or lacks else (known, look)

    def _key(self, path: str) -> Key | None:
        content = self._contents.get(path)
        return None if content is None else (path, content)

    def _look_key(self, path: str, candidates: Candidates) -> tuple[int, int, frozenset[int]]:
        by_path = self._by_path.get(path)
        return self._kinds[id(candidates)], self._words, frozenset(by_path) if by_path else _NONE

    def _learn(self, file: ParsedFile, candidates: Candidates, length: int) -> None:
        """The first look at a file of which nothing is known for this question, with notes."""
        key = self._key(file.path)
        known = self._memory.get(key) if key is not None else None
        known = self._open[file.path] = Known(length) if known is None else known
        look_key, before = self._look_key(file.path, candidates), len(self._pending)
        if file.path in self._heads:
            known.head = file.data[:HEAD]
        self._memory.fresh += 1
        self._noted.notes = known.questions
        self._asked, self._told = [], ()
        self._grown.add(file.path)
        self._first(file, candidates)
        pending = self._pending[-1] if len(self._pending) > before else None
        held = pending.file if pending is not None else None
        known.looks[look_key] = Look(
            words=self._told,
            asked=tuple(self._asked),
            problems=frozenset(file.problems),
            possible=frozenset(pending.possible) if pending else _NONE,
            later=tuple((number, tuple(leaves)) for number, leaves in pending.leaves.items()) if pending else (),
            carried=frozenset(held.problems) if held is not None else _NO_PROBLEMS,
        )

    def _replay(self, path: str, roles: Roles, known: Known, look: Look) -> None:
        """What the first look at a file told, once more."""
        self._open[path] = known
        self.bytes_read += known.length
        self._head(path, lambda: known.head or b"")
        self._replay_index(path, roles, known)
        self._tell(look.words, path)
        leaves = self._plan.leaves
        for index, asked, doubtful in look.asked:
            self._take(leaves[index], path, asked, set(), doubtful=doubtful)
        self.gaps |= {Gap(path, p.reason, partial=True) for p in look.problems}
        if look.later:
            self._wait(path, roles, None, look.possible, dict(look.later))
            self._carried[path] = look.carried

    def _replay_index(self, path: str, roles: Roles, known: Known) -> None:
        facts = self._facts
        if known.imports is not None:
            facts.imports[path] = known.imports
        elif known.named_files is not None and roles.language is not None:
            named = sourced(known.named_files, path, roles.language, facts)
            if named:
                facts.sourced[path] = named
        if known.manifest is not None:
            facts.manifests[path] = known.manifest
        if known.dockerfile is not None:
            facts.dockerfiles[path] = known.dockerfile
        if known.script is not None and roles.script:
            facts.scripts[path] = (roles.script, known.script)
        if known.ci is not None:
            self.ci_bytes[path] = known.ci
        if path in self.tree_paths and known.tree is not None:
            facts.trees[path] = known.tree

    # --- what is noted ------------------------------------------------------------------------------------------------

    def _tell(self, words: Sequence[str], path: str) -> None:
        self._told = tuple(words)
        super()._tell(words, path)

    def _named_files(self, file: ParsedFile, language: str) -> frozenset[str]:
        found = self._open[file.path].named_files = super()._named_files(file, language)
        return found

    def _index(self, file: ParsedFile) -> None:
        super()._index(file)
        facts, path, known = self._facts, file.path, self._open[file.path]
        known.imports = facts.imports.get(path)
        known.manifest, known.dockerfile = facts.manifests.get(path), facts.dockerfiles.get(path)
        known.script = facts.scripts[path][1] if path in facts.scripts else None
        known.ci = self.ci_bytes.get(path)
        if path in self.tree_paths:
            known.tree, known.has_tree = facts.trees.get(path), True

    # --- rounds -------------------------------------------------------------------------------------------------------

    def run(self, words: Iterable[str], progress: Callable[[int, int], None] | None = None) -> None:
        """See `Reading`."""
        super().run(words, progress)
        for path in self._grown | self._lost_files:
            key = self._key(path)
            if key is not None and path in self._lost_files:
                self._memory.forget(key)
            elif key is not None:
                self._memory.keep(key, self._open[path])

    def _files(self, todo: list[Pending], number: int) -> Iterator[tuple[Pending, ParsedFile]]:
        unknown = {pending.path for pending in todo if not self._is_known(pending, number)}
        again = self._snapshot.read_many([p.path for p in todo if p.file is None and p.path in unknown])
        for pending in todo:
            if pending.file is not None:
                yield pending, pending.file
            elif pending.path not in unknown:
                yield pending, _Waiting(pending, self._read_again, self._carried.get(pending.path, _NO_PROBLEMS))
            elif isinstance(data := next(again)[1], Gap):
                self._lost(pending, data)
                self._lost_files.add(pending.path)
            else:
                yield pending, ParsedFile(pending.path, data, pending.roles)

    def _is_known(self, pending: Pending, number: int) -> bool:
        known = self._open[pending.path].asked
        return all(leaf.index in known for leaf in pending.leaves[number])

    def _read_again(self, path: str) -> bytes:
        for _, data in self._snapshot.read_many([path]):
            if isinstance(data, bytes):
                return data
            self.gaps.add(data)
        self._lost_files.add(path)
        return b""

    def _ask(self, leaf: Leaf, file: ParsedFile, possible: set[int]) -> None:
        known = self._open[file.path]
        asked = known.asked.get(leaf.index)
        before = frozenset(file.problems) if file.problems else _NO_PROBLEMS
        if asked is None or asked.before != before:
            asked = known.asked[leaf.index] = self._found(leaf, file, known, before)
            self._grown.add(file.path)
        else:
            file.problems += asked.after - before
            for hit, reason in asked.rejected:
                self._forward(leaf, hit, reason)
        doubtful = asked.unsure or (bool(asked.after) and leaf.filtered)
        self._note(leaf, file.path, asked.hits, possible, doubtful=doubtful)
        self._asked.append((leaf.index, asked, doubtful))

    def _found(self, leaf: Leaf, file: ParsedFile, known: Known, before: frozenset[Problem]) -> Asked:
        self._rejected, self._noted.notes = [], known.questions
        hits = tuple(self._evaluate(leaf, file))
        unsure = (leaf.index, file.path) in self._matchers.unsure
        after = frozenset(file.problems) if file.problems else before
        return Asked(hits, tuple(self._rejected), unsure, before, after)

    def _take(self, leaf: Leaf, path: str, asked: Asked, possible: set[int], *, doubtful: bool) -> None:
        """What was found before, once more."""
        for hit, reason in asked.rejected:
            self._forward(leaf, hit, reason)
        self._note(leaf, path, asked.hits, possible, doubtful=doubtful)
