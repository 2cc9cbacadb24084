"""`mlscan diff`: what a branch changes, in real repositories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Ran
from cli.repositories import CI, TRAIN, commit, git, project
from mlscan.cli import main
from mlscan.scan import questions

DAY = ("--as-of", "2026-01-01")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("diff") / "churn")


@pytest.fixture
def diff(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `mlscan diff` in this process, with the content that ships."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
        monkeypatch.delenv(name, raising=False)

    def call(folder: Path, *args: str) -> Ran:
        code = main(["diff", *args, "--path", str(folder), *DAY])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


def changed(ran: Ran) -> dict[str, str]:
    return {c["id"].rpartition("/")[2]: c["direction"] for c in json.loads(ran.out)["changes"]}


def test_a_branch_is_compared_with_where_it_left(diff: Any, repository: Path) -> None:
    ran = diff(repository, "main", "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    directions = changed(ran)
    assert directions["experiment-tracking"] == directions["lockfile"] == "gained"
    assert directions["ci"] == directions["ci-on-changes"] == "lost"
    # The container that main got since is no loss of the branch.
    assert "containers" not in directions
    found = json.loads(ran.out)
    assert found["base"]["name"] == "main, where it was left"
    assert found["base"]["revision"] == git(repository, "merge-base", "main", "feature").strip()
    assert found["head"]["revision"] == git(repository, "rev-parse", "feature").strip()


def test_exact_compares_with_the_tip(diff: Any, repository: Path) -> None:
    assert changed(diff(repository, "main", "feature", "--exact", "--format", "json"))["containers"] == "lost"


def test_evidence_names_the_place_on_its_side(diff: Any, repository: Path) -> None:
    changes = {c["id"]: c for c in json.loads(diff(repository, "main", "--format", "json").out)["changes"]}
    gained, lost = changes["mlscan:ml-process/experiment-tracking"], changes["mlscan:ml-process/ci"]
    assert (gained["evidence"][0]["path"], gained["evidence"][0]["line"]) == ("train.py", 6)
    assert lost["evidence"][0]["path"] == ".github/workflows/ci.yml"
    assert (lost["before"], lost["after"]) == ("automated", "absent")


def test_the_terminal_says_it_in_words(diff: Any, repository: Path) -> None:
    out = diff(repository, "main").out
    assert max(map(len, out.splitlines())) <= 80
    assert out.index("\nLost\n") < out.index("\nGained\n")
    assert "was at .github/workflows/ci.yml" in out
    assert "Continuous integration (ci, practice)" in out
    assert "level 1 Enthusiasts -> level 2 R&D" in out
    assert "(ci-on-changes, asked by level 3)\n    met -> not met: see Continuous integration\n" in out


def test_markdown_for_a_pull_request(diff: Any, repository: Path) -> None:
    git(repository, "config", "remote.origin.url", "https://github.com/acme/churn.git")
    out = diff(repository, "main", "--format", "markdown").out
    assert out.startswith("## ML process: level 1 Enthusiasts")
    revision = git(repository, "merge-base", "main", "feature").strip()
    assert f"https://github.com/acme/churn/blob/{revision}/.github/workflows/ci.yml" in out
    assert "| ✗ **lost** |" in out
    assert "| ✓ **gained** |" in out


def test_markdown_says_how_much_and_nothing_twice(diff: Any, repository: Path) -> None:
    out = diff(repository, "main", "--format", "markdown").out
    assert "**Lost: 1 practice and 1 criterion**. Gained: " in out
    (row,) = [line for line in out.splitlines() if "`ci-on-changes`" in line]
    assert row.split(" | ")[1:] == [
        "Every change is checked by CI<br>`ci-on-changes`, asked by level 3",
        "met",
        "not met",
        "see Continuous integration |",
    ]
    _, _, folded = out.partition("<summary>Why something is not there any more, or not certain</summary>")
    assert folded.count("looked for") == 1
    assert "not-met" not in out
    assert "*automated*: CI, a schedule or a deployment runs it" in out.splitlines()[-1]


@pytest.mark.parametrize("format", ["terminal", "markdown", "json"])
def test_no_regress_fails_whatever_the_format(diff: Any, repository: Path, format: str) -> None:
    ran = diff(repository, "main", "--no-regress", "--format", format)
    assert ran.code == 1
    assert ran.err == (
        "mlscan: gate failed: practice ci is lost [mlscan:ml-process/ci]; "
        "criterion ci-on-changes is lost [mlscan:ml-process/ci-on-changes]\n"
    )


def test_no_regress_holds_when_nothing_is_lost(diff: Any, repository: Path) -> None:
    assert diff(repository, "main~1", "main", "--no-regress").code == 0


def test_a_base_that_was_never_left_is_just_named(diff: Any, repository: Path) -> None:
    found = json.loads(diff(repository, "main~1", "main", "--format", "json").out)
    assert (found["base"]["name"], found["head"]["name"]) == ("main~1", "main")


def test_what_lies_in_the_folder_is_the_head(diff: Any, tmp_path: Path) -> None:
    folder = project(tmp_path / "r")
    (folder / "Dockerfile").write_text("FROM python:3.12\nCOPY . .\n", encoding="utf-8")
    ran = diff(folder, "feature", "--format", "json")
    assert changed(ran)["containers"] == "gained"
    assert json.loads(ran.out)["head"]["name"] == "the folder, with uncommitted changes"


def test_older_against_newer_shows_what_went(diff: Any, repository: Path) -> None:
    assert changed(diff(repository, "main", "main~1", "--format", "json")) == {
        "containers": "lost",
        "environment-repeatable": "lost",
        "environment-packaged": "lost",
    }


def test_the_same_revision_differs_in_nothing(diff: Any, repository: Path) -> None:
    assert "Both are the same revision." in diff(repository, "HEAD").out
    assert json.loads(diff(repository, "HEAD", "HEAD", "--format", "json").out)["changes"] == []


def test_a_base_that_is_not_there_is_told_before_anything_is_scanned(
    diff: Any, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "scan_with", None)
    for folder, words in ((repository, "no revision 'mian' in"), (tmp_path, "no git repository to read the revision")):
        ran = diff(folder, "mian")
        assert (ran.code, ran.out) == (3, "")
        assert words in ran.err


def test_a_bare_repository_will_do(diff: Any, repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    assert changed(diff(tmp_path / "bare.git", "main", "feature", "--format", "json"))["ci"] == "lost"


def test_a_gate_does_not_apply_where_a_level_means_nothing(diff: Any, tmp_path: Path) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "start", _dot_github__workflows__ci_dot_yml=CI, app_dot_py="print(1)\n")
    commit(folder, "no CI", _dot_github__workflows__ci_dot_yml=None)
    ran = diff(folder, "HEAD~1", "--no-regress")
    assert (ran.code, ran.err) == (0, "mlscan: gate does not apply: a level means nothing for kind not-ml\n")


def test_a_project_that_is_none_any_more_is_a_loss(diff: Any, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "start", train_dot_py=TRAIN, requirements_dot_txt="scikit-learn\n")
    commit(folder, "gone", train_dot_py=None, app_dot_py="print(1)\n")
    ran = diff(folder, "HEAD~1", "--no-regress")
    assert ran.code == 1
    assert "kind ml-project became not-ml [mlscan:ml-process/kind]" in ran.err


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("no-such-branch",), 3, "no revision 'no-such-branch'"),
        (("main", "no-such-branch"), 3, "no revision 'no-such-branch'"),
        ((), 2, "Missing argument 'BASE'"),
        (("", "main"), 2, "no name of a revision"),
        (("main", "--model", "other"), 2, "no maturity model 'other'"),
        (("main", "--output", "no/such/folder/x"), 2, "there is no folder folder"),
    ],
)
def test_what_cannot_be_compared(diff: Any, repository: Path, args: tuple[str, ...], code: int, words: str) -> None:
    ran = diff(repository, *args)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_the_answer_goes_to_a_file(diff: Any, repository: Path, tmp_path: Path) -> None:
    ran = diff(repository, "main", "--format", "markdown", "--output", str(tmp_path / "a.md"))
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("## ML process")
