"""What two revisions share is read once, and both have the bytes that are theirs."""

from __future__ import annotations

from mlscan.snapshot import KeptBlobs, open_snapshot
from snapshot.building import Repo


def _read(repo: Repo, rev: str, kept: KeptBlobs | None) -> dict[str, object]:
    with open_snapshot(repo.path, rev=rev, kept=kept) as snapshot:
        return dict(snapshot.read_many([file.path for file in snapshot.files]))


def test_only_what_changed_is_read_for_the_second_revision(repo: Repo) -> None:
    repo.write({"same.py": "a = 1\n", "other.py": "b = 1\n", "copy.py": "a = 1\n"})
    repo.git("add", "-A")
    repo.git("commit", "--quiet", "-m", "one")
    repo.write({"other.py": "b = 22\n", "new.py": "c = 1\n"})
    repo.git("add", "-A")
    repo.git("commit", "--quiet", "-m", "two")
    kept = KeptBlobs()
    before = _read(repo, "HEAD~1", kept)
    assert kept.reused == 0
    after = _read(repo, "HEAD", kept)
    assert kept.reused == len(after) - 2
    assert (before, after) == (_read(repo, "HEAD~1", None), _read(repo, "HEAD", None))
    assert (before["other.py"], after["other.py"]) == (b"b = 1\n", b"b = 22\n")


def test_what_is_beyond_the_limit_is_read_again(repo: Repo) -> None:
    kept = KeptBlobs(limit=3)
    first, second = _read(repo, "HEAD", kept), _read(repo, "HEAD", kept)
    assert first == second
    assert kept.reused == 0
