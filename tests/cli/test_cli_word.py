"""Waivers, attestations and the gates that use them, from end to end."""

from __future__ import annotations

from typing import Any

import pytest

from cli.test_cli_config import Scanner, scanner

__all__ = ["scanner"]

SAID = """
[[waivers]]
criterion = "environment-repeatable"
reason = "The image is pinned."
owner = "platform team"
expires = 2027-06-30

[[attestations]]
criterion = "parameters-outside-code"
reason = "In the parameter store"
owner = "@ops"
expires = 2027-06-30
link = "https://example.org/parameters"

[[attestations]]
criterion = "running-thing-watched"
reason = "Dashboards of the platform"
owner = "@ops"
expires = 2026-06-30
"""
WATCHED = SAID.replace("2026-06-30", "2027-06-30")


def test_both_levels_and_all_that_was_said_are_in_every_report(scanner: Scanner) -> None:
    scanner.write(mlscan_dot_toml=SAID)
    report: dict[str, Any] = scanner.json()
    assert (report["level"], report["attested_level"]) == (2, 2)
    assert [(w["type"], w["criterion"], w["standing"]) for w in report["waivers"]] == [
        ("waiver", "environment-repeatable", "counts"),
        ("attestation", "parameters-outside-code", "counts"),
        ("attestation", "running-thing-watched", "expired"),
    ]
    assert report["waivers"][1]["source"] == "mlscan.toml:8"
    assert scanner.run("--quiet")[1] == "level 2 R&D (attested 2); 1 criterion waived, 1 criterion attested\n"
    for format in ("terminal", "markdown", "html", "sarif"):
        out = scanner.run("--format", format)[1]
        assert "EXPIRED on 2026-06-30" in out, format
        assert "1 criterion waived" in out or format == "sarif"


def test_a_gate_says_which_level_it_used(scanner: Scanner) -> None:
    scanner.write(mlscan_dot_toml=WATCHED)
    assert scanner.run("--require", "monitoring")[0] == 1
    assert "practice monitoring is absent" in scanner.err
    assert scanner.run("--require", "monitoring", "--count-attested")[0] == 0
    assert scanner.err == ("mlscan: gate holds with what people vouched for: monitoring by running-thing-watched\n")
    assert scanner.run("--fail-under", "5", "--count-attested")[0] == 1
    assert "gate failed: attested level 2 R&D (evidence alone: 2) is under 5" in scanner.err
    scanner.write(mlscan_dot_toml="count-attested = true\n" + WATCHED)
    assert scanner.run("--require", "monitoring")[0] == 0


def test_a_gate_names_both_levels_where_they_differ(scanner: Scanner) -> None:
    vouched = [
        "tests-exist",
        "process-defined",
        "environment-packaged",
        "parameters-outside-code",
        "environment-repeatable",
        "data-engineering-visible",
    ]
    entry = '[[attestations]]\ncriterion = "{}"\nreason = "r"\nowner = "o"\nexpires = 2027-01-01\n'
    scanner.write(mlscan_dot_toml="".join(entry.format(c) for c in vouched))
    assert scanner.run("--fail-under", "3")[0] == 1
    assert "level 2 R&D by evidence alone (attested: 3, which --count-attested would use) is under 3" in scanner.err
    assert scanner.run("--fail-under", "3", "--count-attested")[0] == 0
    assert "attested level 3 Analyze it (evidence alone: 2)" in scanner.err


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        ("tests-exists", "waivers: no criterion 'tests-exists'; did you mean tests-exist"),
        ("lockfile", "no criterion 'lockfile'; that is a practice, asked for by environment-repeatable"),
    ],
)
def test_what_no_model_asks_is_exit_2(scanner: Scanner, criterion: str, words: str) -> None:
    scanner.write(mlscan_dot_toml=SAID.replace("environment-repeatable", criterion))
    assert scanner.run()[0] == 2
    assert scanner.err.startswith("mlscan: mlscan.toml:3: ")
    assert words in scanner.err


def test_a_wrong_verdict_leads_to_an_issue_and_to_the_override(scanner: Scanner) -> None:
    folder = str(scanner.folder)
    for name, words in (
        ("tests-exist", '[[attestations]]\ncriterion = "tests-exist"'),
        ("ci-on-changes", '[[waivers]]\ncriterion = "ci-on-changes"'),
        ("serving", '[[attestations]]\ncriterion = "process-defined"'),
        ("experiment-tracking", '[contexts]\n"train.py" = "example"'),
        ("kind", 'kind = "not-ml"'),
    ):
        out = scanner.command("explain", name, folder, "--issue", "--as-of", "2026-11-26")
        assert "**Until then**, in `mlscan.toml`:" in out
        assert words in out
    assert "mlscan explain ml-work PATH --issue" in scanner.run("--verbose")[1].replace("\n", " ")


def test_the_override_can_be_pasted(scanner: Scanner) -> None:
    out = scanner.command("explain", "tests-exist", str(scanner.folder), "--issue", "--as-of", "2026-11-26")
    text = out.split("```\n")[1].split("```")[0]
    scanner.write(mlscan_dot_toml=text)
    assert scanner.run()[0] == 2
    assert "Expected `str` of length >= 1" in scanner.err
    scanner.write(mlscan_dot_toml=text.replace('""', '"Elsewhere."'))
    assert scanner.json()["waivers"]


def test_words_of_a_stranger_do_nothing_in_any_report(scanner: Scanner) -> None:
    attack = r"\u001b[31m<script>alert(1)</script> ![x](https://evil.example/x.png) \u202e::error::"
    entry = '[[attestations]]\ncriterion = "tests-exist"\nowner = "o"\nexpires = 2027-01-01\n'
    scanner.write(mlscan_dot_toml=f'exclude = ["{attack}"]\n{entry}reason = "{attack}"\n')
    for format in ("terminal", "markdown", "html", "sarif", "json", "gitlab"):
        out = scanner.run("--format", format, "--verbose")[1]
        assert "\x1b" not in out, format
        assert "\u202e" not in out, format
        assert "<script>" not in out or format not in ("markdown", "html"), format
        assert "![x](" not in out or format not in ("markdown", "sarif"), format
    scanner.write(mlscan_dot_toml=f'"{attack}" = 1\n')
    assert scanner.run()[0] == 2
    assert "\x1b" not in scanner.err
    assert scanner.err.count("\n") == 1
