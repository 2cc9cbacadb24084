"""pyproject.toml: the standard tables and those of build backends and project managers; Pipfile."""

from __future__ import annotations

from collections.abc import Mapping

from mlscan.read.manifest_conda import conda_tables
from mlscan.read.manifest_kinds import manifest_kind
from mlscan.read.manifest_parts import Gathered, Scope, scope_of
from mlscan.read.manifest_tables import (
    at,
    groups,
    requirements,
    text_at,
    texts_at,
    toml_document,
    versions,
)
from mlscan.types.source import Manifest, Node

_DEV_LISTS = (("uv", "dev-dependencies"), ("rye", "dev-dependencies"))


def read_pyproject(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The project of a pyproject.toml; None where it only holds settings of tools."""
    gathered = Gathered()
    root = toml_document(data, gathered)
    tool = at(root, "tool")
    for name in ("project", "tool", "build-system", "dependency-groups"):
        node = root.get(name)
        if node is not None and not isinstance(node.value, Mapping):
            gathered.problem(node.line, f"{name} is no table")
    _project(gathered, at(root, "project"))
    groups(gathered, root.get("dependency-groups"))
    _dynamic(gathered, root)
    _poetry(gathered, at(tool, "poetry"))
    _flit(gathered, at(tool, "flit"))
    for keys in _DEV_LISTS:
        requirements(gathered, tool.get(*keys), "dev")
    groups(gathered, tool.get("pdm", "dev-dependencies"), "dev")
    _environments(gathered, at(tool, "hatch", "envs"))
    conda_tables(gathered, at(tool, "pixi"))
    if any("publish-url" in table.map for table in (at(tool, "uv"), *at(tool, "uv", "index").items)):
        gathered.published = True
    described = any(root.get(table) for table in ("project", "build-system", "dependency-groups"))
    return gathered.manifest() if described or gathered.dependencies or gathered.package or gathered.problems else None


def read_pipfile(data: bytes, path: str) -> Manifest | None:  # noqa: ARG001
    """The requirements and script lines of a Pipfile; groups of other names than the two standard ones count, too."""
    gathered = Gathered()
    root = toml_document(data, gathered)
    for name, table in root.map.items():
        if name == "scripts":
            for script, command in table.map.items():
                gathered.script(script, (command.get("cmd") or command).text)
        elif name not in ("source", "requires", "pipenv"):
            versions(gathered, table, scope_of(name))
    return gathered.manifest()


def _project(gathered: Gathered, project: Node) -> None:
    gathered.describe(text_at(project, "name"), texts_at(project, "classifiers"))
    requirements(gathered, project.get("dependencies"), "main")
    groups(gathered, project.get("optional-dependencies"))
    for table in ("scripts", "gui-scripts"):
        _scripts(gathered, at(project, table))


def _scripts(gathered: Gathered, table: Node) -> None:
    for name, target in table.map.items():
        gathered.script(name, text_at(target, "reference") or text_at(target, "callable") or target.text)


def _dynamic(gathered: Gathered, root: Node) -> None:
    """Lists that a file of another kind than a requirement file holds are computed."""
    dynamic = at(root, "tool", "setuptools", "dynamic")
    tables = [at(dynamic, "dependencies"), *at(dynamic, "optional-dependencies").map.values()]
    for table in tables:
        for file in at(table, "file").items:
            if manifest_kind(file.text) is None:
                gathered.problem(file.line, "computed dependencies")


def _poetry(gathered: Gathered, table: Node) -> None:
    gathered.describe(text_at(table, "name"), texts_at(table, "classifiers"))
    versions(gathered, table.get("dependencies"), "main")
    versions(gathered, table.get("dev-dependencies"), "dev")
    for name, group in at(table, "group").map.items():
        versions(gathered, group.get("dependencies"), scope_of(name))
    _scripts(gathered, at(table, "scripts"))


def _environments(gathered: Gathered, table: Node) -> None:
    """Named environments for work on the project: the default one is for development."""
    for name, environment in table.map.items():
        scope: Scope = "dev" if name == "default" else scope_of(name)
        for key in ("dependencies", "extra-dependencies"):
            requirements(gathered, environment.get(key), scope)


def _flit(gathered: Gathered, flit: Node) -> None:
    metadata = at(flit, "metadata")
    gathered.describe(text_at(metadata, "dist-name") or text_at(metadata, "module"), texts_at(metadata, "classifiers"))
    requirements(gathered, metadata.get("requires"), "main")
    requirements(gathered, metadata.get("dev-requires"), "dev")
    groups(gathered, metadata.get("requires-extra"))
    _scripts(gathered, at(flit, "scripts"))
