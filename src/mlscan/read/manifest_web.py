"""package.json."""

from __future__ import annotations

import re

from mlscan.read.manifest_parts import Gathered, Scope
from mlscan.read.manifest_tables import at, json_document, text_at
from mlscan.types.source import Dependency, Manifest

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
    root = json_document(data, gathered)
    gathered.describe(text_at(root, "name"))
    gathered.published = bool(at(root, "publishConfig").map) and at(root, "private").value is not True
    for key, scope in _TABLES:
        for package, version in at(root, key).map.items():
            spec = version.text.strip()
            if not spec.startswith(_LOCAL):
                pinned = _EXACT.fullmatch(spec) is not None
                gathered.add(Dependency(package.lower(), spec, pinned, scope, version.line, "npm"))
    return gathered.manifest() if root.map or gathered.problems else None
