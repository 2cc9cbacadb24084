"""Work is bounded by what the limits say, and what they cut off is a gap."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlscan.snapshot import open_snapshot
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits
from snapshot.building import Read, Repo, make_deep, new_repo, read_all, remove_deep, run_git

WAYS = ["plain", "untracked", "tracked", "revision"]


def in_this_way(tmp_path: Path, files: dict[str, str], way: str, limits: Limits) -> Read:
    """The files read as a plain folder, as untracked ones, as tracked ones, and from a commit."""
    repo = new_repo(tmp_path / "repo") if way != "plain" else Repo(tmp_path / "repo")
    repo.write(files)
    if way in ("tracked", "revision"):
        repo.commit({})
    return read_all(repo.path, rev="HEAD" if way == "revision" else None, limits=limits)


@pytest.mark.parametrize("way", WAYS)
def test_files_beyond_the_number_are_one_gap(tmp_path: Path, way: str) -> None:
    files = {f"{folder}/f{n}.py": "x" for folder in "cab" for n in range(5)}
    found = in_this_way(tmp_path, files, way, Limits(files=7))
    assert sorted(found.data) == sorted(files)[:7]
    assert found.gaps == {"": {"more files than the limit"}}


@pytest.mark.parametrize("way", WAYS)
def test_folders_deeper_than_the_limit_are_one_gap_each(tmp_path: Path, way: str) -> None:
    files = {"a/b/c/in.py": "", "a/b/c/d/out.py": "", "a/b/c/d/e/out.py": "", "x/y/z/w/v/out.py": "", "top.py": ""}
    found = in_this_way(tmp_path, files, way, Limits(depth=3))
    assert set(found.data) == {"a/b/c/in.py", "top.py"}
    assert found.gaps == {name: {"folder deeper than the limit"} for name in ("a/b/c/d", "x/y/z/w")}


@pytest.mark.parametrize("way", WAYS)
def test_paths_longer_than_the_limit_are_gaps_that_are_shortened(tmp_path: Path, way: str) -> None:
    long = "é" * 110 + "/" + "l" * 200
    found = in_this_way(tmp_path, {long: "", "short.py": ""}, way, Limits(path_bytes=300))
    assert set(found.data) == {"short.py"}
    assert found.gaps == {long[:200]: {"path longer than the limit"}}


@pytest.mark.parametrize("way", WAYS)
def test_files_larger_than_the_limit_are_gaps_and_notebooks_have_their_own(tmp_path: Path, way: str) -> None:
    files = {"a.py": "12345", "b.py": "123456", "c.ipynb": "1234567", "d.ipynb": "12345678", "e.py": ""}
    found = in_this_way(tmp_path, files, way, Limits(file_bytes=5, notebook_bytes=7))
    assert found.data == {"a.py": b"12345", "c.ipynb": b"1234567", "e.py": b""}
    assert found.gaps == {name: {"larger than the limit"} for name in ("b.py", "d.ipynb")}


@pytest.mark.parametrize("way", WAYS)
def test_all_bytes_together_are_bounded(tmp_path: Path, way: str) -> None:
    files = {f"f{n}.py": "x" * 10 for n in range(9)} | {"g.py": "y"}
    found = in_this_way(tmp_path, files, way, Limits(total_bytes=35))
    assert sorted(found.data) == ["f0.py", "f1.py", "f2.py"]
    assert found.gaps == {name: {"limit of bytes in all reached"} for name in sorted(files)[3:]}


@pytest.mark.parametrize("way", WAYS)
def test_sizes_are_known_before_reading_and_the_same_from_everywhere(tmp_path: Path, way: str) -> None:
    repo = new_repo(tmp_path / "repo")
    repo.write({"a.py": "12345", "b.py": ""})
    if way in ("tracked", "revision"):
        repo.commit({})
    if way == "plain":
        (repo.path / ".git").rename(tmp_path / "away")
    with open_snapshot(repo.path, rev="HEAD" if way == "revision" else None) as snapshot:
        assert [(f.path, f.size) for f in snapshot.files] == [("a.py", 5), ("b.py", 0)]


def test_gaps_of_one_reason_are_named_a_hundred_times(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    for number in range(150):
        (repo.path / f"l{number:03}").symlink_to("a.py")
    repo.commit({})
    found = read_all(repo.path)
    assert found.gaps.pop("") == {"symbolic link, not followed (more of them)"}
    assert sorted(found.gaps) == [f"l{number:03}" for number in range(100)]
    assert read_all(repo.path, rev="HEAD").gaps == read_all(repo.path).gaps


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    root = tmp_path / "deep"
    root.mkdir()
    make_deep(root, 3_000)
    yield root
    remove_deep(root)


def test_folders_deeper_than_any_path_can_say_are_one_gap(deep: Path) -> None:
    (deep / "top.py").write_text("t")
    plain = read_all(deep)
    new_repo(deep)
    for found in (plain, read_all(deep)):
        assert found.data == {"top.py": b"t"}
        assert found.gaps == {"/".join("d" * 101): {"folder deeper than the limit"}}


def test_ten_thousand_trees_in_each_other_are_one_gap(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo")
    blob = repo.put("blob", b"t")
    tree = repo.put_tree([("100644", b"deepest.py", blob)])
    for _ in range(10_000):
        tree = repo.put_tree([("40000", b"d", tree)])
    tree = repo.put_tree([("40000", b"d", tree), ("100644", b"top.py", blob)])
    repo.put_commit(tree)
    found = read_all(repo.path, rev="main")
    assert found.data == {"top.py": b"t"}
    assert found.gaps == {"/".join("d" * 101): {"folder deeper than the limit"}}


@pytest.mark.parametrize("inside", ["files", "nothing"])
def test_ten_trees_that_name_each_other_ten_times_are_cut_off(tmp_path: Path, inside: str) -> None:
    repo = new_repo(tmp_path / "bomb.git", None, "--bare")
    blob = repo.put("blob", b"boom\n")
    tree = repo.put_tree([("100644", b"f%d.py" % n, blob) for n in range(10)] if inside == "files" else [])
    for _ in range(9):
        tree = repo.put_tree([("40000", b"d%d" % n, tree) for n in range(10)])
    repo.put_commit(tree)
    found = read_all(repo.path, limits=Limits(files=2_000))
    assert len(found.data) == (2_000 if inside == "files" else 0)
    assert "more files than the limit" in found.gaps[""]


def test_an_object_that_unpacks_to_far_too_much_is_never_unpacked(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo")
    small = repo.put("blob", b"small\n")
    names = []
    for number in range(300):
        oid = hashlib.sha1(b"%d" % number, usedforsecurity=False).hexdigest()
        place = repo.git_dir / "objects" / oid[:2] / oid[2:]
        place.parent.mkdir(exist_ok=True)
        # The header alone: whoever asks for more than the size gets a broken object, not 8 TB.
        place.write_bytes(zlib.compress(b"blob 8796093022208\0" + b"\0" * 1_000))
        names.append(("100644", b"n%03d.py" % number, oid))
    repo.put_commit(repo.put_tree([*names, ("100644", b"z.py", small)]))
    found = read_all(repo.path, rev="main")
    assert found.data == {"z.py": b"small\n"}
    assert found.reasons == {"larger than the limit"}


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of child processes is bounded on Linux")
def test_git_does_not_take_the_memory_that_an_object_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    who = b"A <a@example.org> 1772600767 +0000"
    head = b"tree %s\nauthor %s\ncommitter %s\n\n" % (repo.git("rev-parse", "HEAD^{tree}").encode(), who, who)
    huge = repo.put("commit", head + b"A" * 60_000_000)
    (repo.git_dir / "refs" / "heads" / "main").write_text(huge + "\n")
    assert read_all(repo.path).info.revision == huge
    monkeypatch.setattr("mlscan.snapshot.git.MEMORY", 30_000_000)
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({"a.py": b"a"}, {".git": {"the commit of HEAD cannot be read"}})


def test_the_first_bytes_of_a_file_cost_no_more_than_those(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"big.bin": b"MAGIC" + b"\0" * 9_000_000, "small.bin": b"ab", "empty.bin": b""})
    with open_snapshot(repo.path, rev="HEAD", limits=Limits(file_bytes=10, notebook_bytes=10)) as snapshot:
        reading = snapshot.read_many(["small.bin", "big.bin", "empty.bin"])
        assert next(reading) == ("small.bin", b"ab")
        assert snapshot.head("big.bin", 5) == b"MAGIC"
        assert snapshot.head("small.bin", 5) == b"ab"
        assert snapshot.head("empty.bin", 5) == b""
        assert list(reading) == [("big.bin", Gap("big.bin", "larger than the limit")), ("empty.bin", b"")]
        assert snapshot.head("missing.bin", 5) == Gap("missing.bin", "no such file in the snapshot")


def test_a_history_longer_than_the_limit_is_cut_off(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo")
    for name in ("Ann", "Bob", "Cem"):
        repo.write({f"{name}.py": name})
        repo.git("add", "--all")
        repo.git("commit", "-q", "-m", name, GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=f"{name}@example.org")
    with open_snapshot(repo.path, limits=replace(Limits(), commits=2)) as snapshot:
        authors = snapshot.authors()
    assert not isinstance(authors, Gap)
    assert {a.name for a in authors} == {"Bob", "Cem"}


@pytest.mark.parametrize("references", ["loose", "packed", "deep"])
def test_many_references_are_bounded(tmp_path: Path, references: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    if references == "packed":
        head = repo.head
        lines = "".join(f"{head} refs/heads/b{n:06}\n" for n in range(50_000))
        (repo.git_dir / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + lines)
    elif references == "loose":
        for number in range(500):
            (repo.git_dir / "refs" / "heads" / f"b{number:06}").write_text(repo.head if not number else "0" * 40 + "\n")
    else:
        for depth in (5, 300):
            place = repo.git_dir / "refs" / "heads" / "/".join(["x"] * depth)
            place.mkdir(parents=True)
            (place / "y").write_text(repo.head + "\n")
    found = read_all(repo.path)
    assert (found.data, found.info.revision) == ({"a.py": b"a"}, repo.head)
    assert "main" in found.info.branches
    if references == "deep":
        assert found.info.branches == ("main", "x/x/x/x/x/y")


def test_more_loose_references_than_the_number_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.snapshot.takeover.REFERENCES", 20)
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    for number in range(50):
        repo.write({f".git/refs/heads/{number % 5}/b{number:02}": repo.head + "\n"})
    assert 0 < len(read_all(repo.path).info.branches) <= 20


def test_a_git_that_dies_of_every_object_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.snapshot.objects.DEATHS", 3)
    files = {f"f{n}.py": f"{n}" * 2_000 for n in range(9)}
    repo = new_repo(tmp_path / "repo", dict(files))
    for name in sorted(files)[:6]:
        oid = repo.git("rev-parse", f"HEAD:{name}")
        place = repo.git_dir / "objects" / oid[:2] / oid[2:]
        data = place.read_bytes()
        place.chmod(0o600)
        place.write_bytes(data[:-4])
    found = read_all(repo.path, rev="HEAD")
    assert found.data == {}
    assert found.gaps == {name: {"broken object"} for name in files}


def test_requests_never_fill_the_pipe_while_git_waits_for_a_reader(tmp_path: Path) -> None:
    files = {f"f{n:04}.py": f"{n:04}" * 5_000 for n in range(2_000)}
    repo = new_repo(tmp_path / "repo", dict(files))
    repo.git("gc", "--quiet")
    assert len(read_all(repo.path, rev="HEAD").data) == 2_000


def test_a_size_that_is_not_known_before_is_seen_when_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.snapshot.opening.measure", lambda *_: {})
    repo = new_repo(tmp_path / "repo", {"a.py": "a" * 100, "b.py": "b", "c.py": "c" * 3_000_000})
    found = read_all(repo.path, rev="HEAD", limits=Limits(file_bytes=10))
    assert (found.data, found.gaps) == (
        {"b.py": b"b"},
        {name: {"larger than the limit"} for name in ("a.py", "c.py")},
    )


def test_a_million_links_or_folders_are_bounded_by_the_number_of_files(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    for number in range(200):
        (plain / f"d{number:03}").mkdir()
    found = read_all(plain, limits=Limits(files=50))
    assert found.gaps == {"": {"more files than the limit"}}
    repo = new_repo(tmp_path / "repo")
    for number in range(200):
        (repo.path / f"l{number:03}").symlink_to("x")
    repo.commit({})
    for rev in (None, "HEAD"):
        got = read_all(repo.path, rev=rev, limits=Limits(files=50))
        assert "more files than the limit" in got.gaps[""]


def test_ignored_folders_are_not_walked(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {".gitignore": "data/\n", "a.py": "a"})
    for number in range(300):
        repo.write({f"data/f{number}.csv": ""})
    found = read_all(repo.path, limits=Limits(files=20))
    assert (set(found.data), found.gaps) == ({".gitignore", "a.py"}, {})


def test_a_large_pack_of_deltas_is_read_as_it_was_written(tmp_path: Path) -> None:
    files = {f"f{n:04}.py": f"line {n}\n" * 50 for n in range(1_500)}
    repo = new_repo(tmp_path / "repo", dict(files))
    repo.git("gc", "--quiet")
    run_git(tmp_path, "clone", "--quiet", "--bare", "repo", "bare.git")
    for target in (repo.path, tmp_path / "bare.git"):
        assert read_all(target).data == {name: text.encode() for name, text in files.items()}


def test_a_file_name_listing_of_any_size_does_not_fill_a_pipe(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a", ".gitignore": "*.log\n"})
    for number in range(3_000):
        (repo.path / f"{number:04}{'x' * 200}.log").write_text("")
    found = read_all(repo.path)
    assert (set(found.data), found.gaps) == ({"a.py", ".gitignore"}, {})


def test_a_reader_that_stops_early_leaves_no_work_behind(tmp_path: Path) -> None:
    files = {f"f{n:03}.py": "x" * 100 for n in range(300)}
    repo = new_repo(tmp_path / "repo", dict(files))
    with open_snapshot(repo.path, rev="HEAD") as snapshot:
        paths = sorted(files)
        for start in range(0, 300, 10):
            assert next(iter(snapshot.read_many(paths[start:]))) == (paths[start], b"x" * 100)
        first, second = snapshot.read_many(paths), snapshot.read_many(paths[::-1])
        for one, two, path, other in zip(first, second, paths, paths[::-1], strict=True):
            assert (one[0], two[0]) == (path, other)
            assert one[1] == two[1] == b"x" * 100


def test_no_process_is_left_when_a_snapshot_is_closed(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a", "b.py": "b"})
    script = (
        "import sys; from mlscan.snapshot import open_snapshot; s = open_snapshot(sys.argv[1]); "
        "next(s.read_many(['a.py', 'b.py'])); s.authors(); s.close(); "
        "import os\ntry:\n    os.waitpid(-1, os.WNOHANG); print('left')\nexcept ChildProcessError:\n    print('none')"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(repo.path)], capture_output=True, check=True, timeout=60)
    assert ran.stdout.strip() == b"none"
