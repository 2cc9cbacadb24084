"""Detecting: from a snapshot and detectors to evidence, gaps and rejections. Knows nothing of levels."""

from mlscan.detect.engine import detect

__all__ = ["detect"]
