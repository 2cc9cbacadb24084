"""What fuzzing starts from: files of ours that look like real ones, as `path`, a newline and the content.

They are the fixtures and the examples inside detectors, and for git what git itself writes of a small repository.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from snapshot.building import new_repo, run_git

from mlscan.content import load_content
from mlscan.detect.parsed import Roles, roles_of
from mlscan.types.content import Examples

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LARGEST = 20_000
"""Bytes of the largest seed."""
TARGETS = ("notebooks", "yaml", "python", "manifests", "git")


def seeds(target: str) -> list[bytes]:
    """All seeds of a target, sorted, each once."""
    found = _git() if target == "git" else (_joined(p, d) for p, d in _files() if _belongs(target, p, roles_of(p)))
    return sorted({seed for seed in found if len(seed) <= LARGEST})


def _belongs(target: str, path: str, roles: Roles) -> bool:
    return {
        "notebooks": roles.notebook,
        "yaml": roles.ci is not None or roles.tree == "yaml",
        "python": roles.language == "python",
        "manifests": roles.manifest is not None,
    }[target]


def _joined(path: str, data: bytes) -> bytes:
    return path.encode("utf-8", "surrogateescape") + b"\n" + data


def _files() -> Iterator[tuple[str, bytes]]:
    for place in sorted(FIXTURES.rglob("*")):
        if place.is_file():
            yield place.name if "/." not in str(place) else str(place.relative_to(FIXTURES)), place.read_bytes()
    for detector in load_content().detectors:
        examples = detector.examples or Examples([], [])
        for example in (*examples.found, *examples.not_found, *examples.missed):
            for path, text in example.files.items():
                if text:
                    yield path, text.encode("utf-8", "surrogateescape")


def _git() -> Iterator[bytes]:
    """Files of a git folder and what git prints, each below the name of what reads it."""
    with tempfile.TemporaryDirectory() as folder:
        repo = new_repo(Path(folder) / "r", {"a/b.py": "import a\n", "c.ipynb": "{}", ".gitmodules": "[submodule]\n"})
        (repo.path / "link").symlink_to("a/b.py")
        repo.commit({})
        repo.git("remote", "add", "origin", "https://user:token@example.org:8443/team/app.git?x=1")
        yield _joined("config", (repo.git_dir / "config").read_bytes())
        yield _joined("index", run_git(repo.path, "ls-files", "-z", "--stage", "--debug"))
        yield _joined("log", run_git(repo.path, "log", "-z", "--no-patch", "--format=%aN%x01%aE"))
        yield _joined("sizes", b"".join(b"%s blob 12\n" % (b"%040d" % n) for n in range(3)))
        for name, kind in (("HEAD", "commit"), ("HEAD^{tree}", "tree"), ("HEAD:a", "tree")):
            yield _joined(kind, run_git(repo.path, "cat-file", kind, name))
        yield _joined("objects", _batch(repo.path, ["HEAD:a/b.py", "HEAD:c.ipynb", "HEAD:none"]))
        for url in ("git@example.org:team/app.git", "ssh://git@h:22/a/b", "C:\\a", "../app.git", "ext::x", "file:///a"):
            yield _joined("url", url.encode())
        for text in (b"gitdir: ../.git/worktrees/a\n", b"gitdir: /nowhere\n"):
            yield _joined("gitdir", text)
        run_git(repo.path, "pack-refs", "--all")
        yield _joined("packed-refs", (repo.git_dir / "packed-refs").read_bytes())


def _batch(folder: Path, names: list[str]) -> bytes:
    asked = "\n".join(names).encode()
    command = ["git", "cat-file", "--batch"]
    return subprocess.run(command, cwd=folder, input=asked, capture_output=True, check=True, timeout=60).stdout
