"""The pass over the files by several processes: the same findings sooner, where there are processors for it.

Every process looks at its share of the files and keeps to the same rounds. Between rounds each says which of its
matchers hold or still wait, and is told which can matter anywhere; at the end it says what it has found. Whatever goes
wrong with another process, the snapshot is read once more by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import chain
from time import monotonic

import msgspec

from mlscan.detect.candidates import Candidates
from mlscan.detect.crew import Crew, Helper, HelperFailed, Link, patience
from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit
from mlscan.detect.parsed import Roles
from mlscan.detect.plan import Leaf, Plan
from mlscan.detect.reading import NEAR, Reading, alive_of
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Snapshot

LEAST = 8_000_000
"""What a share has to cost at least, in bytes of plain text: less is done sooner alone."""
_WORTH = {"python": 8, "notebook": 6}
"""What a byte of such files costs, beside others."""
_FILE = 10_000
"""What a file costs, whatever its size."""

_NearMiss = tuple[int, int, Hit, str]
"""(round, matcher, place, reason)."""
Wanted = Mapping[str, tuple[Roles, Candidates]]


class _Standing(msgspec.Struct, array_like=True):
    """Which matchers hold, or are left open, and which still wait."""

    sure: set[int]
    waiting: set[int]


class _Found(msgspec.Struct, array_like=True):
    """All that a share told."""

    hits: dict[int, list[Hit]]
    unknown: dict[int, set[str]]
    gaps: list[Gap]
    imports: dict[str, frozenset[str]]
    sourced: dict[str, frozenset[str]]
    unread: dict[str, str]
    words: dict[str, list[str]]
    rejected: list[_NearMiss]
    ci: dict[str, bytes]
    bytes_read: int
    read_again: int


class SharedReading(Reading):
    """As `Reading`, by several processes. `run` raises HelperFailed, and then its facts are of no use."""

    def __init__(
        self,
        snapshot: Snapshot,
        plan: Plan,
        facts: Facts,
        reject: Callable[[Leaf, Hit, str], None],
        crew: Crew,
    ) -> None:
        super().__init__(snapshot, plan, facts, self._note_rejected)
        self._forward = reject
        self._crew = crew
        self._rejected: dict[tuple[int, str], list[_NearMiss]] = defaultdict(list)
        """Near misses by round and detector."""
        self._round_number = 0
        self._told: list[_NearMiss] = []
        """Near misses of others."""
        self._helpers: list[Helper] = []
        self._link: Link | None = None
        """To the process that has made this one."""
        self._started = 0.0

    def _note_rejected(self, leaf: Leaf, hit: Hit, reason: str) -> None:
        kept = self._rejected[self._round_number, leaf.detector]
        if len(kept) < NEAR:
            kept.append((self._round_number, leaf.index, hit, reason))

    def _rounds(self, wanted: Wanted, progress: Callable[[int, int], None] | None) -> None:
        own, *shares = self._shares(wanted)
        self._started = monotonic()
        try:
            for share in shares:
                self._helpers.append(self._crew.start(partial(self._help, share)))
            self._by_path = _without(self._by_path, chain(*shares))
            super()._rounds(own, progress)
            for helper in self._helpers:
                self._take(msgspec.msgpack.decode(helper.receive(patience(self._started)), type=_Found))
        finally:
            for helper in self._helpers:
                helper.close()
        self._put_in_order()

    def _shares(self, wanted: Wanted) -> list[Wanted]:
        """The files for each process, of about the same cost; the first share has all that only this one can do."""
        sizes = {f.path: f.size or 0 for f in self._snapshot.files if f.path in wanted}
        costs = {path: _cost(roles, sizes[path]) for path, (roles, _) in wanted.items()}
        count = min(self._crew.size, sum(costs.values()) // LEAST)
        shares: list[dict[str, tuple[Roles, Candidates]]] = [{} for _ in range(max(1, count))]
        # Of every kind each has the same, since kinds differ in the rounds that they cost most in.
        filled: dict[str, list[int]] = defaultdict(lambda: [0] * len(shares))
        for path, asked in wanted.items():
            each = filled[_kind(asked[0])]
            number = each.index(min(each)) if self._may_be_given(path, asked[0]) else 0
            shares[number][path] = asked
            each[number] += costs[path]
        return list(shares)

    def _may_be_given(self, path: str, roles: Roles) -> bool:
        """Whether all that a file tells can be told to another process: places, words, what it imports, its bytes."""
        told = roles.manifest or roles.docker or roles.script
        return not told and path not in self.tree_paths and _is_text(path)

    # --- between rounds -----------------------------------------------------------------------------------------------

    def _alive(self) -> set[int]:
        self._round_number += 1
        sure, waiting = self._standing()
        own = _Standing(sure, set(waiting))
        if self._link is not None:
            self._link.send(msgspec.msgpack.encode(own))
            return msgspec.msgpack.decode(self._link.receive(), type=set[int])
        told = [
            msgspec.msgpack.decode(helper.receive(patience(self._started)), type=_Standing) for helper in self._helpers
        ]
        sure = own.sure.union(*(one.sure for one in told))
        waiting = {index: self._plan.leaves[index] for index in own.waiting.union(*(one.waiting for one in told))}
        alive = alive_of(sure, waiting)
        for helper in self._helpers:
            helper.send(msgspec.msgpack.encode(alive))
        return alive

    # --- in another process -------------------------------------------------------------------------------------------

    def _help(self, share: Wanted, link: Link) -> None:
        """Does a share and tells what it has found."""
        self._link, self._helpers = link, []
        self._snapshot.forked()
        facts = self._facts
        self.hits, self.unknown, self.gaps = defaultdict(list), defaultdict(set), set()
        self.bytes_read = self.read_again = 0
        self._by_path = {path: self._by_path[path] for path in share if path in self._by_path}
        self._rejected.clear()
        self.ci_bytes.clear()
        for told in (facts.imports, facts.sourced, facts.unread, facts.read_words):
            told.clear()

        def look_up(_done: int, _total: int) -> None:
            if not link.is_wanted():
                raise HelperFailed

        super()._rounds(share, look_up)
        found = _Found(
            hits={index: hits for index, hits in self.hits.items() if hits},
            unknown={index: paths for index, paths in self.unknown.items() if paths},
            gaps=list(self.gaps),
            imports=facts.imports,
            sourced=facts.sourced,
            unread=facts.unread,
            words=facts.read_words,
            rejected=list(chain(*self._rejected.values())),
            ci=self.ci_bytes,
            bytes_read=self.bytes_read,
            read_again=self.read_again,
        )
        link.send(msgspec.msgpack.encode(found))

    # --- together -----------------------------------------------------------------------------------------------------

    def _take(self, found: _Found) -> None:
        for index, hits in found.hits.items():
            self.hits[index] += hits
        for index, paths in found.unknown.items():
            self.unknown[index] |= paths
        self.gaps.update(found.gaps)
        self.ci_bytes.update(found.ci)
        self._told += found.rejected
        self.bytes_read += found.bytes_read
        self._snapshot.add_read(found.bytes_read + found.read_again)
        facts, alike = self._facts, self._alike
        facts.imports.update({path: alike.setdefault(names, names) for path, names in found.imports.items()})
        facts.sourced.update(found.sourced)
        facts.unread.update(found.unread)
        for word, holders in found.words.items():
            facts.read_words.setdefault(word, []).extend(holders)

    def _put_in_order(self) -> None:
        """Brings what was told, and hands on the near misses, in the order in which one process would have met it."""
        order = {path: place for place, path in enumerate(self._facts.paths)}
        for told in (self._facts.imports, self._facts.sourced, self._facts.unread):
            items = sorted(told.items(), key=lambda item: order.get(item[0], -1))
            told.clear()
            told.update(items)  # type: ignore[arg-type]
        near = [*chain(*self._rejected.values()), *self._told]
        for _, index, hit, reason in sorted(near, key=lambda one: (one[0], order.get(one[2].path, -1))):
            self._forward(self._plan.leaves[index], hit, reason)


def _without(marks: dict[str, frozenset[int]], paths: Iterable[str]) -> dict[str, frozenset[int]]:
    given = set(paths)
    return {path: held for path, held in marks.items() if path not in given}


def _cost(roles: Roles, size: int) -> int:
    return _FILE + size * _WORTH.get(_kind(roles), 1)


def _kind(roles: Roles) -> str:
    return "notebook" if roles.notebook else "python" if roles.language == "python" else ""


def _is_text(path: str) -> bool:
    """Whether a path can be told to another process: one that is not UTF-8 cannot."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
