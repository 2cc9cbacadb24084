"""Strict YAML for content: booleans are only true and false, a duplicate key is an error, and every error has its line.

Content is trusted (it is ours or the user's), a scanned repository's YAML never comes here.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from mlscan.types.errors import ContentError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """A safe loader whose only implicit types are null, true/false, decimal numbers and text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping; raises on a repeated key."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        result: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return result


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    ("tag:yaml.org,2002:float", r"^-?[0-9]+\.[0-9]+$", "-0123456789"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def load(text: str, where: str) -> Any:
    """The value of one YAML document. Raises ContentError naming `where` and the 1-based line."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(f"{where}:{line}", error.problem or "not valid YAML") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ContentError(f"{where}:{line}", f"not valid YAML: the character {error.character:#x}") from None
    except yaml.YAMLError as error:
        raise ContentError(f"{where}:1", f"not valid YAML ({' '.join(str(error).split())})") from None


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def line_of(text: str, path: str) -> int:
    """The 1-based line of a decoding error's path such as `$.find.any_of[0].calls`; 1 when it cannot be told."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for key, index in _STEP.findall(path):
        child = _child(node, key, index)
        if child is None:
            break
        line, node = child
    return line


def _child(node: Any, key: str, index: str) -> tuple[int, Any] | None:
    if isinstance(node, yaml.SequenceNode) and index.isdigit() and int(index) < len(node.value):
        item = node.value[int(index)]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode) and key:
        for key_node, value in node.value:
            if str(key_node.value) == key:
                return key_node.start_mark.line + 1, value
    return None


_UNKNOWN = re.compile(r"unknown field `([^`]+)`")


def error_line(text: str, message: str) -> int:
    """The line that a msgspec message is about: its path, and the unknown key below it where it names one."""
    at = re.search(r" - at `([^`]+)`", message)
    path = at.group(1) if at else "$"
    unknown = _UNKNOWN.search(message)
    if unknown:
        return line_of(text, f"{path}.{unknown.group(1)}")
    return line_of(text, path)
