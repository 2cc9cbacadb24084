"""Where two revisions of a repository parted."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from mlscan.snapshot import takeover
from mlscan.snapshot.git import Git, is_revision
from mlscan.snapshot.repository import Found, find_repository

_OID = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def common_ancestor(target: str | os.PathLike[str], one: str, other: str) -> str | None:
    """Object id of the best common ancestor of two revisions, read from the object database.

    None where there is no repository, no such revision, or no ancestor that is known: unrelated histories, and shallow
    clones that end before it.
    """
    try:
        found = find_repository(Path(target).resolve(strict=True))
    except (OSError, RuntimeError, ValueError):
        return None
    if not isinstance(found, Found):
        return None
    with tempfile.TemporaryDirectory(prefix="mlscan-") as folder:
        private = Path(folder) / "git"
        private.mkdir()
        takeover.take_over(found, private)
        git = Git(private, found.common / "objects")
        ids = [_commit(git, name) for name in (one, other)]
        return _oid(git.run(["merge-base", *ids])) if all(ids) else None


def _commit(git: Git, name: str) -> str:
    if not is_revision(name):
        return ""
    return _oid(git.run(["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"])) or ""


def _oid(output: bytes | None) -> str | None:
    match = _OID.fullmatch((output or b"").strip())
    return match[0].decode("ascii") if match else None
