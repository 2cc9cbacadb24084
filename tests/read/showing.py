"""Trees and scripts as plain values, so that tests show what a reader sees at a glance."""

from __future__ import annotations

from textwrap import dedent

from mlscan.read.tree import parse_tree
from mlscan.types.source import Node, Problem, Script, Tree

Plain = object


def tree(text: str | bytes, path: str) -> Tree:
    """The tree of a file; text is dedented."""
    return parse_tree(dedent(text).encode() if isinstance(text, str) else text, path)


def plain(node: Node) -> Plain:
    """Values without lines."""
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    return {key: plain(child) for key, child in node.map.items()} if isinstance(node.value, dict) else node.value


def values(text: str | bytes, path: str) -> list[Plain]:
    """The values of all documents; the file must have no problem."""
    found = tree(text, path)
    assert found.problems == ()
    return [plain(document) for document in found.documents]


def lines(node: Node, path: str = "") -> dict[str, int]:
    """The line of everything below a node by its path, such as `a.b[0]`."""
    found: dict[str, int] = {}
    items = (
        [(f"{path}[{number}]", item) for number, item in enumerate(node.value)]
        if isinstance(node.value, tuple)
        else [(f"{path}.{key}" if path else key, child) for key, child in node.map.items()]
    )
    for name, child in items:
        found[name] = child.line
        found.update(lines(child, name))
    return found


def told(problems: tuple[Problem, ...]) -> list[tuple[int | None, str]]:
    """Problems as (line, reason)."""
    return [(problem.line, problem.reason) for problem in problems]


def commands(script: Script | None) -> dict[str, list[str]]:
    """Groups with their commands as `line: words`."""
    assert script is not None
    return {name: [f"{c.line}: {' '.join(c.words)}" for c in found] for name, found in script.groups.items()}
