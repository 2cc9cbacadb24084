"""Finds places in trees by path: `jobs.*.steps[*].uses`, `**.image`, `stages.{stage}.cmd`, `"quoted.key".x`."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def find_at(at: At, document: Node) -> Iterator[tuple[Node, dict[str, str]]]:
    """The nodes at a path in the order of the document, each with what `{name}` stood for. Never raises.

    Ends after 300,000 visits. A captured list item is its number, or its text when it is a scalar.
    """
    stack: list[tuple[Node, int, tuple[tuple[str, str], ...]]] = [(document, 0, ())]
    seen: set[tuple[int, int, tuple[tuple[str, str], ...]]] = set()
    deep = any(step.kind == "deep" for step in at)
    for _ in range(MAX_VISITS):
        if not stack:
            return
        node, number, captures = stack.pop()
        if deep:
            state = (id(node), number, captures)
            if state in seen:
                continue
            seen.add(state)
        if number == len(at):
            yield node, dict(captures)
            continue
        stack += reversed(
            [(child, after, (*captures, *more)) for child, after, more in _advance(at[number], number, node)]
        )


def _advance(step: Step, number: int, node: Node) -> Iterator[tuple[Node, int, tuple[tuple[str, str], ...]]]:
    if step.kind == "key":
        child = node.map.get(step.text)
        if child is not None:
            yield child, number + 1, ()
    elif step.kind == "items":
        for member in node.items or ((node,) if node.map else ()):
            yield member, number + 1, ()
    elif step.kind == "index":
        if int(step.text) < len(node.items):
            yield node.items[int(step.text)], number + 1, ()
    else:
        if step.kind == "deep":
            yield node, number + 1, ()
        after = number if step.kind == "deep" else number + 1
        for name, child in _children(node):
            yield child, after, ((step.text, name),) if step.kind == "capture" else ()


def _children(node: Node) -> Iterator[tuple[str, Node]]:
    if isinstance(node.value, tuple):
        for number, member in enumerate(node.value):
            yield member.text or str(number), member
    else:
        yield from node.map.items()
