"""The one door of this room, and the table of formats behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType

from mlscan.report.options import RenderOptions
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError


@dataclass(frozen=True, slots=True)
class Format:
    """One way in which a report can be written."""

    id: str
    title: str
    """What it is for, in a few words; for help texts."""
    suffix: str
    """Usual end of a file's name."""
    module: str
    """Module of this room with `render_<id>`, imported on first use."""
    looks: bool = False
    """True where `RenderOptions` matter. All others are data: the same UTF-8 text wherever it goes."""


def _table(*formats: Format) -> Mapping[str, Format]:
    return MappingProxyType({f.id: f for f in formats})


TABLE = _table(
    Format("terminal", "for a person at a terminal", ".txt", "terminal", looks=True),
    Format("json", "every fact, by a published schema", ".json", "json_report"),
    Format("markdown", "for a pull request or a CI step summary", ".md", "markdown"),
    Format("html", "one page with everything, to open and to forward", ".html", "html_report"),
    Format("sarif", "for code-scanning pages and editors", ".sarif", "sarif"),
    Format("svg", "a badge with the level", ".badge.svg", "badge"),
    Format("gitlab", "for merge requests of GitLab: a code quality report", ".codequality.json", "gitlab"),
)
"""Every format by id. A new one is a module with `render_<id>` and a line here."""

FORMATS = tuple(TABLE)
"""Ids of the formats, in the order of help texts."""


def render(assessment: Assessment, format: str = "terminal", options: RenderOptions | None = None) -> str:
    """The report as text that ends in a newline. Raises UsageError for a format that does not exist."""
    entry = TABLE.get(format)
    if entry is None:
        raise UsageError(f"no format {format!r}; there are: {', '.join(FORMATS)}")
    function: Callable[..., str] = getattr(import_module(f"mlscan.report.{entry.module}"), f"render_{entry.id}")
    return function(assessment, options or RenderOptions()) if entry.looks else function(assessment)
