"""A repository's name and address, from its configuration, which is read as data: no includes, no commands."""

from __future__ import annotations

import re
from pathlib import Path

from mlscan.snapshot.disk import read_file


def config_value(data: bytes, section: str, key: str) -> str | None:
    """A value of a git configuration file, or None. The last one wins."""
    found = None
    current = ""
    for raw in data.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if line.startswith("["):
            head, _, line = line.partition("]")
            name, _, sub = re.sub(r"\s+", " ", head.lstrip("[")).strip().partition(" ")
            current = name.lower() + (f" {sub}" if sub else "")
        name, sign, value = line.partition("=")
        if sign and current == section and name.strip().lower() == key:
            found = value.strip().strip('"')
    return found


def origin_url(common: Path) -> str | None:
    """The address of the remote `origin`, else of the only remote, as written; None where there is no such."""
    data = read_file(common, "config")
    names = dict.fromkeys(_REMOTE.findall(data.decode("utf-8", "replace")))
    remote = "origin" if "origin" in names or len(names) != 1 else next(iter(names))
    return config_value(data, f'remote "{remote}"', "url")


def remote_urls(common: Path) -> tuple[str, ...]:
    """The addresses of all remotes as written, `origin` first."""
    data = read_file(common, "config")
    names = dict.fromkeys(_REMOTE.findall(data.decode("utf-8", "replace")))
    ordered = sorted(names, key=lambda name: name != "origin")
    found = (config_value(data, f'remote "{name}"', "url") for name in ordered)
    return tuple(url for url in found if url)


_REMOTE = re.compile(r'(?im)^\s*\[\s*remote\s+"([^"\\\]\n]+)"\s*\]')
_SCP = re.compile(r"^(?:[^@/:\s]+@)?([\w.-]+):(?!//|:)([^\s?#]+)$")
_URL = re.compile(r"^(?:https?|ssh|git)://(?:[^/\s]*@)?([\w.-]+)(?::\d+)?/([^\s?#]+)")


def canonical_url(url: str | None) -> str | None:
    """The https URL without user, token, query and `.git`; None for a local path or anything else."""
    if not url or re.match(r"^[A-Za-z]:[\\/]", url):
        return None
    match = _URL.match(url) or _SCP.match(url)
    if match is None or not url.isprintable():
        return None
    path = match.group(2).strip("/").removesuffix(".git")
    return f"https://{match.group(1).lower()}/{path}" if path else None


def repository_name(url: str | None, folder: Path) -> str:
    """The last part of the origin's address, else of the folder, without `.git`."""
    is_local = url is not None and not any(sign in url for sign in ("://", "::", "@"))
    known = canonical_url(url) or (url if url and is_local else "")
    name = re.split(r"[/:\\]", known.rstrip("/\\").removesuffix("/.git"))[-1].removesuffix(".git")
    if name:
        return name
    here = folder.parent if folder.name == ".git" else folder
    return here.name.removesuffix(".git") or "repository"
