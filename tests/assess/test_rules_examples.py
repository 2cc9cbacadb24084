"""Every example that rules carry, run against the rules as shipped."""

from __future__ import annotations

import pytest

from mlscan.assess.examples import failures, kind_failures, presence_failures
from mlscan.types.model import RuleExample

from .content import rules

CONTENT = rules()
MODEL = [(t.id, e) for t in CONTENT.model.topics for e in t.examples]
MODEL += [("model", e) for e in CONTENT.model.file.examples]


def _ids(examples: list[tuple[str, RuleExample]]) -> list[str]:
    return [f"{where}: {example.name}" for where, example in examples]


@pytest.mark.parametrize(("where", "example"), MODEL, ids=_ids(MODEL))
def test_model_example(where: str, example: RuleExample) -> None:
    assert failures(example, CONTENT) == []


@pytest.mark.parametrize("example", CONTENT.kinds.examples, ids=lambda e: e.name)
def test_kind_example(example: RuleExample) -> None:
    assert kind_failures(example, CONTENT) == []


@pytest.mark.parametrize("example", CONTENT.presence.examples, ids=lambda e: e.name)
def test_presence_example(example: RuleExample) -> None:
    assert presence_failures(example, CONTENT) == []
