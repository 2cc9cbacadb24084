"""Assessments as bytes and back."""

from __future__ import annotations

from mlscan.scan.packed import pack, unpack
from mlscan.types.assessment import Assessment

FORMAT = 1
"""Version of the bytes; what another version wrote is judged again from its evidence."""


def packed(assessment: Assessment) -> bytes:
    """The assessment as compressed bytes."""
    return pack(FORMAT, assessment)


def unpacked(data: bytes) -> Assessment:
    """The assessment of these bytes. Raises ValueError for those of another version."""
    return unpack(FORMAT, data, Assessment)
