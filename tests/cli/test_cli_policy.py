"""`--policy` from end to end: it comes before the command line and the repository, and the report says so."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.test_cli_config import Scanner, scanner

__all__ = ["scanner"]

HEAD = 'schema-version = 1\nname = "Acme"\n'
TIERS = "[tiers]\nexperiment = 1\ninternal = 2\nproduct = 3\ncritical = 4\n"
WAIVED = '[[waivers]]\ncriterion = "ml-work"\nreason = "r"\nowner = "Ann"\nexpires = 2027-01-01\n'
EXTENSION = """
[extension]
id = "acme"
version = "2026.1"
extends = "ml-process"
drop = ["results-recorded"]
[[extension.add]]
level = 2
id = "code-checked"
title = "Code is linted"
why = "It is cheap."
how = "Add a linter."
effort = "S"
group = "engineering"
needs = "code-quality"
"""


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], str]:
    def write(text: str) -> str:
        path = tmp_path / "acme.toml"
        path.write_text(HEAD + text, encoding="utf-8")
        return str(path)

    return write


def test_it_is_told_with_its_digest(scanner: Scanner, policy: Callable[[str], str]) -> None:
    path = policy('default-tier = "internal"\nfail-under = "target"\nrequire = ["ci"]\n' + TIERS)
    report: dict[str, Any] = scanner.json("--policy", path)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert report["policy"] == {
        "name": "Acme",
        "digest": digest,
        "tier": "internal",
        "target": 2,
        "fail_under": 2,
        "require": ["ci"],
        "count_attested": None,
        "notes": [],
    }
    assert report["target"] == 2
    out = scanner.run("--policy", path)[1]
    assert "Target: level 2 (tier internal), reached: enough for this target" in out
    assert f"Policy Acme ({digest[:12]})" in out


def test_it_comes_first(scanner: Scanner, policy: Callable[[str], str]) -> None:
    scanner.write(mlscan_dot_toml='fail-under = 0\ntarget = 1\ntier = "product"\n')
    path = policy('default-tier = "internal"\nfail-under = "target"\ncount-attested = false\n' + TIERS)
    assert scanner.run("--policy", path, "--fail-under", "1", "--count-attested")[0] == 1
    assert "--fail-under 1 is overruled by the policy Acme: 3" in scanner.err
    assert "--count-attested is overruled by the policy Acme" in scanner.err
    assert "level 2 R&D is under 3 (fail-under of the policy Acme)" in scanner.err
    report: dict[str, Any] = scanner.json("--policy", path)
    assert report["policy"]["notes"] == ["the target of the repository is overruled: 1 becomes 3"]


def test_rules_for_repositories(scanner: Scanner, policy: Callable[[str], str]) -> None:
    scanner.write(mlscan_dot_toml='tier = "experiment"\nkind = "teaching"\nexclude = ["train.py"]\n')
    rules = '[[repositories]]\nmatch = ["repo"]\ntier = "critical"\nkind = "ml-project"\nexclude = [".github/"]\n'
    report: dict[str, Any] = scanner.json("--policy", policy('accept = ["kind"]\n' + TIERS + rules))
    assert (report["kind"], report["target"], report["policy"]["tier"]) == ("ml-project", 4, "critical")
    assert report["kind_reasons"] == ["Given in the policy Acme."]
    assert report["configuration"]["exclude"] == [{"pattern": ".github/", "files": 1}]
    assert report["policy"]["notes"] == [
        "the kind of the repository is overruled: teaching becomes ml-project",
        "exclude of mlscan.toml is only requested",
    ]


def test_a_repository_cannot_leave_the_gates_by_its_kind(scanner: Scanner, policy: Callable[[str], str]) -> None:
    scanner.write(mlscan_dot_toml='kind = "teaching"\n')
    path = policy("fail-under = 5\n")
    assert scanner.run("--policy", path)[0] == 1
    assert scanner.run()[0] == 0


def test_a_waiver_is_only_requested(scanner: Scanner, policy: Callable[[str], str]) -> None:
    scanner.write(mlscan_dot_toml=WAIVED)
    report: dict[str, Any] = scanner.json("--policy", policy(""))
    assert [(w["standing"], w["why"]) for w in report["waivers"]] == [("requested", "Acme has not approved it")]
    approved = policy('[[waivers.approve]]\ncriterion = "ml-work"\nowner = "board"\n')
    found: dict[str, Any] = scanner.json("--policy", approved)
    assert found["levels"][0]["criteria"][0]["status"] == "waived"


def test_a_model_of_ones_own(scanner: Scanner, policy: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLSCAN_POLICY", policy(EXTENSION))
    report: dict[str, Any] = scanner.json()
    assert report["model"] == "acme"
    criteria = [c["id"] for c in report["levels"][1]["criteria"]]
    assert "code-checked" in criteria
    assert "results-recorded" not in criteria
    folder = str(scanner.folder)
    assert "Code is linted" in scanner.command("explain", "code-checked")
    assert "code-checked" in scanner.command("why-not", "2", folder, "--format", "json")
    assert "results-recorded" not in scanner.command("plan", folder, "--format", "json")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[pins]\nmodel-version = "0.9"\n', "acme.toml:4: the policy pins model-version to 0.9, this is 1.0"),
        ('[pins]\ncontent = "000000000000"\n', "acme.toml:4: the policy pins content to 000000000000, this is "),
        ('[pins]\nmlscan = "0.0.1"\n', "acme.toml:4: the policy pins mlscan to 0.0.1"),
        ('model = "other"\n', "acme.toml:3: model: no model 'other'"),
        ("fail-under = 6\n", "acme.toml:3: fail-under: model ml-process ends at level 5"),
        ('require = ["testz"]\n', "acme.toml:3: no practice 'testz'; did you mean tests"),
        ('[waivers]\nforbid = ["tests"]\n', "no criterion 'tests'"),
        (EXTENSION.replace("code-quality", "code-qualty"), "no practice or detector 'code-qualty'; did you mean code-"),
        (EXTENSION.replace("results-recorded", "results"), "acme.toml:8: no criterion 'results' in ml-process"),
        (EXTENSION.replace('"ml-process"', '"ml-proces"'), "no model 'ml-proces'; did you mean ml-process?"),
        (EXTENSION.replace("level = 2", "level = 7"), "acme.toml:10: no level 7"),
        (EXTENSION.replace('"code-checked"', '"ci"'), "acme.toml:11: the id 'ci' is taken"),
    ],
)
def test_what_makes_no_sense_is_exit_2(scanner: Scanner, policy: Callable[[str], str], text: str, words: str) -> None:
    code, out = scanner.run("--policy", policy(text))
    assert (code, out) == (2, "")
    assert words in scanner.err
    assert scanner.err.count("\n") == 1


def test_a_tier_that_does_not_exist(scanner: Scanner, policy: Callable[[str], str]) -> None:
    scanner.write(mlscan_dot_toml='\ntier = "produkt"\n')
    assert scanner.run("--policy", policy(TIERS))[0] == 2
    assert "mlscan.toml:2: tier: Acme has no tier 'produkt'; did you mean product?" in scanner.err
    assert scanner.run()[0] == 0
