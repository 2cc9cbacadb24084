"""`mlscan init` and `mlscan questionnaire`: what they write, and what they leave alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cli.test_cli_config import Scanner, scanner
from mlscan.cli import main

__all__ = ["scanner"]

DAY = ("--as-of", "2026-11-26")


def started(scanner: Scanner, *args: str) -> str:
    return scanner.command("init", str(scanner.folder), *DAY, *args)


def refused(scanner: Scanner, capfd: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(["init", str(scanner.folder), *DAY, *args]) == 2
    return capfd.readouterr().err


def read(scanner: Scanner, name: str) -> str:
    return (scanner.folder / name).read_text(encoding="utf-8")


def test_it_writes_a_configuration_that_holds_and_a_job(scanner: Scanner) -> None:
    out = started(scanner, "--package", "mlscan==1.0")
    assert out.splitlines()[:2] == ["mlscan.toml: written", ".github/workflows/mlscan.yml: written"]
    assert tomllib.loads(read(scanner, "mlscan.toml")) == {"target": 3, "fail-under": 2}
    assert 'pip install "mlscan==1.0"' in read(scanner, ".github/workflows/mlscan.yml")
    assert scanner.run()[0] == 0
    (scanner.folder / ".github/workflows/ci.yml").unlink()
    # What measures is no CI of what it measures.
    practices = scanner.json()["practices"]
    assert isinstance(practices, dict)
    assert practices["ci"]["present"] is False
    assert "Target: level 3, not reached" in scanner.run()[1]


def test_it_never_overwrites(scanner: Scanner, capfd: pytest.CaptureFixture[str]) -> None:
    scanner.write(mlscan_dot_toml="# mine\ntarget = 5 # high\n\n[contexts]\n'a/' = 'own'\n")
    before = read(scanner, "mlscan.toml")
    assert "init: there is mlscan.toml already; --force adds what it lacks" in refused(scanner, capfd)
    assert read(scanner, "mlscan.toml") == before
    assert not (scanner.folder / ".github/workflows/mlscan.yml").exists()
    started(scanner, "--force", "--no-ci")
    after = read(scanner, "mlscan.toml")
    assert after.startswith("# mine\ntarget = 5 # high\n")
    assert tomllib.loads(after) == {"target": 5, "fail-under": 2, "contexts": {"a/": "own"}}


def test_pyproject_keeps_its_comments(scanner: Scanner, capfd: pytest.CaptureFixture[str]) -> None:
    text = "# top\n[project]\nname = 'x'   # short\n\n[tool.ruff]  # style\nline-length = 100\n"
    scanner.write(pyproject_dot_toml=text)
    started(scanner, "--pyproject", "--no-ci")
    after = read(scanner, "pyproject.toml")
    assert after.startswith(text)
    assert tomllib.loads(after)["tool"]["mlscan"] == {"target": 3, "fail-under": 2}
    assert "has [tool.mlscan] already" in refused(scanner, capfd, "--pyproject", "--no-ci")


def test_line_ends_stay(scanner: Scanner) -> None:
    path = scanner.folder / "pyproject.toml"
    path.write_bytes(b"[project]\r\nname = 'x'\r\n")
    started(scanner, "--pyproject", "--no-ci")
    data = path.read_bytes()
    assert data.startswith(b"[project]\r\nname = 'x'\r\n\r\n[tool.mlscan]\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")


def test_where_a_level_does_not_apply_there_is_nothing_to_add(scanner: Scanner) -> None:
    (scanner.folder / "train.py").write_text("print(1)\n", encoding="utf-8")
    (scanner.folder / "requirements.txt").write_text("click\n", encoding="utf-8")
    scanner.write(pyproject_dot_toml="[project]\nname = 'x'\n")
    assert "pyproject.toml: there is nothing to add" in started(scanner, "--pyproject", "--no-ci")
    assert read(scanner, "pyproject.toml") == "[project]\nname = 'x'\n"
    assert "mlscan.toml: written" in started(scanner, "--no-ci")
    assert tomllib.loads(read(scanner, "mlscan.toml")) == {}


def test_a_job_is_added_to_a_file_that_is_there(scanner: Scanner) -> None:
    (scanner.folder / ".github/workflows/ci.yml").unlink()
    path = scanner.folder / ".gitlab-ci.yml"
    path.write_text("# checks\ntest:\n  script: [pytest]\n", encoding="utf-8")
    assert ".gitlab-ci.yml: added a job" in started(scanner)
    after = path.read_text(encoding="utf-8")
    assert after.startswith("# checks\ntest:\n  script: [pytest]\n\nmlscan:\n")
    (scanner.folder / "mlscan.toml").unlink()
    assert "has a job mlscan already" in started(scanner)
    assert path.read_text(encoding="utf-8") == after


def test_a_job_of_that_name_stays(scanner: Scanner) -> None:
    scanner.write(_dot_github__workflows__mlscan_dot_yml="mine\n")
    assert "is there already; --force writes it anew" in started(scanner)
    assert read(scanner, ".github/workflows/mlscan.yml") == "mine\n"


def test_links_are_not_followed(scanner: Scanner, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (scanner.folder / "mlscan.toml").symlink_to(outside / "x.toml")
    assert "mlscan.toml is a link, or lies behind one" in refused(scanner, capfd)
    (scanner.folder / "mlscan.toml").unlink()
    (scanner.folder / ".github/workflows/ci.yml").unlink()
    (scanner.folder / ".github/workflows").rmdir()
    (scanner.folder / ".github/workflows").symlink_to(outside)
    (scanner.folder / ".github/CODEOWNERS").write_text("* @acme/ml\n", encoding="utf-8")
    assert "is a link, or lies behind one" in refused(scanner, capfd)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--package", "x; rm -rf /"), "--package: give what pip installs"),
        (("--pyproject",), "init: no pyproject.toml"),
    ],
)
def test_what_cannot_be_done(
    scanner: Scanner, capfd: pytest.CaptureFixture[str], args: tuple[str, ...], words: str
) -> None:
    assert words in refused(scanner, capfd, *args)


def test_the_sheet_asks_what_no_file_shows_and_its_answers_can_be_pasted(scanner: Scanner) -> None:
    out = scanner.command("questionnaire", str(scanner.folder), *DAY)
    assert all(line.startswith("#") or not line for line in out.splitlines())
    assert "## --- No file can show this ---" in out
    assert '# criterion = "on-call"' in out
    assert "## Here: Automated tests: not seen" in out
    answers = [line[2:] for line in out.splitlines() if line.startswith("# ")]
    text = "\n".join(answers).replace('""', '"Yes."').replace('kind = "not-ml"', 'kind = "ml-project"')
    scanner.write(mlscan_dot_toml=text)
    report = scanner.json()
    assert isinstance(report["waivers"], list)
    assert {w["standing"] for w in report["waivers"]} == {"counts"}
    assert report["attested_level"] == 3


def test_the_sheet_asks_again_for_what_ends(scanner: Scanner) -> None:
    lines = ("[[waivers]]", 'criterion = "tests-exist"', 'reason = "Later"', 'owner = "Ann"', "expires = 2026-12-01")
    scanner.write(mlscan_dot_toml="\n".join(lines))
    out = scanner.command("questionnaire", str(scanner.folder), *DAY)
    assert "## tests-exist, mlscan.toml:1: expires on 2026-12-01. Ann: Later" in out
    assert '# [[waivers]]\n# criterion = "tests-exist"\n# reason = "Later"\n# owner = "Ann"\n# expires = 2027' in out
