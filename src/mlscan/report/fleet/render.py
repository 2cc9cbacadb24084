"""The one door: the formats of a fleet's report by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from mlscan.report.options import RenderOptions
from mlscan.types.errors import UsageError
from mlscan.types.fleet_report import Fleet

_MODULES = {"terminal": "terminal", "json": "data", "markdown": "markdown", "csv": "data"}

FORMATS = tuple(_MODULES)
"""Formats of text. The page is made by `page.render_page`, which is given the verdicts behind the rows, too."""


def render_fleet(fleet: Fleet, format: str = "terminal", options: RenderOptions | None = None) -> str:
    """The report as text that ends in a newline. Raises UsageError for a format that does not exist."""
    if format not in _MODULES:
        raise UsageError(f"no format {format!r}; there are: {', '.join(FORMATS)}")
    module = import_module(f"mlscan.report.fleet.{_MODULES[format]}")
    function: Callable[..., str] = getattr(module, f"{format}_report")
    return function(fleet, options or RenderOptions()) if format == "terminal" else function(fleet)
