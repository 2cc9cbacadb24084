"""Values in a setup.py as far as its syntax tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from mlscan.read.python_source import clean, clip
from mlscan.read.python_tree import parse
from mlscan.read.python_values import concatenated_text, string_text

if TYPE_CHECKING:
    from tree_sitter import Node

Text = tuple[int, str]
"""(line, text) of a string, or of one of its lines."""

MAX_STEPS = 20_000
"""Expressions that are looked at for one value."""

_THROUGH = frozenset(("list", "tuple", "set", "parenthesized_expression", "list_splat", "expression_list"))
_SAME = frozenset(("list", "tuple", "set", "sorted", "str", "frozenset", "unique"))
_METHODS = frozenset(("split", "splitlines", "strip", "rstrip", "lstrip", "copy", "format"))


class Values:
    """The names of a module and what they stand for."""

    def __init__(self, data: bytes) -> None:
        parsed = parse(clip(clean(data))[0])
        self._data, self._nodes = parsed.data, parsed.nodes
        self._names: dict[str, list[Node]] = {}
        self._members: dict[str, list[tuple[str, Node]]] = {}
        self.computed: list[int] = []
        """Lines of expressions that were met and have no value that syntax tells."""
        for node in self._nodes.get("assign", []):
            self._assign(node)
        for node in self._nodes.get("statement", []):
            first = node.named_children[0] if node.named_children else None
            if first is not None and first.type == "augmented_assignment":
                self._assign(first)

    def arguments_of(self, function: str) -> Mapping[str, Node] | None:
        """Keyword arguments of the last call of a function or of a method of that name, `**dict` included; or None."""
        found: Mapping[str, Node] | None = None
        for call in self._nodes.get("call", []):
            name = call.child_by_field_name("function")
            if name is not None and self._text(name).rpartition(".")[2] == function:
                found = self._arguments(call) or found
        return found

    def texts(self, node: Node | None) -> list[Text]:
        """The strings of a list, of lists put together or of one string, a line of a long string each."""
        return [item for text in self._strings(node) for item in _split(text)] if node is not None else []

    def items(self, node: Node | None) -> list[tuple[str, Node]]:
        """The keys and values of a dict, those that are assigned later to a name of it included."""
        found: list[tuple[str, Node]] = []
        stack = [node] if node is not None else []
        for _ in range(MAX_STEPS):
            if not stack:
                break
            top = stack.pop()
            if top.type == "identifier":
                name = self._text(top)
                found += self._members.get(name, [])
                stack += [value for value in self._names.get(name, []) if value.type != "identifier"]
            elif top.type == "dictionary":
                found += self._pairs(top)
            elif top.type == "call":
                found += list((self._arguments(top) or {}).items())
        return found

    def all_strings(self) -> Iterator[str]:
        """Every string of the module."""
        for node in self._nodes.get("string", []):
            text = string_text(node, self._data)
            if text:
                yield text

    # --- expressions --------------------------------------------------------------------------------------------------

    def _strings(self, node: Node) -> Iterator[Text]:
        stack = [node]
        seen: set[str] = set()
        for _ in range(MAX_STEPS):
            if not stack:
                return
            top = stack.pop()
            text = self._string(top)
            if text is not None:
                yield top.start_point[0] + 1, text
            elif top.type in _THROUGH:
                stack += reversed(top.named_children)
            elif top.type == "identifier":
                name = self._text(top)
                if name not in self._names:
                    self.computed.append(top.start_point[0] + 1)
                elif name not in seen:
                    stack += reversed(self._names[name])
                seen.add(name)
            elif (parts := self._parts(top)) is not None:
                stack += reversed(parts)
            elif top.type != "comment":
                self.computed.append(top.start_point[0] + 1)

    def _string(self, node: Node) -> str | None:
        """The text of a string, also of one that is put together; gaps are `{}`."""
        if node.type == "string":
            return string_text(node, self._data)
        if node.type == "concatenated_string":
            return concatenated_text(node, self._data)
        if node.type != "binary_operator":
            return None
        leaves: list[Node] = []
        top: Node | None = node
        while top is not None and top.type == "binary_operator" and len(leaves) < MAX_STEPS:
            right = top.child_by_field_name("right")
            leaves += [right] if right is not None else []
            top = top.child_by_field_name("left")
        if top is None or top.type != "string":
            return None
        return (string_text(top, self._data) or "") + "".join(
            string_text(leaf, self._data) or "{}" if leaf.type == "string" else "{}" for leaf in reversed(leaves)
        )

    def _parts(self, node: Node) -> list[Node] | None:
        """Expressions whose strings together are those of another one."""
        if node.type == "binary_operator":
            sides = (node.child_by_field_name("left"), node.child_by_field_name("right"))
            return [side for side in sides if side is not None]
        if node.type == "conditional_expression":
            children = node.named_children
            return [children[0], children[-1]] if len(children) == 3 else None
        if node.type == "subscript":
            return self._member(node)
        if node.type != "call":
            return None
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None:
            return None
        if function.type == "identifier" and self._text(function) in _SAME:
            return arguments.named_children
        value = function.child_by_field_name("object") if function.type == "attribute" else None
        method = function.child_by_field_name("attribute") if function.type == "attribute" else None
        if value is not None and method is not None and self._text(method) in _METHODS and value.type != "call":
            return [value]
        return None

    def _member(self, node: Node) -> list[Node] | None:
        owner, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
        if owner is not None and key is not None and key.type == "slice":
            return [owner]
        name = string_text(key, self._data) if key is not None and key.type == "string" else None
        found = [value for member, value in self.items(owner) if member == name and name is not None]
        return found or None

    # --- names --------------------------------------------------------------------------------------------------------

    def _assign(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "identifier":
            self._names.setdefault(self._text(left), []).append(right)
        elif left.type == "subscript":
            owner, key = left.child_by_field_name("value"), left.child_by_field_name("subscript")
            if owner is not None and key is not None and owner.type == "identifier" and key.type == "string":
                member = string_text(key, self._data) or ""
                self._members.setdefault(self._text(owner), []).append((member, right))

    def _arguments(self, call: Node) -> Mapping[str, Node] | None:
        arguments = call.child_by_field_name("arguments")
        found: dict[str, Node] = {}
        for argument in arguments.named_children if arguments is not None else ():
            name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
            if argument.type == "keyword_argument" and name is not None and value is not None:
                found[self._text(name)] = value
            elif argument.type == "dictionary_splat" and argument.named_children:
                found.update(self.items(argument.named_children[0]))
        return found or None

    def _pairs(self, dictionary: Node) -> Iterator[tuple[str, Node]]:
        for pair in dictionary.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type == "pair" and key is not None and value is not None and key.type == "string":
                yield string_text(key, self._data) or "", value

    def _text(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _split(text: Text) -> list[Text]:
    line, written = text
    return [(line + number, part.strip()) for number, part in enumerate(written.split("\n")) if part.strip()]
