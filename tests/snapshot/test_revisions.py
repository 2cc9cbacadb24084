"""Snapshots of many revisions of one repository say what a snapshot of each one alone says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlscan.snapshot import Revisions, open_snapshot
from mlscan.snapshot.log import CommitLog
from mlscan.types.errors import NothingToScan, UsageError
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits
from snapshot.building import Repo, run_git


def _facts(snapshot: object, read: bool = True) -> tuple[object, ...]:
    from mlscan.snapshot import RepositorySnapshot

    assert isinstance(snapshot, RepositorySnapshot)
    paths = [file.path for file in snapshot.files]
    return (
        snapshot.info,
        [(f.path, f.size, f.executable, f.content) for f in snapshot.files],
        list(snapshot.gaps),
        dict(snapshot.read_many(paths)) if read else {},
        snapshot.authors(),
        snapshot.touched(),
    )


def _compare(path: Path, revisions: list[str], limits: Limits | None = None) -> None:
    limits = limits or Limits()
    with Revisions(path, limits=limits) as opened:
        opened.prepare(revisions[::2])
        for revision in revisions:
            with opened.snapshot(revision) as one, open_snapshot(path, rev=revision, limits=limits) as alone:
                assert _facts(one) == _facts(alone), revision


def _commit(repo: Repo, who: str, **files: str) -> str:
    repo.write({name.replace("_dot_", "."): text for name, text in files.items()})
    repo.git("add", "--all", "--force")
    words = ("commit", "--quiet", "--allow-empty", "--message", "x")
    repo.git(*words, GIT_AUTHOR_NAME=who, GIT_AUTHOR_EMAIL=f"{who.lower()}@example.org")
    return repo.head


@pytest.fixture
def merged(repo: Repo) -> tuple[Repo, list[str]]:
    """People, merges, a mailmap that changes, a folder that comes late, and the revisions in some order."""
    found = [_commit(repo, "Ann", a_dot_py="1\n")]
    found.append(_commit(repo, "Bob", b_dot_py="1\n"))
    repo.git("checkout", "--quiet", "-b", "side")
    found.append(_commit(repo, "Eve", c_dot_py="1\n"))
    repo.git("checkout", "--quiet", "-")
    found.append(_commit(repo, "Ann", _dot_mailmap="Bob <bob@example.org> <eve@example.org>\n"))
    repo.git("merge", "--quiet", "--no-ff", "--message", "merge", "side")
    found.append(repo.head)
    repo.write({"sub/d.py": "1\n"})
    found.append(_commit(repo, "Zoe", _dot_mailmap="Ann <ann@example.org> <zoe@example.org>\n"))
    return repo, found


def test_files_people_and_what_they_touch_are_those_of_each_revision(merged: tuple[Repo, list[str]]) -> None:
    repo, revisions = merged
    _compare(repo.path, revisions)
    _compare(repo.path, [*reversed(revisions), revisions[2], revisions[-1]])


@pytest.mark.parametrize(
    "limits",
    [Limits(commits=2), Limits(recent_commits=2), Limits(changed_paths=1), Limits(files=1), Limits(file_bytes=1)],
)
def test_limits_are_those_of_each_revision(merged: tuple[Repo, list[str]], limits: Limits) -> None:
    repo, revisions = merged
    _compare(repo.path, revisions, limits)


def test_git_is_asked_once_for_all(merged: tuple[Repo, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    repo, revisions = merged
    with Revisions(repo.path) as opened:
        opened.prepare(revisions)
        asked: list[object] = []

        def noted(*words: object) -> Iterator[object]:
            asked.append(words)
            return iter(())

        monkeypatch.setattr(CommitLog, "_records", noted)
        for revision in revisions[:3]:
            with opened.snapshot(revision) as one:
                assert not isinstance(one.authors(), Gap)
                assert not isinstance(one.touched(), Gap)
        assert asked == []


def test_a_folder_has_the_history_of_its_repository(merged: tuple[Repo, list[str]]) -> None:
    repo, revisions = merged
    with Revisions(repo.path / "sub") as opened:
        with opened.snapshot(revisions[-1]) as one:
            assert [file.path for file in one.files] == ["d.py"]
        with pytest.raises(NothingToScan, match="no such folder"):
            opened.snapshot(revisions[0])


def test_the_line_follows_first_parents(merged: tuple[Repo, list[str]]) -> None:
    repo, revisions = merged
    with Revisions(repo.path) as opened:
        line = opened.line()
        assert [c.revision for c in line.commits][:5] == [revisions[n] for n in (5, 4, 3, 1, 0)]
        assert [c.merges for c in line.commits] == [False, True, False, False, False, False]
        assert line.whole
        assert {c.committed_on for c in line.commits} == {"2026-03-04"}
        # A merge changes what it brings in, as seen from its first parent.
        assert opened.changed([revisions[4]]) == {revisions[4]: frozenset({"c.py"})}
    with Revisions(repo.path, limits=Limits(commits=2)) as opened:
        assert not opened.line().whole


def test_tags_name_commits(merged: tuple[Repo, list[str]]) -> None:
    repo, revisions = merged
    repo.git("tag", "light", revisions[1])
    repo.git("tag", "--annotate", "--message", "x", "heavy", revisions[2])
    with Revisions(repo.path) as opened:
        assert opened.tags() == {"light": revisions[1], "heavy": revisions[2]}


def test_what_has_no_history_says_so_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NothingToScan, match="no git repository, so there is no history"):
        Revisions(tmp_path)
    run_git(tmp_path, "init", "--quiet")
    with pytest.raises(NothingToScan, match="no commit yet"):
        Revisions(tmp_path)
    with pytest.raises(UsageError):
        Revisions(tmp_path, "--all")


def test_a_shallow_clone_ends_where_it_ends(merged: tuple[Repo, list[str]], tmp_path: Path) -> None:
    repo, revisions = merged
    run_git(tmp_path, "clone", "--quiet", "--bare", "--depth", "2", f"file://{repo.path}", "shallow")
    with Revisions(tmp_path / "shallow") as opened:
        line = opened.line()
        assert [c.revision for c in line.commits] == [revisions[5], revisions[4]]
        assert not line.whole
    _compare(tmp_path / "shallow", [revisions[5], revisions[4]])
