"""XML to trees. Entities are never declared, external things never opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from mlscan.read.tree_builder import MAX_DEPTH, MAX_NODES
from mlscan.types.source import Node, Problem, Tree

MAX_BYTES = 5_000_000


class _Refused(Exception):
    """The text is the problem's reason."""


@dataclass(slots=True)
class _Element:
    name: str
    line: int
    children: dict[str, list[Node]] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)


def parse_xml(data: bytes) -> Tree:
    """The document of an XML file: attributes as "@name", children under their name (a list where repeated).

    An element with nothing but text is that text; otherwise its text is "#text". Prefixes are dropped. Never raises.
    """
    if len(data) > MAX_BYTES:
        return Tree("xml", (), problems=(Problem(None, "too large"),))
    reader = _Reader()
    problems: tuple[Problem, ...] = ()
    try:
        reader.parser.Parse(data, True)
    except _Refused as refused:
        problems = (Problem(reader.parser.CurrentLineNumber, str(refused)),)
    except (expat.ExpatError, ValueError, LookupError):
        problems = (Problem(reader.parser.CurrentLineNumber, "broken XML"),)
    while len(reader.stack) > 1:
        reader.end("")
    root = reader.stack[0]
    return Tree("xml", (Node(_children(root), 1),) if root.children else (), problems=problems)


class _Reader:
    def __init__(self) -> None:
        self.stack = [_Element("", 1)]
        self._count = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.EntityDeclHandler = self.refuse

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        if len(self.stack) > MAX_DEPTH:
            raise _Refused("nested too deeply")
        if self._count > MAX_NODES:
            raise _Refused("too many values")
        line = self.parser.CurrentLineNumber
        children = {"@" + _local(key): [Node(value, line)] for key, value in attributes.items()}
        self.stack.append(_Element(_local(name), line, children))

    def end(self, _name: str) -> None:
        element = self.stack.pop()
        text = "".join(element.text).strip()
        if element.children and text:
            element.children["#text"] = [Node(text, element.line)]
        value = _children(element) if element.children else text or None
        self.stack[-1].children.setdefault(element.name, []).append(Node(value, element.line))

    def text(self, text: str) -> None:
        self.stack[-1].text.append(text)

    def refuse(self, *_declaration: object) -> None:
        raise _Refused("entity declarations")


def _children(element: _Element) -> dict[str, Node]:
    return {
        name: nodes[0] if len(nodes) == 1 else Node(tuple(nodes), nodes[0].line)
        for name, nodes in element.children.items()
    }


def _local(name: str) -> str:
    return name.rsplit(":", 1)[-1]
