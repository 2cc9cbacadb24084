"""How a report is to look."""

from __future__ import annotations

from dataclasses import dataclass

FORMATS = ("terminal", "json", "markdown", "html", "sarif")
"""Every format that the command line knows by name."""

BUILT = ("terminal", "json")
"""The formats that can be rendered today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """What the place that shows the report can do. Only `terminal` looks at it; data formats never change."""

    width: int = 80
    """Columns; less than 20 counts as 20."""
    color: bool = False
    encoding: str = "utf-8"
    """What the output can carry; characters that it cannot are replaced."""
    verbose: bool = False
    """All evidence, criteria, rejections and gaps."""
    quiet: bool = False
    """One line."""
