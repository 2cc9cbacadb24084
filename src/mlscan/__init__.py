"""Tells from a repository how mature its machine-learning process is.

    from mlscan import scan, render

    assessment = scan("path/to/repo")
    print(assessment.level, assessment.level_name)
    print(render(assessment, "json"))

Everything public is named in `__all__` and loaded on first use, so that `import mlscan` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlscan.report import RenderOptions as RenderOptions
    from mlscan.report import render as render
    from mlscan.scan import scan as scan
    from mlscan.types.assessment import Assessment as Assessment
    from mlscan.types.assessment import Component as Component
    from mlscan.types.assessment import Configuration as Configuration
    from mlscan.types.assessment import CriterionResult as CriterionResult
    from mlscan.types.assessment import GroupResult as GroupResult
    from mlscan.types.assessment import LevelResult as LevelResult
    from mlscan.types.assessment import NextStep as NextStep
    from mlscan.types.assessment import PolicyResult as PolicyResult
    from mlscan.types.assessment import PracticeResult as PracticeResult
    from mlscan.types.assessment import Rating as Rating
    from mlscan.types.assessment import ScanFailure as ScanFailure
    from mlscan.types.assessment import Standing as Standing
    from mlscan.types.assessment import StatementResult as StatementResult
    from mlscan.types.assessment import Stats as Stats
    from mlscan.types.assessment import Status as Status
    from mlscan.types.errors import ContentError as ContentError
    from mlscan.types.errors import MlscanError as MlscanError
    from mlscan.types.errors import NothingToScan as NothingToScan
    from mlscan.types.errors import SettingsError as SettingsError
    from mlscan.types.errors import UsageError as UsageError
    from mlscan.types.evidence import Context as Context
    from mlscan.types.evidence import Evidence as Evidence
    from mlscan.types.evidence import Gap as Gap
    from mlscan.types.evidence import Location as Location
    from mlscan.types.evidence import Rejection as Rejection
    from mlscan.types.evidence import Strength as Strength
    from mlscan.types.snapshot import History as History
    from mlscan.types.snapshot import Limits as Limits
    from mlscan.types.snapshot import RepositoryInfo as RepositoryInfo

__version__ = "0.1.0"

_HOMES = {
    "mlscan.report": ("RenderOptions", "render"),
    "mlscan.scan": ("scan",),
    "mlscan.types.assessment": (
        "Assessment",
        "Component",
        "Configuration",
        "CriterionResult",
        "GroupResult",
        "LevelResult",
        "NextStep",
        "PolicyResult",
        "PracticeResult",
        "Rating",
        "ScanFailure",
        "Standing",
        "StatementResult",
        "Stats",
        "Status",
    ),
    "mlscan.types.errors": ("ContentError", "MlscanError", "NothingToScan", "SettingsError", "UsageError"),
    "mlscan.types.evidence": ("Context", "Evidence", "Gap", "Location", "Rejection", "Strength"),
    "mlscan.types.snapshot": ("History", "Limits", "RepositoryInfo"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Assessment",
    "Component",
    "Configuration",
    "ContentError",
    "Context",
    "CriterionResult",
    "Evidence",
    "Gap",
    "GroupResult",
    "History",
    "LevelResult",
    "Limits",
    "Location",
    "MlscanError",
    "NextStep",
    "NothingToScan",
    "PolicyResult",
    "PracticeResult",
    "Rating",
    "Rejection",
    "RenderOptions",
    "RepositoryInfo",
    "ScanFailure",
    "SettingsError",
    "Standing",
    "StatementResult",
    "Stats",
    "Status",
    "Strength",
    "UsageError",
    "__version__",
    "render",
    "scan",
]


def __getattr__(name: str) -> object:
    """The public name, loaded from its room. Raises AttributeError for any other."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
