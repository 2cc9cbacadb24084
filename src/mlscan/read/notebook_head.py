"""What a notebook says of itself, told from its bytes without reading the cells."""

from __future__ import annotations

import re

_PYTHON = re.compile(rb'"(?:language|name)"\s{0,8}:\s{0,8}"(?:i?python|pyspark|conda)', re.IGNORECASE)
_END = 20_000
"""Bytes at either end in which the metadata stand."""


def is_python_notebook(data: bytes) -> bool:
    """Whether the metadata name Python; False where they are silent, so that nothing is concluded from it."""
    return any(_PYTHON.search(part) for part in (data[-_END:], data[:_END]))
