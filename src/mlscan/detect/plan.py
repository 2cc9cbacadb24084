"""Turns detectors into a plan: a tree of nodes over leaves, each leaf with its globs and the words it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar, cast

import msgspec

from mlscan.detect import words
from mlscan.detect.gates import set_gates
from mlscan.detect.globs import GlobTable
from mlscan.detect.outermost import Outermost, outermost_keys
from mlscan.detect.unnamed import called
from mlscan.detect.values import Check, check_for, expand
from mlscan.detect.words import CodeTest
from mlscan.types.content import (
    CallMatch,
    ClassMatch,
    Condition,
    DefineMatch,
    DependencyMatch,
    Detector,
    Globs,
    ImageMatch,
    ImportMatch,
    PathMatch,
    RefersMatch,
    TextMatch,
)
from mlscan.types.errors import ContentError
from mlscan.types.evidence import Context
from mlscan.types.lists import DetectContent, Lists

T = TypeVar("T")
LEAVES = (
    "path",
    "key",
    "document",
    "imports",
    "calls",
    "classes",
    "defines",
    "dependency",
    "command",
    "ci",
    "image",
    "resource",
    "siblings",
    "refers",
    "text",
    "history",
    "plugin",
)
_SHORT: Mapping[str, type[msgspec.Struct]] = {
    "imports": ImportMatch,
    "calls": CallMatch,
    "classes": ClassMatch,
    "defines": DefineMatch,
    "dependency": DependencyMatch,
    "image": ImageMatch,
    "path": PathMatch,
    "text": TextMatch,
}
_FIRST_FIELD = {
    "imports": "module",
    "calls": "name",
    "classes": "base",
    "defines": "name",
    "dependency": "name",
    "image": "name",
    "path": "glob",
    "text": "regex",
}


@dataclass(slots=True)
class Leaf:
    """One matcher with what decides early whether a file can hold it."""

    index: int
    detector: str
    kind: str
    spec: msgspec.Struct
    in_: frozenset[int] | None
    """Ids of globs; None means the files that the kind itself implies."""
    not_in: frozenset[int]
    contexts: frozenset[Context] | None
    words: tuple[words.Clause, ...]
    """What a file must hold, clause by clause; empty where nothing can be said."""
    code: CodeTest | None = None
    """What the code of a Python file must hold, told without a parse."""
    outermost: Outermost = ()
    """What the outermost keys of a tree must be."""
    gates: tuple[frozenset[int], ...] = ()
    """Sets of leaves of which one each must be possible in a file for this one to matter there (`gates.py`)."""
    wide: tuple[frozenset[int], ...] = ()
    """Sets of leaves of which one each must be possible anywhere for this one to matter at all."""
    companions: tuple[tuple[frozenset[int], ...], ...] = ()
    """Such sets for each companion of which the lack alone would be a near miss."""
    wide_companions: tuple[tuple[frozenset[int], ...], ...] = ()
    from_node: Node | None = None
    to_node: Node | None = None

    @property
    def filtered(self) -> bool:
        """Whether the one search of a file can tell that the matcher does not hold in it."""
        return bool(self.words)


@dataclass(slots=True)
class Node:
    """A compiled condition: everything in `parts` must hold together in one unit of `scope`."""

    name: str
    scope: str
    parts: list[Node] = field(default_factory=list)
    any_of: list[Node] = field(default_factory=list)
    """When set, the node holds where one of these does, and has no parts."""
    none_of: list[Node] = field(default_factory=list)
    leaf: Leaf | None = None
    detector: str | None = None
    at_least: int = 0
    distinct: str | None = None
    where: dict[str, Check] = field(default_factory=dict)
    evidence: int | None = None
    strength: str | None = None
    near_miss: bool | None = None


@dataclass(slots=True)
class Plan:
    """All detectors, ready to run."""

    detectors: dict[str, Detector]
    nodes: dict[str, Node]
    leaves: list[Leaf]
    globs: GlobTable
    lists: Lists
    find_plugin: Callable[[str], str | None]
    made: dict[str, object] = field(default_factory=dict)
    """What is derived from the plan alone when somebody asks for it, and kept for the next repository."""

    def kept(self, name: str, make: Callable[[Plan], T]) -> T:
        """What is derived under a name, made once."""
        if name not in self.made:
            self.made[name] = make(self)
        return cast("T", self.made[name])


@dataclass(slots=True)
class _Place:
    """What a condition inherits from the conditions around it."""

    detector: str
    in_: frozenset[int] | None = None
    not_in: frozenset[int] = frozenset()
    contexts: frozenset[Context] | None = None
    scope: str = "file"


_newest: list[tuple[DetectContent, Plan]] = []
"""The plan that was asked for last, with its content."""


def plan_for(content: DetectContent) -> Plan:
    """The plan of this very content; made once for repositories that are scanned one after another."""
    for known, plan in _newest:
        same = known.detectors is content.detectors and known.lists is content.lists
        if same and known.find_plugin is content.find_plugin:
            return plan
    plan = compile_plan(content)
    _newest[:] = [(content, plan)]
    return plan


def compile_plan(content: DetectContent) -> Plan:
    """The plan of all detectors that are not retired. Raises ContentError for a condition that says nothing."""
    plan = Plan(
        detectors={d.id: d for d in content.detectors if d.status != "retired"},
        nodes={},
        leaves=[],
        globs=GlobTable(),
        lists=content.lists,
        find_plugin=content.find_plugin,
    )
    for detector in plan.detectors.values():
        plan.nodes[detector.id] = _node(plan, detector.find, _Place(detector=detector.id))
    set_gates(plan.nodes)
    return plan


def _node(plan: Plan, condition: Condition | str, place: _Place) -> Node:
    if isinstance(condition, str):
        return Node(name=_title(plan, condition), scope="file", detector=condition)
    place = _inherit(plan, condition, place)
    parts = list(_parts(plan, condition, place))
    none_of = [_node(plan, c, place) for c in condition.none_of or []]
    if not parts:
        raise ContentError(f"detector {place.detector}", "a condition without a matcher")
    name = condition.name or (parts[0].name if len(parts) == 1 else " and ".join(p.name for p in parts))
    where = {k: check_for(v, plan.lists) for k, v in condition.where.items()}
    strength = condition.strength.value if condition.strength else None
    if len(parts) == 1 and not none_of and not where and strength is None:
        parts[0].name = name
        if condition.near_miss is not None:
            parts[0].near_miss = condition.near_miss
        return parts[0]
    return Node(
        name=name,
        scope=place.scope,
        parts=parts,
        none_of=none_of,
        where=where,
        evidence=condition.evidence,
        strength=strength,
        near_miss=condition.near_miss,
    )


def _inherit(plan: Plan, condition: Condition, place: _Place) -> _Place:
    inner = _Place(place.detector, place.in_, place.not_in, place.contexts, condition.scope or place.scope)
    if condition.in_ is not None:
        inner.in_ = _glob_ids(plan, condition.in_)
    if condition.not_in is not None:
        inner.not_in = place.not_in | _glob_ids(plan, condition.not_in)
    if condition.contexts is not None:
        inner.contexts = frozenset(condition.contexts)
    return inner


def _glob_ids(plan: Plan, globs: Globs) -> frozenset[int]:
    return frozenset(plan.globs.add(str(g)) for g in expand(globs, plan.lists))


def _parts(plan: Plan, condition: Condition, place: _Place) -> Iterator[Node]:
    """Matchers first, then blocks, in the order in which content lists them."""
    for kind in LEAVES:
        spec = getattr(condition, kind)
        if spec is not None:
            name = condition.name or called(kind, spec)
            yield Node(name=name, scope=place.scope, leaf=_leaf(plan, kind, spec, place))
    if condition.any_of:
        members = [_node(plan, c, place) for c in condition.any_of]
        yield Node(name=condition.name or " or ".join(m.name for m in members[:3]), scope=place.scope, any_of=members)
    for member in condition.all_of or []:
        yield _node(plan, member, place)
    if condition.at_least:
        members = [_node(plan, c, place) for c in condition.at_least.of]
        yield Node(
            name=condition.name or f"at least {condition.at_least.n} of {members[0].name}",
            scope=place.scope,
            any_of=members,
            at_least=condition.at_least.n,
            distinct=condition.at_least.distinct,
        )


def _leaf(plan: Plan, kind: str, spec: object, place: _Place) -> Leaf:
    if kind in _SHORT and not isinstance(spec, msgspec.Struct):
        spec = msgspec.convert({_FIRST_FIELD[kind]: spec}, _SHORT[kind])
    assert isinstance(spec, msgspec.Struct)
    leaf = Leaf(
        index=len(plan.leaves),
        detector=place.detector,
        kind=kind,
        spec=spec,
        in_=place.in_,
        not_in=place.not_in,
        contexts=place.contexts,
        words=words.needed_words(spec, plan.lists),
        code=words.code_test(spec, plan.lists),
        outermost=outermost_keys(spec),
    )
    plan.leaves.append(leaf)
    if isinstance(spec, PathMatch):
        globs = _glob_ids(plan, spec.glob)
        leaf.in_ = globs if leaf.in_ is None or spec.glob != "**" else leaf.in_
    if isinstance(spec, RefersMatch):
        leaf.from_node = _node(plan, spec.from_, place)
        leaf.to_node = _node(plan, spec.to, place)
    return leaf


def _title(plan: Plan, detector: str) -> str:
    found = plan.detectors.get(detector)
    return found.title if found else detector
