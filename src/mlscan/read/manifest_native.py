"""go.mod, Cargo.toml, Gemfile and gemspecs, composer.json."""

from __future__ import annotations

import re

from mlscan.read.code_languages import without_comments
from mlscan.read.manifest_parts import Gathered, Scope, is_version, scope_of, text_of
from mlscan.read.manifest_tables import at, json_document, text_at, texts_at, toml_document
from mlscan.types.source import Dependency, Manifest, Node

_GEM = re.compile(
    r"""\s*+(?P<call>gem|\w+\.add(?:_runtime|_development)?_dependency)[ \t(]\s*+"""
    r"""["'](?P<name>[\w.-]++)["'](?P<rest>.*)"""
)
_GEM_VERSION = re.compile(r"""\s*,\s*\[?\s*["']([^"']+)["']""")
_GEM_GROUP = re.compile(r"\s*group\s*\(?\s*(:.*)\bdo\b")
_BLOCK = re.compile(r"\bdo\s*(?:\|[^|]*\|)?\s*$|^\s*(?:if|unless|case)\b")
_GEM_NAME = re.compile(r"""(?m)^[ \t]*\w+\.name\s*=\s*["']([\w.-]+)["']""")
_PLATFORM = re.compile(r"php(?:-64bit)?|hhvm|(?:ext|lib|composer)-.*|composer")


def read_go_mod(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The modules that a go.mod requires directly."""
    gathered = Gathered("go")
    inside = False
    for number, line in enumerate(text_of(data).split("\n"), 1):
        words = line.split()
        if words[:1] == ["module"] and len(words) > 1:
            gathered.describe(words[1].strip('"'))
        if words[:1] == ["require"]:
            inside = words[1:2] == ["("]
        elif words[:1] == [")"]:
            inside = False
        required = words[1:] if words[:1] == ["require"] else words if inside else []
        if len(required) > 1 and required[1].startswith("v") and "indirect" not in required[2:]:
            gathered.add(Dependency(required[0].lower(), required[1], True, "main", number, "go"))
    return gathered.manifest() if gathered.package or gathered.dependencies else None


def read_cargo(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The crates of a Cargo.toml, those of the workspace and of targets included; paths are none.

    Published: it has the words under which a registry lists it.
    """
    gathered = Gathered("rust")
    root = toml_document(data, gathered)
    package = at(root, "package")
    gathered.describe(text_at(package, "name"))
    listed = bool(texts_at(package, "keywords") or texts_at(package, "categories"))
    gathered.published = listed and at(package, "publish").value is not False
    for part in (root, at(root, "workspace"), *at(root, "target").map.values()):
        for key in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, value in at(part, key).map.items():
                gathered.add(_crate(name, value, "main" if key == "dependencies" else "dev"))
    return gathered.manifest() if root.map or gathered.problems else None


def _crate(name: str, value: Node, scope: Scope) -> Dependency | None:
    spec = text_at(value, "version") if value.map else value.text.strip()
    if not spec and value.map and value.get("path") is not None and value.get("git") is None:
        return None
    revision = text_at(value, "rev")
    pinned = bool(revision) or (spec.startswith("=") and is_version(spec.lstrip("= ")))
    written = text_at(value, "package") or name
    return Dependency(written.lower().replace("_", "-"), spec or revision, pinned, scope, value.line, "rust")


def read_gemfile(data: bytes, path: str) -> Manifest | None:
    """The gems of a Gemfile or of a gemspec, which describes a gem for others."""
    gathered = Gathered("ruby")
    text = without_comments(text_of(data), "ruby")
    blocks: list[Scope] = []
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 1_000:
            continue
        if _BLOCK.search(line):
            group = _GEM_GROUP.match(line)
            blocks.append(scope_of(group[1]) if group is not None else "main")
        elif line.strip() == "end" and blocks:
            blocks.pop()
        match = _GEM.match(line)
        if match is not None and not re.search(r"\bpath:|:path\s*=>", match["rest"]):
            gathered.add(_gem(match, number, "dev" if "dev" in blocks else "main"))
    if path.endswith(".gemspec"):
        name = _GEM_NAME.search(text)
        gathered.describe(name[1] if name else "")
        gathered.published = gathered.package is not None
    return gathered.manifest()


def _gem(match: re.Match[str], line: int, scope: Scope) -> Dependency:
    version = _GEM_VERSION.match(match["rest"])
    spec = version[1].strip() if version is not None else ""
    group = re.search(r"groups?:\s*(.*)|:groups?\s*=>\s*(.*)", match["rest"])
    if "development" in match["call"] or (group is not None and scope_of(group[0].replace("group", "")) == "dev"):
        scope = "dev"
    pinned = is_version(spec.removeprefix("=").strip())
    return Dependency(match["name"].lower(), spec, pinned, scope, line, "ruby")


def read_composer(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages of a composer.json; PHP itself and its extensions are none."""
    gathered = Gathered("php")
    root = json_document(data, gathered)
    gathered.describe(text_at(root, "name"))
    tables: tuple[tuple[str, Scope], ...] = (("require", "main"), ("require-dev", "dev"))
    for key, scope in tables:
        for name, version in at(root, key).map.items():
            if not _PLATFORM.fullmatch(name.lower()):
                spec = version.text.strip()
                pinned = is_version(spec.removeprefix("="))
                gathered.add(Dependency(name.lower(), spec, pinned, scope, version.line, "php"))
    return gathered.manifest() if root.map or gathered.problems else None
