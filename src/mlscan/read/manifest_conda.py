"""Environments of conda packages, with their sub-lists for pip."""

from __future__ import annotations

import re

from mlscan.read.manifest_parts import Gathered, Scope, is_version, python_name, scope_of_path
from mlscan.read.manifest_requirement import is_local, requirement
from mlscan.read.text import decode
from mlscan.read.yaml_reader import parse_yaml
from mlscan.types.source import Dependency, Manifest, Node

_CHANNEL = re.compile(r"[\w./:-]+::")
_SPEC = re.compile(r"([\w.-]++)\s*+(?:\[[^\]]*+\])?\s*+(.*)", re.ASCII)
_PARTS = 3
"""Numbers of a version from which `=1.2.3` means that one only."""


def read_environment(data: bytes, path: str) -> Manifest | None:
    """The packages of a conda environment and of its `pip` list; None for YAML that is no environment.

    `python`, `pip` and R itself are no dependencies. Packages of R lose their `r-` and have the ecosystem r.
    """
    tree = parse_yaml(decode(data))
    root = tree.documents[0] if tree.documents else Node(None, 1)
    members = root.get("dependencies")
    if members is None or not isinstance(members.value, tuple):
        return None
    gathered = Gathered()
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    scope = scope_of_path(path)
    for member in members.items:
        if member.map:
            for line in (member.get("pip") or Node(None, 1)).items:
                _pip(gathered, line, scope)
        elif isinstance(member.value, str):
            gathered.add(conda_dependency(member.value, member.line, scope))
    return gathered.manifest()


def _pip(gathered: Gathered, node: Node, scope: Scope) -> None:
    text = node.text.partition(" #")[0].strip().removeprefix("-e ").strip()
    found = requirement(text, node.line, scope)
    if found is None and text and not text.startswith(("-", "{{")) and not is_local(text):
        gathered.problem(node.line, "not a requirement")
    gathered.add(found)


def conda_dependency(text: str, line: int, scope: Scope) -> Dependency | None:
    """The dependency of `channel::name=version=build` or `name >=version`; None for python, pip and R itself."""
    match = _SPEC.fullmatch(_CHANNEL.sub("", text.partition("#")[0].strip(), count=1))
    if match is None:
        return None
    name, spec = match[1].lower(), match[2].strip()
    if name in ("python", "pip", "r", "r-base", "r-essentials") or "{{" in name:
        return None
    parts = spec.lstrip("=").replace(" ", "=").split("=")
    exact = not spec.startswith((">", "<", "!", "~")) and is_version(parts[0]) and "*" not in spec.split("=")[-1]
    whole = spec.startswith("==") or len(parts) > 1 or parts[0].count(".") >= _PARTS - 1
    pinned = exact and whole and "," not in spec and "|" not in spec
    if name.startswith("r-"):
        return Dependency(name[2:], spec, pinned, scope, line, "r")
    return Dependency(python_name(name), spec, pinned, scope, line)
