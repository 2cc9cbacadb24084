"""The published schema of the JSON report."""

from __future__ import annotations

from importlib.resources import files


def assessment_schema() -> str:
    """The JSON Schema (2020-12) of `--format json`, as text that ends in a newline."""
    return (files("mlscan.report") / "schema" / "assessment.schema.json").read_text(encoding="utf-8")
