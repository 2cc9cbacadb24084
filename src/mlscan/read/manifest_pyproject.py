"""pyproject.toml: the standard tables and those of build backends and project managers; Pipfile."""

from __future__ import annotations

import re

from mlscan.read.manifest_parts import Gathered, Scope, is_version, python_name, scope_of
from mlscan.read.manifest_requirement import requirement, url_requirement
from mlscan.read.text import decode
from mlscan.read.toml_reader import parse_toml
from mlscan.types.source import Dependency, Manifest, Node

_STATEMENT = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{[^{}\n]{0,500}\}\}")
_NOTHING = Node(None, 1)


def read_pyproject(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The project of a pyproject.toml; None where it only holds settings of tools."""
    gathered = Gathered()
    root = toml_document(data, gathered)
    _project(gathered, root.get("project") or _NOTHING)
    groups(gathered, root.get("dependency-groups"))
    tool = root.get("tool") or _NOTHING
    poetry(gathered, tool.get("poetry") or _NOTHING)
    _managers(gathered, tool)
    _flit(gathered, tool.get("flit") or _NOTHING)
    if any(root.get(table) for table in ("project", "build-system")) or gathered.dependencies or gathered.package:
        return gathered.manifest()
    return gathered.manifest() if gathered.problems else None


def read_pipfile(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The requirements and script lines of a Pipfile; groups of other names than the two standard ones count, too."""
    gathered = Gathered()
    root = toml_document(data, gathered)
    for name, table in root.map.items():
        if name == "scripts":
            for script, command in table.map.items():
                gathered.script(script, (command.get("cmd") or command).text)
        elif name not in ("source", "requires", "pipenv"):
            _table(gathered, table, scope_of(name))
    return gathered.manifest()


def toml_document(data: bytes, gathered: Gathered) -> Node:
    """The root of a TOML file, of a template with its statements blanked and its expressions made words."""
    text = decode(data)
    if "{%" in text or "{#" in text:
        text = _STATEMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    tree = parse_toml(text)
    if tree.problems and "{{" in text:
        tree = parse_toml(_EXPRESSION.sub("template-expression", text))
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    return tree.documents[0] if tree.documents else _NOTHING


# --- standard tables --------------------------------------------------------------------------------------------------


def _project(gathered: Gathered, project: Node) -> None:
    gathered.describe(_text(project, "name"), _texts(project.get("classifiers")))
    requirements(gathered, project.get("dependencies"), "main")
    groups(gathered, project.get("optional-dependencies"))
    for table in ("scripts", "gui-scripts"):
        for name, target in (project.get(table) or _NOTHING).map.items():
            gathered.script(name, target.text)


def groups(gathered: Gathered, table: Node | None, scope: Scope | None = None) -> None:
    """Add lists of requirements by the name of their group, which tells their scope unless one is given."""
    for name, members in (table or _NOTHING).map.items():
        requirements(gathered, members, scope or scope_of(name))


def requirements(gathered: Gathered, members: Node | None, scope: Scope) -> None:
    """Add a list of requirements; includes of other groups, which are tables, stand for nothing of their own."""
    for member in members.items if members is not None else ():
        if not isinstance(member.value, str) or not member.value.strip():
            continue
        if "{{" in member.value.split("=")[0].split("@")[0]:
            gathered.problem(member.line, "template expression")
            continue
        found = requirement(member.value, member.line, scope)
        if found is None and not member.value.startswith((".", "/", "file:")):
            gathered.problem(member.line, "not a requirement")
        if found is None or found.name != gathered.own_name:
            gathered.add(found)


# --- tables by name ---------------------------------------------------------------------------------------------------


def poetry(gathered: Gathered, table: Node) -> None:
    """Add what a table of the form `name = version` and groups of such tables declare."""
    gathered.describe(_text(table, "name"), _texts(table.get("classifiers")))
    _table(gathered, table.get("dependencies"), "main")
    _table(gathered, table.get("dev-dependencies"), "dev")
    for name, group in (table.get("group") or _NOTHING).map.items():
        _table(gathered, group.get("dependencies"), scope_of(name))
    for name, target in (table.get("scripts") or _NOTHING).map.items():
        gathered.script(name, (target.get("reference") or target.get("callable") or target).text)


def _table(gathered: Gathered, table: Node | None, scope: Scope) -> None:
    for name, value in (table or _NOTHING).map.items():
        if python_name(name) not in ("python", "template-expression"):
            gathered.add(versioned(name, value, scope))


def versioned(name: str, value: Node, scope: Scope) -> Dependency | None:
    """The dependency of `name = "version"`, `name = {version = ..., git = ...}` or a list of those; None for a path."""
    if isinstance(value.value, tuple):
        found = [d for member in value.items if (d := versioned(name, member, scope)) is not None]
        if not found:
            return None
        first = found[0]
        return Dependency(first.name, first.spec, all(d.pinned for d in found), scope, value.line)
    if value.map and value.get("version") is None:
        if value.get("path") is not None and value.get("git") is None:
            return None
        source = value.get("git") or value.get("url") or value.get("file") or _NOTHING
        reference = _text(value, "rev") or _text(value, "tag") or _text(value, "ref")
        address = f"git+{source.text}@{reference}" if reference else source.text
        at = url_requirement(address, value.line) if address else None
        spec, pinned = (at.spec, at.pinned) if at is not None else (reference, False)
        return Dependency(python_name(name), spec, pinned, scope, value.line)
    spec = (value.get("version") or value).text.strip()
    exact = spec.removeprefix("==").removeprefix("=").strip()
    return Dependency(python_name(name), "" if spec == "*" else spec, is_version(exact), scope, value.line)


def _managers(gathered: Gathered, tool: Node) -> None:
    for manager in ("uv", "rye"):
        requirements(gathered, tool.get(manager, "dev-dependencies"), "dev")
    groups(gathered, tool.get("pdm", "dev-dependencies"), "dev")
    for name, environment in (tool.get("hatch", "envs") or _NOTHING).map.items():
        scope: Scope = "dev" if name == "default" else scope_of(name)
        for key in ("dependencies", "extra-dependencies"):
            requirements(gathered, environment.get(key), scope)


def _flit(gathered: Gathered, flit: Node) -> None:
    metadata = flit.get("metadata") or _NOTHING
    gathered.describe(_text(metadata, "dist-name") or _text(metadata, "module"), _texts(metadata.get("classifiers")))
    requirements(gathered, metadata.get("requires"), "main")
    requirements(gathered, metadata.get("dev-requires"), "dev")
    groups(gathered, metadata.get("requires-extra"))
    for name, target in (flit.get("scripts") or _NOTHING).map.items():
        gathered.script(name, target.text)


def _text(table: Node, key: str) -> str:
    node = table.get(key)
    return node.text if node is not None else ""


def _texts(members: Node | None) -> list[str]:
    return [member.text for member in members.items] if members is not None else []
