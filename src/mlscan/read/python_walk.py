"""One pass over a Python file in the order in which it would be evaluated: names are bound, calls resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mlscan.read.python_names import NOTHING, OPAQUE, Names, Value, clipped
from mlscan.read.python_tree import Nodes
from mlscan.read.python_values import as_written, literal
from mlscan.types.source import ArgValue, Call, ClassDef, Dotted, FunctionDef, Import

if TYPE_CHECKING:
    from tree_sitter import Node

_ARGUMENT_LIMIT = 256
_CALL_LIMIT = 50_000
_PLAIN = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*+(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*+)*+")
_PLAIN_LIMIT = 200
_FIRST, _LAST = -(1 << 60), 1

Event = tuple[int, int, int, Callable[["Node"], None], "Node"]
"""Position, order at that position, serial number, what to do, node."""


class Walk:
    """Collects calls, classes and functions; `run` once."""

    def __init__(
        self,
        data: bytes,
        place: Callable[[int], tuple[int, tuple[str, ...]]],
        imports: list[tuple[int, list[Import]]],
        wanted: Callable[[str], bool] | None = None,
    ) -> None:
        self._wanted = wanted
        self._data = data
        self._place = place
        self._imports = imports
        self._names = Names([item for _, items in imports for item in items])
        self._values: dict[int, Value] = {}
        self._decorating: set[int] = set()
        self._calls: list[tuple[int, Call]] = []
        self.classes: list[ClassDef] = []
        self.functions: list[FunctionDef] = []

    def calls_in_order(self) -> list[Call]:
        """The calls in the order in which they stand in the file."""
        self._calls.sort(key=lambda item: item[0])
        return [call for _, call in self._calls]

    def run(self, nodes: Nodes) -> None:
        """Goes through everything in order of evaluation."""
        self._decorating = {
            child.id for node in nodes.get("decorator", []) for child in node.named_children if child.type == "call"
        }
        pending = iter(self._imports)
        upcoming = next(pending, None)
        for position, _, _, action, node in sorted(self._events(nodes), key=lambda event: event[:3]):
            while upcoming is not None and upcoming[0] <= position:
                for item in upcoming[1]:
                    self._names.bind_import(item)
                upcoming = next(pending, None)
            action(node)

    def _events(self, nodes: Nodes) -> Iterator[Event]:
        serial = 0
        for kind, action in (
            ("call", self._call),
            ("decorator", self._decorator),
            ("assign", self._assign),
            ("as", self._as),
        ):
            for node in nodes.get(kind, []):
                yield node.end_byte, -node.start_byte, (serial := serial + 1), action, node
        for node in nodes.get("for", []):
            right = node.child_by_field_name("right")
            if right is not None:
                yield right.end_byte, _LAST, (serial := serial + 1), self._for, node
        for kind, action in (("class", self._class), ("function", self._function)):
            for node in nodes.get(kind, []):
                body = node.child_by_field_name("body")
                if body is not None:
                    yield body.start_byte, _FIRST, (serial := serial + 1), action, node
                    yield body.end_byte, _LAST, (serial := serial + 1), self._close, node

    # --- names ---

    def _text(self, node: Node) -> str:
        start = node.start_byte
        return self._data[start : min(node.end_byte, start + 4 * _PLAIN_LIMIT)].decode("utf-8", "replace")

    def _plain(self, node: Node) -> str | None:
        """The dotted name that the whole expression is, or None."""
        start, end = node.start_byte, node.end_byte
        if end - start > _PLAIN_LIMIT or not _PLAIN.fullmatch(self._data, start, end):
            return None
        return self._data[start:end].decode("utf-8", "replace")

    def _value(self, node: Node) -> Value:
        """What an expression stands for; calls inside it were seen before it."""
        parts: list[str] = []
        current: Node | None = node
        base = NOTHING
        while current is not None:
            kind = current.type
            if kind == "identifier" or (kind == "attribute" and self._plain(current)):
                base = self._names.resolve(self._text(current))
                break
            if current.id in self._values:
                base = self._values[current.id]
                break
            current = _inner(current, parts, self._text)
        if not parts:
            return base
        return base.attribute(".".join(_without_repeats(reversed(parts[:40]))))

    # --- events ---

    def _call(self, node: Node) -> None:
        children = node.children
        if len(children) < 2:
            return
        function, arguments = children[0], children[-1]
        plain = self._plain(function)
        value = self._names.resolve(plain) if plain else self._value(function)
        name = f"{value.name}.__call__" if value.called else value.name
        value = Value(clipped(name), value.imported, True)
        self._values[node.id] = value
        row = function.end_point[0]
        self._add_call(row, node, value, arguments)

    def _add_call(self, row: int, node: Node, value: Value, arguments: Node | None) -> None:
        if self._wanted is not None and not self._wanted(value.name):
            return
        line, outer = self._place(row)
        args, kwargs = self._arguments(arguments) if arguments is not None else ((), {})
        call = Call(
            name=value.name,
            line=line,
            args=args,
            kwargs=kwargs,
            decorator=node.id in self._decorating or arguments is None,
            resolved=value.imported,
            scope=outer + self._names.labels,
        )
        if len(self._calls) < _CALL_LIMIT:
            self._calls.append((node.start_byte, call))

    def _decorator(self, node: Node) -> None:
        for child in node.named_children:
            if child.type in ("identifier", "attribute", "subscript"):
                self._add_call(child.end_point[0], node, self._value(child)._replace(called=True), None)
                return

    def _assign(self, node: Node) -> None:
        children = node.children
        if len(children) < 3 or children[-1].type == "type":
            return
        target, source = children[0], children[-1]
        if source.type in ("none", "false"):
            return
        value = self._bound(source)
        self._values[node.id] = value
        self._bind(target, value)

    def _bound(self, source: Node) -> Value:
        """The value that an assignment binds: something known, or something opaque."""
        while source.type in ("await", "parenthesized_expression") and source.named_child_count == 1:
            source = source.named_children[0]
        if source.type in ("identifier", "attribute", "call", "assignment", "named_expression"):
            value = self._value(source)
            if value.known:
                return value
        return OPAQUE

    def _bind(self, target: Node, value: Value) -> None:
        if target.type in ("pattern_list", "tuple_pattern", "list_pattern"):
            for child in target.named_children[:_ARGUMENT_LIMIT]:
                if child.type == "identifier":
                    self._names.bind(self._text(child), OPAQUE)
            return
        plain = self._plain(target)
        if plain:
            self._names.bind(plain, value)

    def _as(self, node: Node) -> None:
        children = node.named_children
        if len(children) < 2:
            return
        source, target = children[0], children[-1]
        value = self._values.get(source.id, OPAQUE) if source.type == "call" else self._bound(source)
        self._bind(target.named_children[0] if target.named_child_count else target, value)

    def _for(self, node: Node) -> None:
        target = node.child_by_field_name("left")
        if target is not None:
            self._bind(target, OPAQUE)

    def _close(self, _node: Node) -> None:
        self._names.close()

    def _class(self, node: Node) -> None:
        name = self._name_of(node)
        line, outer = self._place(node.start_point[0])
        bases = node.child_by_field_name("superclasses")
        resolved = [self._base(child) for child in bases.named_children[:_ARGUMENT_LIMIT]] if bases is not None else []
        scope = outer + self._names.labels
        self.classes.append(ClassDef(name, tuple(base for base in resolved if base), line, scope))
        self._names.open(f"class:{name}", is_class=True)

    def _base(self, node: Node) -> str:
        while node.type == "subscript" and node.named_child_count:
            node = node.named_children[0]
        return self._value(node).name if node.type in ("identifier", "attribute", "call") else ""

    def _function(self, node: Node) -> None:
        name = self._name_of(node)
        line, outer = self._place(node.start_point[0])
        self.functions.append(FunctionDef(name, line, outer + self._names.labels))
        parameters = node.child_by_field_name("parameters")
        bound = [self._parameter(p) for p in parameters.named_children] if parameters is not None else []
        self._names.open(f"function:{name}", is_class=False)
        for parameter, value in bound:
            self._names.bind(parameter, value)

    def _name_of(self, node: Node) -> str:
        name = node.child_by_field_name("name")
        return clipped(self._text(name)) if name is not None else "?"

    def _parameter(self, node: Node) -> tuple[str, Value]:
        """Name and value: an instance of its annotation where that was imported."""
        annotation = node.child_by_field_name("type")
        while node.named_child_count and node.type != "identifier":
            node = node.named_children[0]
        plain = self._plain(annotation) if annotation is not None else None
        value = self._names.resolve(plain) if plain else OPAQUE
        return self._text(node), value._replace(called=True) if value.imported else OPAQUE

    # --- arguments ---

    def _arguments(self, node: Node) -> tuple[tuple[ArgValue, ...], dict[str, ArgValue]]:
        if node.type != "argument_list":
            return (as_written(node, self._data),), {}
        args: list[ArgValue] = []
        kwargs: dict[str, ArgValue] = {}
        for child in node.named_children[:_ARGUMENT_LIMIT]:
            kind = child.type
            if kind == "keyword_argument":
                parts = child.named_children
                kwargs[self._text(parts[0])] = self._argument(parts[-1])
            elif kind == "dictionary_splat":
                kwargs["**"] = as_written(child, self._data)
            elif kind not in ("comment", "ERROR", "line_continuation"):
                args.append(self._argument(child))
        return tuple(args), kwargs

    def _argument(self, node: Node) -> ArgValue:
        while node.type == "parenthesized_expression" and node.named_child_count == 1:
            node = node.named_children[0]
        if node.type in ("identifier", "attribute"):
            plain = self._plain(node)
            return Dotted(self._names.resolve(plain).name) if plain else as_written(node, self._data)
        return literal(node, self._data)


def _inner(node: Node, parts: list[str], text: Callable[[Node], str]) -> Node | None:
    """The expression whose part this one is, or None; notes the part's name."""
    kind = node.type
    children = node.named_children
    if not children:
        return None
    if kind == "attribute":
        parts.append(text(children[-1]))
        return children[0]
    if kind == "subscript":
        parts.append("?")
        return children[0]
    if kind in ("parenthesized_expression", "await"):
        return children[0]
    return None


def _without_repeats(parts: Iterator[str]) -> Iterator[str]:
    """The parts, with several `?` in a row as one."""
    last = ""
    for part in parts:
        if part != "?" or last != "?":
            yield part
        last = part
