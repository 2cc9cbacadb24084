"""Every starter fits the repository that it is shown to, is valid, and does what it is for."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from mlscan.assess.facts import Facts
from mlscan.assess.starters import chosen, starter_for
from mlscan.content import load_content
from mlscan.detect.plan import Plan, compile_plan
from mlscan.scan.starters import broken_starters, seen
from mlscan.types.model import AssessContent
from mlscan.types.starters import OWN_JOB

CONTENT = load_content()
PLAN: Plan = compile_plan(CONTENT.for_detect)
MODELS = {name: CONTENT.assess(name) for name in CONTENT.models}
FILES = [(name, criterion) for name, content in MODELS.items() for criterion in content.model.starters]
WIDEST = 112


@cache
def known(model: str, criterion: str) -> list[Facts]:
    """What is known of each example of a criterion."""
    content = MODELS[model]
    return [seen(PLAN, content, e) for e in content.model.starters[criterion].examples]


@pytest.mark.parametrize(("model", "criterion"), FILES)
def test_examples_hold(model: str, criterion: str) -> None:
    assert list(broken_starters(PLAN, MODELS[model], criterion)) == []


@pytest.mark.parametrize(("model", "criterion"), FILES)
def test_every_starter_is_shown_by_an_example(model: str, criterion: str) -> None:
    content = MODELS[model]
    file = content.model.starters[criterion]
    used = [chosen(criterion, facts) for facts in known(model, criterion)]
    assert [s.file or s.text for s in file.starters if not any(s is u for u in used)] == []


def test_every_criterion_of_levels_2_to_5_has_one() -> None:
    model: AssessContent = MODELS["ml-process"]
    asked = {a.criterion.id for a in model.model.asks() if a.level >= 2 and a.criterion.observable}
    assert asked == set(model.model.starters) - {OWN_JOB}


@pytest.mark.parametrize(("model", "criterion"), FILES)
def test_what_is_shown_is_valid(model: str, criterion: str) -> None:
    for starter in (starter_for(criterion, facts) for facts in known(model, criterion)):
        assert starter is not None
        text = starter.text
        assert "<<" not in text
        assert "\t" not in text
        assert max(map(len, text.splitlines())) <= WIDEST
        assert len(text.splitlines()) <= 40
        suffix = Path(starter.path).suffix
        if suffix in (".yml", ".yaml"):
            assert [d for d in yaml.compose_all(text) if not isinstance(d, yaml.CollectionNode)] == []
        elif suffix == ".py":
            ast.parse(text)
        elif suffix == ".toml":
            tomllib.loads(text)
        elif suffix == ".sh" or not starter.path:
            subprocess.run(["sh", "-n"], input=text, text=True, check=True)


@pytest.mark.parametrize(("model", "criterion"), FILES)
def test_nobody_is_shown_the_language_of_another_forge(model: str, criterion: str) -> None:
    words = {"gitlab": ["CI_COMMIT", "CI_PIPELINE"], "azure": ["vmImage"], "github": ["actions/checkout", "runs-on"]}
    examples = MODELS[model].model.starters[criterion].examples
    for example, facts in zip(examples, known(model, criterion), strict=True):
        if any(p.startswith((".git", ".azure", "azure")) for p in example.files):
            continue
        for host in ("gitlab.acme.example", "dev.azure.com", "github.com", "git.acme.example"):
            starter = starter_for(criterion, replace(facts, host=host))
            assert starter is not None
            others = [w for forge, ws in words.items() if forge not in host for w in ws]
            assert [w for w in others if w in starter.text] == []
