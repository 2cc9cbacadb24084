"""Starters that are not whole do not load, and say where."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlscan.content import load_content
from mlscan.content.load import SourceFile
from mlscan.content.starters import load_starters
from mlscan.types.conditions import Cond
from mlscan.types.errors import ContentError

WORDS = """id: words
conditions:
  here: {any_of: [github-files, also-here]}
  also-here: {host: ["git.*"]}
words:
  run: [{when: here, text: "make"}, {text: "sh"}]
"""


def source(name: str, text: str) -> SourceFile:
    key = f"rules/m/starters/{name}.yaml"
    return SourceFile(where=key, key=key, text=text)


def test_conditions_are_written_out_wherever_they_stand() -> None:
    files = [
        source("words", WORDS),
        source("a", "id: a\nstarters:\n- {when: {not: also-here}, text: x}\n- {text: '<<run>>'}\n"),
    ]
    starters, words = load_starters(files)
    host = Cond(host=["git.*"])
    assert starters["a"].starters[0].when == Cond(not_=host)
    assert words["run"][0].when == Cond(any_of=["github-files", host])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a", "id: b\nstarters:\n- {text: x}\n", "a.yaml:1: id 'b' differs from the file name"),
        ("a", "id: a\nstarters: []\n", "a.yaml:2: the last starter must have no `when`"),
        ("a", "id: a\nstarters:\n- {when: ci, text: x}\n", "a.yaml:2: the last starter must have no `when`"),
        ("a", "id: a\nstarters:\n- {text: x}\n- {text: y}\n", "a.yaml:3: a starter without `when` hides those below"),
        ("a", "id: a\nstarters:\n- text: |\n    <<run>>\n    <<walk>>\n", "a.yaml:5: no word <<walk>>"),
        ("a", "id: a\nstarters:\n- {text: '<<path>>'}\n", "a.yaml:3: no word <<path>>"),
        ("a", "id: a\nstarters:\n- {text: x, files: y}\n", "a.yaml:3: Object contains unknown field `files`"),
        ("words", "id: words\nwords:\n  b: [{text: '<<c>>'}]\n", "words.yaml:3: no word <<c>>"),
    ],
)
def test_what_is_not_whole_is_refused_with_file_and_line(name: str, text: str, words: str) -> None:
    shared = [] if name == "words" else [source("words", WORDS)]
    with pytest.raises(ContentError) as raised:
        load_starters([*shared, source(name, text)])
    assert str(raised.value).startswith(f"rules/m/starters/{words}")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "ml-process" / "starters" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_house_replaces_a_starter_with_its_own(tmp_path: Path) -> None:
    write(tmp_path, "ci-on-changes", "id: ci-on-changes\nstarters:\n- {file: our.yml, text: '<<install>>'}\n")
    model = load_content(rules=[tmp_path]).models["ml-process"]
    assert [s.file for s in model.starters["ci-on-changes"].starters] == ["our.yml"]
    assert "tests-exist" in model.starters


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("no-such", "id: no-such\nstarters:\n- {text: x}\n", "no criterion 'no-such' in model ml-process"),
        (
            "tests-exist",
            "id: tests-exist\nstarters:\n- {when: gitlab-fils, text: x}\n- {text: y}\n",
            "tests-exist.yaml:3: no practice, detector or condition 'gitlab-fils'",
        ),
    ],
)
def test_names_that_do_not_exist_are_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(ContentError) as raised:
        load_content(rules=[write(tmp_path, name, text)])
    assert words in str(raised.value)


def test_no_level_hangs_on_a_host(tmp_path: Path) -> None:
    topic = tmp_path / "ml-process" / "extra.yaml"
    topic.parent.mkdir(parents=True)
    asks = "{id: hosted, title: t, why: w, how: h, effort: S, needs: {host: [github.com]}}"
    topic.write_text(f"id: extra\nquestion: q\nasks:\n  2:\n  - {asks}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="`host` decides which starter is shown"):
        load_content(rules=[tmp_path])
