"""The published schemas of reports as JSON."""

from __future__ import annotations

from importlib.resources import files


def assessment_schema() -> str:
    """The JSON Schema (2020-12) of `--format json`, as text that ends in a newline."""
    return (files("mlscan.report") / "schema" / "assessment.schema.json").read_text(encoding="utf-8")


def schema_of(kind: type, title: str) -> str:
    """The JSON Schema (2020-12) of a type whose values are written whole, as text that ends in a newline."""
    import msgspec

    (reference,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "properties" in part:
            part["required"] = list(part["properties"])
            part["additionalProperties"] = False
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return msgspec.json.format(msgspec.json.encode({**head, **reference, "$defs": parts}), indent=2).decode() + "\n"
