"""What one look at a repository has yielded: all that judging needs, so that it can be judged again without it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from mlscan.scan.packed import pack, unpack
from mlscan.settings import Loaded
from mlscan.settings.decode import Place
from mlscan.types.assessment import Pattern
from mlscan.types.evidence import Findings
from mlscan.types.settings import Settings
from mlscan.types.snapshot import RepositoryInfo

if TYPE_CHECKING:
    from mlscan.content import Content

FORMAT = 1
"""Version of the bytes that `Seen.encoded` gives; another one is not read."""
NEWER = "the detector is newer than this scan; scan again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that one look has yielded. It knows nothing of levels."""

    findings: Findings
    info: RepositoryInfo
    loaded: Loaded | None = None
    """What people said, with the lines of its source."""
    scoped: bool = False
    """True where patterns said what is read, and whose it is."""
    exclude: tuple[Pattern, ...] = ()
    contexts: tuple[Pattern, ...] = ()
    files: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    detect_digest: str = ""
    """Of the detectors and lists that looked, see `detect_digest`; "" where it is judged at once."""
    detectors: tuple[str, ...] = ()
    """Ids of the detectors that looked, sorted; () where it is judged at once, by the content that looked."""

    @property
    def said_digest(self) -> str:
        """sha256 of what people said in the repository; "" where they said nothing."""
        if self.loaded is None:
            return ""
        return hashlib.sha256(msgspec.json.encode(self.loaded.settings, order="sorted")).hexdigest()

    def encoded(self) -> bytes:
        """The same as compressed bytes, for `decoded`."""
        return pack(FORMAT, _Kept(seen=replace(self, loaded=None), said=_said(self.loaded)))

    @staticmethod
    def decoded(data: bytes) -> Seen:
        """What `encoded` was given. Raises ValueError for bytes of another version or that are broken."""
        kept = unpack(FORMAT, data, _Kept)
        return replace(kept.seen, loaded=_loaded(kept.said))

    def known_to(self, content: Content) -> Findings:
        """The findings as this content sees them: what its detectors did not look for is unknown, never absent."""
        if not self.detectors:
            return self.findings
        now = {d.id for d in content.detectors}
        before = set(self.detectors)
        if now == before:
            return self.findings
        found = self.findings
        return replace(
            found,
            evidence=tuple(e for e in found.evidence if e.detector in now),
            rejections=tuple(r for r in found.rejections if r.detector in now),
            more={d: w for d, w in found.more.items() if d in now},
            unknown={**{d: w for d, w in found.unknown.items() if d in now}, **dict.fromkeys(now - before, NEWER)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """`Loaded` with keys that JSON can hold."""

    settings: Settings
    name: str
    given: bool
    shadowed: str | None
    lines: list[tuple[tuple[str | int, ...], int]] = field(default_factory=list)
    prefix: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    seen: Seen
    said: _Said | None


def _said(loaded: Loaded | None) -> _Said | None:
    if loaded is None:
        return None
    return _Said(
        settings=loaded.settings,
        name=loaded.name,
        given=loaded.given,
        shadowed=loaded.shadowed,
        lines=list(loaded.lines.items()),
        prefix=loaded.prefix,
    )


def _loaded(said: _Said | None) -> Loaded | None:
    if said is None:
        return None
    lines: Mapping[Place, int] = dict(said.lines)
    return Loaded(said.settings, said.name, given=said.given, shadowed=said.shadowed, lines=lines, prefix=said.prefix)


def detect_digest(content: Content) -> str:
    """sha256 of the part of the content that looks, its detectors and lists: what they see depends on nothing else."""
    found = hashlib.sha256()
    for detector in content.detectors:
        found.update(msgspec.msgpack.encode(msgspec.structs.replace(detector, examples=None), order="sorted"))
    found.update(msgspec.msgpack.encode(content.lists, order="sorted"))
    return found.hexdigest()
