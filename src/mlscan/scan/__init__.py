"""One repository from target to verdict: the four calls, composed. Many repositories come here too."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from mlscan.scan.one import ScanOptions, judge, look, scan, scan_with

__all__ = ["ScanOptions", "judge", "look", "scan", "scan_with"]


class _CallableRoom(ModuleType):
    """Lets `mlscan.scan(path)` work even where this room was imported before the function of the same name."""

    def __call__(self, path: str | Path, **options: Any) -> object:
        return scan(path, **options)


sys.modules[__name__].__class__ = _CallableRoom
