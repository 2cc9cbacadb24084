"""Policies: what is refused, for whom a rule holds, and which statements it accepts."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from mlscan.settings import policy_schema
from mlscan.settings.policies import decode_policy, matches
from mlscan.types.errors import SettingsError
from mlscan.types.evidence import Context
from mlscan.types.settings import Attestation, Said, Waiver
from mlscan.types.snapshot import History, RepositoryInfo

HEAD = 'schema-version = 1\nname = "Acme"\n'
WHOLE = (
    HEAD
    + """
model = "acme"
default-tier = "internal"
fail-under = "target"
require = ["tests"]
count-attested = false
accept = ["attestations"]

[pins]
model-version = "1.0"
content = "0123456789ab"

[tiers]
internal = 2
product = 3

[extension]
id = "acme"
version = "1"
extends = "ml-process"
drop = ["results-recorded"]

[extension.change.tests-exist]
weight = 2

[[extension.add]]
level = 3
id = "code-checked"
title = "t"
why = "w"
how = "h"
effort = "S"
needs = {any_of = ["code-quality", "tests"]}

[[repositories]]
match = ["github.com/acme/*"]
tier = "product"
exclude = ["old/"]
[repositories.contexts]
"demo/" = "example"

[[repositories]]
match = ["*/churn"]
kind = "ml-project"
[repositories.contexts]
"demo/" = "own"

[waivers]
forbid = ["tests-exist"]
[[waivers.approve]]
criterion = "lockfile"
owner = "board"
repository = "*/churn"
expires = 2026-12-31
"""
)
INFO = RepositoryInfo(
    name="checkout",
    url="https://github.com/Acme/churn",
    revision=None,
    dirty=False,
    history=History.FULL,
    committed_on=None,
)
OTHER = replace(INFO, url="https://gitlab.com/acme/churn2")
DAY = "2026-11-26"


def said(criterion: str, kind: type[Waiver] | type[Attestation] = Waiver) -> Said:
    statement = kind(criterion=criterion, reason="r", owner="o", expires=date(2027, 1, 1))
    return Said(statement=statement, source="mlscan.toml:1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "Acme"\n', "acme.toml:1: 'schema-version' is missing"),
        ('schema-version = 2\nname = "x"\n', "acme.toml:1: schema-version: "),
        (HEAD + "fail_under = 3\n", "acme.toml:3: unknown key 'fail_under'; did you mean fail-under?"),
        (HEAD + "[[repositories]]\nmatsh = ['x']\n", "acme.toml:4: unknown key 'matsh'; did you mean match?"),
        (HEAD + "[[waivers.approve]]\ncriterion = 'x'\n", "acme.toml:3: 'owner' is missing"),
        (HEAD + "default-tier = 'x'\n", "default-tier: no tier 'x' in `tiers`"),
        (HEAD + "[pins]\ncontent = 'abc'\n", "acme.toml:4: pins.content: "),
        (HEAD + "accept = ['everything']\n", "acme.toml:3: accept: no such word: 'everything'"),
        (HEAD + "[extension]\nid = 'a'\nversion = '1'\n", "acme.toml:3: 'extends' is missing"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text: str, words: str) -> None:
    with pytest.raises(SettingsError) as error:
        decode_policy(text.encode(), "acme.toml")
    assert words in str(error.value)


def test_later_rules_come_before_earlier_ones() -> None:
    policy = decode_policy(WHOLE.encode(), "acme.toml")
    rule = policy.rule(INFO)
    assert (rule.tier, rule.kind, rule.exclude) == ("product", "ml-project", ["old/"])
    assert rule.contexts == {"demo/": Context.OWN}
    assert policy.rule(OTHER).tier is None


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [
        ("github.com/acme/churn", True),
        ("https://github.com/acme/churn.git", True),
        ("checkout", True),
        ("*/churn", True),
        ("churn", False),
        ("github.com/acme", False),
    ],
)
def test_repositories_are_named_by_their_address_or_name(pattern: str, holds: bool) -> None:
    assert matches(pattern, INFO) is holds


@pytest.mark.parametrize(
    ("item", "info", "day", "accepted", "why"),
    [
        (said("lockfile"), INFO, DAY, True, "approved by board"),
        (said("lockfile"), INFO, "2027-01-01", False, "the approval has expired"),
        (said("lockfile"), OTHER, DAY, False, "Acme has not approved it"),
        (said("tests-exist"), INFO, DAY, False, "Acme forbids it"),
        (said("tests-exist", Attestation), INFO, DAY, True, ""),
    ],
)
def test_a_waiver_is_only_requested_unless_it_is_approved(
    item: Said, info: RepositoryInfo, day: str, accepted: bool, why: str
) -> None:
    found = decode_policy(WHOLE.encode(), "acme.toml").judged(item, info, day)
    assert (found.accepted, found.why) == (accepted, why)


def test_what_repositories_may_say_can_be_widened_and_narrowed() -> None:
    wide = decode_policy((HEAD + "accept = ['waivers']\n[waivers]\nforbid = ['a']\n").encode(), "acme.toml")
    assert wide.judged(said("b"), INFO, DAY).accepted
    assert not wide.judged(said("a"), INFO, DAY).accepted
    assert not wide.judged(said("b", Attestation), INFO, DAY).accepted


def test_the_published_schema_is_valid_and_says_the_same(tmp_path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(policy_schema()))
    path, good, bad = (tmp_path / name for name in ("policy.schema.json", "policy.toml", "bad.toml"))
    path.write_text(policy_schema(), encoding="utf-8")
    good.write_text(WHOLE, encoding="utf-8")
    bad.write_text(HEAD + "fail_under = 3\n", encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema"]
    commands = [
        [*check, "--check-metaschema", str(path)],
        *([*check, "--schemafile", str(path), str(file)] for file in (good, bad)),
    ]
    assert [subprocess.run(c, check=False, capture_output=True).returncode for c in commands] == [0, 0, 1]
