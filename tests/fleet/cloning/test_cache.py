"""The cache: what is there is not fetched again, runs share it, and it is kept small."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from snapshot.building import read_all

from fleet.cloning.conftest import Bench, named
from fleet.cloning.server import GitServer
from mlscan.fleet.cloning import CloneFailure, CloneLimits, Cloner


def test_what_has_not_changed_is_not_fetched_again(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    with bench.cloner().fetched(named(server, "x")):
        fetched = server.fetches()
    for _ in range(2):
        with bench.cloner().fetched(named(server, "x")) as clone:
            assert clone.revision == repo.head
    assert server.fetches() == fetched > 0
    second = repo.commit({"b.py": "b"})
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert (clone.revision, set(read_all(clone.path).data)) == (second, {"a.py", "b.py"})


def test_the_revision_is_told_without_a_clone_and_asked_for_once(
    server: GitServer, bench: Bench, tmp_path: Path
) -> None:
    repo = server.repository("x", {"a.py": "a"})
    cloner = bench.cloner()
    assert cloner.revision(named(server, "x")) == repo.head
    assert not list(bench.cache.rglob("config"))
    assert server.fetches() == 0
    with cloner.fetched(named(server, "x")):
        both = len(server.asked)
    with Cloner(tmp_path / "another", CloneLimits()).fetched(named(server, "x")):
        assert len(server.asked) - both == both


def test_branches_are_those_of_now_even_where_the_commit_is_the_same(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    repo.git("branch", "dev")
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert read_all(clone.path).info.branches == ("dev", "main")
        fetched = server.fetches()
    repo.git("branch", "prod")
    repo.git("branch", "--delete", "dev")
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert read_all(clone.path).info.branches == ("main", "prod")
    assert server.fetches() == fetched


@pytest.mark.parametrize("full", [False, True])
def test_another_default_branch_at_the_same_commit(server: GitServer, bench: Bench, full: bool) -> None:
    repo = server.repository("x", {"a.py": "a"})
    repo.git("branch", "dev")
    with bench.cloner(full=full).fetched(named(server, "x")):
        pass
    repo.git("branch", "--move", "main", "trunk")
    with bench.cloner(full=full).fetched(named(server, "x")) as clone:
        assert (read_all(clone.path).info.branches, clone.revision) == (("dev", "trunk"), repo.head)


def test_other_limits_are_another_clone(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.bin": b"\0" * 500})
    with bench.cloner(file_bytes=100).fetched(named(server, "x")) as clone:
        assert set(read_all(clone.path).data) == set()
    with bench.cloner(file_bytes=1_000).fetched(named(server, "x")) as clone:
        assert set(read_all(clone.path).data) == {"a.bin"}


def test_two_repositories_of_one_name_are_two(server: GitServer, bench: Bench) -> None:
    server.repository("one/x", {"a.py": "1"})
    server.repository("two/x", {"a.py": "2"})
    cloner = bench.cloner()
    with cloner.fetched(named(server, "one/x")) as one, cloner.fetched(named(server, "two/x")) as two:
        assert (read_all(one.path).data, read_all(two.path).data) == ({"a.py": b"1"}, {"a.py": b"2"})


def test_a_broken_mark_or_a_clone_that_was_begun_is_made_anew(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    with bench.cloner().fetched(named(server, "x")) as clone:
        path, fetched = clone.path, server.fetches()
    (path / "mlscan.json").write_text("{")
    (path.parent / "new-left").mkdir()
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert clone.revision == repo.head
    assert (server.fetches(), bench.left()) == (2 * fetched, [])


def test_who_comes_second_waits_until_the_first_is_done(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    order: list[str] = []
    waits = threading.Event()
    second = Cloner(bench.cache, CloneLimits(), sleep=lambda _: waits.set())

    def other() -> None:
        with second.fetched(named(server, "x")):
            order.append("second")

    with bench.cloner().fetched(named(server, "x")):
        thread = threading.Thread(target=other)
        thread.start()
        assert waits.wait(60)
        order.append("first")
        fetched = server.fetches()
    thread.join(60)
    assert order == ["first", "second"]
    assert server.fetches() == fetched


def test_and_gives_up_after_the_time_that_was_allowed(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    late = bench.cloner(seconds=0).fetched(named(server, "x"))
    with bench.cloner().fetched(named(server, "x")), pytest.raises(CloneFailure, match="another run"), late:
        pass


def test_a_process_that_dies_holds_nothing(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    text = (
        "import pickle, sys, os\n"
        "cloner, repository = pickle.load(sys.stdin.buffer)\n"
        "with cloner.fetched(repository):\n    os._exit(9)\n"
    )
    data = pickle.dumps((Cloner(bench.cache, CloneLimits()), named(server, "x")))
    assert subprocess.run([sys.executable, "-c", text], input=data, check=False).returncode == 9
    with bench.cloner(seconds=100).fetched(named(server, "x")) as clone:
        assert clone.revision is not None


def test_old_clones_go_first_and_those_in_use_stay(server: GitServer, bench: Bench) -> None:
    paths = []
    cloner = bench.cloner()
    for number in range(4):
        server.repository(f"x{number}", {"a.bin": os.urandom(100_000)})
        with cloner.fetched(named(server, f"x{number}")) as clone:
            paths.append(clone.path)
        os.utime(clone.path / "mlscan.json", (time.time() - 1_000 + number, time.time() - 1_000 + number))
    with cloner.fetched(named(server, "x0")):
        os.utime(paths[0] / "mlscan.json", (1, 1))
        assert bench.cloner(cache_bytes=250_000).prune() > 200_000
        assert [p.exists() for p in paths] == [True, False, False, True]
    assert bench.cloner(cache_days=1).prune() > 100_000
    assert [p.exists() for p in paths] == [False, False, False, True]


def test_a_long_run_keeps_it_small(server: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.fleet.cloning.cloner.PRUNED", 3)
    cloner = bench.cloner(cache_bytes=250_000)
    for number in range(6):
        server.repository(f"x{number}", {"a.bin": os.urandom(100_000)})
        with cloner.fetched(named(server, f"x{number}")):
            pass
    assert len(list(bench.cache.rglob("mlscan.json"))) == 2


def test_nothing_of_others_is_removed(server: GitServer, bench: Bench) -> None:
    for name in ("go/src", "ab/data", f"ab/{'c' * 40}", "locks"):
        (bench.cache / name).mkdir(parents=True)
        (bench.cache / name / "mine.txt").write_text("x")
    server.repository("x", {"a.py": "a"})
    with bench.cloner().fetched(named(server, "x")):
        pass
    bench.cloner(cache_bytes=0).prune()
    assert len(list(bench.cache.rglob("mine.txt"))) == 4
    assert not list(bench.cache.rglob("mlscan.json"))


def test_a_clone_that_was_used_just_now_stays_longer(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    for _ in range(2):
        with bench.cloner().fetched(named(server, "x")) as clone:
            pass
        assert bench.cloner(cache_days=1).prune() == 0
        os.utime(clone.path / "mlscan.json", (1, 1))
    assert bench.cloner(cache_days=1).prune() > 0


def test_no_cache_keeps_nothing(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    with bench.cloner(cache_bytes=0).fetched(named(server, "x")) as clone:
        assert clone.path.exists()
    assert not clone.path.exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_only_this_user_can_read_it(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    with bench.cloner().fetched(named(server, "x")) as clone:
        for folder in (bench.cache, clone.path.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_cache_that_cannot_be_written_to_is_told(server: GitServer, tmp_path: Path) -> None:
    server.repository("x", {"a.py": "a"})
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(CloneFailure) as failure, Cloner(tmp_path / "cache", CloneLimits()).fetched(named(server, "x")):
        pass
    assert str(tmp_path) not in failure.value.reason
