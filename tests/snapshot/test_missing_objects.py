"""What an object store does not have, or has broken, is a gap; everything else is read all the same."""

from __future__ import annotations

import os
import stat
import zlib
from pathlib import Path

import pytest

from mlscan.snapshot import open_snapshot
from mlscan.types.errors import NothingToScan
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import History
from snapshot.building import Repo, new_repo, read_all, run_git

MISSING = "missing object (partial clone)"
NO_FOLDER = "folder is missing from the object store (partial clone)"


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    """A repository with two commits, which gives partial clones."""
    repo = new_repo(tmp_path / "origin", {"a.py": "a" * 10, "big.py": "b" * 2_000, "sub/c.py": "c" * 2_000})
    repo.commit({"later.py": "l"})
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return repo


def clone(origin: Repo, name: str, *options: str) -> Path:
    run_git(origin.path.parent, "clone", "--quiet", *options, f"file://{origin.path}", name)
    return origin.path.parent / name


def test_a_partial_clone_gives_what_it_has(origin: Repo) -> None:
    path = clone(origin, "partial.git", "--bare", "--filter=blob:limit=1k")
    found = read_all(path)
    assert found.data == {"a.py": b"a" * 10, "later.py": b"l"}
    assert found.gaps == {name: {MISSING} for name in ("big.py", "sub/c.py")}
    assert (found.info.history, found.info.revision) == (History.COMMITS, origin.head)
    assert sum(found.authors.values()) == 2  # type: ignore[union-attr]


def test_a_partial_clone_without_folders_says_so(origin: Repo) -> None:
    path = clone(origin, "treeless.git", "--bare", "--filter=tree:1")
    found = read_all(path)
    assert (found.data, found.gaps[""] if "" in found.gaps else found.gaps["sub"]) == ({}, {NO_FOLDER})
    assert not isinstance(found.authors, Gap)


def test_a_work_tree_of_a_partial_clone_is_whole(origin: Repo) -> None:
    path = clone(origin, "partial", "--filter=blob:none")
    found = read_all(path)
    assert set(found.data) == {"a.py", "big.py", "sub/c.py", "later.py"}
    assert (found.gaps, found.info.history) == ({}, History.COMMITS)
    assert read_all(path, rev="HEAD~1").reasons <= {MISSING}


@pytest.mark.parametrize("options", [(), ("--bare",)])
def test_a_shallow_clone_is_read_and_its_authors_are_unknown(origin: Repo, options: tuple[str, ...]) -> None:
    found = read_all(clone(origin, "shallow", "--depth=1", *options))
    assert set(found.data) == {"a.py", "big.py", "sub/c.py", "later.py"}
    assert (found.info.history, found.gaps) == (History.SHALLOW, {})
    assert found.authors == Gap("", "shallow clone: the authors are unknown")


def lose(repo: Repo, name: str) -> None:
    oid = repo.git("rev-parse", name)
    (repo.git_dir / "objects" / oid[:2] / oid[2:]).unlink()


def spoil(repo: Repo, name: str, how: str) -> None:
    oid = repo.git("rev-parse", name)
    place = repo.git_dir / "objects" / oid[:2] / oid[2:]
    data = place.read_bytes()
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    place.write_bytes({"cut": data[: len(data) // 2], "empty": b"", "noise": os.urandom(50), "tail": data[:-4]}[how])


FILES = {f"f{n:03}.py": f"{n}" * 3_000 for n in range(120)}


@pytest.mark.parametrize("how", ["cut", "empty", "noise", "tail"])
def test_one_broken_object_loses_one_file(tmp_path: Path, how: str) -> None:
    repo = new_repo(tmp_path / "repo", dict(FILES))
    spoil(repo, "HEAD:f050.py", how)
    found = read_all(repo.path, rev="HEAD")
    assert found.data.keys() | {"f050.py"} == FILES.keys()
    assert found.gaps.get("f050.py") in ({"broken object"}, {MISSING})
    assert all(found.data[name] == text.encode() for name, text in FILES.items() if name in found.data)


def test_many_broken_objects_lose_only_themselves_until_it_is_given_up(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", dict(FILES))
    for number in range(0, 120, 3):
        spoil(repo, f"HEAD:f{number:03}.py", "tail")
    found = read_all(repo.path, rev="HEAD")
    assert found.data.keys() == {name for name in FILES if int(name[1:4]) % 3}


def test_a_missing_object_loses_one_file_and_a_missing_tree_one_folder(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a", "b.py": "b", "sub/c.py": "c", "sub/deep/d.py": "d"})
    lose(repo, "HEAD:a.py")
    lose(repo, "HEAD:sub/deep")
    found = read_all(repo.path, rev="HEAD")
    assert found.data == {"b.py": b"b", "sub/c.py": b"c"}
    assert found.gaps == {"a.py": {MISSING}, "sub/deep": {NO_FOLDER}}
    below = read_all(repo.path / "sub", rev="HEAD")
    assert (below.data, below.gaps) == ({"c.py": b"c"}, {"deep": {NO_FOLDER}})
    assert read_all(repo.path / "sub" / "deep", rev="HEAD").gaps == {"": {NO_FOLDER}}


def test_a_missing_object_of_a_clean_file_is_a_gap_of_the_work_tree_too(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a", "b.py": "b"})
    lose(repo, "HEAD:a.py")
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({"b.py": b"b"}, {"a.py": {MISSING}})


@pytest.mark.parametrize("what", ["HEAD^{tree}", "HEAD~1", "HEAD"])
def test_a_history_with_holes_is_read_as_far_as_it_goes(tmp_path: Path, what: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    repo.commit({"b.py": "b"})
    lose(repo, what)
    found = read_all(repo.path)
    assert found.data == {"a.py": b"a", "b.py": b"b"}
    if what != "HEAD^{tree}":
        assert isinstance(found.authors, Gap)
    if what == "HEAD":
        assert found.gaps == {".git": {"the commit of HEAD cannot be read"}}
        with pytest.raises(NothingToScan):
            open_snapshot(repo.path, rev="HEAD")
    elif what == "HEAD^{tree}":
        assert read_all(repo.path, rev="HEAD").gaps == {"": {NO_FOLDER}}


@pytest.mark.parametrize("content", [b"", b"nonsense", b"100644 a.py\0short", b"tree x"])
def test_a_tree_that_is_none_is_a_gap(tmp_path: Path, content: bytes) -> None:
    repo = new_repo(tmp_path / "repo")
    repo.put_commit(repo.put("tree", content))
    found = read_all(repo.path, rev="main")
    assert (found.data, found.reasons) == ({}, {"broken object"} if content else set())


@pytest.mark.parametrize("unit", [b"1 ", b"0", b"40000 a", b"100644 " + b"a" * 2_000])
def test_a_tree_that_never_ends_an_entry_takes_no_more_than_its_length(tmp_path: Path, unit: bytes) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    whole = repo.put_tree([("100644", b"a.py", repo.git("rev-parse", "HEAD:a.py"))])
    content = zlib.decompress((repo.git_dir / "objects" / whole[:2] / whole[2:]).read_bytes()).partition(b"\0")[2]
    repo.put_commit(repo.put("tree", content + unit * (2_000_000 // len(unit))))
    found = read_all(repo.path, rev="main")
    assert (found.data, found.gaps) == ({"a.py": b"a"}, {"": {"broken object"}})


@pytest.mark.parametrize("kind", ["tree", "commit", "tag"])
def test_an_entry_that_is_of_another_kind_than_it_says_is_a_gap(tmp_path: Path, kind: str) -> None:
    repo = new_repo(tmp_path / "repo")
    good, other = repo.put("blob", b"good"), repo.put(kind, b"x")
    repo.put_commit(repo.put_tree([("100644", b"a.py", other), ("40000", b"b", good), ("100644", b"c.py", good)]))
    found = read_all(repo.path, rev="main")
    assert found.data == {"c.py": b"good"}
    assert found.gaps == {"a.py": {"broken object"}, "b": {"broken object"}}


@pytest.mark.parametrize("kind", ["tree", "commit"])
def test_a_kind_that_is_not_known_before_is_seen_when_it_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("mlscan.snapshot.opening.measure", lambda *_: {})
    repo = new_repo(tmp_path / "repo")
    good, other = repo.put("blob", b"good"), repo.put(kind, b"x")
    repo.put_commit(repo.put_tree([("100644", b"a.py", other), ("100644", b"c.py", good)]))
    found = read_all(repo.path, rev="main")
    assert (found.data, found.gaps) == ({"c.py": b"good"}, {"a.py": {"broken object"}})


@pytest.mark.parametrize("name", ["packed-refs", "shallow"])
def test_broken_files_of_references_are_gaps(tmp_path: Path, name: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    repo.git("pack-refs", "--all")
    (repo.git_dir / name).write_bytes(b"nonsense\0\xff\n" * 10)
    found = read_all(repo.path)
    assert (found.data, found.info.revision) == ({"a.py": b"a"}, None)
    assert found.gaps == {".git": {"the commit of HEAD cannot be read"}}


def test_references_in_an_unknown_format_are_a_gap(tmp_path: Path) -> None:
    repo = new_repo(tmp_path / "repo", {"a.py": "a"})
    git_dir = repo.git_dir
    with (git_dir / "config").open("a") as config:
        config.write("[extensions]\n\trefStorage = reftable\n")
    (git_dir / "HEAD").write_text("ref: refs/heads/.invalid\n")
    found = read_all(repo.path)
    assert (found.data, found.gaps) == ({"a.py": b"a"}, {".git": {"references are kept in a format that is not read"}})


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12345\n"


@pytest.mark.parametrize("way", ["plain", "tracked", "revision"])
def test_a_git_lfs_pointer_is_a_gap_and_can_be_told_by_its_first_bytes(tmp_path: Path, way: str) -> None:
    repo = new_repo(tmp_path / "repo", {"a.csv": POINTER, "b.csv": "version https://git-lfs", "c.csv": POINTER * 20})
    if way == "plain":
        (repo.path / ".git").rename(tmp_path / "away")
    rev = "HEAD" if way == "revision" else None
    found = read_all(repo.path, rev=rev)
    assert (set(found.data), found.gaps) == (
        {"b.csv", "c.csv"},
        {"a.csv": {"Git LFS pointer: the content is kept elsewhere"}},
    )
    with open_snapshot(repo.path, rev=rev) as snapshot:
        assert snapshot.head("a.csv", 20) == POINTER[:20].encode()


def test_a_file_that_lfs_has_filled_in_is_the_pointer_that_git_keeps(tmp_path: Path) -> None:
    """The same bytes everywhere: a bare repository has the pointer only."""
    repo = new_repo(tmp_path / "repo", {"m.csv": POINTER})
    content = "x" * len(POINTER)
    repo.write({"m.csv": content})
    found = read_all(repo.path)
    assert (found.data, found.info.dirty) == ({}, False)
    assert found.gaps == {"m.csv": {"Git LFS pointer: the content is kept elsewhere"}}
