"""Where plug-ins are registered: entry points of installed packages, and of a checkout that is not installed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata

from mlscan.content.find import PACKAGE

GROUP = "mlscan.detectors"


@cache
def find_plugin(name: str) -> str | None:
    """The `module:function` registered under a name, or None."""
    return _installed().get(name) or _of_checkout().get(name)


@cache
def _installed() -> dict[str, str]:
    table: dict[str, str] = {}
    for entry in metadata.entry_points(group=GROUP):
        table.setdefault(entry.name, entry.value)
    return table


@cache
def _of_checkout() -> dict[str, str]:
    path = PACKAGE.parent.parent / "pyproject.toml"
    if not path.is_file():
        return {}
    project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    table: dict[str, str] = project.get("entry-points", {}).get(GROUP, {})
    return table
