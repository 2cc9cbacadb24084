"""The floors read what a scan reads, and search for what it searches for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.environments import Environment
from benchmarks.floor import SCRIPT, find_patterns, floors, for_ripgrep, list_blobs, list_read
from benchmarks.make_repo import files, make


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    make(tmp_path / "repo", 30, 30_000, 5)
    return tmp_path / "repo"


def test_all_blobs_are_listed_once(repository: Path) -> None:
    blobs = list_blobs(repository, ["HEAD", "HEAD"])
    assert (blobs.count, blobs.size) == (30, sum(len(body) for _, body in files(30, 30_000, 5)))


def test_blobs_that_are_not_there_are_left_out(repository: Path) -> None:
    before = list_blobs(repository, ["HEAD"])
    lost = before.ids.split()[0].decode()
    (repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    after = list_blobs(repository, ["HEAD"])
    assert after.count == before.count - 1
    assert lost.encode() not in after.ids.split()


def test_the_floors_get_what_a_scan_reads(repository: Path, tmp_path: Path) -> None:
    read = list_read(Environment(Path(sys.executable)), repository, tmp_path)
    everything = list_blobs(repository, ["HEAD"])
    assert {path for path in everything.paths if path.endswith((b".py", b".ipynb", b".yml"))} <= set(read.paths)
    assert not any(path.endswith(b".csv") for path in read.paths)
    assert 0 < read.count < everything.count
    assert 0 < read.size < everything.size
    assert read.ids.count(b"\n") == read.count


def test_every_blob_is_searched_for_the_words_of_the_detectors(repository: Path, tmp_path: Path) -> None:
    python = Environment(Path(sys.executable))
    patterns = find_patterns(python, tmp_path)
    assert patterns.words > 1_000
    blobs = list_blobs(repository, ["HEAD"])
    ids = tmp_path / "some-ids"
    ids.write_bytes(blobs.ids)
    command = [sys.executable, "-I", str(SCRIPT), "search", str(patterns.file), str(repository), str(ids)]
    for options in ([], ["--loose"]):
        said = subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout
        count, size, hits = map(int, said.split())
        assert (count, size) == (blobs.count, blobs.size)
        assert 0 < hits <= count
    named = floors(python, patterns, repository, blobs, checked_out=False)
    assert len(named) == 3
    assert not any("ripgrep" in name for name in named)


@pytest.mark.parametrize(
    ("pattern", "text"), [(r"\bA\-b\.c", "A-b.c"), (r"[a\-z]\ \\", "- \\"), (r"\w+\$", "ab$"), (r"<\"\'", "<\"'")]
)
def test_patterns_for_ripgrep_mean_the_same(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    assert re.fullmatch(for_ripgrep(pattern), text)
    assert not re.search(for_ripgrep(pattern), "Axbxc")
