"""Dependency files of all ecosystems: which reader a file needs, told by its path, and what it declares."""

from __future__ import annotations

from collections.abc import Callable

from mlscan.read.manifest_conda import read_environment
from mlscan.read.manifest_kinds import is_lock, manifest_kind
from mlscan.read.manifest_locks import read_lock
from mlscan.read.manifest_pyproject import read_pipfile, read_pyproject
from mlscan.read.manifest_python import read_explicit, read_requirements
from mlscan.read.manifest_setup import read_setup_cfg, read_setup_py
from mlscan.read.manifest_web import read_package_json
from mlscan.types.source import Manifest, Problem

__all__ = ["manifest_kind", "parse_manifest"]

MAX_BYTES = 20_000_000

_READERS: dict[str, Callable[[bytes, str], Manifest | None]] = {
    "requirements": read_requirements,
    "explicit": read_explicit,
    "pyproject": read_pyproject,
    "pipfile": read_pipfile,
    "setup-cfg": read_setup_cfg,
    "setup-py": read_setup_py,
    "environment": read_environment,
    "package-json": read_package_json,
}
"""Readers by kind; kinds of locks share one."""


def parse_manifest(data: bytes, path: str) -> Manifest | None:
    """What a dependency file declares; None for files of another kind that only have such a name. Never raises.

    Names are normalised as their registry compares them. Of a lock, the dependencies are all packages that it fixes.
    A file above 20 MB and broken or computed parts are problems.
    """
    kind = manifest_kind(path)
    if kind is None or not data.strip():
        return None
    if len(data) > MAX_BYTES:
        return Manifest((), "python", is_lock(kind), problems=(Problem(None, "too large"),))
    if is_lock(kind):
        return read_lock(data, kind)
    if b"\0" in data[:1000] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return None
    return _READERS[kind](data, path)
