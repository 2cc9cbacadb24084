"""Builds trees from a stream of openings, scalars and closings, without recursion and within limits."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from mlscan.types.source import Node, Problem

MAX_DEPTH = 200
MAX_NODES = 100_000
"""Values of a document, counted as if aliases were written out, so that every walk over a tree is bounded."""
MAX_TOTAL = 300_000
"""Values of all documents of a file."""
CHARACTERS_A_VALUE = 50
"""Characters of an aliased text that count as one more value: whoever goes over the tree reads it again."""
MAX_PROBLEMS = 200

Scalar = str | int | float | bool | None


class LimitReached(Exception):
    """Reading stops here; what was built so far stays. The text is the problem's reason."""


@dataclass(slots=True)
class _Frame:
    """A map or list that is still open."""

    line: int
    tag: str | None
    anchor: str | None
    members: list[Node] | None = None
    children: dict[str, Node] = field(default_factory=dict)
    key: str | None = None
    key_line: int = 0
    merged: dict[str, Node] = field(default_factory=dict)
    size: int = 1


class TreeBuilder:
    """One document at a time. A map's child carries the line of its key, a list's item the line it begins at.

    merges: whether the key `<<` takes over the children of the maps that are its value, as in YAML.
    """

    def __init__(self, *, merges: bool = False) -> None:
        self.problems: list[Problem] = []
        self._merges = merges
        self._shared = 0
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._root: Node | None = None
        self._size = 0
        self._total = 0

    @property
    def full(self) -> bool:
        """Whether the file holds as many values as are read of one."""
        return self._total > MAX_TOTAL

    def open(self, *, is_map: bool, line: int, tag: str | None = None, anchor: str | None = None) -> None:
        """Begin a map or list. Raises `LimitReached` beyond 200 levels or when a document holds too many values."""
        if len(self._frames) >= MAX_DEPTH:
            raise LimitReached("nested too deeply")
        self._count(1)
        self._frames.append(_Frame(line, tag, anchor, None if is_map else []))

    def close(self) -> None:
        """End the innermost map or list; nothing where none is open."""
        if not self._frames:
            return
        frame = self._frames.pop()
        value: Mapping[str, Node] | tuple[Node, ...]
        value = {**frame.merged, **frame.children} if frame.members is None else tuple(frame.members)
        node = Node(value, frame.line, frame.tag)
        if frame.anchor:
            self._anchors[frame.anchor] = (node, frame.size)
        self._add(node, frame.size)

    def scalar(self, value: Scalar, line: int, tag: str | None = None, anchor: str | None = None) -> None:
        """Add a key or a value. Raises `LimitReached` when a document holds too many values."""
        self._count(1)
        node = Node(value, line, tag)
        size = 1 + len(value) // CHARACTERS_A_VALUE if isinstance(value, str) else 1
        if anchor:
            self._anchors[anchor] = (node, size)
        self._add(node, size)

    def key(self, text: str, line: int) -> None:
        """Name the next child of the innermost map. Raises `LimitReached` like `scalar`."""
        self._count(1)
        self._frames[-1].key, self._frames[-1].key_line = text, line

    def alias(self, anchor: str, line: int) -> None:
        """Add what an anchor stands for: shared, not copied; null where that would grow the tree beyond its limit.

        Aliases of all documents together stand for as many values as one document may hold; long texts count more.
        """
        node, size = self._anchors.get(anchor, (None, 1))
        if node is None:
            self.problem(line, "unknown alias")
        elif max(self._size, self._shared) + size > MAX_NODES:
            self.problem(line, "too many aliases")
            node, size = None, 1
        else:
            self._shared += size
        self._count(size)
        self._add(Node(node.value, line, node.tag) if node else Node(None, line), size)

    @property
    def expects_key(self) -> bool:
        """Whether the next scalar is a key of a map."""
        return bool(self._frames) and self._frames[-1].members is None and self._frames[-1].key is None

    @property
    def inside(self) -> str:
        """`map`, `list`, or "" outside of both."""
        if not self._frames:
            return ""
        return "map" if self._frames[-1].members is None else "list"

    def problem(self, line: int | None, reason: str) -> None:
        """Note something that is wrong with the file; what comes after many others is left out."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(line, reason))

    def finish(self) -> Node | None:
        """Close what is open and hand out the document; ready for the next one. Raises nothing."""
        while self._frames:
            # a merge that is beyond the limit is left out, its map is closed all the same
            with suppress(LimitReached):
                self.close()
        root, self._root, self._size, self._anchors = self._root, None, 0, {}
        return root

    def _count(self, size: int) -> None:
        self._size += size
        self._total += size
        if self._size > MAX_NODES or self.full:
            raise LimitReached("too many values")

    def _add(self, node: Node, size: int) -> None:
        if not self._frames:
            self._root = node
            return
        frame = self._frames[-1]
        frame.size += size
        if frame.members is not None:
            frame.members.append(node)
        elif frame.key is None:
            self._key(frame, node)
        else:
            self._child(frame, frame.key, node)
            frame.key = None

    def _key(self, frame: _Frame, node: Node) -> None:
        if isinstance(node.value, (Mapping, tuple)):
            self.problem(node.line, "key that is no scalar")
        frame.key, frame.key_line = node.text, node.line

    def _child(self, frame: _Frame, key: str, node: Node) -> None:
        if self._merges and key == "<<" and (isinstance(node.value, Mapping) or any(item.map for item in node.items)):
            for source in reversed((node,) if node.map else node.items):
                self._count(len(source.map))
                frame.merged.update(source.map)
            return
        frame.children[key] = Node(node.value, frame.key_line, node.tag)
