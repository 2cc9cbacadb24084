"""Builds for the JVM: pom.xml, Gradle scripts and their catalogues of versions, sbt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlscan.read.code_languages import without_comments
from mlscan.read.manifest_parts import Gathered, Scope, is_version, text_of
from mlscan.read.manifest_tables import at, members, text_at, toml_document, xml_document
from mlscan.types.source import Dependency, Manifest, Node

MAX_PROPERTY = 200
"""Characters of a property's value."""

_PROPERTY = re.compile(r"\$\{([\w.-]+)\}")
_TEST = re.compile(r"^(?:test|androidTest|integrationTest|functionalTest|jmh|benchmark)|Test(?:Implementation|Only)")


# --- Maven ------------------------------------------------------------------------------------------------------------


def read_pom(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The dependencies of a pom.xml and of its profiles; versions may come from its properties and managed versions.

    Without a version of its own a dependency has the one that the parent or an imported list of versions gives it: it
    is pinned where they are. Published: it says where it is distributed.
    """
    gathered = Gathered("jvm")
    root = xml_document(data, gathered)
    project = at(root, "project")
    if not project.map:
        return gathered.manifest() if gathered.problems else None
    gathered.describe(text_at(project, "artifactId"))
    gathered.published = any(
        at(project, "distributionManagement", key).map for key in ("repository", "snapshotRepository")
    )
    properties = _properties(project)
    management = list(_listed(at(project, "dependencyManagement")))
    managed = {_key(node): text_at(node, "version") for node in management}
    lists = [at(project, "parent"), *(node for node in management if text_at(node, "scope") == "import")]
    governed = any(_is_fixed(_filled(text_at(node, "version"), properties)) for node in lists)
    for part in (project, *members(project.get("profiles", "profile"))):
        for node in _listed(part):
            name = _filled(_key(node), properties)
            version = _filled(text_at(node, "version") or managed.get(_key(node), ""), properties)
            scope: Scope = "dev" if text_at(node, "scope") == "test" else "main"
            if name.strip(":"):
                line = at(node, "artifactId").line
                pinned = _is_fixed(version) if version else governed
                gathered.add(Dependency(name.lower(), version, pinned, scope, line, "jvm"))
    return gathered.manifest()


def _properties(project: Node) -> dict[str, str]:
    found = {name: node.text[:MAX_PROPERTY] for name, node in at(project, "properties").map.items()}
    found["project.parent.version"] = text_at(project, "parent", "version")[:MAX_PROPERTY]
    found["project.version"] = text_at(project, "version")[:MAX_PROPERTY] or found["project.parent.version"]
    return found


def _listed(part: Node) -> Iterator[Node]:
    for group in members(part.get("dependencies")):
        yield from members(group.get("dependency"))


def _key(node: Node) -> str:
    return f"{text_at(node, 'groupId')}:{text_at(node, 'artifactId')}"


def _filled(text: str, properties: Mapping[str, str]) -> str:
    """A text with its properties filled in, two steps deep."""
    for _ in range(2):
        if "${" not in text or len(text) > 1_000:
            break
        text = _PROPERTY.sub(lambda match: properties.get(match[1], match[0]), text)
    return text


def _is_fixed(version: str) -> bool:
    return is_version(version) and not version.upper().endswith(("SNAPSHOT", "+", "LATEST", "RELEASE"))


# --- Gradle -----------------------------------------------------------------------------------------------------------

_CONFIGURATION = (
    r"(?P<use>\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|[cC]ompile|[rR]untime|[pP]rovided|kapt|ksp"
    r"|[aA]nnotationProcessor|developmentOnly))"
)
_STRING = r"""["'](?P<group>[\w.-]++):(?P<name>[\w.-]++)(?::(?P<version>[^"'\s:@]*+)[^"'\n]*+)?["']"""
_MAP = (
    r"""group\s*[:=]\s*["'](?P<group2>[\w.-]++)["']\s*,\s*name\s*[:=]\s*["'](?P<name2>[\w.-]++)["']"""
    r"""(?:\s*,\s*version\s*[:=]\s*["']?(?P<version2>[^"'\s,)]++))?"""
)
_WRAPPER = r"(?P<wrapper>(?:(?:enforcedPlatform|platform|create)[ \t]*+\([ \t]*+)?)"
_GRADLE = re.compile(rf"(?<![\w.]){_CONFIGURATION}[ \t]*+\(?[ \t]*+{_WRAPPER}(?:{_STRING}|{_MAP})")
_ASSIGNED = re.compile(r"""(?<![\w.])(?:ext\.)?(\w++)[ \t]*+=[ \t]*+["'](\d[\w.+-]*+)["']""")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_NAMED = re.compile(r"""(?m)^[ \t]*rootProject\.name\s*=\s*["']([\w.-]+)["']""")


def read_gradle(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The dependencies that a Gradle script writes as text; those of a catalogue or of other projects have own files.

    Without a version of its own a dependency has the one of a platform: it is pinned where that is. Published: it
    applies the plug-in that publishes.
    """
    gathered = Gathered("jvm")
    text = without_comments(text_of(data), "javascript")
    variables = dict(_ASSIGNED.findall(text))
    governed = any(
        _is_fixed(match["version"] or "") for match in _GRADLE.finditer(text) if "latform" in match["wrapper"]
    )
    for line, match in _with_lines(_GRADLE, text):
        group, name = match["group"] or match["group2"], match["name"] or match["name2"]
        version = _VARIABLE.sub(
            lambda found: variables.get(found[1], found[0]), match["version"] or match["version2"] or ""
        )
        version = variables.get(version, "" if "{" in version and "}" not in version else version)
        scope: Scope = "dev" if _TEST.search(match["use"]) else "main"
        pinned = _is_fixed(version) if version else governed
        gathered.add(Dependency(f"{group}:{name}".lower(), version, pinned, scope, line, "jvm"))
    named = _NAMED.search(text)
    gathered.describe(named[1] if named else "")
    gathered.published = re.search(r"maven-publish|publishing\s*\{", text) is not None
    return gathered.manifest()


def read_catalogue(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The libraries of a catalogue of versions."""
    gathered = Gathered("jvm")
    root = toml_document(data, gathered)
    if not at(root, "libraries").map:
        return gathered.manifest() if gathered.problems else None
    for library in at(root, "libraries").map.values():
        group, _, rest = (library.text or text_at(library, "module")).partition(":")
        name, _, version = rest.partition(":")
        group, name = group or text_at(library, "group"), name or text_at(library, "name")
        reference = text_at(library, "version", "ref")
        version = version or text_at(library, "version") or text_at(root, "versions", reference)
        if group and name:
            found = Dependency(f"{group}:{name}".lower(), version, _is_fixed(version), "main", library.line, "jvm")
            gathered.add(found)
    return gathered.manifest()


# --- sbt --------------------------------------------------------------------------------------------------------------

_SBT = re.compile(
    r"(?P<plugin>addSbtPlugin\s*\(\s*)?"
    r'"(?P<group>[\w.-]++)"\s*+%{1,3}\s*+"(?P<name>[\w.-]++)"\s*+%\s*+(?:"(?P<version>[^"\n]*+)"|(?P<value>[\w.]++))'
    r'(?:\s*+%\s*+"?(?P<use>[\w,>-]++))?'
)
_VAL = re.compile(r'\bval\s++(\w++)(?:\s*+:\s*+String)?\s*+=\s*+"(\d[^"\n]*+)"')
_SBT_NAME = re.compile(r'(?m)^[ \t]*(?:ThisBuild / )?name\s*:=\s*"([^"\n]+)"')


def read_sbt(data: bytes, path: str) -> Manifest | None:
    """The library dependencies of an sbt build; plug-ins of the build itself are none."""
    gathered = Gathered("jvm")
    text = without_comments(text_of(data), "scala")
    values = dict(_VAL.findall(text))
    for line, match in _with_lines(_SBT, text):
        if match["plugin"]:
            continue
        value: str = match["value"] or ""
        version: str = match["version"] or values.get(value.rpartition(".")[2], value)
        scope: Scope = "dev" if "test" in (match["use"] or "").lower() else "main"
        name = f"{match['group']}:{match['name']}".lower()
        gathered.add(Dependency(name, version, _is_fixed(version), scope, line, "jvm"))
    named = _SBT_NAME.search(text)
    gathered.describe(named[1] if named else "")
    return gathered.manifest() if path.endswith(".sbt") or gathered.dependencies else None


def _with_lines(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match
