"""The files of a revision, from its trees. Each tree is fetched once, level by level, and only as deep as the limit.

`git ls-tree -r` would do for honest repositories; it stops at the first missing tree of a partial clone, and ten trees
that name each other ten times keep it busy for ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from mlscan.snapshot import reasons
from mlscan.snapshot.listing import Listing, decode, looked_at
from mlscan.snapshot.objects import Answer, ObjectStream, Request
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits

TREE = 25_000_000
"""Bytes of one tree."""
TREES = 60_000_000
"""Bytes of all trees."""
_FOLDER = b"40000"
_SHORT = re.compile(rb"0*+(\d++) ([^\0]++)\0(.{20})", re.DOTALL)
_LONG = re.compile(rb"0*+(\d++) ([^\0]++)\0(.{32})", re.DOTALL)
Item = tuple[bytes, bytes, bytes]
"""Mode without leading zeros, name, id as bytes."""


def of_tree(stream: ObjectStream, tree: str, limits: Limits) -> Listing:
    """The listing of a tree; what is missing or too deep or too much is a gap."""
    fetched = _fetch(stream, tree, limits)
    listing = Listing()
    left = looked_at(limits)
    stack: list[tuple[str, int, Iterator[Item]]] = [("", 0, _open(fetched, tree, "", listing))]
    while stack:
        prefix, depth, items = stack[-1]
        for mode, name, oid in items:
            left -= 1
            if left < 0:
                break
            path = prefix + decode(name)
            if mode != _FOLDER:
                listing.add(mode, oid, path)
            elif depth >= limits.depth:
                listing.gaps.append(Gap(path, reasons.TOO_DEEP, hides_names=True))
            else:
                stack.append((path + "/", depth + 1, _open(fetched, oid.hex(), path, listing)))
                break
        else:
            stack.pop()
        if left < 0 or len(listing.entries) > limits.files:
            listing.gaps.append(Gap("", reasons.TOO_MANY, hides_names=True))
            break
    return listing


def find_tree(stream: ObjectStream, tree: str, folder: str) -> str | None:
    """The id of a folder's tree inside another; None where there is no such folder."""
    for part in folder.split("/") if folder else ():
        answer = stream.one(Request(tree, TREE, b"tree"))
        found = {decode(name): oid.hex() for mode, name, oid in _items(answer, tree) if mode == _FOLDER}
        if part not in found:
            return None
        tree = found[part]
    return tree


def find_entry(stream: ObjectStream, tree: str, name: str) -> str | None:
    """The id of what a tree holds under a name; None for a folder or submodule, and where there is nothing."""
    for mode, found, oid in _items(stream.one(Request(tree, TREE, b"tree")), tree):
        if decode(found) == name and mode.startswith(b"1") and mode != b"160000":
            return oid.hex()
    return None


def _fetch(stream: ObjectStream, root: str, limits: Limits) -> dict[str, Answer]:
    """Every distinct tree within the limits, or why it cannot be had."""
    fetched: dict[str, Answer] = {}
    level, size = [root], 0
    for _ in range(limits.depth + 1):
        below: dict[str, None] = {}
        for oid, answer in zip(level, stream.read(Request(o, TREE, b"tree") for o in level), strict=False):
            fetched[oid] = answer
            size += len(answer)
            folders = (o.hex() for mode, _, o in _items(answer, oid) if mode == _FOLDER)
            below |= dict.fromkeys(islice(folders, max(0, limits.files - len(below))))
        level = [oid for oid in below if oid not in fetched]
        if not level or size > TREES or len(fetched) > limits.files:
            break
    return fetched


def _open(fetched: dict[str, Answer], oid: str, path: str, listing: Listing) -> Iterator[Item]:
    answer = fetched.get(oid, reasons.TOO_MANY)
    if isinstance(answer, str):
        why = reasons.NO_FOLDER if answer == reasons.MISSING else answer
        listing.gaps.append(Gap(path, why, hides_names=True))
    broken = Gap(path, reasons.BROKEN, hides_names=True)
    return _items(answer, oid, broken=lambda: listing.gaps.append(broken))


def _items(answer: Answer, oid: str, broken: Callable[[], None] = lambda: None) -> Iterator[Item]:
    """The entries of a tree as git keeps it, as far as they look like some; `broken` is told where they do not.

    Each is looked for where the one before ends, so that no tree takes the square of its length.
    """
    if isinstance(answer, str):
        return
    pattern, place = _LONG if len(oid) == 64 else _SHORT, 0
    while found := pattern.match(answer, place):
        mode, name, id = found.groups()
        yield mode, name, id
        place = found.end()
    if place < len(answer):
        broken()
