"""package.json."""

from __future__ import annotations

import re

from mlscan.read.json_reader import parse_json
from mlscan.read.manifest_parts import Gathered, Scope
from mlscan.read.text import decode
from mlscan.types.source import Dependency, Manifest, Node

_EXACT = re.compile(r"=?v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?")
_TABLES: tuple[tuple[str, Scope], ...] = (
    ("dependencies", "main"),
    ("optionalDependencies", "main"),
    ("peerDependencies", "main"),
    ("devDependencies", "dev"),
)
_LOCAL = ("file:", "link:", "workspace:", "portal:")


def read_package_json(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The dependencies of a package.json; packages of the same repository (`file:`, `workspace:`) are none.

    Its scripts are those of a task runner. Published: it says how to publish it.
    """
    gathered = Gathered("npm")
    tree = parse_json(decode(data))
    for problem in tree.problems:
        gathered.problem(problem.line, problem.reason)
    root = tree.documents[0] if tree.documents else Node(None, 1)
    name, private, publishing = root.get("name"), root.get("private"), root.get("publishConfig")
    gathered.describe(name.text if name else "")
    gathered.published = publishing is not None and (private is None or private.value is not True)
    for key, scope in _TABLES:
        for package, version in (root.get(key) or Node(None, 1)).map.items():
            spec = version.text
            if not spec.startswith(_LOCAL):
                pinned = _EXACT.fullmatch(spec) is not None
                gathered.add(Dependency(package.lower(), spec, pinned, scope, version.line, "npm"))
    return gathered.manifest() if root.map or tree.problems else None
