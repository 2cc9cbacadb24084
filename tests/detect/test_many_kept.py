"""Of a great many places the first are kept; whether there are more elsewhere is left open, never denied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from detect.build import detector, run
from mlscan.detect import places
from mlscan.types.evidence import Findings, Gap

MORE = "more places of one kind than are kept"
FILES = {f"{folder}/f{n}.py": "import one\n" for folder in "ba" for n in range(6)} | {
    "b/f5.py": "import one\nimport two\n"
}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PLACES", 4)


def found(find: Mapping[str, Any], files: Mapping[str, str] = FILES) -> Findings:
    return run(files, detector(find))


def test_the_first_by_path_are_kept_and_there_may_be_more() -> None:
    seen = found({"imports": "one"})
    assert [e.where.path for e in seen.evidence] == [f"a/f{n}.py" for n in range(4)]
    assert (seen.unknown, seen.more) == ({}, {"subject": MORE})
    assert Gap("", MORE) in seen.gaps


def test_so_are_those_that_a_path_tells() -> None:
    seen = found({"path": "**/*.py"})
    assert [e.where.path for e in seen.evidence] == [f"a/f{n}.py" for n in range(4)]
    assert seen.more == {"subject": MORE}


@pytest.mark.parametrize("scope", ["file", "folder", "repository"])
def test_what_meets_something_that_is_not_kept_is_unknown(scope: str) -> None:
    seen = found({"all_of": [{"path": "**/*.py"}, {"imports": "two"}], "scope": scope})
    if scope == "repository":
        assert [e.where.path for e in seen.evidence] == ["b/f5.py"]
    else:
        assert (seen.evidence, seen.unknown) == ((), {"subject": MORE})


def test_what_something_that_is_not_kept_would_exclude_is_unknown() -> None:
    seen = found({"imports": "two", "none_of": [{"path": "**/*.py"}]})
    assert (seen.evidence, list(seen.unknown)) == ((), ["subject"])


def test_few_places_are_all_there_is() -> None:
    files = dict(list(FILES.items())[:4])
    seen = found({"imports": "one"}, files)
    assert (len(seen.evidence), seen.more, seen.gaps) == (4, {}, ())
