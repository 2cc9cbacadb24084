"""The published schema of a fleet's JSON report."""

from __future__ import annotations

from mlscan.report.published import schema_of
from mlscan.types.fleet_report import Fleet


def fleet_schema() -> str:
    """The JSON Schema (2020-12) of `mlscan fleet report --format json`, as text that ends in a newline."""
    return schema_of(Fleet, "mlscan fleet")
