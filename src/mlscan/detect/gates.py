"""Which matchers are worth asking in a file: those whose companions may hold there, too.

Where conditions must meet inside one file, a file that cannot hold one of them need not be asked for the others. A
gate is a set of matchers of which one must be possible in the file; a matcher is asked when all of its gates are open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from mlscan.types.content import TextMatch

if TYPE_CHECKING:
    from mlscan.detect.plan import Leaf, Node

Gates = tuple[frozenset[int], ...]

_IN_ONE_FILE = frozenset({"file", "document", "cell", "class", "function", "job", "step", "resource"})
"""Scopes whose units lie inside one file."""


def set_gates(nodes: Iterable[Node]) -> None:
    """Derives the gates of every leaf from the tree of conditions around it."""
    for node in nodes:
        _walk(node, ())


def is_open(leaf: Leaf, possible: frozenset[int] | set[int]) -> bool:
    """Whether a matcher can matter in a file where only these matchers can hold."""
    return not any(gate.isdisjoint(possible) for gate in leaf.gates)


def _walk(node: Node, outer: Gates) -> None:
    if node.leaf is not None:
        node.leaf.gates = tuple(dict.fromkeys(outer)) if _is_dear(node.leaf) else ()
        for inner in (node.leaf.from_node, node.leaf.to_node):
            if inner is not None:
                _walk(inner, ())
        return
    bound = node.scope in _IN_ONE_FILE
    counted = bool(node.at_least) or len(node.parts) > 1
    kept = outer if bound or not counted else ()
    needs = [_needs(part) for part in node.parts]
    for number, part in enumerate(node.parts):
        others = [gate for at, gates in enumerate(needs) if at != number for gate in gates]
        _walk(part, (*kept, *others) if bound and not part.near_miss else kept)
    for member in node.any_of:
        _walk(member, kept)
    for excluded in node.none_of:
        _walk(excluded, (*outer, *(gate for gates in needs for gate in gates)) if bound else ())


def _is_dear(leaf: Leaf) -> bool:
    """Whether asking costs the parse of a source file; where it does not, near misses are worth more than time."""
    in_code = isinstance(leaf.spec, TextMatch) and leaf.spec.in_ == "code"
    return in_code or leaf.kind in ("imports", "calls", "classes", "defines")


def _needs(node: Node) -> Gates:
    """Gates that a file must open for the node to have a hit in it."""
    if node.leaf is not None:
        return (frozenset({node.leaf.index}),) if node.leaf.filtered else ()
    if node.any_of:
        return _either(node.any_of)
    if node.scope in _IN_ONE_FILE or len(node.parts) == 1:
        return tuple(gate for part in node.parts for gate in _needs(part))
    return _needs(node.parts[-1 if node.evidence is None else node.evidence]) if node.parts else ()


def _either(members: Sequence[Node]) -> Gates:
    """One gate for all members together, or none where one of them needs nothing that is known early."""
    needs = [_needs(member) for member in members]
    if not all(needs):
        return ()
    return (frozenset().union(*(min(gates, key=len) for gates in needs)),)
