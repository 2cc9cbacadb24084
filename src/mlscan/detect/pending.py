"""Files that wait for a later round, and which round a matcher is asked in."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from mlscan.detect.candidates import CODE_KINDS
from mlscan.detect.parsed import ParsedFile, Roles
from mlscan.detect.plan import Leaf
from mlscan.types.content import TextMatch

LINES, TREES, CODE = range(3)
"""The rounds."""


@dataclass(slots=True)
class Pending:
    """A file of which matchers are still to be asked."""

    path: str
    roles: Roles
    file: ParsedFile | None
    """None where it has to be read again."""
    possible: Set[int]
    """Matchers that may hold in it, or do; files that are alike share them."""
    leaves: Mapping[int, tuple[Leaf, ...]]
    """Those to ask, by round; files that are alike share them."""


def without(number: int, leaves: Mapping[int, tuple[Leaf, ...]]) -> Mapping[int, tuple[Leaf, ...]]:
    """The matchers of the other rounds."""
    return {n: waiting for n, waiting in leaves.items() if n != number}


def round_of(leaf: Leaf, file: ParsedFile) -> int:
    """When a matcher is asked in a file: what it costs there."""
    roles = file.roles
    if leaf.kind == "imports":
        return LINES if file.has_import_lines else CODE
    if leaf.kind == "defines" or (isinstance(leaf.spec, TextMatch) and leaf.spec.in_ == "code"):
        return CODE if roles.notebook or roles.language not in (None, "python") else LINES
    if leaf.kind in CODE_KINDS:
        return CODE
    return TREES if leaf.kind in ("key", "document", "resource", "image") else LINES
