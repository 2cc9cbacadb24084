"""Which matchers are worth asking: those whose companions may hold, too.

Where conditions must meet inside one file, a file that cannot hold one of them need not be asked for the others; where
they must meet in the repository, nobody need be asked for one of which the other is nowhere. A gate is a set of
matchers of which one must be possible, in the same file (`Leaf.gates`) or anywhere (`Leaf.wide`); a matcher is asked
when all of its gates are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlscan.types.content import ImageMatch, TextMatch

if TYPE_CHECKING:
    from mlscan.detect.plan import Leaf, Node

Gates = tuple[frozenset[int], ...]

_IN_ONE_FILE = frozenset({"file", "document", "cell", "class", "function", "job", "step", "resource"})
"""Scopes whose units lie inside one file."""
_LATE = frozenset({"command", "ci", "refers", "history", "plugin"})
"""Kinds of matchers of which it is not known early in which files they may hold."""


def set_gates(nodes: Mapping[str, Node]) -> None:
    """Derives the gates of every leaf from the tree of conditions around it."""
    walker = _Walker(nodes)
    for node in nodes.values():
        walker.walk(node, _Around())


def may_matter(leaf: Leaf, possible: Set[int]) -> bool:
    """Whether a matcher can matter in a file where only these matchers can hold: for evidence, or for a near miss."""
    return is_open(leaf.gates, possible) and _is_near(leaf.companions, possible)


def may_matter_at_all(leaf: Leaf, possible: Set[int]) -> bool:
    """As `may_matter`, where only these matchers can hold anywhere in the repository."""
    return is_open(leaf.wide, possible) and _is_near(leaf.wide_companions, possible)


def _is_near(companions: tuple[Gates, ...], possible: Set[int]) -> bool:
    """Whether at most one companion is missing."""
    missing = 0
    for gates in companions:
        missing += not is_open(gates, possible)
        if missing > 1:
            return False
    return True


def is_open(gates: Gates, possible: Set[int]) -> bool:
    """Whether a matcher can matter where only these matchers can hold."""
    return not any(map(possible.isdisjoint, gates))


def still_waiting(
    waiting: Mapping[int, Leaf], sure: Set[int], matters: Callable[[Leaf, Set[int]], bool]
) -> dict[int, Leaf]:
    """Those of the waiting matchers that matter, when only they and the sure ones can hold."""
    left = dict(waiting)
    while True:
        alive = sure | left.keys()
        closed = [index for index, leaf in left.items() if not matters(leaf, alive)]
        if not closed:
            return left
        for index in closed:
            del left[index]


@dataclass(frozen=True, slots=True)
class _Around:
    """Gates of the conditions around a place."""

    file: Gates = ()
    """Of the same file."""
    wide: Gates = ()
    """Of the repository."""
    dear_file: Gates = ()
    """As `file`, for matchers that cost a parse: others are asked for the sake of near misses, too."""
    dear_wide: Gates = ()
    companions: tuple[Gates, ...] = ()
    """Gates of the same file of each part of a condition that must hold, too: where two are shut, nothing is near."""
    wide_companions: tuple[Gates, ...] = ()
    dear: bool = False
    """Whether all matchers are as those that cost a parse."""

    def beside(self, file: Sequence[Gates], wide: Sequence[Gates], number: int) -> _Around:
        """Around one part of a condition; file, wide: what each of its parts needs."""
        return replace(
            self,
            dear_file=(*self.dear_file, *_others(file, number)),
            dear_wide=(*self.dear_wide, *_others(wide, number)),
            companions=(*self.companions, *_each(file, number)),
            wide_companions=(*self.wide_companions, *_each(wide, number)),
        )

    def elsewhere(self) -> _Around:
        """For a place in any file: what the same file must hold, some file must hold."""
        return _Around(
            wide=(*self.wide, *self.file),
            dear_wide=(*self.dear_wide, *self.dear_file),
            wide_companions=(*self.wide_companions, *self.companions),
            dear=self.dear,
        )

    def strictly(self, file: Gates, wide: Gates) -> _Around:
        """With gates that must be open for everybody."""
        return replace(self, file=(*self.file, *file), wide=(*self.wide, *wide))


class _Walker:
    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes
        self._known: dict[tuple[int, bool], Gates] = {}

    def walk(self, node: Node, around: _Around) -> None:
        """Sets the gates of all leaves below a node."""
        if node.near_miss is False:
            around = replace(around, dear=True)
        if node.leaf is not None:
            self._leaf(node.leaf, around)
            return
        bound = node.scope in _IN_ONE_FILE
        if not bound and (len(node.parts) > 1 or node.at_least):
            around = around.elsewhere()
        file = [self._needs(part, narrow=True) if bound else () for part in node.parts]
        wide = [self._needs(part, narrow=False) for part in node.parts]
        for number, part in enumerate(node.parts):
            self.walk(part, around if part.near_miss else around.beside(file, wide, number))
        for member in node.any_of:
            self.walk(member, around)
        for excluded in node.none_of:
            self.walk(excluded, around.strictly(tuple(_others(file, None)), tuple(_others(wide, None))))

    def _leaf(self, leaf: Leaf, around: _Around) -> None:
        if around.dear or _is_dear(leaf):
            around = around.strictly(around.dear_file, around.dear_wide)
        else:
            leaf.companions, leaf.wide_companions = around.companions, around.wide_companions
        leaf.gates, leaf.wide = tuple(dict.fromkeys(around.file)), tuple(dict.fromkeys(around.wide))
        if leaf.from_node is not None and leaf.to_node is not None:
            goal = self._needs(leaf.to_node, narrow=False)
            start = self._needs(leaf.from_node, narrow=False)
            near = () if leaf.from_node.near_miss else (goal,)
            self.walk(leaf.from_node, around.beside((), (*near, ()), len(near)))
            self.walk(leaf.to_node, around.elsewhere().strictly((), start))

    def _needs(self, node: Node, *, narrow: bool) -> Gates:
        """Gates that must be open for the node to have a hit: in the hit's file where `narrow`, else anywhere."""
        key = (id(node), narrow)
        if key not in self._known:
            self._known[key] = ()  # what refers to itself is no gate
            self._known[key] = self._find_needs(node, narrow)
        return self._known[key]

    def _find_needs(self, node: Node, narrow: bool) -> Gates:
        if node.leaf is not None:
            return self._leaf_needs(node.leaf, narrow)
        if node.detector is not None:
            return self._needs(self._nodes[node.detector], narrow=narrow) if node.detector in self._nodes else ()
        if node.any_of:
            return _either([self._needs(member, narrow=narrow) for member in node.any_of])
        if not narrow or node.scope in _IN_ONE_FILE or len(node.parts) == 1:
            return tuple(gate for part in node.parts for gate in self._needs(part, narrow=narrow))
        shown = node.parts[-1 if node.evidence is None else node.evidence] if node.parts else None
        return self._needs(shown, narrow=True) if shown is not None else ()

    def _leaf_needs(self, leaf: Leaf, narrow: bool) -> Gates:
        if leaf.from_node is not None and leaf.to_node is not None:
            start = self._needs(leaf.from_node, narrow=narrow)
            return start if narrow else (*start, *self._needs(leaf.to_node, narrow=False))
        in_workflows = isinstance(leaf.spec, ImageMatch) and "ci" in leaf.spec.within
        return () if leaf.kind in _LATE or in_workflows else (frozenset({leaf.index}),)


def _is_dear(leaf: Leaf) -> bool:
    """Whether asking means to read code as code; where it does not, near misses are worth more than time."""
    in_code = isinstance(leaf.spec, TextMatch) and leaf.spec.in_ == "code"
    return in_code or leaf.kind in ("imports", "calls", "classes", "defines")


def _others(needs: Sequence[Gates], number: int | None) -> Iterable[frozenset[int]]:
    """The gates of all parts but one."""
    return (gate for at, gates in enumerate(needs) if at != number for gate in gates)


def _each(needs: Sequence[Gates], number: int) -> tuple[Gates, ...]:
    """The gates of all parts but one, part by part; parts that need nothing cannot be missing."""
    return tuple(gates for at, gates in enumerate(needs) if at != number and gates)


def _either(needs: Sequence[Gates]) -> Gates:
    """One gate for all members together, or none where one of them needs nothing that is known early."""
    if not all(needs):
        return ()
    return (frozenset().union(*(min(gates, key=len) for gates in needs)),)
