"""Which locks count: they must fix what the folder asks for."""

from __future__ import annotations

import pytest
from detect.build import detector, run

LOCKED = detector({"plugin": {"entry_point": "locked-dependencies", "args": {"pinned_at_least": 3}}})
DECLARED = detector({"dependency": "*"})


def lock(*names: str) -> str:
    return "version = 1\n" + "".join(f'\n[[package]]\nname = "{name}"\nversion = "1.0"\n' for name in names)


def locked(files: dict[str, str]) -> list[str]:
    return [e.where.path for e in run(files, LOCKED).evidence]


@pytest.mark.parametrize("asked", ["numpy\npandas\n", "numpy\npandas\ntorch\n", "numpy\nother\n"])
def test_a_lock_that_fixes_half_of_what_is_asked_for_counts(asked: str) -> None:
    assert locked({"requirements.txt": asked, "uv.lock": lock("numpy", "pandas")}) == ["uv.lock"]


def test_a_lock_of_something_else_does_not() -> None:
    assert locked({"requirements.txt": "torch\nkeras\nmlflow\n", "uv.lock": lock("numpy", "pandas")}) == []


def test_pins_count_only_where_all_manifests_of_the_folder_have_them() -> None:
    pinned = "a==1\nb==2\nc==3\n"
    assert locked({"requirements.txt": pinned}) == ["requirements.txt"]
    assert locked({"requirements.txt": pinned, "environment.yml": "dependencies:\n  - d\n"}) == []


def test_one_manifest_may_pin_what_the_other_asks_for() -> None:
    loose = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['a', 'b', 'c']\n"
    assert locked({"pyproject.toml": loose, "requirements.txt": "a==1\nb==2\nc==3\nd==4\n"}) == ["requirements.txt"]


def test_a_lock_alone_declares_what_it_fixes() -> None:
    found = run({"src/uv.lock": lock("a", "b")}, DECLARED).evidence
    assert [(e.where.path, e.where.line) for e in found] == [("src/uv.lock", 4), ("src/uv.lock", 8)]


def test_a_lock_beside_a_manifest_declares_nothing() -> None:
    found = run({"requirements.txt": "a\n", "uv.lock": lock("a", "b")}, DECLARED).evidence
    assert {e.where.path for e in found} == {"requirements.txt"}
