"""Detectors in Python, for what the grammar cannot say: functions under the entry-point group `mlscan.detectors`.

A plug-in is `function(view: View, args: Mapping[str, object]) -> Iterable[Hit | NotQuite]`; it sees facts, never files.
mlscan's own code detectors are registered in the same way in its `pyproject.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from mlscan.detect.facts import Facts
from mlscan.detect.hits import Hit, Result
from mlscan.types.content import PluginMatch
from mlscan.types.errors import ContentError


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


def run_plugin(spec: PluginMatch, view: View, reject: Callable[[Hit, str], None], place: str | None) -> Result:
    """The hits of a plug-in; place is its `module:function`. Raises ContentError when it does not exist or fails."""
    if place is None:
        raise ContentError(f"plug-in {spec.entry_point}", "no entry point of that name in the group mlscan.detectors")
    found: list[Hit] = []
    try:
        for item in load_plugin(place)(view, spec.args):
            if isinstance(item, NotQuite):
                reject(item.hit, item.reason)
            else:
                found.append(item)
    except Exception as error:
        raise ContentError(f"plug-in {spec.entry_point}", f"failed with {type(error).__name__}: {error}") from error
    return Result(tuple(found))


def load_plugin(place: str) -> Plugin:
    """The function at `module:function`."""
    module, _, function = place.partition(":")
    plugin: Plugin = getattr(import_module(module), function)
    return plugin
