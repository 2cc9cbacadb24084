"""The same JSON, byte by byte but for statistics, wherever a revision is read from and on whatever machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from snapshot.building import Repo, run_git

from mlscan import render
from mlscan.content import Content, load_content
from mlscan.scan import ScanOptions, scan_with
from mlscan.types.snapshot import Limits

FIXTURE = Path(__file__).resolve().parent.parent.parent / "fixtures" / "repos" / "level-4-delivery-times"
AS_OF = date(2026, 11, 23)
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The fixture as a repository of three people, with all that is read in another way than a plain file."""
    path = tmp_path_factory.mktemp("same") / "delivery-times"
    shutil.copytree(FIXTURE, path)
    run_git(path, "init", "--quiet", "--initial-branch=main")
    repo = Repo(path)
    repo.git("remote", "add", "origin", "https://token@example.org/team/delivery-times.git")
    repo.write(
        {
            ".gitignore": "*.log\nscratch/\n",
            ".mailmap": "Ann <ann@example.org> <ann@old.example.org>\n",
            "data/orders.json": POINTER,
            "data/caf\u00e9.csv": "a,b\n",
            "data/\udcff.yaml": "a: 1\n",
            "windows.py": "import sklearn\r\nprint(1)\r\n",
            "empty.py": "",
            "broken.yaml": "a: [\n",
            "large.json": json.dumps(["x" * 100] * 1_000),
            "notebooks/empty.ipynb": "{}",
            "a/" * 120 + "deep.py": "import mlflow\n",
        }
    )
    (path / "link.py").symlink_to("src/delivery_times/train.py")
    (path / "scripts" / "smoke.py").chmod(0o755)
    people = [("Ann", "ann@old.example.org"), ("Bob", "bob@example.org"), ("Cem", "cem@example.org")]
    for number, (name, email) in enumerate(people):
        repo.write({"CHANGES.md": "x\n" * (number + 1)})
        repo.git("add", "--all")
        repo.git("commit", "-q", "-m", "more", GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=email)
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.head},libs/inner")
    repo.git("commit", "-q", "-m", "a submodule")
    repo.git("tag", "v1")
    repo.write({"scratch/untracked.py": "import mlflow\n", "x.log": "ignored"})
    return repo


LIMITS = Limits(file_bytes=50_000)


@cache
def content() -> Content:
    """Detectors and rules, loaded once."""
    return load_content(examples=False)


def report(target: Path, rev: str | None = None) -> str:
    """The JSON of a scan without statistics."""
    text = render(scan_with(content(), target, ScanOptions(rev=rev, as_of=AS_OF, limits=LIMITS)), "json")
    value: dict[str, Any] = json.loads(text)
    assert value.pop("stats")["files"] > 30
    return json.dumps(value, indent=1)


@pytest.fixture(scope="module")
def expected(repo: Repo) -> str:
    return report(repo.path)


def test_the_report_shows_what_it_is_about(expected: str, repo: Repo) -> None:
    value = json.loads(expected)
    assert value["repository"] == {
        "name": "delivery-times",
        "url": "https://example.org/team/delivery-times",
        "revision": repo.head,
        "dirty": False,
        "history": "full",
        "folder": "",
    }
    assert value["kind"] == "ml-project"
    assert len(value["evidence"]) > 50
    reasons = {gap["path"]: gap["reason"] for gap in value["gaps"]}
    assert reasons["data/orders.json"] == "Git LFS pointer: the content is kept elsewhere"
    assert reasons["link.py"] == "symbolic link, not followed"
    assert reasons["libs/inner"] == "submodule, not entered"
    assert reasons["large.json"] == "larger than the limit"
    assert reasons["/".join("a" * 101)] == "folder deeper than the limit"


def clone(repo: Repo, place: Path, *options: str) -> Path:
    run_git(place, "clone", "--quiet", *options, str(repo.path), "copy")
    target = place / "copy"
    run_git(target, "remote", "set-url", "origin", "git@example.org:team/delivery-times.git")
    return target


def bare(repo: Repo, place: Path) -> tuple[Path, str | None]:
    return clone(repo, place, "--bare"), None


def bare_packed(repo: Repo, place: Path) -> tuple[Path, str | None]:
    target = clone(repo, place, "--bare")
    run_git(target, "gc", "--quiet")
    return target, "v1"


def git_folder(repo: Repo, _place: Path) -> tuple[Path, str | None]:
    return repo.path / ".git", None


def revision(repo: Repo, _place: Path) -> tuple[Path, str | None]:
    return repo.path, repo.head


def revision_of_a_later_tree(repo: Repo, place: Path) -> tuple[Path, str | None]:
    target = Repo(clone(repo, place))
    target.git("checkout", "--quiet", "--detach")
    target.commit({"later.py": "import mlflow\nmlflow.log_metric('a', 1)\n"})
    (target.path / "windows.py").unlink()
    return target.path, "v1"


def other_clone(repo: Repo, place: Path) -> tuple[Path, str | None]:
    return clone(repo, place), None


def clone_with_other_time_stamps(repo: Repo, place: Path) -> tuple[Path, str | None]:
    target = clone(repo, place)
    for path in target.rglob("*.*"):
        if not path.is_symlink() and ".git" not in path.parts:
            os.utime(path, (1_000_000_000, 1_000_000_000))
    return target, None


def linked_work_tree(repo: Repo, place: Path) -> tuple[Path, str | None]:
    main = Repo(clone(repo, place, "--bare"))
    main.git("worktree", "add", "--quiet", "--detach", str(place / "linked"), "v1")
    return place / "linked", None


def without_checkout(repo: Repo, place: Path) -> tuple[Path, str | None]:
    return clone(repo, place, "--no-checkout"), None


@pytest.mark.parametrize(
    "source",
    [
        bare,
        bare_packed,
        git_folder,
        revision,
        revision_of_a_later_tree,
        other_clone,
        clone_with_other_time_stamps,
        linked_work_tree,
        without_checkout,
    ],
)
def test_every_source_of_a_revision_gives_the_same_report(
    repo: Repo, expected: str, tmp_path: Path, source: Callable[[Repo, Path], tuple[Path, str | None]]
) -> None:
    target, rev = source(repo, tmp_path)
    assert report(target, rev) == expected


@pytest.mark.parametrize("bare_first", [False, True])
def test_the_order_of_the_file_system_changes_nothing(
    repo: Repo, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare_first: bool
) -> None:
    target = bare(repo, tmp_path)[0] if bare_first else other_clone(repo, tmp_path)[0]
    real = os.scandir

    class Reversed:
        """The entries of a folder the other way round."""

        def __init__(self, *arguments: Any) -> None:
            with real(*arguments) as entries:
                self._entries = sorted(entries, key=lambda e: e.name, reverse=True)

        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            return iter(self._entries)

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", Reversed)
    assert report(target) == expected


def test_a_plain_folder_in_another_order_gives_the_same_report(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(repo.path, tmp_path / "plain", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    before = report(tmp_path / "plain")
    (tmp_path / "plain").rename(tmp_path / "away")
    names = sorted((tmp_path / "away").rglob("*"), reverse=True)
    for name in names:
        place = tmp_path / "plain" / name.relative_to(tmp_path / "away")
        if name.is_dir() and not name.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(name, place, follow_symlinks=False)
    assert report(tmp_path / "plain") == before


MACHINES = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2, far east, latin": {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "en_US.ISO-8859-1"},
    "ascii, far west": {"PYTHONHASHSEED": "3", "TZ": "Etc/GMT+12", "LC_ALL": "C", "PYTHONUTF8": "0"},
    "no home": {"HOME": "/nowhere", "TMPDIR": ""},
}


@pytest.mark.parametrize("environment", MACHINES.values(), ids=MACHINES)
def test_the_machine_changes_nothing(repo: Repo, expected: str, environment: dict[str, str]) -> None:
    script = (
        "import sys; from pathlib import Path; from scan.test_same_everywhere import report\n"
        "sys.stdout.buffer.write(report(Path(sys.argv[1])).encode('ascii'))\n"
    )
    command = [sys.executable, "-c", script, str(repo.path)]
    tests = str(Path(__file__).resolve().parent.parent)
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": tests, "PYTHONCOERCECLOCALE": "0", **environment}
    ran = subprocess.run(command, capture_output=True, check=False, env=clean, timeout=120, cwd=repo.path)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    assert ran.stdout.decode() == expected
