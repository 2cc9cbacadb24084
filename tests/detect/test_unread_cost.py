"""Files of which nothing can be read cost no more than others: what they are is asked for each, not for each pair."""

from __future__ import annotations

import pytest

from mlscan.content import load_content
from mlscan.detect import detect
from mlscan.read import ci_paths
from mlscan.snapshot.memory import MemorySnapshot


def test_what_unread_files_are_is_asked_a_few_times_each(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"deploy/pipeline_{number}.yml" for number in range(100)] + [f"src/m{number}.py" for number in range(100)]
    asked: list[str] = []
    real = ci_paths.ci_system

    def counted(path: str) -> str | None:
        asked.append(path)
        return real(path)

    monkeypatch.setattr(ci_paths, "ci_system", counted)
    findings = detect(MemorySnapshot(dict.fromkeys(names)), load_content(examples=False).for_detect)
    assert len(findings.unknown) > 50
    assert len(asked) <= 10 * len(names)
