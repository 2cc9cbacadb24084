"""Values as compressed bytes and back: JSON, because paths may hold bytes that no other encoding takes, in zlib."""

from __future__ import annotations

import json
import zlib
from typing import TypeVar

import msgspec

T = TypeVar("T")
_LEVEL = 6


def pack(version: int, value: object) -> bytes:
    """The value, a dataclass or struct of plain values, as bytes: zlib over JSON of `[version, value]`."""
    plain = msgspec.to_builtins(value, str_keys=True)
    return zlib.compress(json.dumps([version, plain], separators=(",", ":")).encode("ascii"), _LEVEL)


def unpack(version: int, data: bytes, kind: type[T]) -> T:
    """What `pack` was given. Raises ValueError for another version, and for bytes that are no such value."""
    try:
        found, plain = json.loads(zlib.decompress(data))
    except (zlib.error, ValueError, TypeError):
        raise ValueError("broken bytes") from None
    if found != version:
        raise ValueError(f"version {found!r} of the bytes, not {version}")
    try:
        return msgspec.convert(plain, kind, str_keys=True)
    except msgspec.ValidationError as error:
        raise ValueError(f"broken bytes: {error}") from None
