"""Whatever conditions and files meet, an answer comes, and what else is asked, and in which order, is nothing to it."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from detect.build import detector, run
from mlscan.types.errors import ContentError

NAMES = ["lib", "lib.a", "*.b", "lib.*", "other.c", "*"]
LEAVES: list[dict[str, Any]] = [
    *({"calls": name} for name in NAMES),
    *({"imports": name} for name in ("lib", "other", "lib.a")),
    {"defines": "one"},
    {"classes": "lib.Base"},
    {"text": r"\blib\b"},
    {"text": {"regex": "a", "in": "code"}},
    {"path": "**/*.yaml"},
    {"path": "x.py"},
    {"in": ["**/*.yaml"], "key": {"at": ["**.a", "b.{key}"]}},
    {"in": ["**/*.yaml"], "key": {"at": "a", "is": {"regex": "[0-9]"}}},
    {"in": ["**/*.yaml"], "document": {"kind": "Job"}},
    {"dependency": "lib"},
    {"command": {"program": "python", "within": ["ci", "shell", "make"]}},
    {"ci": {"trigger": "push"}},
]
SCOPES = ["repository", "folder", "file", "function", "class", "document", "job", "step"]
PARTS = {
    "x.py": [
        "import lib\n",
        "from lib import a\n",
        "def one():\n    lib.a()\n",
        "class C(lib.Base):\n    pass\n",
        "a()\n",
        "x = (\n",
    ],
    "b/y.py": ["import other.c as q\n", "q()\n", "q.b()\n", "# lib.a()\n", "'''lib'''\n"],
    "c.yaml": ["a: 1\n", "b:\n  k: [x]\n", "kind: Job\n", "---\n", "{\n"],
    "requirements.txt": ["lib\n", "other==1\n"],
    "run.sh": ["python x.py\n", "echo lib\n"],
    ".github/workflows/ci.yml": ["on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: python x.py\n"],
    "n.ipynb": [
        '{"cells": [{"cell_type": "code", "source": ["import lib\\n", "lib.a()"]}],'
        ' "metadata": {"language_info": {"name": "python"}}}'
    ],
}


def _blocks(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    members = st.lists(inner, min_size=1, max_size=3)
    both = st.tuples(members, st.sampled_from(SCOPES), st.booleans())
    every = both.map(lambda b: {"all_of": b[0], "scope": b[1], "near_miss": b[2]})
    some = both.map(lambda b: {"any_of": b[0], "scope": b[1]})
    least = both.map(lambda b: {"at_least": {"n": 2, "of": b[0]}, "scope": b[1]})
    without = st.tuples(inner, inner, st.sampled_from(SCOPES)).map(
        lambda b: {"all_of": [b[0]], "none_of": [b[1]], "scope": b[2]}
    )
    leads = st.tuples(inner, inner).map(lambda b: {"refers": {"from": b[0], "to": b[1]}})
    return st.one_of(every, some, least, without, leads)


CONDITIONS = st.recursive(st.sampled_from(LEAVES), _blocks, max_leaves=6)
FILES = st.fixed_dictionaries(
    {}, optional={path: st.lists(st.sampled_from(parts), max_size=5).map("".join) for path, parts in PARTS.items()}
)


DENSE = st.fixed_dictionaries(
    {path: st.sets(st.sampled_from(parts), min_size=1).map(sorted).map("".join) for path, parts in PARTS.items()}
)
"""Files of which most hold something that a condition asks for."""
LEAF = st.sampled_from(LEAVES)
SHAPED = st.tuples(LEAF, LEAF, LEAF, st.sampled_from(["file", "repository"])).map(
    lambda b: {"scope": b[3], "all_of": [b[0], {"any_of": [b[1], b[2]]}], "evidence": 0}
)
"""Conditions that are met more often than those of any shape."""


@given(st.one_of(CONDITIONS, SHAPED, SHAPED), DENSE)
@settings(max_examples=300, deadline=None)
def test_what_nearly_counts_changes_nothing_of_what_counts(find: dict[str, Any], files: dict[str, str]) -> None:
    try:
        told, untold = run(files, detector(_with(find, True))), run(files, detector(_with(find, False)))
    except ContentError:
        return
    assert told.evidence == untold.evidence


@given(st.one_of(CONDITIONS, SHAPED), st.lists(CONDITIONS, min_size=1, max_size=3), st.one_of(FILES, DENSE))
@settings(max_examples=150, deadline=None)
def test_the_same_answer_in_any_order(find: dict[str, Any], beside: list[Any], files: dict[str, str]) -> None:
    try:
        subject = detector(find)
        others = [detector(other, f"other-{number}") for number, other in enumerate(beside)]
        alone, first, last = run(files, subject), run(files, subject, *others), run(files, *others, subject)
    except ContentError:
        return
    assert first == last
    assert tuple(e for e in first.evidence if e.detector == "subject") == alone.evidence
    assert first.unknown.get("subject") == alone.unknown.get("subject")
    assert all(e.where.path in files for e in alone.evidence)


def _with(find: Any, near_miss: bool) -> Any:
    """The condition with all of its parts marked in one way."""
    if isinstance(find, list):
        return [_with(member, near_miss) for member in find]
    if not isinstance(find, dict):
        return find
    marked = {key: _with(value, near_miss) for key, value in find.items() if key != "key"}
    kept = {"key": find["key"]} if "key" in find else {}
    is_condition = not ({"n", "program", "trigger", "kind", "regex", "from"} & find.keys())
    return {**marked, **kept, **({"near_miss": near_miss} if is_condition else {})}
