"""`mlscan fleet scan`, `reassess` and `export` as a user sees them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from fleet.running.build import REPEATABLE, SKETCH, Here, commit
from mlscan.cli import main
from mlscan.cli.fleet.watch import told
from mlscan.fleet.running import Progress
from mlscan.fleet.store.records import AttemptState

DAY = ("--as-of", "2026-11-26")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two clones, beside which commands run; workers are in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("mlscan.fleet.running.WorkerProcess", Here)
    for name, files in (("sketch", SKETCH), ("=prices", REPEATABLE)):
        commit(tmp_path / "clones" / name, files)
    return tmp_path / "clones"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["fleet", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_scan_tells_what_became_of_each_and_where_it_is_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "scan", "clones", *DAY)
    assert code == 0
    assert out.startswith("2 repositories: 2 scanned; ")
    assert "kept in mlscan-fleet.db (run 1); next: mlscan fleet report" in out
    lines = [line.split(" ", 1)[1] for line in err.splitlines()]
    assert lines[0] == "note       clones: 2 repositories"
    assert any(line.startswith("scanned    sketch  level 1, ml-project  ") for line in lines)
    code, out, _ = run(capsys, "scan", "clones", *DAY)
    assert (code, out[:29]) == (0, "2 repositories: 2 unchanged; ")


def test_quiet_is_the_summary_alone_and_a_log_has_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "broken" / ".git" / "refs").mkdir(parents=True)
    (folder / "broken" / ".git" / "objects").mkdir()
    (folder / "broken" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    code, out, err = run(capsys, "scan", "clones", "--quiet", "--log", "run.log", "--store", "other.db", *DAY)
    assert (code, err) == (0, "")
    assert "2 scanned, 1 failed" in out and "Failed:\n  broken: the repository has no commit\n" in out
    log = Path("run.log").read_text().splitlines()
    assert [line.split()[1] for line in log] == ["note", "scanned", "failed", "scanned"]
    assert Path("other.db").is_file() and not Path("mlscan-fleet.db").exists()


def test_a_terminal_shows_progress_and_failures(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("mlscan.cli.fleet.watch._PAUSE", -1)
    code, _, err = run(capsys, "scan", "clones", *DAY)
    assert code == 0
    # How much is listed when it is first told is chance.
    assert "\r0 of " in err and "\r2 of 2, " in err and "mlscan: clones: 2 repositories" in err
    assert "scanned    sketch" not in err
    assert err.endswith("\r")


def test_nothing_to_scan_is_three(tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (tmp_path / "none").mkdir()
    code, out, err = run(capsys, "scan", "none", "--quiet")
    assert code == 3 and "no repository could be scanned" in err
    assert out.startswith("0 repositories: nothing to do")


def test_moves_are_told_with_what_moved_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "scan", "clones", *DAY)
    commit(folder / "sketch", REPEATABLE)
    _, out, _ = run(capsys, "scan", "clones", *DAY)
    assert "Moved: 1 (1 by code)\n  sketch: level 1 to 2, by code\n" in out


def test_reassess_needs_a_store_and_moves_nobody_by_the_same_rules(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "reassess")
    assert code == 2 and "there is no mlscan-fleet.db here; `mlscan fleet scan` makes it" in err
    run(capsys, "scan", "clones", *DAY)
    code, out, _ = run(capsys, "reassess", *DAY)
    assert code == 0 and out.startswith("2 repositories: 2 unchanged; ") and "Moved" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("scan",), "Missing argument 'SOURCE...'"),
        (("scan", "clones", "--jobs", "0"), "--jobs"),
        (("scan", "clones", "--store", "mysql://x/y"), "only files of SQLite and PostgreSQL"),
        (("scan", "clones", "--memory", "100"), "--memory: a worker needs at least 500 MB"),
        (("scan", "clones", "--model", "none"), "no maturity model 'none'"),
        (("scan", "clones", "--policy", "none.toml"), "--policy none.toml: No such file"),
        (("scan", "clones", "--log", "no/where.log"), "--log no/where.log: No such file"),
        (("export", "--what", "assessments"), "only with --format jsonl"),
    ],
)
def test_wrong_usage_is_one_line(
    words: tuple[str, ...], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (2, "") and message in err.splitlines()[-1]


@pytest.mark.parametrize("command", [("scan", "clones"), ("reassess",), ("export",)])
def test_without_the_extra_one_line_says_how_to_get_it(
    command: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlscan.cli.fleet.extra.find_spec", lambda name: None)
    code, _, err = run(capsys, *command)
    assert (code, err) == (2, "mlscan: needs mlscan[fleet]: python -m pip install 'mlscan[fleet]'\n")


def test_an_export_is_safe_for_spreadsheets_and_the_same_in_a_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "scan", "clones", *DAY)
    code, out, _ = run(capsys, "export")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [(r["name"], r["level"], r["applicable"], r["causes"]) for r in rows] == [
        ("'=prices", "2", "true", "first"),
        ("sketch", "1", "true", "first"),
    ]
    run(capsys, "export", "--output", "fleet.csv")
    assert Path("fleet.csv").read_text() == out
    assert sorted(p.name for p in Path().iterdir() if p.suffix == ".tmp") == []


def test_an_export_as_json_lines_has_values_and_whole_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "scan", "clones", *DAY)
    _, out, _ = run(capsys, "export", "--format", "jsonl", "--what", "practices")
    rows = [json.loads(line) for line in out.splitlines()]
    assert {"name": "=prices", "practice": "dependencies", "present": True}.items() <= next(
        r for r in rows if r["practice"] == "dependencies" and r["name"] == "=prices"
    ).items()
    _, out, _ = run(capsys, "export", "--format", "jsonl", "--what", "assessments")
    reports = [json.loads(line) for line in out.splitlines()]
    assert [(r["repository"]["name"], r["level"], r["as_of"]) for r in reports] == [
        ("=prices", 2, "2026-11-26"),
        ("sketch", 1, "2026-11-26"),
    ]
    _, out, _ = run(capsys, "export", "--format", "jsonl", "--what", "history")
    assert len(out.splitlines()) == 2


def test_names_of_others_say_nothing_to_a_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = folder / "evil\x1b[2J\u202e\n"
    commit(odd, SKETCH)
    run(capsys, "scan", "clones", *DAY)
    commit(odd, {"mlscan.toml": "kind = 1\n"})
    commit(folder / "sketch", REPEATABLE)
    _, out, err = run(capsys, "scan", "clones", *DAY)
    _, table, _ = run(capsys, "export")
    assert "1 failed" in out and "evil" in out and "evil" in err and "evil" in table
    assert not [c for c in out + err + table if c in "\x1b\u202e"]
    assert len(table.splitlines()) == 4


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (Progress(total=40), "0 of 40 so far"),
        (Progress(total=1200, is_listed=True), "0 of 1,200"),
        (
            Progress(
                total=1200,
                is_listed=True,
                before=200,
                counts={AttemptState.SCANNED: 90, AttemptState.FAILED: 10},
                seconds=50.0,
            ),
            "300 of 1,200, 2.0/s, 8 min left, 10 failed",
        ),
        (
            Progress(total=400, is_listed=True, counts={AttemptState.SCANNED: 4}, seconds=120.0),
            "4 of 400, 2.0/min, 3 h 18 min left",
        ),
    ],
)
def test_progress_is_rate_time_left_and_failures(progress: Progress, words: str) -> None:
    assert told(progress) == words


def test_a_policy_gives_targets(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("policy.toml").write_text('schema-version = 1\nname = "Acme"\ndefault-tier = "all"\n[tiers]\nall = 3\n')
    run(capsys, "scan", "clones", "--policy", "policy.toml", *DAY)
    _, out, _ = run(capsys, "export", "--format", "jsonl")
    assert [json.loads(line)["target"] for line in out.splitlines()] == [3, 3]
