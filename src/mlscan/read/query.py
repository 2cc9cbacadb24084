"""Finds places in trees by path: `jobs.*.steps[*].uses`, `**.image`, `stages.{stage}.cmd`, `"quoted.key".x`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from mlscan.types.source import Node

MAX_VISITS = 300_000
"""Nodes that one search looks at."""

_STEP = re.compile(r'"(?P<quoted>[^"]*)"|\{(?P<capture>\w+)\}|(?P<deep>\*\*)|(?P<any>\*)|(?P<key>[^.\[\]{}"*]+)')
_ITEMS = re.compile(r"\[(?P<index>\*|[0-9]{1,6})\]")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path."""

    kind: Literal["key", "any", "deep", "capture", "items", "index"]
    text: str = ""


At = tuple[Step, ...]
"""A compiled path."""


@lru_cache(maxsize=4096)
def compile_at(text: str) -> At:
    """The compiled form of a path; "" is the document itself. Raises ValueError for a path that cannot be read.

    `*` is any key of a map or any item of a list, `[*]` the items of a list (or a lone value instead of one), `[0]`
    one item, `**` any depth (also none), `{name}` any key or item, captured under that name.
    """
    steps: list[Step] = []
    position = 0
    while position < len(text):
        if items := _ITEMS.match(text, position):
            steps.append(Step("items") if items["index"] == "*" else Step("index", items["index"]))
            position = items.end()
            _check_end(text, position)
            continue
        if position and text[position] == ".":
            position += 1
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"cannot read the path {text!r} from character {position + 1} on")
        steps.append(_step(match))
        position = match.end()
        _check_end(text, position)
    return tuple(
        step for step, before in zip(steps, [None, *steps], strict=False) if step.kind != "deep" or step != before
    )


def _check_end(text: str, position: int) -> None:
    if position < len(text) and text[position] not in ".[":
        raise ValueError(f"cannot read the path {text!r} from character {position + 1} on")


def _step(match: re.Match[str]) -> Step:
    if match["quoted"] is not None:
        return Step("key", match["quoted"])
    if match["capture"]:
        return Step("capture", match["capture"])
    if match["deep"]:
        return Step("deep")
    return Step("any") if match["any"] else Step("key", match["key"])


Captures = tuple[tuple[str, str], ...]
Place = tuple[Node, Captures]
"""A node with what `{name}` stood for on the way to it."""


class TreeIndex:
    """A document that many paths are looked for in; what it has no key for is known without a search."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._nodes: list[Node] = []
        """Each node once, in the order of the document, at most `MAX_VISITS`."""
        self._keys: dict[str, list[Node]] = {}
        self._names: dict[str, list[Node]] | None = None
        self._walk()

    def find(self, at: At, key: Callable[[str], bool] | None = None) -> list[Place]:
        """The nodes at a path in the order of the document, each with what `{name}` stood for. Never raises.

        key: of what `{key}` may stand for only that which passes.
        Ends after 300,000 visits. A captured list item is its number, or its text when it is a scalar.
        """
        if any(step.kind == "key" and step.text not in self._keys for step in at):
            return []
        deep = [number for number, step in enumerate(at) if step.kind == "deep"]
        if not deep:
            return _along(at, [(self._document, ())], key)
        if deep == [0] and len(at) > 1 and at[1].kind in ("key", "capture"):
            return _in_order(_along(at[2:], self._anywhere(at[1], key), key))
        return list(_search(at, self._document, key))

    def _walk(self) -> None:
        stack, seen = [self._document], {id(self._document)}
        while stack and len(self._nodes) < MAX_VISITS:
            node = stack.pop()
            self._nodes.append(node)
            below: list[Node] = []
            if isinstance(node.value, tuple):
                below += node.value
            elif isinstance(node.value, dict):
                for name, child in node.value.items():
                    self._keys.setdefault(name, []).append(child)
                    below.append(child)
            for child in reversed(below):
                # A node that aliases repeat has all its keys already.
                if isinstance(child.value, (dict, tuple)) and id(child) not in seen:
                    seen.add(id(child))
                    stack.append(child)

    def _anywhere(self, step: Step, key: Callable[[str], bool] | None) -> list[Place]:
        if step.kind == "key":
            return [(node, ()) for node in self._keys[step.text]]
        if self._names is None:
            self._names = {}
            for node in self._nodes:
                for name, child in _children(node):
                    self._names.setdefault(name, []).append(child)
        passing = key if key is not None and step.text == "key" else None
        return [
            (node, ((step.text, name),))
            for name, nodes in self._names.items()
            if passing is None or passing(name)
            for node in nodes
        ]


def find_at(at: At, document: Node) -> Iterator[tuple[Node, dict[str, str]]]:
    """The nodes at a path, as `TreeIndex.find` gives them, for a document of which one thing is asked."""
    return ((node, dict(captures)) for node, captures in TreeIndex(document).find(at))


def _in_order(places: list[Place]) -> list[Place]:
    unique = dict.fromkeys((id(node), node.line, captures) for node, captures in places)
    nodes = {id(node): node for node, _ in places}
    return [(nodes[number], captures) for number, _, captures in sorted(unique, key=lambda place: place[1])]


def _along(at: At, places: list[Place], key: Callable[[str], bool] | None) -> list[Place]:
    """What is reached by a path without `**`, step by step."""
    for step in at:
        if not places:
            break
        if step.kind == "key":
            text = step.text
            places = [
                (child, captures)
                for node, captures in places
                if isinstance(node.value, dict) and (child := node.value.get(text)) is not None
            ]
        else:
            places = [
                (child, (*captures, *more)) for node, captures in places for child, more in _advance(step, node, key)
            ]
        del places[MAX_VISITS:]
    return places


def _search(at: At, document: Node, key: Callable[[str], bool] | None) -> Iterator[Place]:
    """Whatever the path is like."""
    stack: list[tuple[Node, int, Captures]] = [(document, 0, ())]
    seen: set[tuple[int, int, Captures]] = set()
    for _ in range(MAX_VISITS):
        if not stack:
            return
        node, number, captures = stack.pop()
        state = (id(node), number, captures)
        if state in seen:
            continue
        seen.add(state)
        if number == len(at):
            yield node, captures
            continue
        step = at[number]
        if step.kind == "deep":
            following = [(node, number + 1, captures), *((child, number, captures) for _, child in _children(node))]
        else:
            following = [(child, number + 1, (*captures, *more)) for child, more in _advance(step, node, key)]
        stack += reversed(following)


def _advance(step: Step, node: Node, key: Callable[[str], bool] | None) -> Iterator[Place]:
    if step.kind == "key":
        child = node.map.get(step.text)
        if child is not None:
            yield child, ()
    elif step.kind == "items":
        for member in node.items or ((node,) if node.map else ()):
            yield member, ()
    elif step.kind == "index":
        if int(step.text) < len(node.items):
            yield node.items[int(step.text)], ()
    elif step.kind == "any":
        for _, child in _children(node):
            yield child, ()
    else:
        passing = key if step.text == "key" else None
        for name, child in _children(node):
            if passing is None or passing(name):
                yield child, ((step.text, name),)


def _children(node: Node) -> Iterable[tuple[str, Node]]:
    if isinstance(node.value, tuple):
        return [(member.text or str(number), member) for number, member in enumerate(node.value)]
    return node.value.items() if isinstance(node.value, dict) else ()
