"""plan, why-not, explain in a repository, badge."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from report.factory import HOSTILE, hostile, level_0, level_2, level_4

from cli.conftest import Ran, World
from mlscan import render
from mlscan.types.assessment import Assessment, NextStep, StarterFile

Run = Callable[..., Ran]

STARTER = StarterFile(path=".github/workflows/checks.yml", text="on:\n  push:\njobs: {}\n" + "# " + "x" * 100 + "\n")
STEPS = (
    NextStep(
        criterion="tests-there",
        title="Tests can be seen",
        why="Because.",
        how="Write one.",
        effort="M",
        lifts="one of 2 steps that together reach level 3 (Analyze it)",
        level=3,
        by=("tests",),
        now="Automated tests: only declared.",
    ),
    NextStep(
        criterion="ci-there",
        title="CI can be seen",
        why="Because.",
        how="Add a workflow.",
        effort="S",
        lifts="one of 2 steps that together reach level 3 (Analyze it)",
        level=3,
        reaches=3,
        unknown=True,
        now="CI: may lie in acme/platform.",
        starter=STARTER,
    ),
    NextStep(
        criterion="containers-there",
        title="Containers can be seen",
        why="Because.",
        how="Write a Dockerfile.",
        effort="S",
        lifts="also asked",
        level=3,
        needed=False,
        starter=StarterFile(path="", text="docker init\n"),
    ),
)


REPORTS = ("markdown", "html")
"""Formats of the report that show starters."""


def planned() -> Assessment:
    return replace(level_2(), next=STEPS, target=3)


def test_the_plan_is_in_order_with_all_that_a_step_needs(run: Run, world: World) -> None:
    world.story = planned
    ran = run("plan", "some/path", "--target", "3")
    assert (ran.code, ran.err) == (0, "")
    assert world.asked[0][0] == "some/path"
    assert world.asked[0][1].target == 3
    out = ran.out
    places = [
        "level 2, R&D",
        "The shortest way to level 3, Analyze it: 2 steps",
        "1. Tests can be seen (medium effort)",
        "Why    Because.",
        "How    Write one.",
        "Gives  One of 2 steps",
        "Now    Automated tests: only declared.",
        "Id     tests-there",
        "2. CI can be seen (small effort)",
        "Maybe  It may be there already, unseen: CI: may lie in acme/platform.",
        "To start with: .github/workflows/checks.yml",
        "       on:\n         push:\n       jobs: {}\n",
        " level 3, Analyze it\n\nAsked too on this way",
        "Containers can be seen",
    ]
    assert [out.index(words) for words in places] == sorted(out.index(words) for words in places)


def test_a_file_that_an_earlier_step_makes_is_joined_with_it(run: Run, world: World) -> None:
    def twice() -> Assessment:
        file = StarterFile(path="deploy.yml", text="on: push\n")
        return replace(level_2(), next=tuple(replace(s, starter=file) for s in STEPS), target=3)

    world.story = twice
    for shown in (run("plan").out, run("plan", "--format", "markdown").out, *(render(twice(), f) for f in REPORTS)):
        assert shown.count("To start with: deploy.yml, to be joined with that of step 1") == 1
        assert shown.count("To start with: deploy.yml") >= 2


def test_lines_of_a_starter_are_never_wrapped(run: Run, world: World) -> None:
    world.story = planned
    lines = run("plan").out.splitlines()
    assert " " * 7 + "# " + "x" * 100 in lines
    assert max(len(line) for line in lines if "xxx" not in line) <= 80


def test_one_starter_can_be_taken_as_it_is(run: Run, world: World, tmp_path: Path) -> None:
    world.story = planned
    assert run("plan", "--starter", "ci-there").out == STARTER.text
    file = tmp_path / "checks.yml"
    assert run("plan", "--starter", "ci-there", "--output", str(file)).code == 0
    assert file.read_text(encoding="utf-8") == STARTER.text
    assert "no step 'ci-ther' in this plan; did you mean ci-there" in run("plan", "--starter", "ci-ther").err
    assert "there is none for tests-there" in run("plan", "--starter", "tests-there").err


def test_the_plan_as_json_and_markdown(run: Run, world: World) -> None:
    world.story = planned
    plan = json.loads(run("plan", "--format", "json").out)
    assert [s["criterion"] for s in plan["steps"]] == ["tests-there", "ci-there", "containers-there"]
    assert plan["steps"][1]["id"] == "mlscan:ml-process/ci-there"
    assert plan["steps"][1]["starter"] == {"path": STARTER.path, "adds": False, "text": STARTER.text}
    page = run("plan", "--format", "markdown").out
    assert "- [ ] **Tests can be seen**" in page
    assert "  on:\n" in page
    assert "**Level 3, Analyze it, is reached here.**" in page


@pytest.mark.parametrize(
    ("story", "words"),
    [
        (level_0, "No plan: not-ml: no code that trains or applies a model was found."),
        (lambda: replace(level_2(), target=2, next=()), "enough for this target"),
        (lambda: replace(level_2(), level=5, level_name="Automate it", next=()), "This is the top of the ladder."),
        (lambda: replace(level_2(), next=()), "No set of steps leads to level 3 from here."),
    ],
)
@pytest.mark.parametrize("format", ["terminal", "markdown"])
def test_no_plan_says_why(run: Run, world: World, story: Callable[[], Assessment], words: str, format: str) -> None:
    world.story = story
    assert words in run("plan", "--format", format).out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("plan", "--target", "6"), "--target: model ml-process ends at level 5"),
        (("plan", "--target", "0"), "--target"),
        (("plan", "--output", "no/such/folder/x"), "there is no folder folder"),
        (("why-not", "6"), "N: model ml-process ends at level 5"),
        (("why-not",), "Missing argument 'N'"),
        (("why-not", "high"), "'high' is not a valid integer"),
        (("badge",), "Missing option '--output'"),
        (("badge", "--output", "level.png"), "--output level.png: a badge is a .svg or a .json file"),
        (("badge", "--output", "no/such/level.svg"), "there is no folder such"),
        (("explain", "kinds", "."), "nothing is called 'kinds'; did you mean kind"),
        (("explain", "declared", "."), "declared is not decided for a repository"),
    ],
)
def test_wrong_usage_is_exit_2_in_one_line(run: Run, args: tuple[str, ...], words: str) -> None:
    ran = run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_why_not_shows_looked_for_nearly_and_would(run: Run, world: World) -> None:
    ran = run("why-not", "3", "some/path")
    assert (ran.code, ran.err) == (0, "")
    assert world.asked[0][0] == "some/path"
    assert "level 3, Analyze it, does not hold: it is level 2." in ran.out
    assert "Level 2, R&D: 3 of 3 met, rating F, fully achieved\n  Nothing is missing." in ran.out
    assert "Ci can be seen (ci-there, weight 1)" in ran.out
    assert "Status         not met" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_why_not_of_a_level_that_holds_and_of_a_kind_without_one(run: Run, world: World) -> None:
    out = run("why-not", "2").out
    assert "level 2, R&D, holds: it is level 2" in out
    assert "mlscan plan" not in out
    world.story = level_0
    out = run("why-not", "1").out
    assert "a level means nothing here (not-ml)" in out
    assert "no code that trains or applies a model was found" in out


def test_why_not_as_json(run: Run, world: World) -> None:
    world.story = level_4
    found = json.loads(run("why-not", "5", "--format", "json").out)
    assert (found["asked"], found["holds"], found["level"], found["could_be"]) == (5, False, 4, 5)
    assert {u["status"] for u in found["unmet"]} == {"unknown"}
    assert found["unmet"][0]["id"].startswith("mlscan:ml-process/")


def test_explain_kind_is_one_line(run: Run, world: World) -> None:
    assert run("explain", "kind", "some/path").out == "ml-project: training code in src/train.py:3\n"
    world.story = level_0
    assert run("explain", "kind").out == "not-ml: no code that trains or applies a model was found\n"
    world.story = hostile
    out = run("explain", "kind").out
    assert out.count("\n") == 1
    assert [c for c in out if not c.isprintable() and c != "\n"] == []


def test_explain_level_names_what_is_missing(run: Run, world: World) -> None:
    world.story = planned
    assert run("explain", "level").out == ("level 2 R&D: Missing for level 3: Tests can be seen; CI can be seen.\n")


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("experiment-tracking", "present, used: 1 places\n  src/train.py:41  used, own, experiment-tracking-seen"),
        ("mlscan:ml-process/experiment-tracking", "present, used"),
        ("lockfile", "absent: nothing of it was found"),
        ("scheduled-runs", "Nearly counted:\n  .github/workflows/nightly.yml:4: a schedule, but no step that trains"),
        ("3", "does not hold"),
        ("level 2", "holds: rating F, fully achieved: 100% by weight"),
        ("runs", "not seen"),
    ],
)
def test_explain_with_a_path_says_what_was_decided_there(run: Run, id: str, words: str) -> None:
    ran = run("explain", id, ".")
    assert (ran.code, ran.err) == (0, "")
    assert words in ran.out


def test_explain_shows_each_place_once(run: Run, world: World) -> None:
    def twice() -> Assessment:
        a = level_2()
        doubled = tuple(replace(e, captures=(("environment", word),)) for e in a.evidence for word in ("dev", "prod"))
        practices = tuple(
            replace(p, evidence=tuple(n for i in p.evidence for n in (2 * i, 2 * i + 1))) for p in a.practices
        )
        return replace(a, evidence=doubled, practices=practices)

    world.story = twice
    assert run("explain", "experiment-tracking", ".").out.count("src/train.py:41") == 1


@pytest.mark.parametrize(
    "id",
    ["N", "F", "declared", "vendored", "not-met", "upcoming", "experiments", "could-be", "gap", "near-miss", "weight"],
)
def test_every_word_of_a_report_can_be_explained(run: Run, world: World, id: str) -> None:
    ran = run("explain", id)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{id} (")
    for spelled in (id.replace("-", "_"), id.replace("-", " "), id.lower()):
        assert run("explain", spelled).out == ran.out
    assert world.asked == []


def test_ratings_are_explained_by_the_bounds_of_the_model(run: Run) -> None:
    assert "above 50 %, up to 85 %" in " ".join(run("explain", "l").out.split())
    assert "above 85 % of what the level asks" in " ".join(run("explain", "f").out.split())


def test_a_wrong_verdict_becomes_an_issue(run: Run) -> None:
    out = run("explain", "experiment-tracking", ".", "--issue").out
    assert out.startswith("# Wrong verdict: experiment-tracking is present, used\n")
    assert "`mlscan:ml-process/experiment-tracking`" in out
    assert "content `0123456789ab`" in out
    assert "- `src/train.py:41` (used, own, `experiment-tracking-seen`): `mlflow.start_run()`" in out
    assert "What is true instead" in out


def test_an_issue_carries_no_markup_of_the_repository(run: Run, world: World) -> None:
    world.story = hostile
    out = run("explain", "ml-code", ".", "--issue").out
    assert "\x1b" not in out
    assert HOSTILE not in out


def test_a_badge_as_picture_and_as_endpoint(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / "level.svg", tmp_path / "level.json"]
    ran = run("badge", ".", "--output", str(files[0]), "--output", str(files[1]), "--label", "churn", "--date")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    picture = ElementTree.fromstring(files[0].read_text(encoding="utf-8"))
    assert picture.attrib["aria-label"] == "churn: 2 R&D, 2026-11-23"
    endpoint = json.loads(files[1].read_text(encoding="utf-8"))
    assert (endpoint["schemaVersion"], endpoint["label"], endpoint["message"]) == (1, "churn", "2 R&D, 2026-11-23")


@pytest.mark.parametrize("command", [("plan",), ("why-not", "3"), ("explain", "ci")])
def test_nothing_of_a_repository_reaches_the_terminal_raw(run: Run, world: World, command: tuple[str, ...]) -> None:
    world.story = hostile
    ran = run(*command, ".")
    assert [c for c in ran.out + ran.err if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("command", [("plan",), ("why-not", "3"), ("diff", "main")])
def test_without_colour_nothing_is_coloured(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    assert "\x1b" not in run(*command).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run(*command).out
    assert "\x1b[" not in run(*command, "--no-color").out
