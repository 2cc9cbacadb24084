"""What the shipped rules promise as a whole, beyond their examples."""

from __future__ import annotations

from collections import Counter

from mlscan.types.conditions import Cond, members, named
from mlscan.types.evidence import Strength

from .content import rules

CONTENT = rules()
ASKS = CONTENT.model.asks()
PRACTICES = CONTENT.presence.practices
KIND_SIGNALS = {
    "answer-evaluation-code",
    "answer-gate",
    "awesome-list",
    "ci-trains-or-evaluates",
    "component-module",
    "endpoint-client",
    "etl-platform",
    "evaluation-in-ci",
    "evaluation-set",
    "example-projects",
    "fine-tuning-commands",
    "fine-tuning-recipes",
    "library-shape",
    "library-words",
    "llm-api-client",
    "many-roots",
    "ml-imports",
    "ml-notebook",
    "ml-platform-code",
    "ml-platform-services",
    "model-definition-code",
    "model-fitting-code",
    "model-inference-code",
    "numbered-chapters",
    "numbered-lessons",
    "other-language-ml",
    "package-name",
    "pretrained-model-code",
    "project-template",
    "published-package",
    "reference-documentation",
    "self-package-ml-tool",
    "teaching-words",
    "trainer-commands",
    "training-code",
    "training-job-submission",
}


def strengths(cond: Cond | str | None) -> set[Strength]:
    if not isinstance(cond, Cond):
        return set()
    below = set().union(*(strengths(c) for c in members(cond))) if members(cond) else set()
    return below | ({cond.strength} if cond.strength else set())


def test_ids_are_single_in_one_name_space() -> None:
    ids = [a.criterion.id for a in ASKS] + list(PRACTICES) + sorted(KIND_SIGNALS)
    assert [i for i, n in Counter(ids).items() if n > 1] == []


def test_every_named_id_exists() -> None:
    conds = [a.criterion.needs for a in ASKS] + [r.needs for r in CONTENT.kinds.kinds]
    conds += [p.needs for p in PRACTICES.values()]
    conds += [c for cs in CONTENT.model.file.staged.requires.values() for c in cs]
    assert {name for c in conds for name in named(c)} <= set(PRACTICES) | KIND_SIGNALS


def test_no_level_from_3_rests_on_declared_evidence() -> None:
    for ask in ASKS:
        if ask.level >= 3:
            weak = {n for n in named(ask.criterion.needs) if PRACTICES[n].strength is Strength.DECLARED}
            assert not weak
            assert Strength.DECLARED not in strengths(ask.criterion.needs)


def test_informational_practices_decide_nothing() -> None:
    informational = {n for n, p in PRACTICES.items() if p.informational}
    assert informational == {"model-evaluation", "code-quality", "release-control", "prediction-logging"}
    assert not informational & {n for a in ASKS for n in named(a.criterion.needs)}


def test_every_criterion_says_why_and_how_and_has_a_group() -> None:
    for ask in ASKS:
        assert ask.group in CONTENT.model.file.groups
        assert ask.criterion.title.strip()
        assert ask.criterion.why.strip()
        assert len(ask.criterion.how) > 40


def test_the_model_stays_small() -> None:
    assert 20 <= len([a for a in ASKS if a.criterion.observable]) <= 30
    assert [x.name for x in CONTENT.model.file.levels] == [
        "Absent",
        "Enthusiasts",
        "R&D",
        "Analyze it",
        "Specialization",
        "Automate it",
    ]


def test_every_topic_has_examples_and_every_rated_criterion_is_in_one() -> None:
    for topic in CONTENT.model.topics:
        shown = {c for e in topic.examples for c in [*e.met, *e.not_met, *e.could_be_met]}
        rated = {c.id for cs in topic.asks.values() for c in cs if c.observable}
        assert rated <= shown


def test_levels_that_ask_are_levels_of_the_model() -> None:
    levels = {x.n for x in CONTENT.model.file.levels}
    assert all(set(t.asks) <= levels - {0} for t in CONTENT.model.topics)
    assert {a.level for a in ASKS} == levels - {0}
