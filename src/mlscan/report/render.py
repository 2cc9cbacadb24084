"""The one door of this room."""

from __future__ import annotations

from mlscan.report.options import BUILT, FORMATS, RenderOptions
from mlscan.types.assessment import Assessment
from mlscan.types.errors import UsageError


def render(assessment: Assessment, format: str = "terminal", options: RenderOptions | None = None) -> str:
    """The report as text that ends in a newline. Raises UsageError for a format that does not exist (yet)."""
    if format == "json":
        from mlscan.report.json_report import render_json

        return render_json(assessment)
    if format == "terminal":
        from mlscan.report.terminal import render_terminal

        return render_terminal(assessment, options or RenderOptions())
    if format in FORMATS:
        raise UsageError(f"format {format!r} is not built yet; there are: {', '.join(BUILT)}")
    raise UsageError(f"no format {format!r}; there are: {', '.join(BUILT)}")
