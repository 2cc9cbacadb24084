"""`mlscan.toml` from end to end: what it changes, what it hides, and that it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from cli.repositories import CI, TRACKED, commit, git
from mlscan.cli import loading, main
from mlscan.content import Content, load_content
from mlscan.scan.configured import BadPattern, Scope, ScopedSnapshot
from mlscan.snapshot.memory import MemorySnapshot

WORKFLOW = ".github/workflows/ci.yml"


class Scanner:
    """Runs the real command line in a folder."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capfd = folder, capfd
        self.err = ""

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")

    def run(self, *args: str) -> tuple[int, str]:
        code = main([str(self.folder), "--as-of", "2026-11-26", *args])
        captured = self._capfd.readouterr()
        self.err = captured.err
        return code, captured.out

    def command(self, *args: str) -> str:
        """What a command prints that ends well."""
        code = main(args)
        captured = self._capfd.readouterr()
        assert code == 0, captured.err
        return captured.out

    def json(self, *args: str) -> dict[str, object]:
        code, out = self.run("--format", "json", *args)
        assert code in (0, 1), self.err
        found: dict[str, object] = json.loads(out)
        return found


@cache
def shipped() -> Content:
    """The content that ships, loaded once."""
    return load_content(examples=False)


@pytest.fixture
def scanner(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Scanner:
    monkeypatch.setattr(loading, "load", lambda detectors=(), rules=(), examples=True: shipped())
    made = Scanner(tmp_path / "repo", capfd)
    made.write(train_dot_py=TRACKED, requirements_dot_txt="mlflow\n", _dot_github__workflows__ci_dot_yml=CI)
    return made


def present(report: dict[str, object], practice: str) -> object:
    practices = report["practices"]
    assert isinstance(practices, dict)
    return practices[practice]["present"]


def test_excluded_files_are_not_read_and_are_counted(scanner: Scanner) -> None:
    assert present(scanner.json(), "ci") is True
    scanner.write(mlscan_dot_toml='exclude = [".github", "no/such/"]\n')
    report = scanner.json()
    assert present(report, "ci") is False
    assert report["configuration"] == {
        "source": "mlscan.toml",
        "hidden_files": 1,
        "exclude": [{"pattern": ".github", "files": 1}, {"pattern": "no/such/", "files": 0}],
        "contexts": [],
        "kind": None,
        "tier": None,
        "fail_under": None,
        "require": [],
        "count_attested": False,
    }
    for format in ("terminal", "markdown", "html", "sarif"):
        out = scanner.run("--format", format)[1]
        assert "1 file not read, excluded as .github" in out.replace("\\.", "."), format
    assert "; 1 file excluded\n" in scanner.run("--quiet")[1]


def test_contexts_are_what_somebody_said(scanner: Scanner) -> None:
    scanner.write(mlscan_dot_toml='[contexts]\n"*.py" = "example"\n"train.py" = "docs"\n')
    report = scanner.json()
    assert present(report, "experiment-tracking") is False
    scanner.write(mlscan_dot_toml='[contexts]\n"*.py" = "example"\n"train.py" = "own"\n')
    assert present(scanner.json(), "experiment-tracking") is True


def test_it_can_be_ignored_or_replaced(scanner: Scanner, tmp_path: Path) -> None:
    scanner.write(mlscan_dot_toml="fail-under = 5\n")
    assert scanner.run()[0] == 1
    assert "is under 5 (fail-under of mlscan.toml) [mlscan:ml-process/level]" in scanner.err
    assert scanner.run("--no-repo-config")[0] == 0
    assert scanner.run("--fail-under", "1")[0] == 0
    other = tmp_path / "other.toml"
    other.write_text('require = ["lockfile"]\n', encoding="utf-8")
    assert scanner.run("--config", str(other))[0] == 1
    assert "practice lockfile is absent" in scanner.err
    assert "(require of other.toml)" in scanner.err
    assert scanner.json("--no-repo-config")["configuration"] is None


def test_the_format_is_a_default(scanner: Scanner) -> None:
    scanner.write(mlscan_dot_toml='format = "markdown"\n')
    assert scanner.run()[1].startswith("## ML process")
    assert scanner.run("--format", "terminal")[1].startswith("repo")


def test_the_target_is_said_and_reached(scanner: Scanner) -> None:
    scanner.write(mlscan_dot_toml="target = 1\n")
    out = scanner.run()[1]
    assert "enough for this target" in out
    assert scanner.json()["target"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "ml-projct"\n', "mlscan.toml:1: kind: no kind 'ml-projct'; did you mean ml-project?"),
        ('\nrequire = ["tests", "testz"]\n', "mlscan.toml:2: require: no practice 'testz'; did you mean tests"),
        ("target = 6\n", "mlscan.toml:1: target: model ml-process ends at level 5"),
        ('model = "other"\n', "mlscan.toml:1: model: no model 'other'"),
        ('exclude = ["a[z-a]"]\n', "mlscan.toml:1: 'a[z-a]' is no path pattern"),
        ('exclude = ["{a"]\n', "'{a' is no path pattern"),
    ],
)
def test_what_makes_no_sense_is_exit_2(scanner: Scanner, text: str, words: str) -> None:
    scanner.write(mlscan_dot_toml=text)
    code, out = scanner.run()
    assert (code, out) == (2, "")
    assert words in scanner.err
    assert scanner.err.count("\n") == 1


def test_patterns_that_backtrack_cost_nothing(scanner: Scanner) -> None:
    scanner.write(**{"a" * 200: "x\n"}, mlscan_dot_toml=f'exclude = ["{"*a" * 90}b", "{"**/" * 49}x"]\n')
    assert scanner.run()[0] == 0


def test_it_is_read_at_the_scanned_revision(scanner: Scanner) -> None:
    git(scanner.folder, "init", "--quiet", "--initial-branch=main")
    commit(scanner.folder, "start")
    commit(scanner.folder, "strict", mlscan_dot_toml="fail-under = 5\n")
    (scanner.folder / "mlscan.toml").unlink()
    assert scanner.run()[0] == 0
    assert scanner.run("--rev", "HEAD")[0] == 1
    assert scanner.run("--rev", "HEAD~1")[0] == 0


def test_a_link_is_no_configuration(scanner: Scanner, tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("fail-under = 5\n", encoding="utf-8")
    (scanner.folder / "mlscan.toml").symlink_to(tmp_path / "outside.toml")
    assert scanner.run()[0] == 0


def test_the_schema_is_published(run: Callable[..., object], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "config"]) == 0
    assert json.loads(capfd.readouterr().out)["title"] == "mlscan configuration"


def test_a_comparison_says_that_the_configuration_differs(scanner: Scanner) -> None:
    git(scanner.folder, "init", "--quiet", "--initial-branch=main")
    commit(scanner.folder, "start")
    entry = '[[waivers]]\ncriterion = "tests-exist"\nreason = "r"\nowner = "o"\nexpires = 2027-01-01\n'
    commit(scanner.folder, "hide CI", mlscan_dot_toml=f'exclude = [".github"]\n{entry}')
    path = ("--path", str(scanner.folder), "--as-of", "2026-11-26")
    out = scanner.command("diff", "HEAD~1", "HEAD", *path)
    assert "The configuration differs (mlscan.toml), each side was judged by its own" in out
    assert "tests-exist is waived" in out
    assert "**lost** | Continuous integration" in scanner.command(
        "diff", "HEAD~1", "HEAD", "--format", "markdown", *path
    )
    assert main(["diff", "HEAD~1", "HEAD", "--no-regress", *path]) == 1


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("third_party/", 2),
        ("third_party", 2),
        ("/third_party/", 1),
        ("a/third_party", 1),
        ("./a/third_party/", 1),
        ("*.md", 2),
        ("third_party/**", 1),
        ("train.py", 1),
        ("train.py/", 0),
        ("third_party/*.py", 0),
    ],
)
def test_patterns_are_those_of_gitignore(pattern: str, files: int) -> None:
    inner = MemorySnapshot(dict.fromkeys(["third_party/x.md", "a/third_party/y.md", "train.py"], ""))
    found = ScopedSnapshot(inner, Scope(exclude=(pattern,)))
    assert (found.excluded[0].files, len(found.files)) == (files, 3 - files)


@pytest.mark.parametrize("pattern", ["!keep", "# no", "/", "[z-a]", "a{b"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        ScopedSnapshot(MemorySnapshot({"a": ""}), Scope(exclude=(pattern,)))
