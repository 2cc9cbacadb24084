"""Fills the private git directory: a configuration of ours, and copies of their references as data."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from mlscan.snapshot.disk import Disk, Kind, read_file
from mlscan.snapshot.origin import config_value
from mlscan.snapshot.repository import Found
from mlscan.types.evidence import Gap

_HEX = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?\s*")
_REF = re.compile(rb"ref: (refs/[^\x00-\x20~^:?*\[\\]+)\s*")
_FETCH = re.compile(rb"(?m)^\s*fetch\s*=\s*(.*)$")
REFERENCES = 20_000
"""Loose references that are taken over."""
DEPTH = 20
"""Folders of references inside each other."""
BYTES = 50_000_000
"""Bytes of one file that is taken over; a larger one is not."""
_CONFIG = """\
[core]
	repositoryformatversion = {version}
	bare = true
	fsmonitor = false
	hooksPath = {nothing}
	attributesFile = {nothing}
	excludesFile = {nothing}
	commitGraph = false
	multiPackIndex = false
	bigFileThreshold = 1m
{extensions}"""


def take_over(found: Found, private: Path) -> None:
    """Writes configuration, HEAD, references, shallow list, excludes and the parts of a split index."""
    sha256 = object_format(found.common) == "sha256"
    extensions = "[extensions]\n\tobjectformat = sha256\n" if sha256 else ""
    config = _CONFIG.format(version=int(sha256), nothing=os.devnull, extensions=extensions)
    (private / "config").write_text(config, encoding="utf-8")
    for name in ("refs", "info", "objects"):
        (private / name).mkdir()
    head = read_file(found.git_dir, "HEAD", 4_096)
    (private / "HEAD").write_bytes(head if _HEX.fullmatch(head) or _REF.fullmatch(head) else b"ref: refs/heads/none\n")
    for name in ("packed-refs", "shallow", "info/exclude"):
        if data := read_file(found.common, name, BYTES):
            (private / name).write_bytes(data)
    with Disk(found.common) as disk:
        _copy_references(disk, private)
    with Disk(found.git_dir) as disk, contextlib.suppress(OSError):
        for name, kind in disk.entries("", REFERENCES):
            if name.startswith("sharedindex.") and kind is Kind.FILE:
                (private / name).symlink_to(found.git_dir / name)


def _copy_references(disk: Disk, private: Path) -> None:
    folders, left = ["refs"], REFERENCES
    while folders and left > 0:
        folder = folders.pop()
        with contextlib.suppress(OSError):
            for name, kind in disk.entries(folder, left):
                left -= 1
                if kind is Kind.FOLDER and folder.count("/") < DEPTH:
                    folders.append(f"{folder}/{name}")
                elif kind is Kind.FILE:
                    _copy(disk, f"{folder}/{name}", private)


def _copy(disk: Disk, path: str, private: Path) -> None:
    data = disk.read(path, 4_096)
    if not isinstance(data, Gap) and (_HEX.fullmatch(data) or _REF.fullmatch(data)):
        place = private / os.fsdecode(path.encode("utf-8", "surrogateescape"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def object_format(common: Path) -> str:
    """The hash of object ids: sha1 or sha256."""
    value = config_value(read_file(common, "config"), "extensions", "objectformat")
    return "sha256" if (value or "").lower() == "sha256" else "sha1"


def references_are_files(common: Path) -> bool:
    """Whether references are kept as files, which is all that is read."""
    value = config_value(read_file(common, "config"), "extensions", "refstorage")
    return (value or "files").lower() == "files"


def is_unborn(found: Found, references: Collection[str]) -> bool:
    """Whether HEAD names a branch that is none of these, because it has no commit yet."""
    match = _REF.fullmatch(read_file(found.git_dir, "HEAD", 4_096))
    return match is not None and match.group(1).decode("utf-8", "replace") not in references


def branches(references: Iterable[str]) -> tuple[str, ...]:
    """Names of local branches, and of remote ones without the remote's name."""
    found = set()
    for name in references:
        if name.startswith("refs/heads/"):
            found.add(name.removeprefix("refs/heads/"))
        elif name.startswith("refs/remotes/") and name.count("/") >= 3:
            found.add(name.split("/", 3)[3])
    return tuple(sorted(found - {"HEAD"}))


def knows_all_branches(references: Collection[str], config: bytes, *, bare: bool) -> bool:
    """Whether the branches of the origin are all there: told from what a clone fetches, and more than one being there.

    A clone of a single branch and a checkout of a CI system know one; what only a forge knows is in neither.
    """
    fetched = _FETCH.findall(config)
    if any(b"*" not in line for line in fetched):
        return False
    start = "refs/heads/" if bare else "refs/remotes/"
    names = branches(name for name in references if name.startswith(start))
    return len(names) > 1 and (bare or bool(fetched))


def remove(private: Path) -> None:
    """Removes the private folder; a file that is held open elsewhere is left."""
    shutil.rmtree(private, ignore_errors=True)
