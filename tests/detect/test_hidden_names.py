"""Where not even the names of files are known, what could lie there is unknown, never absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from detect.build import LISTS, detector, run
from mlscan.content.plugins import find_plugin
from mlscan.detect.engine import Engine
from mlscan.detect.hidden import MOST, may_lie_at
from mlscan.detect.plan import compile_plan
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.content import Detector
from mlscan.types.evidence import Findings, Gap
from mlscan.types.lists import DetectContent

FILES = {"a.py": "import one\n", "Makefile": "all:\n\techo\n", "ci/.gitlab-ci.yml": "x: {script: [make]}\n"}


class Cut(MemorySnapshot):
    """A snapshot of which a part could not be listed."""

    def __init__(self, files: Mapping[str, str | bytes | None], hidden: Sequence[str]) -> None:
        super().__init__(files)
        self._hidden = hidden

    @property
    def gaps(self) -> Sequence[Gap]:
        """The places that are hidden, and a link, which hides nothing."""
        return [Gap("link", "a link"), *(Gap(path, "why", hides_names=True) for path in self._hidden)]


def cut(hidden: str | Sequence[str], *detectors: Detector, files: Mapping[str, str | bytes | None] = FILES) -> Findings:
    """What is found where these places are hidden."""
    places = [hidden] if isinstance(hidden, str) else hidden
    return Engine(Cut(files, places), compile_plan(DetectContent(detectors, LISTS, find_plugin))).run()


EVERY_KIND = [
    {"path": "train.py"},
    {"imports": "two"},
    {"in": ["**/*.yml"], "key": {"at": "nothing"}},
    {"in": ["*.yml"], "document": {"kind": "Nothing"}},
    {"calls": "two.fit"},
    {"dependency": "two"},
    {"dependency": {"name": "two", "imported": True}},
    {"command": {"program": "two"}},
    {"command": {"program": "two", "within": ["make"]}},
    {"ci": {"trigger": "schedule"}},
    {"image": "two"},
    {"resource": {"system": "terraform", "type": "two"}},
    {"siblings": {"of": ["conf/{env}.yaml"], "vary": "@environments", "production_like": "@production-like"}},
    {"refers": {"from": {"imports": "one"}, "to": {"calls": "two.fit"}}},
    {"in": ["*.txt"], "text": {"regex": "two"}},
    {"all_of": [{"imports": "one"}, {"imports": "two"}], "scope": "file"},
    {"all_of": [{"imports": "one"}, {"imports": "two"}], "scope": "repository"},
    {"at_least": {"n": 2, "of": [{"imports": "one"}]}, "scope": "repository"},
]


@pytest.mark.parametrize("find", EVERY_KIND, ids=str)
def test_no_matcher_says_no_where_anything_could_lie(find: dict[str, Any]) -> None:
    found = cut("", detector(find))
    assert (found.evidence, found.unknown) == ((), {"subject": "why"})
    assert run(FILES, detector(find)).unknown == {}


def test_the_history_is_known_all_the_same() -> None:
    subject = detector({"history": {"authors_at_least": 3}})
    plan = compile_plan(DetectContent((subject,), LISTS, find_plugin))
    snapshot = Cut(FILES, [""])
    snapshot._authors = 1
    assert Engine(snapshot, plan).run().unknown == {}


def test_what_is_seen_is_seen_and_there_may_be_more() -> None:
    found = cut("", detector({"imports": "one"}))
    assert [e.where.path for e in found.evidence] == ["a.py"]
    assert (found.unknown, found.more) == ({}, {"subject": "why"})


def test_what_could_be_excluded_by_something_unseen_is_unknown() -> None:
    find = {"imports": "one", "none_of": [{"imports": "two"}], "scope": "repository"}
    assert cut("", detector(find)).unknown == {"subject": "why"}


def test_what_is_excluded_in_the_same_file_is_known() -> None:
    assert len(cut("", detector({"imports": "one", "none_of": [{"imports": "two"}]})).evidence) == 1


def test_a_folder_hides_only_what_could_lie_in_it() -> None:
    anywhere = detector({"imports": "two"}, "anywhere")
    here = detector({"in": ["src/*/jobs/**/*.py"], "imports": "two"}, "here")
    elsewhere = detector({"in": ["docs/**/*.py", "/*.py"], "imports": "two"}, "elsewhere")
    assert cut("src/deep", anywhere, here, elsewhere).unknown == dict.fromkeys(["anywhere", "here"], "src/deep: why")


def test_a_folder_that_does_not_count_hides_nothing() -> None:
    assert cut("tests/deep", detector({"imports": "two"})).unknown == {}
    assert list(cut("tests/deep", detector({"imports": "two"}, contexts=["test"])).unknown) == ["subject"]
    assert cut("generated/deep", detector({"imports": "two", "not_in": ["generated/**"]})).unknown == {}


def test_files_of_every_context_could_lie_in_what_was_not_listed() -> None:
    assert list(cut("", detector({"imports": "two"}, contexts=["test"])).unknown) == ["subject"]


def test_very_many_places_are_the_whole_repository() -> None:
    subject = detector({"in": ["docs/**/*.py"], "imports": "two"})
    assert cut([f"src/f{n}" for n in range(MOST)], subject).unknown == {}
    assert cut([f"src/f{n}" for n in range(MOST + 1)], subject).unknown == {"subject": "why"}


def test_a_template_hides_by_other_names() -> None:
    from mlscan.detect import detect

    root = "{{cookiecutter.name}}"
    files = {"cookiecutter.json": "{}", f"{root}/a.py": "import one\n"}
    subject = detector({"in": ["/jobs/*.py"], "imports": "two"})
    found = detect(Cut(files, [f"{root}/jobs"]), DetectContent((subject,), LISTS, find_plugin))
    assert list(found.unknown) == ["subject"]
    assert Gap(f"{root}/jobs", "why", hides_names=True) in found.gaps


@pytest.mark.parametrize(
    ("glob", "path", "could"),
    [
        ("*.py", "a", True),
        ("**/*.py", "a/b", True),
        ("/*.py", "a", False),
        ("a/*.py", "a", True),
        ("a/*.py", "a/b", False),
        ("a/**/c.py", "a/b/c/d", True),
        ("a/**", "a", True),
        ("a/", "a/b", True),
        ("b/**", "a", False),
        ("{a,b}/*.py", "b", True),
        ("{a,b}/*.py", "c", False),
        ("{a/b,c}/*.py", "a", True),
        ("{a/b,c}/*.py", "a/c", False),
        ("a?/[bc]*/x", "ab/cd", True),
        ("a?/[bc]*/x", "ab/dd", False),
        ("a**b/x", "q/w", True),
        ("a**b/x", "aq/w", True),
        ("**/config/prod.yml", "x/y", True),
        (".github/workflows/*.yml", ".github", True),
        (".github/workflows/*.yml", ".github/x", False),
    ],
)
def test_globs_that_could_match_below_a_folder(glob: str, path: str, could: bool) -> None:
    assert may_lie_at(path, glob) is could


def test_an_unread_script_leaves_its_commands_open() -> None:
    for path, kind in (("Makefile", "make"), ("run.sh", "shell"), ("Dockerfile", "docker")):
        subject = detector({"command": {"program": "two", "within": [kind]}})
        assert list(run({path: None}, subject).unknown) == ["subject"]
        assert run({path: None}, detector({"command": {"program": "two"}})).unknown == {}


def test_unread_code_leaves_open_whether_it_imports_what_is_declared() -> None:
    subject = detector({"dependency": {"name": "two", "imported": True}})
    declared = {"requirements.txt": "two\n"}
    assert list(run({**declared, "a.py": None}, subject).unknown) == ["subject"]
    assert run({**declared, "a.py": ""}, subject).unknown == {}
    assert run({**declared, "tests/test_a.py": None}, subject).unknown == {}
    assert [r.reason for r in run({**declared, "a.py": ""}, subject).rejections] == ["nothing imports it"]
