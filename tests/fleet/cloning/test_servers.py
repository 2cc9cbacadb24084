"""Servers that are slow, broken, huge or dishonest cost one repository, with a reason in one line."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from snapshot.building import read_all

from fleet.cloning.conftest import Bench, named
from fleet.cloning.server import Answer, Asked, Change, GitServer
from mlscan.fleet.cloning import CloneFailure, CloneLimits
from mlscan.types.evidence import Gap
from mlscan.types.fleet import FleetRepository
from mlscan.types.snapshot import History

NOISE = {f"f{n}.bin": os.urandom(50_000) for n in range(20)}


def on_fetch(change: Callable[[Answer], Answer], *, first: int = 0, last: int = 10**9) -> Change:
    """Changes the answers to some of the requests for objects, by their number."""
    count = 0

    def changed(asked: Asked, answer: Answer) -> Answer:
        nonlocal count
        if not asked.is_fetch:
            return answer
        count += 1
        return change(answer) if first <= count - 1 <= last else answer

    return changed


def half(answer: Answer) -> Answer:
    """Half of the body, then the connection ends."""
    return replace(answer, body=answer.body[: len(answer.body) // 2], length=len(answer.body), cut=True)


def failing(bench: Bench, server: GitServer, name: str = "x", **limits: int) -> str:
    """Why the clone fails. Nothing of it is left."""
    with pytest.raises(CloneFailure) as failure, bench.limited(CloneLimits(**limits)).fetched(named(server, name)):
        pass
    assert bench.left() == []
    reason = failure.value.reason
    assert "\n" not in reason and server.host not in reason and str(bench.cache) not in reason
    return reason


def test_a_connection_that_ends_half_way_is_tried_again(server: GitServer, bench: Bench) -> None:
    server.repository("x", NOISE)
    server.change = on_fetch(half, last=1)
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert read_all(clone.path).data == NOISE
    assert len(bench.told.slept) == 2
    assert bench.left() == []


def test_and_given_up_when_it_always_does(server: GitServer, bench: Bench) -> None:
    server.repository("x", NOISE)
    server.change = on_fetch(half)
    assert failing(bench, server) == "the connection ended early"
    assert len(bench.told.slept) == 2


@pytest.mark.parametrize(
    ("status", "reason", "tries"),
    [
        (401, "no access: it needs a token with the right to read it", 1),
        (403, "no access: it needs a token with the right to read it", 1),
        (404, "no such repository, or no right to see it", 1),
        (410, "the forge does not give it out", 1),
        (451, "the forge does not give it out", 1),
        (429, "the server asks for fewer requests", 3),
        (500, "the server has an error of its own", 3),
        (503, "the server has an error of its own", 3),
    ],
)
def test_a_status_is_told_in_words(server: GitServer, bench: Bench, status: int, reason: str, tries: int) -> None:
    server.repository("x", {"a.py": "a"})
    server.change = lambda _, answer: replace(answer, status=status, body=b"said by the server")
    assert failing(bench, server) == reason
    assert len(bench.told.slept) == tries - 1


def test_a_server_that_is_not_there(server: GitServer, bench: Bench) -> None:
    gone = FleetRepository(identity="x", name="x", clone_url="http://127.0.0.1:1/x")
    with pytest.raises(CloneFailure, match="cannot be reached"), bench.cloner().fetched(gone):
        pass


def test_commits_that_cannot_be_had_cost_the_people_only(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    repo.commit({"b.py": "b"})
    server.change = on_fetch(half, first=1)
    with bench.cloner().fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert found.data == {"a.py": b"a", "b.py": b"b"}
        assert found.info.history is History.SHALLOW
        assert isinstance(found.authors, Gap)
    assert bench.told.lines == [
        "x: the commits could not be fetched, so people are not counted: the connection ended early"
    ]
    server.change = lambda _, answer: answer
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert read_all(clone.path).info.history is History.COMMITS


def test_a_whole_history_that_cannot_be_brought_up_to_date_is_kept(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", NOISE)
    with bench.cloner(full=True).fetched(named(server, "x")) as clone:
        packs = {p.name for p in clone.path.rglob("*.pack")}
    repo.commit({"b.py": "b" * 10_000})
    server.change = on_fetch(half)
    with pytest.raises(CloneFailure), bench.cloner(full=True).fetched(named(server, "x")):
        pass
    assert bench.left() == []
    server.change = lambda _, answer: answer
    with bench.cloner(full=True).fetched(named(server, "x")) as clone:
        assert clone.revision == repo.head
        assert packs < {p.name for p in clone.path.rglob("*.pack")}


def test_a_server_that_keeps_one_waiting_costs_the_time_that_was_allowed(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})

    def wait(_: Asked, answer: Answer) -> Answer:
        server.release.wait(60)
        return answer

    server.change = wait
    assert failing(bench, server, seconds=1) == "limit of time for a clone reached"


def test_a_pack_without_an_end_costs_the_size_that_was_allowed(server: GitServer, bench: Bench) -> None:
    server.repository("x", NOISE)

    def endless(answer: Answer) -> Answer:
        start = answer.body.index(b"\x01PACK") - 4
        begun = answer.body[:start] + _packets(b"PACK\0\0\0\2\0\0\0\1")
        # A blob of four gigabytes, stored, so that it stays as large on disk.
        header = bytes([0xB0 | 0x0F, 0xFF, 0xFF, 0xFF, 0x0F])
        stored = b"\x78\x01"
        block = b"\x00\xff\xff\x00\x00" + b"x" * 65_535
        return replace(answer, body=begun + _packets(header + stored), forever=_packets(block))

    server.change = on_fetch(endless)
    assert failing(bench, server, bytes=3_000_000, seconds=60) == "limit of size for a clone reached"


def _packets(data: bytes) -> bytes:
    parts = [data[n : n + 65_000] for n in range(0, len(data), 65_000)]
    return b"".join(f"{len(part) + 5:04x}".encode() + b"\x01" + part for part in parts)


def test_references_without_an_end_too(server: GitServer, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    server.repository("x", {"a.py": "a"})
    monkeypatch.setattr("mlscan.fleet.cloning.git.PRINTED", 1 << 20)
    monkeypatch.setattr("mlscan.fleet.cloning.git.MEMORY", 1 << 26)
    line = b"%s refs/heads/%s\n" % (b"a" * 40, b"x" * 900)
    packet = f"{len(line) + 4:04x}".encode() + line

    def endless(asked: Asked, answer: Answer) -> Answer:
        return replace(answer, body=b"", forever=packet * 50) if b"command=ls-refs" in asked.body else answer

    server.change = endless
    reason = failing(bench, server, seconds=30)
    assert reason in ("the server lists more references than the limit", "limit of time for a clone reached", _MEMORY)


_MEMORY = "limit of memory for a clone reached"


@pytest.mark.parametrize("place", [0.0, 0.01, 0.5, 0.9])
def test_a_broken_pack_is_told(server: GitServer, bench: Bench, place: float) -> None:
    server.repository("x", NOISE)

    def spoil(answer: Answer) -> Answer:
        start = answer.body.index(b"PACK")
        at = start + int(place * (len(answer.body) - start))
        return replace(answer, body=answer.body[:at] + bytes([answer.body[at] ^ 0x55]) + answer.body[at + 1 :])

    server.change = on_fetch(spoil)
    assert failing(bench, server) in ("what the server sent is broken", "the server does not speak as git does")


def test_a_branch_that_is_not_there_is_told(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", {"a.py": "a"})
    head = repo.head.encode()
    server.change = lambda _, answer: replace(answer, body=answer.body.replace(head, b"1" * 40))
    assert failing(bench, server)


@pytest.mark.parametrize("longer", [1, 1_000_000])
def test_a_length_that_promises_more_changes_nothing(server: GitServer, bench: Bench, longer: int) -> None:
    server.repository("x", NOISE)
    server.change = on_fetch(lambda answer: replace(answer, length=len(answer.body) + longer, cut=True))
    with bench.cloner().fetched(named(server, "x")) as clone:
        assert read_all(clone.path).data == NOISE


def test_a_length_that_promises_less_is_told(server: GitServer, bench: Bench) -> None:
    server.repository("x", NOISE)
    server.change = on_fetch(lambda answer: replace(answer, length=len(answer.body) // 2))
    assert failing(bench, server) == "the connection ended early"


def test_a_page_for_people_is_no_repository(server: GitServer, bench: Bench) -> None:
    page = Answer(headers={"Content-Type": "text/html"}, body=b"<html>please log in</html>")
    server.change = lambda _, __: page
    assert failing(bench, server)


def test_words_of_a_server_are_not_repeated(server: GitServer, bench: Bench) -> None:
    server.repository("x", {"a.py": "a"})
    evil = b"ERR \x1b[31msecret /root/place\n"
    packet = f"{len(evil) + 4:04x}".encode() + evil
    server.change = lambda asked, answer: replace(answer, body=packet) if asked.method == "POST" else answer
    assert "secret" not in failing(bench, server)


def test_what_is_too_large_is_not_kept(server: GitServer, bench: Bench) -> None:
    server.repository("x", NOISE)
    assert failing(bench, server, bytes=300_000) == "limit of size for a clone reached"


def test_a_history_that_is_too_large_costs_the_people_only(server: GitServer, bench: Bench) -> None:
    repo = server.repository("x", NOISE, partial=False)
    for name in NOISE:
        (repo.path / name).unlink()
    repo.commit({"a.py": "a"})
    with bench.cloner(bytes=300_000).fetched(named(server, "x")) as clone:
        found = read_all(clone.path)
        assert (found.data, found.info.history) == ({"a.py": b"a"}, History.SHALLOW)
    assert bench.told.lines == [
        "x: the commits could not be fetched, so people are not counted: limit of size for a clone reached"
    ]
    assert bench.left() == []


@pytest.mark.parametrize(
    "url", ["ext::sh -c touch% x", "git://127.0.0.1/x", "-u:x", "ssh://-oProxyCommand=x/y", "nothing"]
)
def test_what_must_not_reach_git_does_not(bench: Bench, url: str) -> None:
    with (
        pytest.raises(CloneFailure) as failure,
        bench.cloner().fetched(FleetRepository(identity="x", name="x", clone_url=url)),
    ):
        pass
    assert url not in failure.value.reason
    assert not list(bench.cache.rglob("config"))


@pytest.mark.parametrize("name", ["-x", "a b", "a..b", "a;b", "$(x)", "@{x}", "refs", "HEAD"])
def test_names_of_branches_that_a_server_makes_up_do_no_harm(server: GitServer, bench: Bench, name: str) -> None:
    repo = server.repository("x", {"a.py": "a"})
    head = repo.head.encode()

    def lie(asked: Asked, answer: Answer) -> Answer:
        if b"command=ls-refs" not in asked.body:
            return answer
        lines = [
            b"%s HEAD symref-target:refs/heads/%s\n" % (head, name.encode()),
            b"%s refs/heads/%s\n" % (head, name.encode()),
        ]
        body = b"".join(f"{len(line) + 4:04x}".encode() + line for line in lines) + b"0000"
        return replace(answer, body=body)

    server.change = lie
    try:
        with bench.cloner().fetched(named(server, "x")) as clone:
            assert clone.revision == repo.head
    except CloneFailure:
        assert bench.left() == []
