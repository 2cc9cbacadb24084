"""Environments, tables and recipes of conda packages, with their lists for pip."""

from __future__ import annotations

import re

from mlscan.read.manifest_parts import Gathered, Scope, is_version, python_name, scope_of, scope_of_path, text_of
from mlscan.read.manifest_requirement import is_local, requirement
from mlscan.read.manifest_tables import NOTHING, at, text_at, toml_document, versions
from mlscan.read.yaml_reader import parse_yaml
from mlscan.types.source import Dependency, Manifest, Node, Tree

_CHANNEL = re.compile(r"^[\w./:-]+::")
_SPEC = re.compile(r"([A-Za-z0-9_][\w.-]*+)\s*+(?:\[[^\]]*+\])?\s*+(.*)", re.ASCII)
_SELECTOR = re.compile(r"\s#.*")
_RANGE = re.compile(r"[<>!~*,|]")
_PARTS = 3
"""Numbers of a version from which `=1.2.3` means that one only."""
_NO_DEPENDENCY = frozenset(("python", "pip", "r", "r-base", "r-essentials"))


def read_environment(data: bytes, path: str) -> Manifest | None:
    """The packages of a conda environment and of its `pip` list; None for YAML that is no environment.

    `python`, `pip` and R itself are no dependencies. Packages of R lose their `r-` and have the ecosystem r.
    """
    tree = parse_yaml(text_of(data))
    root = tree.documents[0] if tree.documents else NOTHING
    listed = root.get("dependencies")
    if listed is None or not any(m.get("pip") or _is_package(m) for m in listed.items):
        return None
    gathered = _with_problems(tree)
    scope = scope_of_path(path)
    for member in listed.items:
        for line in at(member, "pip").items:
            _pip(gathered, line, scope)
        if _is_package(member):
            gathered.add(conda_dependency(member.text, member.line, scope))
    return gathered.manifest()


def read_recipe(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages that a conda recipe runs with; those to build and to test it are for development."""
    tree = parse_yaml(text_of(data))
    root = tree.documents[0] if tree.documents else NOTHING
    if not (root.get("package") or root.get("outputs")):
        return None
    gathered = _with_problems(tree)
    gathered.describe(text_at(root, "package", "name"))
    scopes: tuple[tuple[Scope, str, str], ...] = (
        ("main", "requirements", "run"),
        ("dev", "requirements", "build"),
        ("dev", "requirements", "host"),
        ("dev", "test", "requires"),
    )
    for part in (root, *at(root, "outputs").items):
        for scope, section, key in scopes:
            for member in at(part, section, key).items:
                gathered.add(conda_dependency(member.text, member.line, scope))
    return gathered.manifest()


def read_pixi(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages of a project in tables of conda and of Python packages."""
    gathered = Gathered()
    root = toml_document(data, gathered)
    gathered.describe(text_at(root, "workspace", "name") or text_at(root, "project", "name"))
    conda_tables(gathered, root)
    return gathered.manifest()


def conda_tables(gathered: Gathered, root: Node) -> None:
    """Add the tables of conda and Python packages of a project, of its features and of its platforms."""
    parts: list[tuple[Scope, Node]] = [("main", root)]
    parts += [(scope_of(name), part) for name, part in at(root, "feature").map.items()]
    parts += [(scope, target) for scope, part in tuple(parts) for target in at(part, "target").map.values()]
    for scope, part in parts:
        for name, value in at(part, "dependencies").map.items():
            written = text_at(value, "version") if value.map else value.text.strip()
            spec = "" if written == "*" else written
            exact = f"=={spec}" if is_version(spec) else spec
            found = conda_dependency(f"{name} {exact}", value.line, scope)
            if found is not None:
                gathered.add(Dependency(found.name, spec, found.pinned, scope, value.line, found.ecosystem))
        versions(gathered, part.get("pypi-dependencies"), scope)


def conda_dependency(text: str, line: int, scope: Scope) -> Dependency | None:
    """The dependency of `channel::name=version=build` or `name >=version`; None for python, pip and R itself."""
    match = _SPEC.fullmatch(_CHANNEL.sub("", _SELECTOR.sub("", text).strip(), count=1))
    if match is None:
        return None
    name, spec = match[1].lower(), match[2].strip()
    if name in _NO_DEPENDENCY:
        return None
    ecosystem = "r" if name.startswith("r-") else "python"
    name = name[2:] if ecosystem == "r" else python_name(name)
    return Dependency(name, spec, _one_version(spec), scope, line, ecosystem)


def _is_package(node: Node) -> bool:
    return isinstance(node.value, str) and _SPEC.match(_CHANNEL.sub("", node.value, count=1)) is not None


def _one_version(spec: str) -> bool:
    """Whether a spec is `==version`, `=version=build`, `version build`, or a version with all of its numbers."""
    parts = spec.lstrip("=").strip().replace(" ", "=").split("=")
    if _RANGE.search(spec) or not is_version(parts[0]):
        return False
    return spec.startswith("==") or len(parts) > 1 or parts[0].count(".") >= _PARTS - 1


def _pip(gathered: Gathered, node: Node, scope: Scope) -> None:
    text = _SELECTOR.sub("", node.text).strip().removeprefix("-e ").removeprefix("--editable ").strip()
    found = requirement(text, node.line, scope)
    if found is None and text and not text.startswith(("-", "{{")) and not is_local(text):
        gathered.problem(node.line, "not a requirement")
    gathered.add(found)


def _with_problems(tree: Tree) -> Gathered:
    gathered = Gathered()
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    return gathered
