"""The published JSON Schema of the configuration, made from the types that decode it."""

from __future__ import annotations

from typing import Any

import msgspec

from mlscan.types.policy import Policy
from mlscan.types.settings import Settings


def settings_schema() -> str:
    """The JSON Schema (2020-12) of `mlscan.toml` and `[tool.mlscan]`, as text that ends in a newline."""
    return schema_of(Settings, "mlscan configuration")


def policy_schema() -> str:
    """The JSON Schema (2020-12) of a policy, as text that ends in a newline."""
    return schema_of(Policy, "mlscan policy")


def schema_of(kind: type[Any], title: str) -> str:
    """The JSON Schema of a struct, without null: TOML has none."""
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = reference["$ref"].rpartition("/")[2]
    root = components.pop(name)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_without_null(root),
        "$defs": {key: _without_null(value) for key, value in components.items()},
    }
    whole["title"] = title
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def _without_null(value: Any) -> Any:
    """The schema with `anyOf: [x, null]` as `x`; the types' own depth bounds this."""
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _without_null(item) for key, item in value.items() if not (key == "default" and item is None)}
    options = [item for item in found.get("anyOf", ()) if item != {"type": "null"}]
    if "anyOf" in found and len(options) == 1:
        del found["anyOf"]
        return {**options[0], **found}
    return found
