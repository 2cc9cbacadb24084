"""What was found in the files of a repository's snapshots, so that another one costs only the files that differ.

A file is known by its path and the id of its content. What is kept of it depends on these two alone, or is kept with
the question that it depends on: which matchers could hold there, which names were looked up among the other files.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mlscan.detect.candidates import Candidates, Family, Kind
from mlscan.detect.hits import Hit
from mlscan.detect.parsed import Roles, roles_of
from mlscan.detect.plan import Leaf, Plan, compile_plan
from mlscan.detect.prefilter import Prefilter
from mlscan.types.lists import DetectContent
from mlscan.types.source import Dockerfile, Manifest, Problem, Script, Tree, Workflow

BYTES = 256 << 20
"""Bytes, as estimated, that files may take in memory; those that were not asked for longest are forgotten."""
MENTIONS, WORKFLOWS = 20_000, 2_000
"""Files of which it is kept what they mention, and what they are as CI."""
_FILE = 2_000
_HIT = 400
_PARSED = 3
"""Bytes in memory for each byte of a file that is kept as parsed."""

V = TypeVar("V")
Key = tuple[str, str]
"""Path and id of the content."""
Question = tuple[bool, str]
"""Whether a name is asked for as a file's, and the name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one matcher found in one file."""

    hits: tuple[Hit, ...]
    rejected: tuple[tuple[Hit, str], ...]
    unsure: bool
    before: frozenset[Problem] = frozenset()
    """What the file's forms that were made already could not make sense of; with others the matcher is asked anew."""
    after: frozenset[Problem] = frozenset()
    """The same, with the forms that the matcher asked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the first look at a file told, with certain matchers and words in mind."""

    words: tuple[str, ...]
    asked: tuple[tuple[int, Asked, bool], ...]
    """In the order in which they were asked, with whether that is in doubt where nothing was found."""
    problems: frozenset[Problem] = frozenset()
    possible: frozenset[int] = frozenset()
    later: tuple[tuple[int, tuple[Leaf, ...]], ...] = ()
    """Matchers to ask, by round."""
    carried: frozenset[Problem] = frozenset()
    """Problems that are known when they are asked."""


@dataclass(slots=True)
class Known:
    """What is known of one file."""

    length: int
    looks: dict[tuple[int, int, frozenset[int]], Look] = field(default_factory=dict)
    """By the numbers of its candidates and words, and the path matchers that may hold."""
    asked: dict[int, Asked] = field(default_factory=dict)
    questions: dict[Question, bool] = field(default_factory=dict)
    """Names that were looked up among the other files, with the answers."""
    head: bytes | None = None
    imports: frozenset[str] | None = None
    named_files: frozenset[str] | None = None
    manifest: Manifest | None = None
    dockerfile: Dockerfile | None = None
    script: Script | None = None
    ci: bytes | None = None
    tree: Tree | None = None
    has_tree: bool = False
    weight: int = 0

    def weigh(self) -> int:
        """Bytes in memory, as estimated."""
        parsed = self.manifest or self.dockerfile or self.script or self.ci is not None or self.tree
        hits = sum(len(asked.hits) + len(asked.rejected) for asked in self.asked.values())
        return _FILE + _HIT * (hits + len(self.looks)) + (_PARSED * self.length if parsed else 0)


@dataclass(slots=True)
class ReadWorkflow:
    """A CI file in the one model, with the other files that it was read with."""

    workflow: Workflow | None
    others: dict[str, str | None]
    """Path -> id of the content; None for one that is not there."""


class Recent(Generic[V]):
    """As many values as may be kept; the oldest are forgotten."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Key, V] = OrderedDict()

    def get(self, key: Key) -> V | None:
        """The value of a file, if it is kept."""
        return self._values.get(key)

    def keep(self, key: Key, value: V) -> None:
        """Keeps a value."""
        self._values[key] = value
        if len(self._values) > self._limit:
            self._values.popitem(last=False)


class Memory:
    """Of one repository and one content; keep it from snapshot to snapshot. Not for several threads."""

    def __init__(self, content: DetectContent, limit: int = BYTES) -> None:
        self._limit = limit
        self._content = content
        self.plan: Plan = compile_plan(content)
        self._files: OrderedDict[Key, Known] = OrderedDict()
        self._weight = 0
        self._numbers: dict[object, int] = {}
        self._roles: dict[str, Roles] = {}
        self._words: dict[Family, tuple[int, frozenset[int], Prefilter]] = {}
        self.candidates: dict[Kind, Candidates] = {}
        self.pruned: dict[tuple[frozenset[Kind], frozenset[int]], dict[Kind, Candidates]] = {}
        """What was left of them in the newest snapshot, by kinds and the matchers that held in another way."""
        self.mentions: Recent[frozenset[str]] = Recent(MENTIONS)
        self.workflows: Recent[ReadWorkflow] = Recent(WORKFLOWS)
        self.fresh = 0
        """Files that were looked at anew so far."""

    def is_for(self, content: DetectContent) -> bool:
        """Whether what is kept was found by this content."""
        return self._content.detectors is content.detectors and self._content.lists is content.lists

    def number(self, thing: object) -> int:
        """A number that equal things share."""
        return self._numbers.setdefault(thing, len(self._numbers))

    def roles_of(self, path: str) -> Roles:
        """The roles of a path."""
        if path not in self._roles:
            self._roles[path] = roles_of(path)
        return self._roles[path]

    def prefilter(self, family: Family, leaves: Sequence[Leaf], words: Sequence[str]) -> Prefilter:
        """A search for the words of at least these matchers, and for these further ones."""
        number = self.number(frozenset(words))
        known, indexes, found = self._words.get(family, (-1, frozenset(), None))
        if found is None or known != number or not indexes.issuperset(leaf.index for leaf in leaves):
            found = Prefilter(leaves, words)
            self._words[family] = number, frozenset(leaf.index for leaf in leaves), found
        return found

    # --- files ---

    def get(self, key: Key) -> Known | None:
        """What is known of a file."""
        found = self._files.get(key)
        if found is not None:
            self._files.move_to_end(key)
        return found

    def keep(self, key: Key, known: Known) -> None:
        """Keeps what is known of a file, as it has grown."""
        weight = known.weigh()
        self._weight += weight - (known.weight if key in self._files else 0)
        known.weight = weight
        self._files[key] = known
        self._files.move_to_end(key)
        while self._weight > self._limit and len(self._files) > 1:
            _, oldest = self._files.popitem(last=False)
            self._weight -= oldest.weight

    def forget(self, key: Key) -> None:
        """Forgets a file: it is looked at anew next time."""
        known = self._files.pop(key, None)
        self._weight -= known.weight if known is not None else 0
