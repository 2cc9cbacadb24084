"""How a report is to look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """What the place that shows the report can do. Only formats with `looks` heed it; all others never change."""

    width: int = 80
    """Columns; less than 20 counts as 20."""
    color: bool = False
    encoding: str = "utf-8"
    """What the output can carry; characters that it cannot are replaced."""
    verbose: bool = False
    """All evidence, criteria, rejections and gaps."""
    quiet: bool = False
    """One line."""
