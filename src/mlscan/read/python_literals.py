"""Literal values in Python files that describe a project (setup.py and task files). Nothing is imported or run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping

MAX_CHARACTERS = 300_000


def parse_python(text: str) -> ast.Module | None:
    """The syntax tree, or None for what this Python cannot parse or what is too long."""
    if len(text) > MAX_CHARACTERS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes below a node in the order of the source, without recursion."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(list(ast.iter_child_nodes(node)))


def assigned(module: ast.Module) -> Mapping[str, ast.expr]:
    """Names that are assigned once at the top of the module, with their expression."""
    found: dict[str, ast.expr] = {}
    repeated: set[str] = set()
    for statement in module.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target, value = statement.targets[0], statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            target, value = statement.target, statement.value
        else:
            continue
        if isinstance(target, ast.Name):
            repeated |= {target.id} & found.keys()
            found[target.id] = value
    return {name: value for name, value in found.items() if name not in repeated}


def resolved(node: ast.expr | None, names: Mapping[str, ast.expr]) -> ast.expr | None:
    """The expression that a name stands for, at most five steps on; anything else is itself."""
    for _ in range(5):
        if not isinstance(node, ast.Name):
            break
        node = names.get(node.id)
    return node


def text_of(node: ast.expr | None) -> str | None:
    """The text of a string literal; gaps of an f-string are `{}`. None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"
            for part in node.values
        )
    return None


def name_of(node: ast.expr) -> str:
    """A dotted name as written, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])
