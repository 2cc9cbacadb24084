"""`mlscan [PATH]`: options, exit codes, gates, output."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from report.factory import HOSTILE, hostile, level_0, level_2, level_4

from cli.conftest import Ran, World
from mlscan import __version__
from mlscan.report import FORMATS
from mlscan.types.assessment import Assessment
from mlscan.types.errors import ContentError, NothingToScan

Run = Callable[..., Ran]


def test_the_scan_needs_no_command_and_defaults_to_here(run: Run, world: World) -> None:
    ran = run()
    assert (ran.code, ran.err) == (0, "")
    assert "Level 2: R&D" in ran.out
    assert world.asked[0][0] == "."


def test_options_reach_the_scan(run: Run, world: World, tmp_path: Path) -> None:
    folder = str(tmp_path)
    run("--rev", "v1", "--as-of", "2026-01-31", "--detectors", folder, "--rules", folder, "some/path", "--quiet")
    path, options = world.asked[0]
    assert (path, options.rev, options.as_of, options.model) == ("some/path", "v1", date(2026, 1, 31), None)
    assert world.folders == [((folder,), (folder,))]


@pytest.mark.parametrize("args", [("./plan",), ("--quiet", "plan"), ("--rev", "main", "explain"), ("scan",)])
def test_a_folder_called_like_a_command_can_be_scanned(run: Run, world: World, args: tuple[str, ...]) -> None:
    assert run(*args).code == 0
    assert world.asked[0][0] == args[-1]


def test_quiet_is_one_line(run: Run) -> None:
    assert run("--quiet").out == "level 2 R&D\n"


def test_json_is_the_report_and_nothing_else(run: Run) -> None:
    ran = run("--format", "json")
    assert json.loads(ran.out)["level"] == 2
    assert ran.err == ""


def test_json_is_utf_8_whatever_the_terminal_says(world: World, run: Run) -> None:
    world.story = hostile
    assert json.loads(run("--format", "json").out)["hints"] == [HOSTILE]


@pytest.mark.parametrize(
    ("args", "story", "ends"),
    [
        (("--fail-under", "2"), level_2, (0, "")),
        (
            ("--fail-under", "3"),
            level_2,
            (1, "mlscan: gate failed: level 2 R&D is under 3 [mlscan:ml-process/level]\n"),
        ),
        (("--fail-under", "5"), level_4, (1, "level 4 Specialization (could be 5) is under 5")),
        (("--require", "ml-code"), level_2, (0, "")),
        (
            ("--require", "lockfile"),
            level_2,
            (1, "lockfile is absent: nothing of it was found [mlscan:ml-process/lockfile]"),
        ),
        (("--require", "feature-store"), level_4, (1, "practice feature-store is unknown: handed to acme/platform")),
        (
            ("--require", "lockfile", "--fail-under", "3"),
            level_2,
            (1, "ml-process/level]; practice lockfile is absent"),
        ),
        (("--fail-under", "3"), level_0, (0, "mlscan: gates do not apply: a level means nothing for kind not-ml\n")),
        (("--require", "tests"), level_0, (0, "gates do not apply")),
    ],
)
def test_gates_decide_the_exit_code_in_one_line(
    run: Run, world: World, args: tuple[str, ...], story: Callable[[], Assessment], ends: tuple[int, str]
) -> None:
    code, words = ends
    world.story = story
    ran = run(*args)
    assert ran.code == code
    assert words in ran.err
    assert ran.err.count("\n") == (1 if words else 0)


def test_clones_of_other_repositories_are_handed_on(run: Run, world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert run("--with", str(tmp_path), "--with", str(tmp_path / "other"), ".").code == 0
    assert world.asked[0][1].with_ == (str(tmp_path), str(tmp_path / "other"))


@pytest.mark.parametrize("format", FORMATS)
def test_the_format_never_changes_the_exit_code(run: Run, format: str) -> None:
    assert run("--fail-under", "3", "--format", format).code == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--policy", "no/such/file"), "--policy no/such/file: No such file"),
        (("--config", "no/such/file"), "--config no/such/file: No such file"),
        (("--with", "no/such/clone"), "--with: no/such/clone: no such folder"),
        (("--format", "xml"), "'xml' is not one of"),
        (("--as-of", "tomorrow"), "--as-of"),
        (("--fail-under", "-1"), "--fail-under"),
        (("--fail-under", "6"), "--fail-under: model ml-process ends at level 5"),
        (("--fail-under", "high"), "--fail-under"),
        (("--require", "data-versionning"), "no practice 'data-versionning'; did you mean data-versioning"),
        (("--model", "other"), "no maturity model 'other'"),
        (("--detectors", "no/such/folder"), "--detectors: no folder"),
        (("--quiet", "--verbose"), "exclude each other"),
        (("--nonsense",), "--nonsense"),
        (("a", "b"), "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_exit_2_in_one_line_before_anything_is_scanned(
    run: Run, world: World, args: tuple[str, ...], words: str
) -> None:
    ran = run(*args)
    assert ran.code == 2
    assert ran.err.startswith("mlscan: ")
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == ""
    assert world.asked == []


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (NothingToScan("no folder or repository: x"), 3, "mlscan: no folder or repository: x\n"),
        (ContentError("detectors/a.yaml:3", "unknown key"), 2, "mlscan: detectors/a.yaml:3: unknown key\n"),
        (ZeroDivisionError("of ours"), 70, "mlscan: internal error: ZeroDivisionError: of ours; --debug shows where"),
        (RecursionError("deep\x1b[31m\nline"), 70, "RecursionError: deep [31m line"),
    ],
)
def test_errors_are_one_line_without_traceback(run: Run, world: World, error: Exception, code: int, words: str) -> None:
    world.error = error
    ran = run()
    assert ran.code == code
    assert words in ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == ""


def test_debug_shows_where_an_error_came_from(run: Run, world: World) -> None:
    world.error = ZeroDivisionError("of ours")
    ran = run("--debug")
    assert ran.code == 70
    assert "Traceback" in ran.err
    assert ran.err.endswith("mlscan: internal error: ZeroDivisionError: of ours\n")


def test_an_interrupt_is_130_without_words(run: Run, world: World) -> None:
    world.error = KeyboardInterrupt()
    ran = run()
    assert ran.code == 130
    assert ran.out + ran.err.strip() == ""


def test_output_goes_to_the_file_and_not_to_stdout(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    ran = run("--format", "json", "--output", str(target), "--fail-under", "3")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(target.read_text(encoding="utf-8"))["level"] == 2
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_output_is_never_coloured(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    run("--output", str(tmp_path / "report.txt"))
    assert "\x1b" not in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_a_failed_write_leaves_the_old_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old", encoding="utf-8")

    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    ran = run("--output", str(target))
    assert (ran.code, target.read_text(encoding="utf-8")) == (2, "old")
    assert "No space left on device" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["report.txt"]


@pytest.mark.parametrize("target", ["missing/report.txt", "."])
def test_a_place_that_cannot_be_written_is_wrong_usage(run: Run, tmp_path: Path, target: str) -> None:
    ran = run("--output", str(tmp_path / target))
    assert ran.code == 2
    assert ran.err.startswith("mlscan: --output ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and modes of POSIX")
def test_output_follows_links_keeps_modes_and_spares_pipes(run: Run, tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    assert run("--quiet", "--output", str(link)).code == 0
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "level 2 R&D\n"
    assert real.stat().st_mode & 0o777 == 0o640
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR)
    try:
        assert run("--quiet", "--output", str(pipe)).code == 0
        assert pipe.is_fifo()
        assert os.read(reader, 100) == b"level 2 R&D\n"
    finally:
        os.close(reader)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "args", "colored"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "0"}, (), False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--no-color",), False),
    ],
)
def test_colour_when_piped(
    run: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], args: tuple[str, ...], colored: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run(*args).out) == colored


@pytest.mark.parametrize(
    ("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_on_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colored: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    run()
    assert ("\x1b[" in terminal.getvalue()) == colored


def test_a_narrow_terminal_is_respected(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, run().out.splitlines())) <= 40


def test_nothing_of_a_repository_reaches_the_terminal_raw(run: Run, world: World) -> None:
    world.story = lambda: replace(hostile(), applicable=False)
    ran = run("--verbose", "--fail-under", "3")
    assert [c for c in ran.out + ran.err if not c.isprintable() and c != "\n"] == []


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"mlscan {__version__}\n"
    assert run("--quiet", "--version").out == f"mlscan {__version__}\n"
    for args in (("--help",), ("-h",), (".", "--help")):
        ran = run(*args)
        assert ran.code == 0
        for words in ("[PATH]", "--fail-under", "explain", "Exit codes", "./NAME", "completion"):
            assert words in ran.out
        for words in ("plan", "why-not", "diff", "badge", "init", "questionnaire"):
            assert f"\n  {words} " in ran.out
