"""Where two revisions parted."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscan.snapshot.ancestors import common_ancestor
from snapshot.building import Repo, Traps, new_repo, run_git


def test_the_best_common_ancestor_is_found_without_configuration(repo: Repo, traps: Traps) -> None:
    base = repo.head
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"side.py": "s"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"main.py": "m"})
    run_git(repo.path, "config", "core.fsmonitor", str(traps.program))
    assert common_ancestor(repo.path, "main", "side") == base
    assert common_ancestor(repo.path, "main", base) == base
    assert common_ancestor(repo.path / "data", "main~1", "side") == base
    assert traps.sprung == ""


@pytest.mark.parametrize("name", ["missing", "--output=x", "", "\0", "\ud800", "a\nb"])
def test_without_such_a_revision_there_is_none(repo: Repo, name: str) -> None:
    assert common_ancestor(repo.path, "main", name) is None


def test_without_a_repository_or_a_common_history_there_is_none(repo: Repo, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "--orphan", "alone")
    repo.commit({"x.py": ""})
    assert common_ancestor(repo.path, "main", "alone") is None
    assert common_ancestor(tmp_path, "main", "main") is None
    assert common_ancestor(tmp_path / "missing", "main", "main") is None
    new_repo(tmp_path / "borrows", {"a.py": "a"})
    (tmp_path / "borrows/.git/objects/info/alternates").write_text(f"{repo.git_dir}/objects\n")
    assert common_ancestor(tmp_path / "borrows", "main", "main") is None
