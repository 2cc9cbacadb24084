"""Lists of files, whatever they come from: as data, within the limits, in the order of their paths' bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from mlscan.snapshot import reasons
from mlscan.snapshot.disk import is_inside
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

NAMED = 100
"""Gaps of one reason that are named one by one; more are one gap."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, with the id of its object where it is read from there, else with its size on disk."""

    path: str
    oid: bytes | None
    executable: bool = False
    size: int | None = None
    mtime_ns: int = 0
    sparse: bool = False


@dataclass(slots=True)
class Listing:
    """Entries and what is no file."""

    entries: list[Entry] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    submodules: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def add(self, mode: bytes, oid: bytes, path: str, more: tuple[int | None, int, bool] = (None, 0, False)) -> None:
        """Files something that git tracks as file, link or submodule; a name that git would refuse is a gap."""
        if not is_inside(path) or (".git" in path.lower() and ".git" in path.lower().split("/")):
            self.gaps.append(Gap(path, reasons.BAD_NAME))
        elif mode == b"120000":
            self.links.append(path)
        elif mode == b"160000":
            self.submodules.append(path)
        elif mode.startswith(b"100"):
            size, mtime, sparse = more
            self.entries.append(Entry(path, oid, mode == b"100755", size, mtime, sparse))


def looked_at(limits: Limits) -> int:
    """Entries of all kinds that are looked at for so many files: folders, links and pipes are work too."""
    return 2 * limits.files


def decode(path: bytes) -> str:
    """A path of git as text; bytes that are not UTF-8 become surrogate escapes."""
    return path.decode("utf-8", "surrogateescape")


def encode(path: str) -> bytes:
    """The bytes of a path, by which paths are sorted."""
    return path.encode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape")


def bounded(listing: Listing, limits: Limits) -> Listing:
    """The listing within the limits and in order; what they cut off, links and submodules become gaps."""
    gaps = list(listing.gaps)
    kept: list[Entry] = []
    last = None
    for entry in sorted(listing.entries, key=lambda e: encode(e.path)):
        if entry.path == last:
            continue
        last = entry.path
        if entry.path.count("/") > limits.depth:
            folder = "/".join(entry.path.split("/")[: limits.depth + 1])
            gaps.append(Gap(folder, reasons.TOO_DEEP, hides_names=True))
        elif len(encode(entry.path)) > limits.path_bytes:
            gaps.append(Gap(entry.path[:200], reasons.TOO_LONG, hides_names=True))
        elif len(kept) >= limits.files:
            gaps.append(Gap("", reasons.TOO_MANY, hides_names=True))
            break
        else:
            kept.append(entry)
    gaps += [Gap(p, reasons.LINK) for p in listing.links]
    gaps += [Gap(p, reasons.SUBMODULE) for p in listing.submodules]
    submodules = sorted(set(listing.submodules), key=encode)[: limits.files]
    return Listing(kept, listing.links, submodules, _named(gaps))


def _named(gaps: Iterable[Gap]) -> list[Gap]:
    """Sorted, each once, and of each reason only so many with their paths."""
    by_reason: dict[str, list[Gap]] = {}
    for gap in sorted(set(gaps)):
        by_reason.setdefault(gap.reason, []).append(gap)
    shown = []
    for reason, found in by_reason.items():
        shown += found[:NAMED]
        if len(found) > NAMED:
            hiding = [gap.path for gap in found[NAMED:] if gap.hides_names]
            shown.append(Gap(_common_folder(hiding), f"{reason} (more of them)", hides_names=bool(hiding)))
    return sorted(shown)


def _common_folder(paths: list[str]) -> str:
    """The folder that all of them lie in; "" is the root."""
    both = zip(min(paths).split("/"), max(paths).split("/"), strict=False) if paths else ()
    return "/".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], both))
