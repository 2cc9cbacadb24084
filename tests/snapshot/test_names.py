"""Names of any bytes, in any locale, are listed and read and mean nothing to git."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlscan.snapshot.takeover import knows_all_branches
from snapshot.building import Repo, Traps, new_repo, read_all, run_git

NAMES = [
    b"-x", b"--output=mark", b"--exec=trap", b"-", b"--", b"@", b"HEAD", b"main", b":(top)a", b":!a", b":",
    b"!a", b"#a", b"a b", b" a", b"a ", b"a\nb", b"a\tb", b"a\rb", b"\"a\"", b"a\\b", b"*", b"a?", b"[a]", b"~a",
    b"$(trap)", b"`trap`", b"a;trap", b"|trap", b"%s", b"{a}", b"\x01\x1b[31m", b"\x7f", b"\xff\xfe",
    b"\xc3\x28", b"\xed\xa0\x80",
    "é".encode(), "e\u0301".encode(), "\u202egnp.py".encode(), "\ufeffa".encode(), "日本".encode(), b"l" * 255,
    b"CON", b"nul.py", b"a:b", b"a.", b".gitx", b"x.git", b"...", b".a", b"A", b"a",
]  # fmt: skip


def decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes exist on Linux only")
@pytest.mark.parametrize("way", ["plain", "untracked", "tracked", "changed", "revision"])
def test_names_of_any_bytes_are_listed_and_read(tmp_path: Path, traps: Traps, way: str) -> None:
    repo = new_repo(tmp_path / "repo", {".gitignore": "*.log\n"} if way != "plain" else None)
    places = [start + name for name in NAMES for start in (b"", b"sub/", b"-d/")] + [b"\xfe/\xfd/\xfc.py"]
    repo.write({os.fsdecode(place): place for place in places})
    if way == "plain":
        (repo.path / ".git").rename(tmp_path / "away")
    if way in ("tracked", "changed", "revision"):
        repo.commit({})
    if way == "changed":
        for name in NAMES:
            (repo.path / os.fsdecode(name)).write_bytes(name + b"!")
    found = read_all(repo.path, rev="HEAD" if way == "revision" else None)
    expected = {decode(place): place for place in places}
    if way == "changed":
        expected |= {decode(name): name + b"!" for name in NAMES}
    if way != "plain":
        expected[".gitignore"] = b"*.log\n"
    assert found.data == expected
    assert found.gaps == {}
    assert traps.sprung == ""
    assert not list(tmp_path.rglob("mark"))


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes exist on Linux only")
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "1"},
    ],
    ids=["ascii", "utf-8", "utf-8 mode"],
)
@pytest.mark.parametrize("way", ["plain", "work tree", "subfolder"])
def test_the_locale_changes_no_name_and_no_order(tmp_path: Path, locale: dict[str, str], way: str) -> None:
    repo = new_repo(tmp_path / "repo")
    names = ["é/ü.py", "é/z.py", "a.py", "日本.py", "\udcff.py", "é/\udcfe.py"]
    repo.write({name: name.encode("utf-8", "surrogateescape") for name in names})
    repo.commit({})
    repo.write({"é/new.py": "n"})
    (repo.path / "é" / "ü.py").write_text("changed")
    if way == "plain":
        (repo.path / ".git").rename(tmp_path / "away")
    script = (
        "import sys, os; from mlscan.snapshot import open_snapshot\n"
        "with open_snapshot(sys.argv[1]) as s:\n"
        "    print(ascii(list(s.read_many([f.path for f in s.files]))), s.gaps, s.info.dirty)\n"
    )
    target = repo.path / "é" if way == "subfolder" else repo.path

    def run(environment: dict[str, str]) -> bytes:
        command = [sys.executable, "-c", script, str(target)]
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
        clean = {**kept, **environment}
        return subprocess.run(command, capture_output=True, check=True, env=clean, timeout=60).stdout

    expected = run({"PYTHONUTF8": "1"})
    assert expected.count(b"b'") == (4 if way == "subfolder" else 7)
    assert run(locale) == expected


@pytest.mark.parametrize("name", ["-rf", "--upload-pack=trap", "@{-1}", "HEAD"])
def test_branches_with_names_of_options_are_only_names(repo: Repo, traps: Traps, name: str) -> None:
    (repo.git_dir / "refs" / "heads" / name).write_text(repo.head + "\n")
    found = read_all(repo.path)
    assert set(found.data) == {"train.py", "data/raw.csv", "README.md"}
    assert traps.sprung == ""


def test_branches_are_known_whatever_keeps_them(repo: Repo) -> None:
    for name in ("packed", "feature/a", "both"):
        repo.git("branch", name)
    repo.git("pack-refs", "--all")
    repo.git("branch", "loose")
    repo.git("update-ref", "refs/remotes/origin/theirs", "HEAD")
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/theirs")
    repo.git("tag", "v1")
    assert read_all(repo.path).info.branches == ("both", "feature/a", "loose", "main", "packed", "theirs")


BARE = b"[core]\n\tbare = true\n"
WIDE = b'[remote "origin"]\n\turl = x\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n'
NARROW = b'[remote "origin"]\n\tfetch = +refs/heads/main:refs/remotes/origin/main\n'
HEADS = ["refs/heads/main", "refs/heads/dev", "refs/tags/v1"]
REMOTE = ["refs/heads/main", "refs/remotes/origin/main", "refs/remotes/origin/dev", "refs/remotes/origin/HEAD"]


@pytest.mark.parametrize(
    ("references", "config", "bare", "known"),
    [
        (HEADS, BARE, True, True),
        (HEADS[:1], BARE, True, False),
        (HEADS, NARROW, True, False),
        (REMOTE, WIDE, False, True),
        (REMOTE[:2], WIDE, False, False),
        (REMOTE, NARROW, False, False),
        (REMOTE, BARE, False, False),
        (HEADS, WIDE, False, False),
        ([], WIDE, False, False),
    ],
)
def test_when_all_branches_of_the_origin_are_known(
    references: list[str], config: bytes, bare: bool, known: bool
) -> None:
    assert knows_all_branches(references, config, bare=bare) is known


def test_branches_of_today_say_nothing_of_an_old_revision(repo: Repo, tmp_path: Path) -> None:
    repo.git("branch", "dev")
    repo.commit({"later.py": "1"})
    run_git(tmp_path, "clone", "--quiet", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    assert read_all(tmp_path / "bare.git").info.all_branches
    assert read_all(tmp_path / "bare.git", rev="dev").info.all_branches
    repo.commit({"last.py": "1"})
    run_git(tmp_path, "clone", "--quiet", str(repo.path), str(tmp_path / "tree"))
    assert read_all(tmp_path / "tree").info.all_branches
    assert not read_all(tmp_path / "tree", rev="HEAD~1").info.all_branches
    assert not read_all(repo.path).info.all_branches


def test_authors_are_merged_by_the_mailmap_of_the_revision(repo: Repo) -> None:
    repo.commit({".mailmap": "Ann Real <real@example.org> <ann@example.org>\n"})
    (repo.path / ".mailmap").write_text("Wrong <wrong@example.org> <ann@example.org>\n")
    found = read_all(repo.path)
    assert {(a.name, a.email) for a in found.authors} == {("Ann Real", "real@example.org")}  # type: ignore[union-attr]
    before = read_all(repo.path, rev="HEAD~1")
    assert {(a.name, a.email) for a in before.authors} == {("Ann", "ann@example.org")}  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["A \x01 B", "Ünï", "=cmd()", "-n", "x" * 5_000, "<>", "a\tb"])
def test_authors_of_any_name_are_counted(tmp_path: Path, name: str) -> None:
    repo = new_repo(tmp_path / "repo")
    tree = repo.put_tree([("100644", b"a.py", repo.put("blob", b"a"))])
    who = f"{name} <a@example.org> 1772600767 +0000".encode()
    oid = repo.put("commit", b"tree %s\nauthor %s\ncommitter %s\n\nx\n" % (tree.encode(), who, who))
    (repo.git_dir / "refs/heads/main").write_text(oid + "\n")
    found = read_all(repo.path, rev="main")
    assert sum(found.authors.values()) == 1  # type: ignore[union-attr]
    assert found.info.committed_on == "2026-03-04"
