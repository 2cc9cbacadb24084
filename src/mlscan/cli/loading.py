"""Content for commands, loaded when one needs it: YAML and the checks cost start-up time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlscan.content import Content


def load(detectors: Sequence[str] = (), rules: Sequence[str] = (), *, examples: bool = True) -> Content:
    """Built-in content plus the folders of --detectors and --rules. Raises ContentError or UsageError.

    examples: False where nobody looks at them: the compiled form is taken, which is ten times quicker.
    """
    from mlscan.content import load_content

    return load_content(detectors, rules, examples=examples)
