"""Tables of dependencies in TOML, JSON and XML trees: lists of requirements, and maps from names to versions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscan.read.json_reader import parse_json
from mlscan.read.manifest_parts import TEMPLATE, Gathered, Scope, is_version, python_name, scope_of, text_of
from mlscan.read.manifest_requirement import is_local, requirement, url_requirement
from mlscan.read.toml_reader import parse_toml
from mlscan.read.xml_reader import parse_xml
from mlscan.types.source import Dependency, Node, Tree

MAX_TEMPLATE = 200_000
"""Characters of a template."""
MAX_LINE_START = 500
"""Characters before an expression that are searched for an open quote."""
_STATEMENT = re.compile(r"\{[%#][^{}]{0,500}[%#]\}")
_ELSE = re.compile(r"\{%-?\s*(?:else|elif)\b.{0,2000}?\{%-?\s*endif\b[^{}]{0,20}%\}", re.DOTALL)
_EXPRESSION = re.compile(
    r"(?P<alone>^[ \t]*+\{\{[^{}\n]{0,500}\}\},?[ \t]*$)|(?P<before>[=\[,][ \t]*+)?\{\{[^{}\n]{0,500}\}\}", re.MULTILINE
)
NOTHING = Node(None, 1)


# --- documents --------------------------------------------------------------------------------------------------------


def toml_document(data: bytes, gathered: Gathered) -> Node:
    """The root of a TOML file; of a template with its statements blanked and its expressions made words.

    Where both sides of a condition cannot stand in one document, the first one counts.
    """
    text = text_of(data)
    tree = parse_toml(text)
    if tree.problems and len(text) <= MAX_TEMPLATE and ("{{" in text or "{%" in text):
        for written in (text, _ELSE.sub(_newlines, text)):
            tree = parse_toml(_EXPRESSION.sub(_word, _STATEMENT.sub(_newlines, written)))
            if not tree.problems:
                break
    return _root(tree, gathered)


def _newlines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _word(match: re.Match[str]) -> str:
    """What stands for an expression: text where a value is due, nothing for a whole line, else a bare word."""
    if match["alone"]:
        return ""
    before = match["before"] or ""
    start = max(match.string.rfind("\n", 0, match.start()) + 1, match.start() - MAX_LINE_START)
    line = match.string[start : match.start()]
    is_value = before and line.count('"') % 2 == 0 and line.count("'") % 2 == 0
    return f'{before}"{TEMPLATE}"' if is_value else before + TEMPLATE


def json_document(data: bytes, gathered: Gathered) -> Node:
    """The root of a JSON file."""
    return _root(parse_json(text_of(data)), gathered)


def xml_document(data: bytes, gathered: Gathered) -> Node:
    """The root of an XML file, a map with the root element."""
    return _root(parse_xml(data), gathered)


def _root(tree: Tree, gathered: Gathered) -> Node:
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    return tree.documents[0] if tree.documents else NOTHING


def at(node: Node, *keys: str) -> Node:
    """The node below these keys, or an empty one."""
    return node.get(*keys) or NOTHING


def text_at(node: Node, *keys: str) -> str:
    """The scalar below these keys as text, "" where there is none."""
    return at(node, *keys).text.strip()


def texts_at(node: Node, *keys: str) -> list[str]:
    """The scalars of the list below these keys."""
    return [member.text for member in at(node, *keys).items]


def members(node: Node | None) -> Iterator[Node]:
    """The members of a list; a map or scalar counts as a list of one, as XML writes lists of one."""
    if node is not None and node.value is not None:
        yield from node.value if isinstance(node.value, tuple) else (node,)


# --- lists of requirements --------------------------------------------------------------------------------------------


def requirements(gathered: Gathered, listed: Node | None, scope: Scope) -> None:
    """Add a list of requirements; includes of other groups, which are tables, stand for nothing of their own."""
    for member in listed.items if listed is not None else ():
        text = member.value.strip() if isinstance(member.value, str) else ""
        if not text:
            continue
        found = requirement(text, member.line, scope)
        if found is None:
            if not is_local(text) and not text.startswith(("{{", TEMPLATE)):
                gathered.problem(member.line, "not a requirement")
        elif found.name not in (gathered.own_name, TEMPLATE):
            gathered.add(found)


def groups(gathered: Gathered, table: Node | None, scope: Scope | None = None) -> None:
    """Add lists of requirements by the name of their group, which tells their scope unless one is given."""
    named = [(scope or scope_of(name), listed) for name, listed in (table or NOTHING).map.items()]
    for own_scope, listed in sorted(named, key=lambda group: group[0]):
        requirements(gathered, listed, own_scope)


# --- names with versions ----------------------------------------------------------------------------------------------


def versions(gathered: Gathered, table: Node | None, scope: Scope) -> None:
    """Add a table of Python packages `name = version`."""
    for name, value in (table or NOTHING).map.items():
        if python_name(name) not in ("python", TEMPLATE) and "{{" not in name:
            gathered.add(versioned(name, value, scope))


def versioned(name: str, value: Node, scope: Scope) -> Dependency | None:
    """The dependency of `name = "version"`, `name = {version = ..., git = ...}` or a list of those; None for a path."""
    if not isinstance(value.value, tuple):
        return _versioned(name, value, scope)
    found = [d for member in value.items if (d := _versioned(name, member, scope)) is not None]
    if not found:
        return None
    return Dependency(found[0].name, found[0].spec, all(d.pinned for d in found), scope, value.line)


def _versioned(name: str, value: Node, scope: Scope) -> Dependency | None:
    spec, pinned = text_at(value, "version") if value.map else value.text.strip(), False
    source = text_at(value, "git") or text_at(value, "url") or text_at(value, "file")
    if source and not spec:
        reference = text_at(value, "rev") or text_at(value, "tag") or text_at(value, "ref") or text_at(value, "branch")
        found = url_requirement(f"git+{source}@{reference}" if reference else source, value.line)
        spec, pinned = (found.spec, found.pinned) if found is not None else (reference, False)
    elif value.map and not spec and value.get("path") is not None:
        return None
    else:
        pinned = is_version(spec.lstrip("=").strip())
    return Dependency(python_name(name), "" if spec == "*" else spec, pinned, scope, value.line)
