"""Detecting: from a snapshot and detectors to evidence, gaps and rejections. Knows nothing of levels."""

from mlscan.detect.whole import detect

__all__ = ["detect"]
