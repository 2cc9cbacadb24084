"""What repositories are called in a report: names that tell them apart, and names that a file may have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256

from mlscan.types.fleet import FleetRepository

_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/%-]+")
_SEGMENT = re.compile(r"[a-z0-9](?:[a-z0-9._]|-(?!-))*(?<![.-])")
_UNSAFE = re.compile(r"[^a-z0-9._]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{x}{n}" for x in ("com", "lpt") for n in range(10))})
"""Names of devices on Windows, with any suffix."""
_LONGEST = 100
_DIGITS = 8

_SECRET = re.compile(
    r"(?i)(?<=://)[^/\s@]+@"
    r"|\b(?:gh[pousr]_|github_pat_|gl[a-z]{2,6}-)[\w-]{8,}"
    r"|(?<=token)[\s:=]+[\w.~+/=-]{8,}|(?<=bearer)\s+[\w.~+/=-]{8,}|(?<=basic)\s+[\w.~+/=-]{8,}"
)
_PATH = re.compile(
    r"(?i)\bfile://\S*|(?<![\w/:.])~?/[^\s'\":,;()]+|(?<!\w)[a-z]:[\\/][^\s'\":,;()]+|\\\\[^\s'\":,;()]+"
)


def safe_url(url: str | None) -> str | None:
    """The address where it is a plain web address without user, token or query; else None."""
    return url if url is not None and _URL.fullmatch(url) else None


def safe_reason(words: str) -> str:
    """Words of a failure without secrets and without paths of the machine that it happened on."""
    return _PATH.sub("(a path)", _SECRET.sub("", words))


def safe_name(name: str) -> str:
    """The name without a path of this machine in front; `.` is the folder that was named itself."""
    parts = [p for p in name.replace("\\", "/").split("/") if p not in ("", ".", "..")]
    local = name.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:[\\/]", name)
    return (parts[-1] if local else "/".join(parts)) if parts else "repository"


def shown_names(repositories: Sequence[FleetRepository]) -> dict[str, str]:
    """Identity -> a name that no other of them has: with the host, then with a number, where it has to be."""
    names = {r.identity: safe_name(r.name) for r in repositories}
    twice = Counter(names.values())
    for r in repositories:
        if twice[names[r.identity]] > 1 and r.host:
            names[r.identity] = f"{r.host}/{names[r.identity]}"
    shown: dict[str, str] = {}
    taken: set[str] = set()
    used: Counter[str] = Counter()
    for identity in sorted(names):
        name = words = names[identity]
        while name in taken:
            used[words] += 1
            name = f"{words} ({used[words] + 1})"
        taken.add(name)
        shown[identity] = name
    return shown


def file_names(repositories: Sequence[FleetRepository]) -> dict[str, str]:
    """Identity -> the name of its files, without a suffix: safe on every system, different for each of them.

    It stays the same from report to report: a plain name of host and repository as it is, in lower case; any other,
    and those that two share, with digits of the identity.
    """
    plain = {r.identity: _plain(r) for r in repositories}
    twice = Counter(plain.values())
    found = {}
    for identity, (words, is_plain) in plain.items():
        digits = sha256(identity.encode("utf-8", "surrogateescape")).hexdigest()
        own = f"{words[: _LONGEST - 20].rstrip('.-')}--{digits[:_DIGITS]}"
        found[identity] = words if is_plain and twice[words, is_plain] == 1 else own
    return found if len(set(found.values())) == len(found) else _numbered(found)


def pseudonyms(repositories: Sequence[FleetRepository]) -> dict[str, str]:
    """Identity -> `repository 1` and so on, in an order that tells nothing."""
    ordered = sorted((r.identity for r in repositories), key=lambda x: sha256(x.encode("utf-8", "replace")).digest())
    digits = len(str(len(ordered)))
    return {identity: f"repository {number:0{digits}}" for number, identity in enumerate(ordered, start=1)}


def _plain(repository: FleetRepository) -> tuple[str, bool]:
    """Host and name in characters of file names, and whether nothing was lost but upper case."""
    whole = f"{repository.host}/{safe_name(repository.name)}" if repository.host else safe_name(repository.name)
    parts = whole.lower().split("/")
    good = all(_SEGMENT.fullmatch(p) and p.split(".")[0] not in _RESERVED for p in parts)
    if good and len(whole) <= _LONGEST:
        return "--".join(parts), True
    words = "--".join(_UNSAFE.sub("-", p).strip(".-") for p in parts).strip(".-")
    return words if words.split(".")[0] not in _RESERVED | {""} else f"repository-{words}".rstrip("-"), False


def _numbered(names: Mapping[str, str]) -> dict[str, str]:
    """The last resort, where digits of two identities are alike."""
    return {x: f"{names[x]}--{number}" for number, x in enumerate(sorted(names), start=1)}
