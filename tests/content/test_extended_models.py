"""Models that are made from others: `extends` in a folder of rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from mlscan.content import Content, load_content
from mlscan.content.load import SourceFile, load_rules, read_folder
from mlscan.types.errors import ContentError

RULES = Path(__file__).resolve().parents[2] / "rules"
MODEL = """id: acme
version: "1"
extends: ml-process
title: Acme
drop: [results-recorded]
change:
  tests-exist: {weight: 1, essential: true}
  ownership-clear: {level: 3}
add:
  - {level: 3, id: code-checked, title: t, why: w, how: h, effort: S, group: engineering, needs: code-quality}
"""
TOPIC = """id: more
question: What else?
asks:
  4:
    - {id: reviewed, title: t, why: w, how: h, effort: S, group: people, needs: governance}
"""


@cache
def shipped() -> tuple[SourceFile, ...]:
    return tuple(read_folder(RULES, "rules", "rules"))


def criteria(model: str = MODEL, topic: str = TOPIC) -> dict[str, tuple[int, int, bool]]:
    files = [
        *shipped(),
        SourceFile("acme/model.yaml", "rules+0/acme/model.yaml", model),
        SourceFile("acme/more.yaml", "rules+0/acme/more.yaml", topic),
    ]
    made = load_rules(files)[2]["acme"]
    return {c.id: (level, c.weight, c.essential) for level, c in made.criteria()}


def test_criteria_are_dropped_changed_and_added() -> None:
    found = criteria()
    assert "results-recorded" not in found
    assert found["tests-exist"] == (3, 1, True)
    assert found["ownership-clear"][0] == 3
    assert found["code-checked"] == (3, 1, False)
    assert found["reviewed"][0] == 4
    assert found["ci-on-changes"] == (3, 3, False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("extends: ml-process", "extends: other", "acme/model.yaml:3: no model 'other' to extend"),
        ("[results-recorded]", "[results]", "acme/model.yaml:5: no criterion 'results'"),
        ("tests-exist:", "tests-exits:", "acme/model.yaml:7: no criterion 'tests-exits' is left to change; did you"),
        ("level: 3, id", "level: 9, id", "acme/model.yaml:10: no level 9"),
        ("group: engineering", "group: engine", "acme/model.yaml:10: no group 'engine'"),
        ("id: acme", "id: ml-process", "acme/model.yaml:1: model 'ml-process' exists already"),
    ],
)
def test_what_does_not_exist_is_said_with_its_line(old: str, new: str, words: str) -> None:
    with pytest.raises(ContentError) as error:
        criteria(MODEL.replace(old, new, 1))
    assert words in str(error.value)


def test_it_is_a_model_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "model.yaml").write_text(MODEL, encoding="utf-8")
    content: Content = load_content((), (tmp_path,), examples=False)
    assert content.assess("acme").model.file.title == "Acme"
