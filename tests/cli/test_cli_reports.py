"""`--report`: several reports of one run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Ran, World
from mlscan.cli import reports
from mlscan.report import TABLE

Run = Callable[..., Ran]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_format_of_the_table_in_one_run(run: Run, tmp_path: Path) -> None:
    files = {name: tmp_path / f"report{form.suffix}" for name, form in TABLE.items()}
    given = [word for name, file in files.items() for word in ("--report", f"{name}={file}")]
    ran = run(*given, "--fail-under", "3")
    assert ran.code == 1
    assert "Level 2: R&D" in ran.out
    assert {p.name for p in tmp_path.iterdir()} == {f.name for f in files.values()}
    assert json.loads(files["json"].read_text(encoding="utf-8"))["level"] == 2
    assert files["markdown"].read_text(encoding="utf-8").startswith("## ML process: level 2")
    assert "Level 2: R&D" in files["terminal"].read_text(encoding="utf-8")


def test_one_scan_serves_all(run: Run, world: World, tmp_path: Path) -> None:
    run("--report", f"json={tmp_path / 'a'}", "--report", f"sarif={tmp_path / 'b'}")
    assert len(world.asked) == 1


def test_a_report_to_stdout_takes_the_place_of_the_one_that_nobody_asked_for(run: Run) -> None:
    ran = run("--report", "json=-")
    assert json.loads(ran.out)["level"] == 2


def test_stdout_and_files_go_together(run: Run, tmp_path: Path) -> None:
    ran = run("--format", "markdown", "--output", str(tmp_path / "a.md"), "--report", "json=-")
    assert json.loads(ran.out)["level"] == 2
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("## ML process")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--report", "json=-", "--report", "markdown=-"), "--report json=- and --report markdown=- would be written"),
        (("--format", "terminal", "--report", "json=-"), "--format terminal and --report json=- would be written"),
        (
            ("--report", "json=a.json", "--report", "sarif=./a.json"),
            "--report sarif=./a.json would be written to the same",
        ),
        (("--output", "a.json", "--report", "json=a.json"), "--format terminal and --report json=a.json"),
        (("--report", "json"), "give it as FORMAT=FILE"),
        (("--report", "json="), "give it as FORMAT=FILE"),
        (("--report", "jso=a"), "no format 'jso'; did you mean json?"),
        (("--report", "=a"), "no format ''"),
        (("--report", "json=no/such/folder/a.json"), "--report no/such/folder/a.json: there is no folder folder"),
        (("--report", "json=."), "is a folder"),
    ],
)
def test_what_cannot_be_written_is_wrong_usage_before_anything_is_scanned(
    run: Run, world: World, here: Path, args: tuple[str, ...], words: str
) -> None:
    ran = run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert world.asked == []
    assert list(here.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs links of POSIX")
def test_a_link_to_the_same_file_is_the_same_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "a.json")
    ran = run("--report", f"json={tmp_path / 'a.json'}", "--report", f"json={tmp_path / 'link.json'}")
    assert ran.code == 2
    assert "same place" in ran.err


def test_a_name_may_hold_an_equals_sign(run: Run, tmp_path: Path) -> None:
    assert run("--report", f"json={tmp_path / 'a=b.json'}").code == 0
    assert (tmp_path / "a=b.json").exists()


def test_nothing_is_written_when_one_cannot_be_rendered(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_assessment: object, format: str, _options: object) -> str:
        if format == "sarif":
            raise ZeroDivisionError("of ours")
        return "x\n"

    monkeypatch.setattr(reports, "render", fail)
    ran = run("--report", f"json={tmp_path / 'a'}", "--report", f"sarif={tmp_path / 'b'}")
    assert (ran.code, ran.out, list(tmp_path.iterdir())) == (70, "", [])


def test_a_failed_write_names_its_report(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    ran = run("--report", f"json={tmp_path / 'a.json'}")
    assert (ran.code, ran.err) == (2, f"mlscan: --report {tmp_path / 'a.json'}: No space left on device\n")
