"""What the calibration command shows, and what it must not show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from calibration import report, run
from calibration.compare import disagreements, figures_of
from calibration.labels import PRACTICE_OF, Clone, Label, find_clones, load_labels
from calibration.outcome import Crash, Outcome, Said, scan_all
from calibration.show import disagreement_lines, figures_lines


def label(repo: str, level: int = 2, kind: str = "ml-project", **facts: bool | None) -> Label:
    return Label(
        repo=repo, revision="0" * 40, kind=kind, level=level, low=level, high=min(5, level + 1), facts=dict(facts)
    )


def outcome(level: int = 2, kind: str = "ml-project", could_be: int = 5, **present: bool | None) -> Outcome:
    said = {PRACTICE_OF[fact]: Said(value, f"looked at {fact}", [f"{fact}.py:1"]) for fact, value in present.items()}
    return Outcome(kind, ["because"], level, could_be, said, ["3 tests-run: none"], "0.1", "abc", 0)


def test_half_is_decided_by_the_name_alone() -> None:
    halves = {name.repo: name.half for name in load_labels()}
    assert set(halves.values()) == {"A", "B"}
    # sha256 of "a/a" starts with 0164b825, which is 1 modulo 3; that of "b/b" with 4a693760, which is 0
    assert (label("a/a").half, label("b/b").half) == ("A", "B")


def test_every_fact_of_the_labels_is_compared() -> None:
    assert {fact for one in load_labels() for fact in one.facts} == set(PRACTICE_OF)


def test_figures_count_unknown_as_not_seen_and_leave_null_out() -> None:
    pairs = [
        (label("a/a", ci=True), outcome(ci=True)),
        (label("a/b", ci=True), outcome(ci=None)),
        (label("a/c", ci=False), outcome(ci=True)),
        (label("a/d", ci=None), outcome(ci=True)),
    ]
    found = next(p for p in figures_of(pairs, 5).practices if p.practice == "ci")
    assert (found.n, found.there, found.unknown) == (3, 2, 1)
    assert (found.precision.value, found.precision.n) == (0.5, 2)
    assert (found.recall.value, found.recall.n) == (0.5, 2)


def test_level_is_compared_over_projects_and_not_ml_only() -> None:
    pairs = [
        (label("a/a", 3), outcome(3)),
        (label("a/b", 3), outcome(4)),
        (label("a/c", 3), outcome(1, could_be=3)),
        (label("a/d", 0, kind="not-ml"), outcome(0, kind="not-ml")),
        (label("a/e", 1, kind="teaching"), outcome(5)),
    ]
    level = figures_of(pairs, 5).level
    assert (level.exact.value, level.exact.n) == (0.5, 4)
    assert level.within_one.value == 0.75
    assert level.inside_range.value == 0.75
    assert level.ceiling_covers.value == 0.75
    assert level.table[3] == [0, 1, 0, 1, 1, 0]


def test_disagreements_come_worst_first_with_both_reasons() -> None:
    pairs = [
        (label("a/near", 2, ci=True), outcome(2, ci=False)),
        (label("a/far", 4), outcome(1)),
        (label("a/same", 2, ci=True), outcome(2, ci=True)),
    ]
    shown = disagreements(pairs)
    assert [d.repo for d in shown] == ["a/far", "a/near"]
    text = "\n".join(disagreement_lines(shown))
    assert "looked at ci" in text
    assert "ci.py:1" in text
    assert "not met: 3 tests-run: none" in text


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two labelled repositories, one of each half, both of which mlscan gets wrong."""
    labels = [label("a/a", 2, ci=True), label("b/b", 4, ci=True)]
    (tmp_path / "labels.json").write_bytes(msgspec.json.encode(labels))
    for one in labels:
        (tmp_path / "mirror" / one.repo.replace("/", "+")).mkdir(parents=True)
    monkeypatch.setattr(run, "OPENINGS", tmp_path / "openings.json")
    monkeypatch.setattr(run, "scan_all", lambda clones, jobs: ((repo, outcome(1, ci=False)) for repo in clones))
    return tmp_path


def arguments(project: Path, *more: str) -> list[str]:
    return ["--mirror", str(project / "mirror"), "--labels", str(project / "labels.json"), *more]


def test_details_of_b_stay_closed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = project / "out.json"
    assert run.main(arguments(project, "--disagreements", "--json", str(target))) == 0
    shown = capsys.readouterr().out
    assert "-- a/a" in shown
    assert "b/b" not in shown
    assert "b/b" not in target.read_text(encoding="utf-8")
    assert {"half A", "half B", "both"} == set(json.loads(target.read_text(encoding="utf-8"))["figures"]["halves"])


def test_b_can_be_opened_three_times_and_never_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        assert run.main(arguments(project, "--half", "B", "--open-b", f"look {number}")) == 0
        assert "-- b/b" in capsys.readouterr().out
    assert run.main(arguments(project, "--half", "B", "--open-b", "once more")) == 2
    told = capsys.readouterr()
    assert "b/b" not in told.out
    assert "3 times" in told.err
    written = json.loads((project / "openings.json").read_text(encoding="utf-8"))
    assert [opening["why"] for opening in written] == ["look 0", "look 1", "look 2"]


def test_no_clone_at_all_is_wrong_usage(project: Path) -> None:
    (project / "nothing").mkdir()
    options = ["--mirror", str(project / "nothing"), "--labels", str(project / "labels.json")]
    assert run.main(options) == 2


def test_a_missing_clone_is_named_and_not_the_end(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "mirror" / "b+b").rmdir()
    assert run.main(arguments(project)) == 1
    assert "b/b: no clone" in capsys.readouterr().out


def test_clones_are_found_by_index_and_by_both_kinds_of_folders(tmp_path: Path) -> None:
    labels = [label("a/a"), label("a/b"), label("a/c")]
    (tmp_path / "a+a").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert set(find_clones(tmp_path, labels)) == {"a/a", "a/b"}
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"a/c": {"git_dir": "somewhere", "revision": "1" * 40, "more": 1}}), encoding="utf-8")
    assert find_clones(index, labels) == {"a/c": Clone("somewhere", "1" * 40)}


CRASHING = {
    "exit": "import sys; sys.stderr.write('first\\nlast words\\n'); sys.exit(3)",
    "kill": "import os; os.abort()",
    "talk": "print('no JSON')",
}


@pytest.mark.parametrize(("how", "reason"), [("exit", "last words"), ("kill", "exit code"), ("talk", "not an outcome")])
def test_a_crash_is_a_value(how: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "crash.py"
    script.write_text(CRASHING[how], encoding="utf-8")
    real = subprocess.run

    def crashing(command: list[str], **options: Any) -> Any:
        return real([sys.executable, str(script)], **options)

    monkeypatch.setattr(subprocess, "run", crashing)
    (name, found), *rest = scan_all({"a/a": Clone("x", "y")}, 2)
    assert (name, rest) == ("a/a", [])
    assert isinstance(found, Crash)
    assert reason in found.reason


def test_page_holds_the_figures_and_the_weak_spots() -> None:
    labels = [label("a/a", 2, ci=True), label("b/b", 4, ci=True)]
    found: dict[str, Outcome | Crash] = {"a/a": outcome(2, ci=True), "b/b": Crash("b/b", "too strange")}
    figures = run.make_figures(labels, found, ["A", "B"])
    text = report.page(figures, labels, "- feature stores are rare")
    assert "feature stores are rare" in text
    assert "Repositories that could not be scanned: 1." in text
    assert "| level, exactly | 1.00 [0.21, 1.00] n=1 | - n=0 | 1.00 [0.21, 1.00] n=1 |" in text
    assert "b/b: too strange" in "\n".join(figures_lines(figures))


def test_the_committed_page_is_up_to_date() -> None:
    assert report.main(["--check"]) == 0
