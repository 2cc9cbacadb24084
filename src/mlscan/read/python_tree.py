"""The syntax tree of a Python file as the few kinds of nodes that the reader looks at."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from time import thread_time
from typing import TYPE_CHECKING

from mlscan.read.python_source import clip, without_empty_runs, without_prefix_runs

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query

_STATEMENTS = """
[(import_statement) (import_from_statement) (future_import_statement) (print_statement) (exec_statement)
 (expression_statement) (assert_statement) (return_statement) (delete_statement) (raise_statement) (pass_statement)
 (break_statement) (continue_statement) (global_statement) (nonlocal_statement) (type_alias_statement)
 (if_statement) (match_statement) (for_statement) (while_statement) (try_statement) (with_statement)
 (function_definition) (class_definition)] @statement
"""

_QUERY = (
    _STATEMENTS
    + """
[(import_statement) (import_from_statement) (future_import_statement)] @import
(call) @call
(decorator) @decorator
(function_definition) @function
(class_definition) @class
[(assignment) (named_expression)] @assign
(as_pattern) @as
(for_statement) @for
(string) @string
(concatenated_string) @joined
(expression_statement . [(string) (concatenated_string)] @bare .)
(if_statement condition: [(false) (integer)] @never consequence: (block) @dead)
(elif_clause condition: [(false) (integer)] @never consequence: (block) @dead)
(while_statement condition: [(false) (integer)] @never body: (block) @dead)
(ERROR) @error
(MISSING) @error
"""
)


@lru_cache(maxsize=1)
def _grammar() -> tuple[Language, Query]:
    import tree_sitter
    import tree_sitter_python

    language = tree_sitter.Language(tree_sitter_python.language())
    return language, tree_sitter.Query(language, _QUERY)


STEPS_A_BYTE = 5
"""Steps of the parser; two are enough for any file that is Python, but errors can cost it the square of the file."""

SPARE_STEPS = 200
"""Hundreds of steps that a file of any size may take."""

SECONDS = 5
"""Of the processor for one parse, for what takes long in few steps; a file that is Python takes a tenth of one."""

BROKEN_LIMIT = 60_000
"""Bytes that are parsed of a file over whose errors the parser would take too long."""

DEPTH_LIMIT = 50_000
"""Levels of the tree that are looked at; below 65,536 queries take time in proportion to the file."""

WIDE = 5_000
"""Children of one error node; the time of a query is the square of their number."""

Nodes = dict[str, "list[Node]"]
"""Nodes by the name of their capture, each in the order of the file."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parse gave."""

    data: bytes
    """The bytes that were parsed; lines as in the file."""
    nodes: Nodes
    """The nodes down to `DEPTH_LIMIT`."""
    error_line: int | None
    """The line of the first syntax error, or of the first that was not parsed (1-based); or None."""


def parse(data: bytes) -> Parsed:
    """The nodes of a Python file that the reader looks at; none where its errors would take the parser too long."""
    from tree_sitter import QueryCursor

    data, root, unread = _tree(without_empty_runs(data))
    if root is None:
        return Parsed(data, {}, 1)
    _, query = _grammar()
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(DEPTH_LIMIT)
    nodes: Nodes = {}
    for part in _parts(root):
        for kind, found in cursor.captures(part).items():
            nodes.setdefault(kind, []).extend(found)
    lines = [node.start_point[0] + 1 for node in nodes.get("error", [])]
    if root.has_error and not lines:
        lines.append(1)
    if unread is not None:
        lines.append(unread)
    return Parsed(data, nodes, min(lines, default=None))


def _tree(data: bytes) -> tuple[bytes, Node | None, int | None]:
    """What is parsed of a file, its tree (None: too much work), and the first line that is not parsed as it stands."""
    root, unread = _root(data), []
    if (root is None or root.has_error) and (blanked := without_prefix_runs(data)) != data:
        unread.append(_first_difference(data, blanked))
        data, root = blanked, _root(blanked)
    if root is None and len(data) > BROKEN_LIMIT:
        data, _ = clip(data, BROKEN_LIMIT)
        unread.append(data.count(b"\n") + 1)
        root = _root(data)
    return data, root, min(unread, default=None)


def _root(data: bytes) -> Node | None:
    """The tree of these bytes, or None where the parser would have more to do than it may."""
    from tree_sitter import Parser

    language, _ = _grammar()
    try:
        return Parser(language).parse(lambda start, _: data[start:], progress_callback=_Effort(len(data))).root_node
    except ValueError:
        return None


class _Effort:
    """Says when a parser must stop; it asks after every hundred steps."""

    def __init__(self, size: int) -> None:
        self._left = SPARE_STEPS + size * STEPS_A_BYTE // 100
        self._end = thread_time() + SECONDS

    def __call__(self, _place: int, _has_error: bool) -> bool:
        self._left -= 1
        return self._left < 0 or thread_time() > self._end


def _parts(root: Node) -> list[Node]:
    """The tree, taken apart where an error node has so many children that a query over them would not end."""
    if not root.has_error:
        return [root]
    parents: dict[int, int] = {}
    apart: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error and node.child_count > WIDE:
            apart.add(node.id)
        children = [child for child in node.children if child.has_error and child.child_count]
        parents.update((child.id, node.id) for child in children)
        stack += children
    for wide in tuple(apart):
        parent = parents.get(wide)
        while parent is not None and parent not in apart:
            apart.add(parent)
            parent = parents.get(parent)
    return _taken_apart(root, apart) if apart else [root]


def _taken_apart(root: Node, apart: set[int]) -> list[Node]:
    parts: list[Node] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.id in apart:
            stack += reversed(node.children)
        elif node.child_count or node.has_error:
            parts.append(node)
    return parts


def _first_difference(before: bytes, after: bytes) -> int:
    pairs = zip(before.split(b"\n"), after.split(b"\n"), strict=True)
    return next(number for number, (old, new) in enumerate(pairs, 1) if old != new)


def dead_ranges(nodes: Nodes, data: bytes) -> list[tuple[int, int]]:
    """Byte ranges of blocks under `if False`, `if 0` and `while 0`, which never run; sorted, not nested."""
    ranges: list[tuple[int, int]] = []
    blocks = sorted((block.start_byte, block.end_byte) for block in nodes.get("dead", []))
    for condition in nodes.get("never", []):
        if data[condition.start_byte : condition.end_byte] not in (b"0", b"False"):
            continue
        at = bisect_left(blocks, (condition.end_byte, 0))
        if at < len(blocks) and (not ranges or blocks[at][0] >= ranges[-1][1]):
            ranges.append(blocks[at])
    return ranges
