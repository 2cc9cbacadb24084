"""Evaluates the tree of conditions over what the leaves found: and, or, not, at least n, within one unit of a scope.

Three-valued throughout: a file whose gap could have hidden a hit makes a condition unknown, never false.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from mlscan.detect.excerpt import excerpt
from mlscan.detect.hits import ANYWHERE, Hit, Result, UnitKey, UnitSet, same_unit, unit_key
from mlscan.detect.plan import Leaf, Node
from mlscan.detect.values import where_holds

NEAR_MISSES = 50
"""Near misses kept per detector."""


@dataclass(slots=True)
class NearMiss:
    """A place where all conditions held but the named one, or where an exclusion held."""

    hit: Hit
    reason: str


@dataclass(slots=True)
class Combiner:
    """Evaluates nodes; `leaf_result` and `detector_result` supply what lies below."""

    leaf_result: Callable[[Leaf], Result]
    detector_result: Callable[[str], Result]
    root_of: Callable[[str], str]
    near: list[NearMiss] = field(default_factory=list)

    def evaluate(self, node: Node) -> Result:
        """Hits and unknown files of a node."""
        result = self._inner(node)
        if node.where:
            result = self._where(node, result)
        for excluded in node.none_of:
            result = self._without(node, result, excluded)
        if node.strength:
            result = Result(tuple(replace(h, strength=node.strength) for h in result.hits), result.unknown)
        return result

    def _where(self, node: Node, result: Result) -> Result:
        kept: list[Hit] = []
        for hit in result.hits:
            if where_holds(node.where, dict(hit.captures)):
                kept.append(hit)
            else:
                self._miss(hit, f"{node.name}: {_values(hit)} does not count")
        return Result(tuple(kept), result.unknown)

    def _inner(self, node: Node) -> Result:
        if node.detector is not None:
            return self.detector_result(node.detector)
        if node.leaf is not None:
            return self.leaf_result(node.leaf)
        if node.any_of:
            results = [self.evaluate(n) for n in node.any_of]
            merged = Result(
                tuple(dict.fromkeys(h for r in results for h in r.hits)),
                frozenset().union(*(r.unknown for r in results)),
            )
            return self._at_least(node, merged) if node.at_least else merged
        if len(node.parts) == 1:
            return self.evaluate(node.parts[0])
        return self._all_of(node)

    def _miss(self, hit: Hit, reason: str) -> None:
        if len(self.near) < NEAR_MISSES:
            self.near.append(NearMiss(hit, reason))

    def _keys(self, hits: Iterable[Hit], scope: str) -> list[tuple[UnitKey, bool, Hit]]:
        return [(*unit_key(h.path, h.units, scope, self.root_of), h) for h in hits]

    def _all_of(self, node: Node) -> Result:
        results = [self.evaluate(part) for part in node.parts]
        index = len(node.parts) - 1 if node.evidence is None else node.evidence
        found: list[Hit] = []
        for members in self._members(node, [r.hits for r in results]):
            lacking = [i for i, hits in enumerate(members) if not hits]
            if not lacking:
                captures = {k: v for hits in members for k, v in hits[0].captures}
                found += [h.with_captures(captures) for h in members[index]]
            elif len(lacking) == 1 and not results[lacking[0]].unknown:
                place = next(h for hits in reversed(members) for h in hits)
                self._miss(place, f"lacks {node.parts[lacking[0]].name}")
        return Result(tuple(dict.fromkeys(found)), self._all_unknown(node, results))

    def _members(self, node: Node, parts: Sequence[Sequence[Hit]]) -> Iterator[list[list[Hit]]]:
        """For each unit in which hits may meet: the hits of every part that lie in it."""
        groups: dict[str, list[list[tuple[UnitKey, bool, Hit]]]] = {}
        for number, hits in enumerate(parts):
            for key, inside, hit in self._keys(hits, node.scope):
                group = groups.setdefault(key[0] if key else "", [[] for _ in parts])
                group[number].append((key, inside, hit))
        for group in groups.values():
            for unit in _units(group):
                yield [[h for key, _, h in part if same_unit(key, unit)] for part in group]

    def _all_unknown(self, node: Node, results: Sequence[Result]) -> frozenset[str]:
        """Files that could complete the conjunction: in narrow scopes each must be seen or unknown in the same file."""
        if not any(r.unknown for r in results) or any(not r.hits and not r.unknown for r in results):
            return frozenset()
        every = frozenset().union(*(r.unknown for r in results))
        if node.scope in ("repository", "component", "folder"):
            return every
        seen = [r.unknown | {h.path for h in r.hits} for r in results]
        open_ = frozenset(p for p in every if all(p in paths or ANYWHERE in paths for paths in seen))
        return open_ | ({ANYWHERE} & every)

    def _at_least(self, node: Node, result: Result) -> Result:
        found: list[Hit] = []
        for (hits,) in self._members(node, [result.hits]):
            if node.distinct == "path":
                count = len({h.path for h in hits})
            elif node.distinct:
                count = len({h.capture(node.distinct) for h in hits} - {None})
            else:
                count = len(hits)
            if count >= node.at_least:
                found += hits
            elif hits:
                self._miss(hits[0], f"only {count} of {node.at_least} ({node.name})")
        return Result(tuple(dict.fromkeys(found)), result.unknown)

    def _without(self, node: Node, result: Result, excluded: Node) -> Result:
        if not result.hits:
            return result
        other = self.evaluate(excluded)
        bad = UnitSet(key for key, _, _ in self._keys(other.hits, node.scope))
        unread = UnitSet(unit_key(p, (), node.scope, self.root_of)[0] for p in other.unknown)
        kept: list[Hit] = []
        unknown = set(result.unknown)
        for key, _, hit in self._keys(result.hits, node.scope):
            if bad.meets(key):
                self._miss(hit, excluded.name)
            elif ANYWHERE in other.unknown or unread.meets(key):
                unknown.add(hit.path)
            else:
                kept.append(hit)
        return Result(tuple(kept), frozenset(unknown))


def _values(hit: Hit) -> str:
    return ", ".join(f"{k} {v}" for k, v in hit.captures) or excerpt(hit.excerpt)


def _units(parts: Sequence[Sequence[tuple[UnitKey, bool, Hit]]]) -> list[UnitKey]:
    """The units in which hits may meet: the exact ones, and the broader ones that hold no exact one."""
    exact = list(dict.fromkeys(key for part in parts for key, inside, _ in part if inside))
    broad = dict.fromkeys(key for part in parts for key, inside, _ in part if not inside)
    units = UnitSet(exact)
    return exact + [key for key in broad if not units.meets(key)]
