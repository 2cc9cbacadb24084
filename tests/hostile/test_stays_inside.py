"""Nothing outside the repository is read, and nothing in it is waited for."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from snapshot.building import Repo, make_deep, new_repo, remove_deep

from hostile.conftest import Scanner

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="forks")

SECRET = "import mlflow; mlflow.start_run(run_name='outside-8431')\n"
LINKS = {
    "a file outside": "../outside/train.py",
    "an absolute path": "{outside}/train.py",
    "a folder outside": "../outside",
    "a device": "/dev/zero",
    "a terminal": "/dev/stdin",
    "the environment": "/proc/self/environ",
    "the process": "/proc/self/cwd",
    "itself": "link.py",
    "the folder above": "..",
    "nothing": "nowhere.py",
    "a chain": "hop.py",
}


@pytest.mark.parametrize("way", ["plain", "tracked"])
@pytest.mark.parametrize("what", LINKS)
def test_a_symbolic_link_is_not_followed(project: Repo, tmp_path: Path, scan: Scanner, what: str, way: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "train.py").write_text(SECRET)
    (project.path / "hop.py").symlink_to(outside / "train.py")
    for name in ("link.py", "Dockerfile", "good/a.ipynb"):
        (project.path / name).symlink_to(LINKS[what].format(outside=outside))
    if way == "tracked":
        new_repo(project.path, {})
    for rev in (None, "HEAD") if way == "tracked" else (None,):
        found = scan(project.path, rev)
        assert found.gaps["link.py"] == {"symbolic link, not followed"}
        assert all("outside-8431" not in text for text in found.reports.values())


def alternates(repo: Repo, other: Repo) -> None:
    """Objects are borrowed from elsewhere."""
    (repo.git_dir / "objects" / "info" / "alternates").write_text(f"{other.git_dir}/objects\n")


def git_file(repo: Repo, other: Repo) -> None:
    """The git folder lies elsewhere and knows nothing of it."""
    shutil.rmtree(repo.path / ".git")
    (repo.path / ".git").write_text(f"gitdir: {other.git_dir}\n")


def common_folder(repo: Repo, other: Repo) -> None:
    """Objects and references lie elsewhere."""
    (repo.git_dir / "commondir").write_text(f"{other.git_dir}\n")


def linked_folder(repo: Repo, other: Repo) -> None:
    """The git folder is a link."""
    shutil.rmtree(repo.path / ".git")
    (repo.path / ".git").symlink_to(other.git_dir)


def linked_objects(repo: Repo, other: Repo) -> None:
    """The object store is a link."""
    shutil.rmtree(repo.git_dir / "objects")
    (repo.git_dir / "objects").symlink_to(other.git_dir / "objects")


def linked_pack(repo: Repo, other: Repo) -> None:
    """A pack is a link to a file without end."""
    (repo.git_dir / "objects" / "pack" / "pack-1.pack").symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "lead", [alternates, git_file, common_folder, linked_folder, linked_objects, linked_pack], ids=lambda f: f.__name__
)
def test_another_repository_is_not_opened(
    repo: Repo, tmp_path: Path, scan: Scanner, lead: Callable[[Repo, Repo], None]
) -> None:
    other = new_repo(tmp_path / "other", {"train.py": SECRET})
    lead(repo, other)
    found = scan(repo.path)
    assert set(found.gaps) == {"", ".git"}
    assert all("outside-8431" not in text for text in found.reports.values())


@pytest.mark.parametrize("name", [b"..", b".", b"../../etc", b".git", b".GIT", b"a/b", b"/etc/passwd", b"\\", b"C:"])
def test_a_name_in_a_tree_leads_nowhere(repo: Repo, scan: Scanner, name: bytes) -> None:
    blob = repo.put("blob", SECRET.encode())
    inner = repo.put_tree([("100644", b"a.py", blob)])
    good = repo.git("rev-parse", "HEAD:good")
    repo.put_commit(repo.put_tree([("100644", name, blob), ("40000", name, inner), ("40000", b"good", good)]), "odd")
    assert scan(repo.path, "odd").json["repository"]["dirty"] is False


def test_a_submodule_is_not_entered(repo: Repo, scan: Scanner) -> None:
    repo.write({".gitmodules": '[submodule "a"]\n\tpath = libs\n\turl = ext::touch mark\n\tupdate = !touch mark\n'})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head},libs")
    repo.git("add", ".gitmodules")
    repo.git("commit", "--quiet", "--message", "a submodule")
    assert scan(repo.path, "HEAD").gaps["libs"] == {"submodule, not entered"}


def pipe(place: Path) -> None:
    """A named pipe, which blocks whoever opens it."""
    os.mkfifo(place)


def unix_socket(place: Path) -> None:
    """A socket."""
    here = Path.cwd()
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(place.name)
    finally:
        os.chdir(here)


NAMES = ("Dockerfile", "pyproject.toml", "train.py", "a.ipynb", ".gitlab-ci.yml", "mlscan.toml")


@pytest.mark.parametrize("make", [pipe, unix_socket], ids=lambda f: f.__name__)
@pytest.mark.parametrize("way", ["plain", "untracked"])
def test_pipes_and_sockets_are_not_opened(project: Repo, scan: Scanner, make: Callable[[Path], None], way: str) -> None:
    if way == "untracked":
        new_repo(project.path, {})
    for name in NAMES:
        make(project.path / name)
    gaps = scan(project.path).gaps
    assert {name for name in NAMES if "not a regular file" in gaps.get(name, ())} == set(NAMES)


@pytest.mark.parametrize(
    "name", ["HEAD", "config", "index", "packed-refs", "index.lock", "refs/heads/x", "info/exclude"]
)
def test_pipes_and_locks_in_the_git_folder_are_not_waited_for(repo: Repo, scan: Scanner, name: str) -> None:
    place = repo.git_dir / name
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    assert scan(repo.path).json["stats"]["files"] == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_a_gap(project: Repo, scan: Scanner) -> None:
    project.write({"closed.py": "x", "shut/in.py": "x"})
    (project.path / "closed.py").chmod(0)
    (project.path / "shut").chmod(0)
    gaps = scan(project.path).gaps
    (project.path / "shut").chmod(0o700)
    assert gaps["closed.py"] == {"no permission to read"}
    assert gaps["shut"] == {"folder cannot be read"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_somebody_else_is_read(repo: Repo, scan: Scanner) -> None:
    for place in (repo.path, *repo.path.rglob("*")):
        os.chown(place, 12345, 12345)
    assert scan(repo.path).json["repository"]["revision"] == repo.git("-c", "safe.directory=*", "rev-parse", "HEAD")


def test_ten_thousand_folders_in_each_other_are_one_gap(project: Repo, scan: Scanner) -> None:
    make_deep(project.path, 10_000)
    try:
        gaps = scan(project.path).gaps
    finally:
        remove_deep(project.path)
    assert gaps["/".join("d" * 101)] == {"folder deeper than the limit"}
