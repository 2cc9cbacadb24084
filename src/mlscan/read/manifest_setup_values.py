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

MAX_STEPS = 50_000
"""Expressions that are looked at in one file."""
MAX_NESTED = 5
"""Levels of dicts that are put together of others."""
MAX_LEAVES = 20
"""Parts of a string that is put together with `+`."""
MAX_NAME = 200
"""Bytes of a name."""

_THROUGH = frozenset(("list", "tuple", "set", "parenthesized_expression", "list_splat", "expression_list"))
_SAME = frozenset(("list", "tuple", "set", "sorted", "str", "frozenset"))
_METHODS = frozenset(("split", "splitlines", "strip", "rstrip", "lstrip", "copy", "format"))
_ADDING = frozenset(("append", "extend"))


class Values:
    """The names of a module and what they stand for, wherever in it they are assigned."""

    def __init__(self, data: bytes) -> None:
        parsed = parse(clip(clean(data))[0])
        self._data, self._nodes = parsed.data, parsed.nodes
        self._names: dict[str, list[Node]] = {}
        self._members: dict[str, list[tuple[str, Node]]] = {}
        self._steps = MAX_STEPS
        self.computed: list[int] = []
        """Lines of expressions that were met and have no value that syntax tells."""
        for node in self._nodes.get("assign", []):
            self._assign(node)
        for node in self._nodes.get("statement", []):
            first = node.named_children[0] if node.named_children else None
            if first is not None and first.type == "augmented_assignment":
                self._assign(first)
        for node in self._nodes.get("call", []):
            self._add(node)

    def arguments_of(self, function: str) -> Mapping[str, Node] | None:
        """Keyword arguments of the last call of a function or of a method of that name, `**dict` included; or None."""
        found: Mapping[str, Node] | None = None
        for call in self._nodes.get("call", []):
            if self._name(call.child_by_field_name("function")).rpartition(".")[2] == function:
                found = self._arguments(call, 0) or found
        return found

    def texts(self, node: Node | None) -> list[Text]:
        """The strings of a list, of lists put together or of one string, a line of a long string each."""
        return [item for text in self._strings(node) for item in _split(text)] if node is not None else []

    def items(self, node: Node | None, depth: int = 0) -> list[tuple[str, Node]]:
        """The keys and values of a dict, those that are assigned later to a name of it included."""
        found: list[tuple[str, Node]] = []
        stack = [node] if node is not None else []
        while stack and self._step():
            top = stack.pop()
            if top.type == "identifier":
                found += self._members.get(self._name(top), [])
                stack += [value for value in self._names.get(self._name(top), []) if value.type != "identifier"]
            elif top.type == "dictionary":
                found += self._pairs(top)
            elif top.type == "call" and depth < MAX_NESTED:
                found += self._arguments(top, depth + 1).items()
        return found

    def all_strings(self) -> Iterator[str]:
        """Every string of the module."""
        for node in self._nodes.get("string", []):
            text = string_text(node, self._data)
            if text:
                yield text

    # --- expressions --------------------------------------------------------------------------------------------------

    def _step(self) -> bool:
        self._steps -= 1
        return self._steps > 0

    def _strings(self, node: Node) -> Iterator[Text]:
        stack = [node]
        seen: set[str] = set()
        while stack and self._step():
            top = stack.pop()
            text = self._string(top)
            name = self._name(top) if top.type == "identifier" else ""
            if text is not None:
                yield top.start_point[0] + 1, text
            elif top.type in _THROUGH:
                stack += reversed(top.named_children)
            elif name in self._names:
                stack += reversed(self._names[name]) if name not in seen else ()
                seen.add(name)
            elif (parts := self._parts(top)) is not None:
                stack += reversed(parts)
            elif top.type not in ("comment", "none"):
                self.computed.append(top.start_point[0] + 1)

    def _string(self, node: Node) -> str | None:
        """The text of a string, also of one that is put together; gaps are `{}`."""
        if node.type == "string":
            return string_text(node, self._data)
        if node.type == "concatenated_string":
            return concatenated_text(node, self._data)
        leaves: list[Node] = []
        top: Node | None = node
        while top is not None and top.type == "binary_operator" and len(leaves) < MAX_LEAVES:
            right = top.child_by_field_name("right")
            leaves += [right] if right is not None else []
            top = top.child_by_field_name("left")
        if top is None or top.type != "string":
            return None
        texts = [string_text(leaf, self._data) if leaf.type == "string" else "{}" for leaf in (top, *reversed(leaves))]
        return "".join(text or "" for text in texts)

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
        return self._call_parts(node) if node.type == "call" else None

    def _call_parts(self, call: Node) -> list[Node] | None:
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function is None or arguments is None:
            return None
        if function.type == "identifier":
            return arguments.named_children if self._name(function) in _SAME else None
        owner, method = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if owner is None or owner.type == "call" or self._name(method) not in _METHODS:
            return None
        return [owner]

    def _member(self, node: Node) -> list[Node] | None:
        owner, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
        if owner is not None and key is not None and key.type == "slice":
            return [owner]
        name = string_text(key, self._data) if key is not None and key.type == "string" else None
        return [value for member, value in self.items(owner) if member == name and name is not None] or None

    # --- names --------------------------------------------------------------------------------------------------------

    def _assign(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "identifier":
            self._names.setdefault(self._name(left), []).append(right)
        elif left.type == "subscript":
            owner, key = left.child_by_field_name("value"), left.child_by_field_name("subscript")
            if owner is not None and key is not None and owner.type == "identifier" and key.type == "string":
                member = string_text(key, self._data) or ""
                self._members.setdefault(self._name(owner), []).append((member, right))

    def _add(self, call: Node) -> None:
        """What `append` and `extend` add to a name belongs to it."""
        function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
        if function is None or arguments is None or function.type != "attribute":
            return
        owner, method = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if owner is not None and owner.type == "identifier" and self._name(method) in _ADDING:
            self._names.setdefault(self._name(owner), []).extend(arguments.named_children[:1])

    def _arguments(self, call: Node, depth: int) -> dict[str, Node]:
        arguments = call.child_by_field_name("arguments")
        found: dict[str, Node] = {}
        for argument in arguments.named_children if arguments is not None else ():
            name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
            if argument.type == "keyword_argument" and name is not None and value is not None:
                found[self._name(name)] = value
            elif argument.type == "dictionary_splat" and argument.named_children:
                found.update(self.items(argument.named_children[0], depth))
        return found

    def _pairs(self, dictionary: Node) -> Iterator[tuple[str, Node]]:
        for pair in dictionary.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type == "pair" and key is not None and value is not None and key.type == "string":
                if not self._step():
                    return
                yield string_text(key, self._data) or "", value

    def _name(self, node: Node | None) -> str:
        """A short name as written, "" for anything else."""
        if node is None or node.type not in ("identifier", "attribute") or node.end_byte - node.start_byte > MAX_NAME:
            return ""
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _split(text: Text) -> list[Text]:
    line, written = text
    return [(line + number, part.strip()) for number, part in enumerate(written.split("\n")) if part.strip()]
