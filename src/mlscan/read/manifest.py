"""Dependency files of all ecosystems: which reader a file needs, told by its path, and what it declares."""

from __future__ import annotations

from collections.abc import Callable

from mlscan.read.manifest_conda import read_environment, read_pixi, read_recipe
from mlscan.read.manifest_dotnet import read_msbuild, read_packages_config, read_paket
from mlscan.read.manifest_jvm import read_catalogue, read_gradle, read_pom, read_sbt
from mlscan.read.manifest_kinds import is_lock, manifest_kind, without_template_suffix
from mlscan.read.manifest_locks import read_lock
from mlscan.read.manifest_native import read_cargo, read_composer, read_gemfile, read_go_mod
from mlscan.read.manifest_parts import is_utf16
from mlscan.read.manifest_pyproject import read_pipfile, read_pyproject
from mlscan.read.manifest_python import read_requirements
from mlscan.read.manifest_r import read_description, read_julia_project
from mlscan.read.manifest_setup import read_setup_cfg, read_setup_py
from mlscan.read.manifest_web import read_package_json
from mlscan.types.source import Manifest, Problem

__all__ = ["manifest_kind", "parse_manifest"]

MAX_BYTES = 2_000_000
"""Bytes of a file that declares dependencies; of a lock the first 4 million characters are read."""

_READERS: dict[str, Callable[[bytes, str], Manifest | None]] = {
    "requirements": read_requirements,
    "pyproject": read_pyproject,
    "pipfile": read_pipfile,
    "setup-cfg": read_setup_cfg,
    "setup-py": read_setup_py,
    "environment": read_environment,
    "recipe": read_recipe,
    "pixi": read_pixi,
    "description": read_description,
    "julia": read_julia_project,
    "pom": read_pom,
    "gradle": read_gradle,
    "catalogue": read_catalogue,
    "sbt": read_sbt,
    "package-json": read_package_json,
    "msbuild": read_msbuild,
    "packages-config": read_packages_config,
    "paket": read_paket,
    "go-mod": read_go_mod,
    "cargo": read_cargo,
    "gemfile": read_gemfile,
    "composer": read_composer,
}
"""Readers by kind; kinds of locks share one."""


def parse_manifest(data: bytes, path: str) -> Manifest | None:
    """What a dependency file declares; None for files of another kind that only have such a name. Never raises.

    Names are normalised as their registry compares them, always in lower case. Of a lock, the dependencies are all
    packages that it fixes. A file above 2 MB, broken and computed parts are problems.
    """
    kind = manifest_kind(path)
    if kind is None or not data.strip():
        return None
    if is_lock(kind):
        return read_lock(data, kind)
    if b"\0" in data[:1000] and not is_utf16(data):
        return None
    if len(data) > MAX_BYTES:
        return Manifest((), "python", problems=(Problem(None, "too large"),))
    return _READERS[kind](data, without_template_suffix(path))
