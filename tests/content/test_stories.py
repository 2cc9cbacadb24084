"""The fixtures tell a story each; a scan must tell the same one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlscan import scan
from mlscan.types.assessment import Assessment
from mlscan.types.evidence import Context

FIXTURES = Path(__file__).parents[2] / "fixtures"
Story = tuple[dict[str, Any], Assessment]
EXPECTED = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((FIXTURES / "expected").glob("*.json"))}


def git(folder: Path, *words: str, author: int = 0) -> None:
    who = {
        "NAME": f"Author {author}",
        "EMAIL": f"author{author}@example.org",
        "DATE": f"2024-05-{author + 1:02d}T12:00:00Z",
    }
    given = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **given, **nowhere}, check=True, capture_output=True)


def repository(name: str, authors: int, target: Path) -> Path:
    """A copy of a fixture as a git repository of its own, whose history has this many authors."""
    folder = target / Path(name).name
    shutil.copytree(FIXTURES / name, folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", "Everything so far")
    for number in range(1, authors):
        git(folder, "commit", "--quiet", "--allow-empty", "--message", f"Change {number}", author=number)
    return folder


@pytest.fixture(scope="module", params=sorted(EXPECTED))
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    expected = EXPECTED[request.param]
    folder = repository(expected["tree"], expected["authors"], tmp_path_factory.mktemp(request.param))
    return expected, scan(folder)


def present(found: Assessment) -> dict[str, bool | None]:
    return {practice.id: practice.present for practice in found.practices}


def test_kind_and_level(story: Story) -> None:
    expected, found = story
    why = [(c.id, c.status.value, c.why) for level in found.levels for c in level.criteria if c.status.value != "met"]
    assert (found.kind, found.level) == (expected["kind"], expected["level"]), (found.kind_reasons, why)


def test_components(story: Story) -> None:
    expected, found = story
    assert {c.path: c.level for c in found.components} == expected.get("components", {})


def test_nothing_was_unreadable(story: Story) -> None:
    assert story[1].gaps == ()


def test_practices_that_are_there(story: Story) -> None:
    expected, found = story
    seen = present(found)
    assert {p: seen[p] for p in expected["present"]} == dict.fromkeys(expected["present"], True)


def test_practices_that_are_not_there(story: Story) -> None:
    expected, found = story
    seen = present(found)
    assert {p: seen[p] for p in expected["absent"]} == dict.fromkeys(expected["absent"], False)


def test_every_place_exists(story: Story) -> None:
    expected, found = story
    for evidence in found.evidence:
        if evidence.where.path != ".":
            lines = (FIXTURES / expected["tree"] / evidence.where.path).read_bytes().splitlines()
            assert (evidence.where.line or 0) <= len(lines), evidence


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if "silent" in expected])
def test_talk_is_no_evidence(name: str, tmp_path: Path) -> None:
    expected = EXPECTED[name]
    found = scan(repository(expected["tree"], expected["authors"], tmp_path))
    own = [e for e in found.evidence if e.context is Context.OWN and e.practice in expected["silent"]]
    assert own == []


def test_a_story_without_history_keeps_its_practices(tmp_path: Path) -> None:
    expected = EXPECTED["level-5-grid-load"]
    folder = tmp_path / "plain-folder"
    shutil.copytree(FIXTURES / expected["tree"], folder)
    seen = present(scan(folder))
    there = [p for p in expected["present"] if p != "team"]
    assert {p: seen[p] for p in there} == dict.fromkeys(there, True)


def test_expectations_name_practices_that_exist(story: Story) -> None:
    expected, found = story
    named = [*expected["present"], *expected["absent"]]
    assert len(named) == len(set(named))
    assert set(named) <= set(present(found))


def test_every_fixture_has_an_expectation() -> None:
    trees = {f"repos/{p.name}" for p in (FIXTURES / "repos").iterdir()} | {"decoy", "plain"}
    assert {expected["tree"] for expected in EXPECTED.values()} == trees


BROKEN_FILES = [
    ".github/workflows/invalid.yml",
    ".github/workflows/list.yml",
    "pyproject.toml",
    "service/pyproject.toml",
    "cut.ipynb",
    "syntax.py",
]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return repository("broken", 1, tmp_path)


def test_broken_files_are_gaps_and_not_the_end(broken: Path) -> None:
    found = scan(broken)
    assert set(BROKEN_FILES) - {gap.path for gap in found.gaps} == set()
    assert 0 <= found.level <= found.could_be <= 5


def test_broken_is_the_same_twice(broken: Path) -> None:
    first, second = scan(broken), scan(broken)
    assert (first.evidence, first.gaps, first.levels) == (second.evidence, second.gaps, second.levels)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_what_git_cannot_carry(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipes, links out, loops, dangling links and sockets: nothing blocks, nothing outside is read."""
    secret = broken.parent / "secret.py"
    secret.write_text("import sklearn\nSECRET_WORD_OUTSIDE = 1\n", encoding="utf-8")
    os.mkfifo(broken / "pipe.py")
    os.mkfifo(broken / "Jenkinsfile")
    (broken / "outside.py").symlink_to(secret)
    (broken / "nowhere.yaml").symlink_to("does-not-exist")
    (broken / "zero.py").symlink_to("/dev/zero")
    (broken / "around").symlink_to(broken, target_is_directory=True)
    monkeypatch.chdir(broken)  # the name of a socket is limited to about a hundred bytes
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.py")
        found = scan(broken)
    assert not any("SECRET_WORD_OUTSIDE" in e.excerpt for e in found.evidence)
    assert not any(e.where.path in {"outside.py", "zero.py", "pipe.py"} for e in found.evidence)
