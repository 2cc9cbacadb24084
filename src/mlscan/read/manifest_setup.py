"""setup.cfg and setup.py. Code is read as syntax, never run: literals, names for them, lists put together with `+`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlscan.read.ini_reader import parse_ini
from mlscan.read.manifest_kinds import manifest_kind
from mlscan.read.manifest_parts import Gathered, Scope, scope_of, text_of
from mlscan.read.manifest_requirement import requirement
from mlscan.read.manifest_setup_values import Text, Values
from mlscan.types.source import Manifest, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tree_sitter import Node as SyntaxNode

MAX_CODE = 300_000
"""Bytes of a setup.py."""

_NOTHING = Node(None, 1)
_ENTRY = re.compile(r"\s*([\w.-]+)\s*=\s*([\w.]+\s*(?::\s*[\w.]+)?)")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_SECTION = re.compile(r"\s*\[([\w.-]+)\]\s*")


def read_setup_cfg(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The package of a setup.cfg; None where it only holds settings of tools."""
    gathered = Gathered()
    tree = parse_ini(text_of(data))
    root = tree.documents[0] if tree.documents else _NOTHING
    metadata, options = root.get("metadata") or _NOTHING, root.get("options") or _NOTHING
    name = metadata.get("name")
    gathered.describe(name.text if name else "", [text for _, text in _lines(_first(metadata, "classifier"))])
    _cfg_requirements(gathered, _first(options, "install_requires"), "main")
    _cfg_requirements(gathered, _first(options, "tests_require"), "dev")
    for extra, node in (root.get("options.extras_require") or _NOTHING).map.items():
        _cfg_requirements(gathered, node, scope_of(extra))
    for section in ("options.entry_points", "entry_points"):
        for key in ("console_scripts", "gui_scripts"):
            _entries(gathered, _lines(root.get(section, key)))
    if not (gathered.dependencies or gathered.package or options.map):
        return None
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    return gathered.manifest()


def read_setup_py(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The package that a setup.py describes; None where it calls no `setup`.

    Lists of requirements that are read from a requirement file are that file's; other computed ones are a problem.
    """
    gathered = Gathered()
    if b"setup" not in data:
        return None
    if len(data) > MAX_CODE:
        gathered.problem(None, "too large")
        return gathered.manifest()
    values = Values(data)
    arguments = values.arguments_of("setup")
    if arguments is None:
        return None
    name = next((text for _, text in values.texts(arguments.get("name"))), "")
    gathered.describe(name, [text for _, text in values.texts(arguments.get("classifiers"))])
    values.computed.clear()
    lists: list[tuple[Scope, SyntaxNode | None]] = [("main", arguments.get("install_requires"))]
    extras = [(scope_of(extra), node) for extra, node in values.items(arguments.get("extras_require"))]
    # an extra of everything repeats the others, so that those for development come first
    lists += [("dev", arguments.get("tests_require")), *sorted(extras, key=lambda extra: extra[0])]
    for scope, node in lists:
        for text in values.texts(node):
            _add(gathered, text, scope)
    if values.computed and not any(manifest_kind(text) == "requirements" for text in values.all_strings()):
        for line in values.computed:
            gathered.problem(line, "computed dependencies")
    groups = values.items(arguments.get("entry_points"))
    for key, node in groups:
        if key in ("console_scripts", "gui_scripts"):
            _entries(gathered, values.texts(node))
    if not groups:
        _entries(gathered, _scripts_of(values.texts(arguments.get("entry_points"))))
    return gathered.manifest()


def _first(table: Node, prefix: str) -> Node | None:
    """The value of a key, which old files write with `-` for `_` and in the plural or not."""
    for key, node in table.map.items():
        if key.lower().replace("-", "_") in (prefix, prefix + "s"):
            return node
    return None


def _lines(node: Node | None) -> list[Text]:
    text = node.text if node is not None else ""
    line = node.line if node is not None else 1
    return [(line + number, part.strip()) for number, part in enumerate(text.split("\n")) if part.strip()]


def _cfg_requirements(gathered: Gathered, node: Node | None, scope: Scope) -> None:
    for line, written in _lines(node):
        text = _COMMENT.sub("", written).strip()
        if text.startswith("file:"):
            if not all(manifest_kind(file.strip()) for file in text[5:].split(",")):
                gathered.problem(line, "computed dependencies")
        else:
            _add(gathered, (line, text), scope)


def _add(gathered: Gathered, text: Text, scope: Scope) -> None:
    line, written = text
    if not written or written.startswith(("#", "-", "%(", "{{")):
        return
    found = requirement(_COMMENT.sub("", written), line, scope)
    if found is None:
        gathered.problem(line, "not a requirement")
    elif found.name != gathered.own_name:
        gathered.add(found)


def _entries(gathered: Gathered, texts: Iterable[Text]) -> None:
    for _, text in texts:
        entry = _ENTRY.match(text)
        if entry is not None:
            gathered.script(entry[1], entry[2].replace(" ", ""))


def _scripts_of(texts: Iterable[Text]) -> list[Text]:
    """The lines below `[console_scripts]` in entry points that are written as one text."""
    found: list[Text] = []
    section = ""
    for line, text in texts:
        head = _SECTION.fullmatch(text)
        section = head[1] if head is not None else section
        if head is None and section in ("console_scripts", "gui_scripts"):
            found.append((line, text))
    return found
