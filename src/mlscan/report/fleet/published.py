"""The published schema of a fleet's JSON report."""

from __future__ import annotations

import msgspec

from mlscan.types.fleet_report import Fleet


def fleet_schema() -> str:
    """The JSON Schema (2020-12) of `mlscan fleet report --format json`, as text that ends in a newline."""
    (reference,), parts = msgspec.json.schema_components([Fleet], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "properties" in part:
            part["required"] = list(part["properties"])
            part["additionalProperties"] = False
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mlscan fleet",
        **reference,
        "$defs": parts,
    }
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"
