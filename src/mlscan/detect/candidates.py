"""Which matchers may hold in a file, told from its path alone."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

import re2

from mlscan.detect.gates import may_matter_at_all, still_waiting
from mlscan.detect.parsed import Roles
from mlscan.detect.plan import Leaf, Plan
from mlscan.types.content import PathMatch, ResourceMatch
from mlscan.types.evidence import Context

CODE_KINDS = frozenset({"imports", "calls", "classes", "defines"})
LOCAL = CODE_KINDS | {"key", "document", "dependency", "text", "image", "resource"}
"""Kinds of matchers that look into one file."""
HEAD = 512
"""Bytes of a file that path matchers look at."""
_LFS = b"version https://git-lfs.github.com/spec/v1"
_LFS_LIMIT = 1_024
"""Bytes that a pointer has at most, by its specification."""
_RESOURCE_SUFFIX = {
    "terraform": (".tf",),
    "bicep": (".bicep",),
    "cloudformation": (".yml", ".yaml", ".json", ".template"),
    "kubernetes": (".yml", ".yaml"),
    "compose": (".yml", ".yaml"),
}
Family = tuple[bool, bool]
"""(code or notebook, tree): files of one family are searched for the same words."""


Kind = tuple[frozenset[int], Context, Roles, str]
"""Globs, context, roles and suffix of a path: files of which these are the same have the same candidates."""


@dataclass(slots=True)
class Candidates:
    """Matchers that may hold in a file, told from its path alone."""

    filtered: dict[int, Leaf]
    """Those that the search of the file can rule out, by index, cheap ones first."""
    always: list[Leaf]
    by_path: list[Leaf]
    """Those that look at the path only."""
    family: Family
    indexes: frozenset[int] = frozenset()
    unfiltered: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.keep(lambda _: True)

    def take(self, other: Candidates) -> None:
        """Drops what was dropped of others of the same kind."""
        self.filtered, self.always = other.filtered, other.always
        self.indexes, self.unfiltered = other.indexes, other.unfiltered

    def keep(self, matters: Callable[[Leaf], bool]) -> None:
        """Drops the matchers that do not matter."""
        self.filtered = {index: leaf for index, leaf in self.filtered.items() if matters(leaf)}
        self.always = [leaf for leaf in self.always if matters(leaf)]
        self.indexes = frozenset(self.filtered)
        self.unfiltered = frozenset(leaf.index for leaf in self.always)


class CandidateTable:
    """Candidates of every path; most paths share theirs."""

    def __init__(self, plan: Plan, context: Callable[[str], Context]) -> None:
        self._plan = plan
        self._context = context
        self.shared: dict[Kind, Candidates] = {}
        """Candidates of files that the paths do not tell apart."""

    def of(self, path: str, roles: Roles) -> Candidates:
        """The matchers that may hold in the file of a path."""
        globs, context = self._plan.globs.match(path), self._context(path)
        key = (globs, context, roles, path[path.rfind(".") :])
        found = self.shared.get(key)
        if found is None:
            found = self.shared[key] = self.make(key, path)
        return found

    def make(self, key: Kind, path: str) -> Candidates:
        """Candidates of a kind of files, told by one path of them."""
        globs, context, roles, _ = key
        able = [x for x in self._plan.leaves if admits(x, globs, context)]
        local = sorted((x for x in able if x.kind in LOCAL and _may(x, path, roles)), key=cost)
        return Candidates(
            filtered={x.index: x for x in local if x.filtered},
            always=[x for x in local if not x.filtered],
            by_path=[x for x in able if x.kind == "path"],
            family=(bool(roles.language or roles.notebook), roles.tree is not None),
        )

    def prune(self, elsewhere: Set[int]) -> None:
        """Drops matchers whose companions can hold nowhere: no file is of their kind.

        elsewhere: matchers that hold by path, or are evaluated in another way.
        """
        waiting: dict[int, Leaf] = {}
        for found in self.shared.values():
            waiting.update(found.filtered)
            waiting.update((leaf.index, leaf) for leaf in found.always)
        left = still_waiting(waiting, elsewhere, may_matter_at_all)
        for found in self.shared.values():
            found.keep(lambda leaf: leaf.index in left)

    def families(self) -> dict[Family, list[Leaf]]:
        """Matchers with words, by the family of the files in which they may hold."""
        found: dict[Family, dict[int, Leaf]] = {}
        for candidates in self.shared.values():
            found.setdefault(candidates.family, {}).update(candidates.filtered)
        return {family: [leaves[index] for index in sorted(leaves)] for family, leaves in found.items()}


def cost(leaf: Leaf) -> tuple[int, int]:
    """Texts are looked for in bytes, imports and definitions in lines; everything else needs a parse."""
    return {"text": 0, "imports": 1, "defines": 1}.get(leaf.kind, 2), leaf.index


def admits(leaf: Leaf, globs: frozenset[int], context: Context) -> bool:
    """Whether a file that matches these globs is among those that a matcher looks at."""
    if (leaf.in_ is not None and leaf.in_.isdisjoint(globs)) or not leaf.not_in.isdisjoint(globs):
        return False
    return leaf.contexts is None or context in leaf.contexts


def _may(leaf: Leaf, path: str, roles: Roles) -> bool:
    """Whether a matcher of this kind can hold in a file of these roles."""
    if leaf.kind in CODE_KINDS:
        return bool(roles.language or roles.notebook)
    if leaf.kind == "dependency":
        return roles.manifest is not None
    if leaf.kind == "image":
        return roles.docker or path.endswith((".yml", ".yaml"))
    if isinstance(leaf.spec, ResourceMatch):
        return path.endswith(_RESOURCE_SUFFIX[leaf.spec.system])
    if leaf.kind in ("key", "document"):
        return roles.tree is not None and leaf.in_ is not None
    return leaf.in_ is not None


def path_holds(leaf: Leaf, size: int | None) -> bool | None:
    """Whether a path matcher holds in a file of this size; None where its first bytes decide (`head_holds`)."""
    spec = leaf.spec
    assert isinstance(spec, PathMatch)
    if not _size_holds(spec, size) or (spec.lfs and size is not None and size > _LFS_LIMIT):
        return False
    return None if spec.magic or spec.first_line or spec.lfs is not None else True


def head_holds(leaf: Leaf, head: bytes) -> bool:
    """Whether a path matcher holds in a file that begins like this."""
    spec = leaf.spec
    assert isinstance(spec, PathMatch)
    head = head[:HEAD]
    if spec.magic and not head.startswith(bytes.fromhex(spec.magic)):
        return False
    if spec.first_line and not re2.search(spec.first_line, head.split(b"\n", 1)[0].decode("utf-8", "replace")):
        return False
    return spec.lfs is None or spec.lfs == head.startswith(_LFS)


def _size_holds(spec: PathMatch, size: int | None) -> bool:
    if size is None:
        return True
    if spec.empty is not None and spec.empty != (size == 0):
        return False
    return (spec.min_bytes is None or size >= spec.min_bytes) and (spec.max_bytes is None or size <= spec.max_bytes)
