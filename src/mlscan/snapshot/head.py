"""The commit that a repository on disk stands at, read from its references as data: no process is started."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mlscan.snapshot.disk import read_file
from mlscan.snapshot.repository import Found, find_repository
from mlscan.snapshot.takeover import BYTES

_OID = re.compile(rb"([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*")
_REF = re.compile(rb"ref: (refs/[^\x00-\x20~^:?*\[\\]+)\s*")
_HOPS = 5
"""References that name a reference, one after another."""


def head_revision(target: str | os.PathLike[str]) -> str | None:
    """Object id of the commit that HEAD names; None where there is no repository, or no commit yet."""
    try:
        found = find_repository(Path(target).resolve(strict=True))
    except (OSError, RuntimeError, ValueError):
        return None
    if not isinstance(found, Found):
        return None
    text = read_file(found.git_dir, "HEAD", 4_096)
    for _ in range(_HOPS):
        if oid := _OID.fullmatch(text):
            return oid[1].decode("ascii")
        name = _REF.fullmatch(text)
        if name is None:
            return None
        path = name[1].decode("utf-8", "surrogateescape")
        text = read_file(found.git_dir, path, 4_096) or read_file(found.common, path, 4_096)
        text = text or _packed(found.common, name[1])
    return None


def _packed(common: Path, name: bytes) -> bytes:
    for line in read_file(common, "packed-refs", BYTES).splitlines():
        oid, _, packed = line.partition(b" ")
        if packed.strip() == name:
            return oid
    return b""
