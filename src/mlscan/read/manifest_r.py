"""DESCRIPTION of R packages and Project.toml of Julia."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscan.read.manifest_parts import MAX_LINE, Gathered, Scope, is_version, scope_of_path, text_of
from mlscan.read.manifest_tables import at, text_at, texts_at, toml_document
from mlscan.types.source import Dependency, Manifest

_FIELD = re.compile(r"([\w/@-]+):[ \t]*+(.*)", re.ASCII)
_PACKAGE = re.compile(r"([A-Za-z][A-Za-z0-9.]*+)\s*+(?:\(([^)]*+)\))?")
_FIELDS: dict[str, Scope] = {
    "Depends": "main",
    "Imports": "main",
    "LinkingTo": "main",
    "Suggests": "dev",
    "Enhances": "dev",
}
_BASE_WORDS = """
    R base compiler datasets grDevices graphics grid methods parallel splines stats stats4 tcltk tools utils
"""
_BASE = frozenset(_BASE_WORDS.split())
"""R itself and what is a part of it."""
_TELLING = frozenset(("Package", "Version", "Title", "Type", *_FIELDS))
_PUBLISHED = frozenset(("Repository", "Date/Publication", "biocViews"))


def read_description(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages of a DESCRIPTION; R itself is none; None for a text without the fields of one.

    Published: it names the repository that it was published in.
    """
    gathered = Gathered("r")
    known = 0
    for line, name, lines in _fields(text_of(data)):
        known += name in _TELLING
        if name == "Package":
            gathered.describe(lines[0])
        elif name in _PUBLISHED:
            gathered.published = True
        elif name in _FIELDS:
            for number, text in enumerate(lines):
                for part in text.split(",") if len(text) <= MAX_LINE else ():
                    gathered.add(_package(part.strip(), line + number, _FIELDS[name]))
    return gathered.manifest() if known > 1 else None


def _fields(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """(line, name, lines of its value) of each field; indented lines go on with the field above them."""
    name, start, lines = "", 0, list[str]()
    for number, raw in enumerate(text.split("\n"), 1):
        field = _FIELD.fullmatch(raw)
        if field is not None:
            if name:
                yield start, name, lines
            name, start, lines = field[1], number, [field[2].strip()]
        elif name:
            lines.append("" if raw.startswith("#") else raw.strip())
    if name:
        yield start, name, lines


def _package(text: str, line: int, scope: Scope) -> Dependency | None:
    match = _PACKAGE.fullmatch(text)
    if match is None or match[1] in _BASE:
        return None
    spec = (match[2] or "").strip()
    pinned = spec.startswith("=") and is_version(spec.lstrip("= "))
    return Dependency(match[1].lower(), spec, pinned, scope, line, "r")


def read_julia_project(data: bytes, path: str) -> Manifest | None:
    """The packages of a Julia project with their compatible versions; those of targets only are for development."""
    gathered = Gathered("julia")
    root = toml_document(data, gathered)
    tables = [at(root, name) for name in ("deps", "weakdeps", "extras")]
    if not any(table.map for table in tables) and root.get("uuid") is None:
        return gathered.manifest() if gathered.problems else None
    gathered.describe(text_at(root, "name"))
    folder = scope_of_path(path)
    targets = {name for target in at(root, "targets").map for name in texts_at(root, "targets", target)}
    main = {*tables[0].map, *tables[1].map}
    for table in tables:
        for name, uuid in table.map.items():
            spec = text_at(root, "compat", name)
            pinned = spec.startswith("=") and is_version(spec.lstrip("= "))
            scope: Scope = folder if name in main else "dev"
            if name in main or name in targets:
                gathered.add(Dependency(name.lower(), spec, pinned, scope, uuid.line, "julia"))
    return gathered.manifest()
