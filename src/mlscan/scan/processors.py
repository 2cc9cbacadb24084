"""How much may be done at once."""

from __future__ import annotations

import os
import sys


def usable_processors() -> int:
    """Processors that this process may use, at least one."""
    if sys.platform == "linux":
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1
