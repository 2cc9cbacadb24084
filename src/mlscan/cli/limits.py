"""Limits of a scan as the environment gives them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields

from mlscan.types.errors import UsageError
from mlscan.types.snapshot import Limits

VARIABLE = "MLSCAN_LIMITS"


def limits_of(environment: Mapping[str, str] = os.environ) -> Limits:
    """The limits with those of `MLSCAN_LIMITS`, such as `files=1000 seconds=60`. Raises UsageError."""
    names = [field.name for field in fields(Limits)]
    given: dict[str, int] = {}
    for word in environment.get(VARIABLE, "").replace(",", " ").split():
        name, _, value = word.partition("=")
        if name not in names or not value.isascii() or not value.isdigit() or not 0 < int(value[:18]) < 10**15:
            raise UsageError(f"{VARIABLE}: {word}: give it as NAME=NUMBER, where NAME is one of {', '.join(names)}")
        given[name] = int(value[:18])
    return Limits(**given)
