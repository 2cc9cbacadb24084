"""`mlscan fleet report`: from a store to files, and nothing of what is left out stays behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from report.factory import assessment, level_2, level_4

from fleet.store.build import PLAN, START, ended, judged, repository, ticking
from mlscan.cli import main
from mlscan.fleet.running.judging import missing_of
from mlscan.fleet.store import Store
from mlscan.fleet.store.assessments import packed
from mlscan.fleet.store.records import Judged, RunKind, RunState, mark_of
from mlscan.types.assessment import Assessment
from mlscan.types.fleet import Cause

Call = Callable[..., tuple[int, str, str]]


def kept(a: Assessment, *causes: Cause) -> Judged:
    """A verdict as a run keeps it."""
    return replace(
        judged(),
        mark=mark_of(a),
        level_name=a.level_name,
        missing=missing_of(a),
        practices={p.id: (p.present, p.strength) for p in a.practices},
        causes=causes or (Cause.FIRST,),
        content_digest=a.content_digest,
        data=packed(a),
    )


def run_once(store: Store, key: str, **results: Judged | str) -> None:
    """One run; upsell is private, churn is public, of the others nothing is known."""
    private = {"upsell": True, "churn": False}
    with store.writing() as writer:
        run = writer.begin(replace(PLAN, key=key, kind=RunKind.SCAN), fresh=True)
        url = "https://forge.example/acme/{}"
        found = [repository(n, private=private.get(n), url=url.format(n)) for n in ("churn", "upsell", "fraud", "late")]
        writer.enlist(run.id, PLAN.listing, found)
        writer.listed(run.id)
        for item in store.waiting(run.id):
            result = results.get(item.repository.name.removeprefix("acme/"))
            if result is not None or key != "first":
                assert writer.record(run.id, item.id, ended(result, START))
        writer.finish(run.id, RunState.FINISHED)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two projects, one that failed, one that nobody has scanned yet."""
    path = tmp_path / "fleet.db"
    with Store.open(str(path), create=True, clock=ticking()) as opened:
        run_once(opened, "first", churn=kept(level_2()), upsell=kept(level_4()), fraud="no access (HTTP 403)")
    return path


@pytest.fixture
def call(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Call:
    """Runs the command in an empty folder."""
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.setenv("MLSCAN_FLEET_STORE", str(store))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["fleet", "report", "--as-of", "2026-11-26", *arguments])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_it_prints_what_is_in_the_store(call: Call) -> None:
    code, out, err = call()
    assert (code, err) == (0, "")
    assert "4 repositories known: 2 scanned, 1 failed, 1 not scanned yet" in out
    assert "Newest run: 2 scanned, 1 failed, 1 not reached yet" in " ".join(out.split())
    assert "acme/fraud  no access (HTTP 403)" in out
    assert call()[1] == out


def test_it_is_the_same_from_both_databases(call: Call, store_url: str) -> None:
    with Store.open(store_url, create=True, clock=ticking()) as opened:
        run_once(opened, "first", churn=kept(level_2()), upsell=kept(level_4()), fraud="no access (HTTP 403)")
    for format in ("json", "markdown", "csv"):
        assert call("--format", format, "--store", store_url) == call("--format", format)


def test_every_format_goes_to_stdout_and_to_files(call: Call) -> None:
    assert json.loads(call("--format", "json")[1])["coverage"]["known"] == 4
    assert call("--format", "csv")[1].startswith("name,url,")
    code, out, _ = call("--output", "all.txt", "--report", "markdown=all.md", "--report", "json=all.json")
    assert (code, out) == (0, "")
    assert Path("all.txt").read_text(encoding="utf-8").startswith("Where the ML projects stand")
    assert Path("all.md").read_text(encoding="utf-8").startswith("# Where the ML projects stand")
    assert json.loads(Path("all.json").read_text(encoding="utf-8"))["as_of"] == "2026-11-26"


def test_the_page_links_the_full_reports_relatively(call: Call) -> None:
    Path("pages").mkdir()
    assert call("--html", "pages/fleet.html", "--reports", "full reports", "--title", "Acme & friends")[0] == 0
    page = Path("pages/fleet.html").read_text(encoding="utf-8")
    assert '"folder":"../full%20reports/"' in page
    assert "<h1>Acme &amp; friends</h1>" in page
    files = sorted(p.name for p in Path("full reports").glob("*.html"))
    assert files == ["forge.example--acme--churn.html", "forge.example--acme--upsell.html"]
    assert "<h1>acme/churn</h1>" in (Path("full reports") / files[0]).read_text(encoding="utf-8")


def test_badges_are_one_each_and_one_of_all(call: Call) -> None:
    call("--badges", "badges")
    messages = {p.stem: re.findall("<title>(.*?)</title>", p.read_text()) for p in Path("badges").glob("*.svg")}
    assert messages == {
        "_fleet": ["ML maturity: 2 projects"],
        "forge.example--acme--churn": ["ML maturity: 2 R&amp;D"],
        "forge.example--acme--upsell": ["ML maturity: 4 Specialization"],
        "forge.example--acme--fraud": ["ML maturity: scan failed"],
        "forge.example--acme--late": ["ML maturity: not scanned yet"],
    }


def test_what_is_left_out_now_does_not_stay_from_the_last_time(call: Call) -> None:
    call("--html", "fleet.html", "--reports", "full", "--badges", "badges")
    Path("full/mine.html").write_text("mine")
    before = {p.name for p in (*Path("full").iterdir(), *Path("badges").iterdir())}
    assert any("upsell" in name for name in before)
    assert call("--html", "fleet.html", "--reports", "full", "--badges", "badges", "--public")[0] == 0
    after = {p.name for p in (*Path("full").iterdir(), *Path("badges").iterdir())}
    assert not any("upsell" in name for name in after)
    assert {"mine.html", "forge.example--acme--churn.html", "forge.example--acme--churn.svg"} <= after
    assert "Newest run" not in call("--public")[1]
    left = "".join(p.read_text() for p in (*Path("full").iterdir(), *Path("badges").iterdir(), Path("fleet.html")))
    assert "upsell" not in left
    assert "mlflow.start_run" not in left


def test_names_can_be_left_out_of_files_and_their_names(call: Call) -> None:
    call(
        "--html", "fleet.html", "--reports", "full", "--badges", "badges", "--redact", "names", "--report", "csv=f.csv"
    )
    files = [p for p in Path().rglob("*") if p.is_file()]
    assert {p.name for p in Path("badges").glob("*.svg")} == {
        "_fleet.svg",
        *(f"repository-{n}.svg" for n in range(1, 5)),
    }
    assert "acme" not in "".join(f"{p} {p.read_text(encoding='utf-8')}" for p in files).replace("@acme/ml", "")


def test_what_moved_in_the_newest_run_is_told_with_its_cause(call: Call, store: Path) -> None:
    with Store.open(str(store), clock=ticking()) as opened:
        run_once(opened, "second", churn=kept(assessment(3), Cause.CODE), upsell=kept(assessment(3), Cause.CONTENT))
    shown = json.loads(call("--format", "json")[1])
    assert [(m["name"], m["before"], m["after"], m["causes"]) for m in shown["moved"]] == [
        ("acme/churn", 2, 3, ["code"]),
        ("acme/upsell", 4, 3, ["content"]),
    ]
    with Store.open(str(store), clock=ticking()) as opened:
        run_once(opened, "third")
    assert "Newest run: 4 skipped as unchanged" in call()[1]
    assert json.loads(call("--format", "json")[1])["moved"] == []
    assert len(json.loads(call("--format", "json", "--since", "2026-11-26")[1])["new"]) == 2


def test_a_verdict_that_cannot_be_read_any_more_is_told_and_left_out(call: Call, store: Path) -> None:
    with Store.open(str(store), clock=ticking()) as opened:
        run_once(opened, "second", churn=replace(kept(level_2()), data=b"of another version"))
    code, _, err = call("--html", "fleet.html", "--quiet")
    assert code == 0
    assert err == "mlscan: verdicts that this version cannot read: 1; mlscan fleet reassess makes them anew\n"
    assert '"acme/churn"' in Path("fleet.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--store", "none.db"), "there is no none.db here"),
        (("--report", "pdf=x"), "--report pdf=x: give it as FORMAT=FILE; formats are terminal, json, markdown, csv"),
        (("--html", "none/x.html"), "--html none/x.html: there is no folder none"),
        (("--reports", "none/x"), "--reports none/x: there is no folder none"),
        (("--model", "house"), "house"),
        (("--redact", "nothing"), "'nothing' is not one of"),
    ],
)
def test_errors_are_one_line(call: Call, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


def test_without_the_extra_it_says_how_to_get_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlscan.cli.fleet.extra.find_spec", lambda name: None if name == "alembic" else object())
    assert call() == (2, "", "mlscan: needs mlscan[fleet]: python -m pip install 'mlscan[fleet]'\n")


def test_the_group_lists_its_commands(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["fleet"]) == 0
    shown = capfd.readouterr().out
    assert [x for x in ("scan", "report", "reassess", "export") if f"\n  {x} " in shown] == [
        *("scan", "report", "reassess", "export")
    ]
    assert main(["fleet", "nothing"]) == 2
    assert main(["schema", "fleet"]) == 0
    assert json.loads(capfd.readouterr().out)["title"] == "mlscan fleet"
