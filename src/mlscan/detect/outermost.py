"""The outermost keys that a document must have for a matcher to have a chance: told from lines, without a parse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from mlscan.read.query import compile_at
from mlscan.types.content import DocumentMatch, KeyMatch

if TYPE_CHECKING:
    from mlscan.detect.parsed import ParsedFile

Outermost = tuple[frozenset[bytes], ...]
"""Sets of keys; a document must have one of each."""


def outermost_keys(spec: msgspec.Struct) -> Outermost:
    """What a matcher asks of the outermost keys; () where that is nothing, or nothing that is known."""
    if isinstance(spec, KeyMatch):
        return () if spec.missing else _one_of([spec.at] if isinstance(spec.at, str) else spec.at)
    if isinstance(spec, DocumentMatch):
        asked = [key for key, value in (("kind", spec.kind), ("apiVersion", spec.api_version)) if value is not None]
        return tuple(group for key in (*asked, *spec.has_keys) for group in _one_of([key]))
    return ()


def _one_of(paths: Sequence[str]) -> Outermost:
    firsts = [at[0] if (at := compile_at(path)) else None for path in paths]
    if not all(step is not None and step.kind == "key" for step in firsts):
        return ()
    return (frozenset(step.text.encode() for step in firsts if step is not None),)


def has_outermost(asked: Outermost, file: ParsedFile) -> bool:
    """Whether a YAML file may have the keys; True for other files, and where lines do not tell."""
    keys = file.top_keys
    return keys is None or not any(map(keys.isdisjoint, asked))
