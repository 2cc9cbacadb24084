"""Templates of Azure Pipelines: what files are taken in, what their parameters stand for, loops and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from mlscan.read.ci_conditions import UNKNOWN, Value, holds
from mlscan.read.ci_parts import CiFile, Others, as_list, join, named, open_ci
from mlscan.types.source import Delegation, Node

MAX_ENTRIES = 20_000
"""Members of lists that are looked at for one pipeline, those of loops as often as they are written out."""
MAX_LOOP = 30
MAX_PARAMETERS = 100
MAX_NESTED = 8
"""Conditions and loops inside each other."""

_REFERENCE = re.compile(r"\$\{\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+|\['[^']*'\])*)\s*\}\}")
_EACH = re.compile(r"\$\{\{\s*each\s+(\w+)\s+in\s+([\w.'\[\]-]+)\s*\}\}:?")
_CONDITION = re.compile(r"\$\{\{\s*(if|elseif|else\s+if|else)\b(.*?)\}\}:?", re.DOTALL)
_INSERT = re.compile(r"\$\{\{\s*insert\s*\}\}:?")


@dataclass(frozen=True, slots=True)
class Scope:
    """A file of a pipeline with what the names in its expressions stand for."""

    file: CiFile
    names: Mapping[str, tuple[Scope, Node]] = field(default_factory=dict)
    """Name such as `parameters.steps`, or that of a loop, with its value and where that is written."""
    certain: bool = False
    """Whether the parameters cannot be given other values when a run is started."""

    def text(self, node: Node | None) -> str:
        """The scalar as text with values filled in; "" for none, maps and lists."""
        return self.file.text(node)

    def line(self, node: Node) -> int:
        """The line to report for a node."""
        return self.file.line(node)

    def named(self, reference: str) -> tuple[Scope, Node] | None:
        """What a name in an expression stands for: (where it is written, the value)."""
        parts = re.sub(r"\['([^']*)'\]", r".\1", reference).split(".")
        for count in (2, 1):
            found = self.names.get(".".join(parts[:count]))
            if found is not None and len(parts) >= count:
                node = found[1].get(*parts[count:])
                return (found[0], node) if node is not None else None
        return None

    def value(self, name: str) -> Value:
        """What a name in a condition stands for."""
        if name.startswith("$("):
            return UNKNOWN
        found = self.named(name) if self.certain or not name.startswith("parameters.") else None
        if found is None or found[1].map or isinstance(found[1].value, tuple):
            return UNKNOWN
        text = found[0].text(found[1])
        return UNKNOWN if "${{" in text or "$(" in text or "$[" in text else text

    def with_name(self, name: str, scope: Scope, node: Node) -> Scope:
        """The scope with one more name."""
        values = dict(_written(name, scope, node))
        return replace(self, names={**self.names, name: (scope, node)}, file=self.file.with_values(values))


def first_scope(file: CiFile) -> Scope:
    """The scope of the file that a pipeline begins with: its lists and maps of parameters are what they are written as.

    Plain parameters are left as they are: who starts a run may choose other values.
    """
    scope = Scope(file)
    for name, default in islice(_defaults(file.root), MAX_PARAMETERS):
        if default.map or default.items != (default,):
            scope = scope.with_name(f"parameters.{name}", Scope(file), default)
    return scope


def _written(name: str, scope: Scope, node: Node, depth: int = 3) -> Iterator[tuple[str, str]]:
    """The expressions that name a value or a scalar inside it, with their texts."""
    if not node.map:
        if not isinstance(node.value, tuple):
            yield f"${{{{ {name} }}}}", scope.text(node)
            yield f"${{{{{name}}}}}", scope.text(node)
    elif depth:
        for key, child in node.map.items():
            yield from _written(f"{name}.{key}", scope, child, depth - 1)


@dataclass(slots=True)
class Templates:
    """Opens templates of the same repository; those of others become delegations."""

    others: Others
    delegations: list[Delegation] = field(default_factory=list)
    entries: int = 0

    def named(self, scope: Scope, node: Node) -> tuple[str | None, bool]:
        """(the template that an entry names, by its path from the root, whether it lies in another repository)."""
        text = scope.text(node.get("template"))
        path, _, repository = text.partition("@")
        if not path:
            return None, False
        if repository and repository != "self":
            delegation = Delegation(scope.line(node), text)
            if delegation not in self.delegations:
                self.delegations.append(delegation)
            return text, True
        folder = "" if path.startswith("/") else scope.file.path.rpartition("/")[0]
        return join(folder, path.lstrip("/")), False

    def open(self, scope: Scope, node: Node) -> Scope | None:
        """The template with the entry's parameters, reported at the entry's line; None for one elsewhere."""
        path, remote = self.named(scope, node)
        data = self.others(path) if path and not remote else None
        if data is None or path is None:
            return None
        file = replace(open_ci(data, path), at=scope.line(node))
        found = Scope(file, certain=True)
        for name, default in islice(_defaults(file.root), MAX_PARAMETERS):
            found = found.with_name(f"parameters.{name}", Scope(file), default)
        given = node.get("parameters")
        for name, value in islice(self.flat(scope, given).map.items(), MAX_PARAMETERS) if given is not None else ():
            where, actual = self.resolved(scope, value)
            found = found.with_name(f"parameters.{name}", where, actual)
        return found

    def resolved(self, scope: Scope, node: Node) -> tuple[Scope, Node]:
        """A value, or what it names where it is nothing but the name of a parameter."""
        for _ in range(MAX_NESTED):
            match = _REFERENCE.fullmatch(node.text.strip())
            found = scope.named(match[1]) if match else None
            if found is None:
                break
            scope, node = found
        return scope, node

    def members(self, scope: Scope, node: Node | None, depth: int = MAX_NESTED) -> Iterator[tuple[Scope, Node]]:
        """Members of a list, those below conditions and loops too, each with where it is written."""
        if node is None or depth < 1:
            return
        where, value = self.resolved(scope, node)
        before: list[bool | None] = []
        for item in as_list(value):
            self.entries += 1
            if self.entries > MAX_ENTRIES:
                return
            if item.text:
                inner, named_value = self.resolved(where, item)
                if named_value is not item:
                    yield from self.members(inner, named_value, depth - 1)
            elif not item.map or any(not key.startswith("${{") for key in item.map):
                yield where, self.flat(where, item)
            else:
                for key, child in item.map.items():
                    yield from self._block(where, key, child, before, depth)

    def _block(
        self, scope: Scope, key: str, child: Node, before: list[bool | None], depth: int
    ) -> Iterator[tuple[Scope, Node]]:
        loop = _EACH.fullmatch(key)
        if loop is None:
            if _taken(scope, key, before):
                yield from self.members(scope, child, depth - 1)
            return
        found = scope.named(loop[2])
        if found is None:
            yield from self.members(scope, child, depth - 1)
            return
        where, values = found
        items = list(self.members(where, values, depth - 1)) if not values.map else _pairs(where, values)
        for place, value in [*items, *_scalars(where, values)][:MAX_LOOP]:
            yield from self.members(scope.with_name(loop[1], place, value), child, depth - 1)

    def flat(self, scope: Scope, node: Node) -> Node:
        """A map with the members of its conditions and insertions beside its own."""
        if not any(key.startswith("${{") for key in node.map):
            return node
        children: dict[str, Node] = {}
        before: list[bool | None] = []
        for key, child in node.map.items():
            if not key.startswith("${{"):
                children[key] = child
            elif _INSERT.fullmatch(key) or _taken(scope, key, before):
                children.update(self.resolved(scope, child)[1].map)
        return Node(children, node.line, node.tag)


def _taken(scope: Scope, key: str, before: list[bool | None]) -> bool:
    """Whether the block of a condition may be part of the pipeline; `before` are the answers of its chain so far."""
    match = _CONDITION.fullmatch(key)
    if match is None:
        return True
    if match[1] == "if":
        before.clear()
    passed = any(answer is True for answer in before)
    found = True if match[1] == "else" else holds(match[2], scope.value)
    before.append(found)
    return found is not False and not passed


def _pairs(scope: Scope, values: Node) -> list[tuple[Scope, Node]]:
    """The members of a map as loops see them."""
    return [
        (scope, Node({"key": Node(key, child.line), "value": child}, child.line)) for key, child in values.map.items()
    ]


def _scalars(scope: Scope, values: Node) -> list[tuple[Scope, Node]]:
    items = values.value if isinstance(values.value, tuple) else ()
    return [(scope, item) for item in items if item.text and not item.text.startswith("${{")]


def _defaults(root: Node) -> Iterator[tuple[str, Node]]:
    parameters = root.get("parameters")
    if parameters is None:
        return
    if parameters.map:
        yield from parameters.map.items()
    for node in parameters.items:
        name, default = named(node.get("name")), node.get("default")
        if name and default is not None:
            yield name, default


def parameter_values(root: Node, name: str) -> tuple[str, ...]:
    """Values that a parameter may have, else its default."""
    for node in as_list(root.get("parameters")):
        if named(node.get("name")) == name:
            values = node.get("values")
            return tuple(n.text for n in (values.items if values is not None else ())) or _default(node)
    return ()


def _default(node: Node) -> tuple[str, ...]:
    default = node.get("default")
    return (default.text,) if default is not None and default.text else ()
