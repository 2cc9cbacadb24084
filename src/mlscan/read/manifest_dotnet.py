"""Projects of .NET: project files, central versions, packages.config, paket.dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlscan.read.manifest_parts import Gathered, Scope, is_version, scope_of, text_of
from mlscan.read.manifest_tables import at, members, text_at, xml_document
from mlscan.types.source import Dependency, Manifest, Node

_EXACT = re.compile(r"\[\s*([\w.+-]+)\s*\]")
_PAKET = re.compile(r"[ \t]*nuget[ \t]+([\w.-]+)[ \t]*(.*)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read_msbuild(data: bytes, path: str) -> Manifest | None:
    """The packages of a project file or of a file of properties; None where there are neither packages nor a project.

    A version is the lowest one that will do, so that only `[1.2]` pins. Published: it is made into a package.
    """
    gathered = Gathered("dotnet")
    project = at(xml_document(data, gathered), "Project")
    stem = path.rpartition("/")[2].rpartition(".")[0]
    properties = [p for group in members(project.get("PropertyGroup")) for p in group.map.items()]
    settings = {name: node.text.strip() for name, node in properties}
    test = settings.get("IsTestProject", "").lower() == "true" or scope_of(_CAMEL.sub(" ", stem)) == "dev"
    for node, name in _references(project):
        version = text_at(node, "@Version") or text_at(node, "Version") or text_at(node, "@VersionOverride")
        scope: Scope = "dev" if test or _is_private(node) else "main"
        exact = _EXACT.fullmatch(version)
        pinned = exact is not None and is_version(exact[1])
        gathered.add(Dependency(name.lower(), version, pinned, scope, node.line, "dotnet"))
    gathered.describe(settings.get("PackageId", ""))
    gathered.published = bool(gathered.package) or settings.get("GeneratePackageOnBuild", "").lower() == "true"
    is_project = path.lower().endswith("proj") and bool(project.map)
    return gathered.manifest() if is_project or gathered.dependencies or gathered.problems else None


def _references(project: Node) -> Iterator[tuple[Node, str]]:
    for group in members(project.get("ItemGroup")):
        for kind in ("PackageReference", "PackageVersion", "GlobalPackageReference"):
            for node in members(group.get(kind)):
                name = text_at(node, "@Include")
                if name:
                    yield node, name


def _is_private(node: Node) -> bool:
    """Whether a package is used to build only."""
    assets = text_at(node, "@PrivateAssets") or text_at(node, "PrivateAssets")
    return assets.lower() == "all"


def read_packages_config(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages of a packages.config, each of exactly one version."""
    gathered = Gathered("dotnet")
    for node in members(at(xml_document(data, gathered), "packages").get("package")):
        version = text_at(node, "@version")
        scope: Scope = "dev" if text_at(node, "@developmentDependency") == "true" else "main"
        if name := text_at(node, "@id"):
            gathered.add(Dependency(name.lower(), version, is_version(version), scope, node.line, "dotnet"))
    return gathered.manifest() if gathered.dependencies or gathered.problems else None


def read_paket(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The packages of a paket.dependencies; groups that speak of tests or building are for development."""
    gathered = Gathered("dotnet")
    scope: Scope = "main"
    for number, line in enumerate(text_of(data).split("\n"), 1):
        words = line.split()
        if words[:1] == ["group"]:
            scope = scope_of(" ".join(words[1:]))
        match = _PAKET.fullmatch(line)
        if match is not None:
            spec = match[2].strip()
            pinned = is_version(spec.removeprefix("==").strip()) and not spec.startswith("~")
            gathered.add(Dependency(match[1].lower(), spec, pinned, scope, number, "dotnet"))
    return gathered.manifest()
