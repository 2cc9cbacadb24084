"""Finds a git repository and takes over as data what git needs of it: references, HEAD, shallow list, excludes."""

from __future__ import annotations

import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

_HEX = re.compile(rb"^[0-9a-f]{40}(?:[0-9a-f]{24})?\s*$")
_REF = re.compile(rb"^ref: refs/[^\x00-\x20~^:?*\[\\]+\s*$")
FILES = 20_000
"""Loose references that are taken over."""
BYTES = 50_000_000
"""Bytes of one file that is taken over."""


@dataclass(frozen=True, slots=True)
class Found:
    """A repository on disk."""

    git_dir: Path
    """Where HEAD and the index lie."""
    common: Path
    """Where objects and references lie; the same but for linked work trees."""
    work_tree: Path | None
    prefix: str = ""
    """The scanned folder below the work tree, `/`-separated, "" for its root."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Looks like a repository, but is not opened as one."""

    reason: str


def find_repository(target: Path) -> Found | Refused | None:
    """The repository that a folder is or lies in; None for a plain folder."""
    if is_git_dir(target):
        return Found(target, _common(target), None)
    here, parts = target, 0
    while parts < 200:
        entry = here / ".git"
        if _is(entry, stat.S_ISDIR) and is_git_dir(entry):
            return Found(entry, _common(entry), here, _prefix(target, here))
        if _is(entry, stat.S_ISREG):
            return _linked(entry, here, target)
        if here.parent == here:
            return None
        here, parts = here.parent, parts + 1
    return None


def _prefix(target: Path, root: Path) -> str:
    relative = target.relative_to(root).as_posix()
    return "" if relative == "." else relative


def is_git_dir(path: Path) -> bool:
    """Whether a folder is a git directory: HEAD, objects and references."""
    refs = _is(path / "refs", stat.S_ISDIR) or _is(path / "packed-refs", stat.S_ISREG) or _is(path / "commondir", stat.S_ISREG)
    objects = _is(path / "objects", stat.S_ISDIR) or _is(path / "commondir", stat.S_ISREG)
    return _is(path / "HEAD", stat.S_ISREG) and refs and objects


def _linked(entry: Path, here: Path, target: Path) -> Found | Refused | None:
    """A `.git` file is followed only where its target points back."""
    text = small_file(entry) or b""
    if not text.startswith(b"gitdir:"):
        return Refused("the file .git names no repository")
    git_dir = Path(os.path.normpath(here / os.fsdecode(text[7:].strip())))
    if not is_git_dir(git_dir):
        return Refused("the file .git names a repository that is not there")
    back = small_file(git_dir / "gitdir")
    points_back = back is not None and _same(Path(os.fsdecode(back.strip())), entry)
    if not points_back:
        tree = config_value(small_file(git_dir / "config") or b"", "core", "worktree")
        points_back = bool(tree) and _same(git_dir / (tree or ""), here)
    if not points_back:
        return Refused("the file .git names a repository that does not point back")
    return Found(git_dir, _common(git_dir), here, _prefix(target, here))


def _common(git_dir: Path) -> Path:
    text = small_file(git_dir / "commondir")
    return Path(os.path.normpath(git_dir / os.fsdecode(text.strip()))) if text else git_dir


def _same(left: Path, right: Path) -> bool:
    try:
        return left.samefile(right)
    except OSError:
        return False


def _is(path: Path, kind: object) -> bool:
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return False
    return bool(kind(mode)) if callable(kind) else False


def small_file(path: Path, limit: int = 1_000_000) -> bytes | None:
    """The bytes of a regular file, or None for anything else; never blocks, follows no link."""
    if not _is(path, stat.S_ISREG):
        return None
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except OSError:
        return None


def borrows(common: Path) -> bool:
    """Whether the object store names others outside itself (`objects/info/alternates`)."""
    listed = small_file(common / "objects" / "info" / "alternates") or b""
    return any(line.strip() and not line.startswith(b"#") for line in listed.splitlines())


def object_format(common: Path) -> str:
    """The hash of object ids: sha1 or sha256."""
    value = config_value(small_file(common / "config") or b"", "extensions", "objectformat")
    return "sha256" if (value or "").lower() == "sha256" else "sha1"


def ref_storage(common: Path) -> str:
    """How references are kept: files or reftable."""
    return (config_value(small_file(common / "config") or b"", "extensions", "refstorage") or "files").lower()


def config_value(data: bytes, section: str, key: str) -> str | None:
    """A value of a git configuration file, read as data: no includes, no commands. The last one wins."""
    found = None
    current = ""
    for raw in data.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if line.startswith("["):
            current = re.sub(r"\s+", " ", line.partition("]")[0].lstrip("[")).strip()
            name, _, sub = current.partition(" ")
            current = name.lower() + (f" {sub}" if sub else "")
            line = line.partition("]")[2].strip()
        name, sign, value = line.partition("=")
        if sign and current == section and name.strip().lower() == key:
            found = value.strip().strip('"')
    return found


def take_over(found: Found, private: Path) -> None:
    """Fills the private folder with a configuration of ours and copies of their references, as data."""
    sha256 = object_format(found.common) == "sha256"
    version = "\trepositoryformatversion = 1\n" if sha256 else "\trepositoryformatversion = 0\n"
    config = f"[core]\n{version}\tbare = true\n\tfsmonitor = false\n\thooksPath = {os.devnull}\n"
    config += "[extensions]\n\tobjectformat = sha256\n" if sha256 else ""
    (private / "config").write_text(config, encoding="utf-8")
    (private / "refs").mkdir()
    (private / "info").mkdir()
    (private / "objects").mkdir()
    head = small_file(found.git_dir / "HEAD", 4_096) or b""
    good = _HEX.match(head) or _REF.match(head)
    (private / "HEAD").write_bytes(head if good else b"ref: refs/heads/none\n")
    for source, name in ((found.common, "packed-refs"), (found.common, "shallow"), (found.common, "info/exclude")):
        data = small_file(source / name, BYTES)
        if data:
            (private / name).write_bytes(data)
    _copy_refs(found.common / "refs", private / "refs")


def _copy_refs(source: Path, target: Path) -> None:
    stack, count = [source], 0
    while stack and count < FILES:
        folder = stack.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                stack.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                data = small_file(Path(entry.path), 4_096) or b""
                if _HEX.match(data) or _REF.match(data):
                    place = target / Path(entry.path).relative_to(source)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(data)
                    count += 1


def branches(private: Path) -> tuple[str, ...]:
    """Names of local branches, and of remote ones without the remote's name."""
    names: set[str] = set()
    for line in (small_file(private / "packed-refs", BYTES) or b"").splitlines():
        names.add(line.partition(b" ")[2].decode("utf-8", "replace").strip())
    refs = private / "refs"
    names |= {p.relative_to(private).as_posix() for p in refs.rglob("*") if p.is_file()}
    found = {n.removeprefix("refs/heads/") for n in names if n.startswith("refs/heads/")}
    found |= {n.split("/", 3)[3] for n in names if n.startswith("refs/remotes/") and n.count("/") >= 3}
    return tuple(sorted(found - {"HEAD"}))


def origin(common: Path) -> str | None:
    """The URL of the remote `origin` as written, or None."""
    return config_value(small_file(common / "config") or b"", 'remote "origin"', "url")


_SCP = re.compile(r"^(?:[\w.-]+@)?([\w.-]+):(?!//)(.+)$")
_URL = re.compile(r"^(?:https?|ssh|git)://(?:[^@/]*@)?([^/:]+)(?::\d+)?/(.+)$")


def canonical_url(url: str | None) -> str | None:
    """The https URL without user, token and `.git`; None for a local path or anything else."""
    if not url or re.match(r"^[A-Za-z]:[\\/]", url):
        return None
    match = _URL.match(url) or _SCP.match(url)
    if match is None:
        return None
    path = match.group(2).strip("/").removesuffix(".git")
    return f"https://{match.group(1).lower()}/{path}" if path else None


def repository_name(url: str | None, folder: Path) -> str:
    """The last part of the origin's URL, else of the folder, without `.git`."""
    text = (url or "").rstrip("/").removesuffix("/.git").rstrip("/")
    name = re.split(r"[/:\\]", text)[-1].removesuffix(".git") if text else ""
    if name:
        return name
    here = folder.parent if folder.name == ".git" else folder
    return here.name.removesuffix(".git") or "repository"


def remove(private: Path) -> None:
    """Removes the private folder; a file that is held open elsewhere is left."""
    shutil.rmtree(private, ignore_errors=True)
