"""Content for commands, loaded when one needs it: YAML and the checks cost start-up time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlscan.content import Content


def load(detectors: Sequence[str] = (), rules: Sequence[str] = ()) -> Content:
    """Built-in content plus the folders of --detectors and --rules. Raises ContentError or UsageError."""
    from mlscan.content import load_content

    return load_content(detectors, rules)
