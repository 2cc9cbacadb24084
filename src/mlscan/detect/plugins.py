"""Detectors in Python, for what the grammar cannot say: functions under the entry-point group `mlscan.detectors`.

A plug-in is `function(view: View, args: Mapping[str, object]) -> Iterable[Hit | NotQuite]`; it sees facts, never files.
mlscan's own code detectors are registered in the same way in its `pyproject.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit, Result
from mlscan.types.content import PluginMatch
from mlscan.types.errors import ContentError

GROUP = "mlscan.detectors"


@dataclass(frozen=True, slots=True)
class NotQuite:
    """A near miss: a place and what it lacks."""

    hit: Hit
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """What a plug-in may look at."""

    facts: Facts
    detector: Callable[[str], Result]
    """The result of another detector by its id."""


Plugin = Callable[[View, Mapping[str, Any]], Iterable[Hit | NotQuite]]
_LOADED: dict[str, Plugin] = {}


def run_plugin(spec: PluginMatch, view: View, reject: Callable[[Hit, str], None]) -> Result:
    """The hits of a plug-in. Raises ContentError when it does not exist or fails."""
    plugin = load_plugin(spec.entry_point)
    found: list[Hit] = []
    try:
        for item in plugin(view, spec.args):
            if isinstance(item, NotQuite):
                reject(item.hit, item.reason)
            else:
                found.append(item)
    except Exception as error:
        raise ContentError(f"plug-in {spec.entry_point}", f"failed with {type(error).__name__}: {error}") from error
    return Result(tuple(found))


def load_plugin(name: str) -> Plugin:
    """The function registered under a name. Raises ContentError when there is none."""
    if name not in _LOADED:
        value = next((e.value for e in metadata.entry_points(group=GROUP) if e.name == name), None)
        value = value or _from_checkout().get(name)
        if value is None:
            raise ContentError(f"plug-in {name}", f"no entry point of that name in the group {GROUP}")
        module, _, function = value.partition(":")
        _LOADED[name] = getattr(import_module(module), function)
    return _LOADED[name]


def _from_checkout() -> dict[str, str]:
    """The entry points of a checkout that is used without being installed."""
    import tomllib

    path = Path(__file__).resolve().parents[3] / "pyproject.toml"
    if not path.is_file():
        return {}
    project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    table: dict[str, str] = project.get("entry-points", {}).get(GROUP, {})
    return table
