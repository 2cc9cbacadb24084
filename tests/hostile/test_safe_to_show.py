"""Names and contents of any kind are read, and no report carries anything that acts on whoever looks at it."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from xml.etree import ElementTree

import jsonschema
import pytest
from report.pages import Page
from snapshot.building import Repo, new_repo

from hostile.conftest import TESTS, Scanned, Scanner

pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="forks")

TRACKED = "import mlflow\n\nwith mlflow.start_run():\n    mlflow.log_metric('f1', 1.0)\n"
NAMES = {
    "a newline": b"a\nb.py",
    "a tab": b"a\tb.py",
    "invalid UTF-8": b"\xff\xfe\x80.py",
    "a leading hyphen": b"-rf.py",
    "an option": b"--output=x.py",
    "255 bytes": b"n" * 252 + b".py",
    "terminal escapes": b"\x1b[2J\x1b]0;owned\x07\x1b[31m.py",
    "C1 controls": "\x9b2J\x9d0;x\x9c.py".encode(),
    "bidirectional controls": "\u202eyp.exe\u2066x\u2069.py".encode(),
    "invisible characters": "a\u200b\ufeff\u00ad.py".encode(),
    "half a character": b"\xed\xa0\x80.py",
    "combining characters": ("Z" + "\u0301" * 60 + ".py").encode(),
    "HTML": b"<img src=x onerror=alert(1)>\"'.py",
    "an end of a script": b"<!--<script>-->.py",
    "Markdown": b"[a](javascript:alert(1)) **b** | c ` @you #1.py",
    "a formula": b"=cmd|' C calc'!A0.py",
    "another formula": b"@SUM(1+1)*cmd.py",
    "a template": b"{{ 7*7 }}${7*7}%{7*7}#{7*7}.py",
    "a command": b"$(touch mark);`touch mark`.py",
    "a word of GitHub": b"::set-output name=a::b.py",
    "a reserved name": b"CON.py",
    "a stream": b"a.py:stream.py",
    "a dot at its end": b"aux. .py",
    "a backslash": b"..\\..\\x.py",
    "a percent sign": b"%2e%2e%2fx.py",
    "a format": b"%s%n{0}.py",
}


ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that do something to whoever prints them."""


def shown_safely(found: Scanned) -> None:
    """Whatever a repository holds, these hold for every report."""
    for name in ("terminal", "markdown", "html"):
        wrong = {c for c in found.reports[name] if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co") and c != "\n"}
        assert not wrong, (name, wrong)
    colors = re.sub("\x1b\\[[0-9;]*m", "", found.reports["color"])
    assert not {c for c in colors if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"}
    for name in ("json", "sarif", "gitlab"):
        assert not ACTING.search(found.reports[name])
    page = Page(found.reports["html"])
    assert not {"script", "img", "iframe", "object", "form"} & set(page.tags)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not re.search(
        r"(?i)<(script|img|iframe)|\]\(javascript:", re.sub("`[^`\n]*`", "", found.reports["markdown"])
    )
    schema = json.loads((TESTS / "vendor" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(json.loads(found.reports["sarif"]))


@pytest.mark.parametrize("what", NAMES)
def test_a_name_of_any_kind_is_read_and_shown_safely(project: Repo, scan: Scanner, what: str) -> None:
    folder = os.fsencode(project.path)
    handle = os.open(folder + b"/" + NAMES[what], os.O_CREAT | os.O_WRONLY)
    os.write(handle, TRACKED.encode())
    os.close(handle)
    new_repo(project.path, {})
    for rev in (None, "HEAD"):
        found = scan(project.path, rev)
        path = NAMES[what].decode("utf-8", "surrogateescape")
        assert "mlflow-runs" in found.evidence(path)
        shown_safely(found)


CONTENTS = {
    "terminal escapes": "\x1b[2J\x1b]8;;http://x\x07",
    "C1 controls": "\x9b31m\x85",
    "bidirectional controls": "\u202e\u2066/*\u2069",
    "HTML": "</td></table><script>alert(1)</script><img src=x onerror=alert(1)>",
    "Markdown": "](javascript:alert(1)) ``` | **x** <details> @you",
    "a formula": "=HYPERLINK(1)",
    "a template": "{{ config }}${7*7}",
    "a word of GitHub": "\n::error::x\n::stop-commands::y",
    "NUL": "\0\0",
}


@pytest.mark.parametrize("what", CONTENTS)
def test_content_of_any_kind_is_shown_safely(project: Repo, scan: Scanner, what: str) -> None:
    text = CONTENTS[what]
    project.write(
        {
            "train.py": TRACKED.replace("'f1'", repr(text)).replace("run()", f"run()  # {text!s}"),
            "requirements.txt": f"mlflow==1.0  # {text}\n",
            "Dockerfile": f"FROM python:3.12 # {text}\nRUN pip install x {text}\nCMD python train.py\n",
            ".github/workflows/a.yml": f"name: '{text}'\non: push\njobs: {{a: {{steps: [{{run: 'x {text}'}}]}}}}\n",
            "README.md": f"# {text}\nmachine learning {text}\n",
        }
    )
    found = scan(project.path)
    assert len(found.json["evidence"]) > 3
    shown_safely(found)


SECRETS = {
    "AKIA" + "ABCDEFGHIJKLMNOP": "mlflow.start_run(run_name='{}')",
    "ghp_" + "a1B2" * 9: "mlflow.set_tracking_uri('https://u:{}@example.org')",
    "glpat-" + "x1" * 10: "mlflow.log_param('a', '{}')",
    "hf_" + "aB3" * 10: "mlflow.start_run(tags={{'token': '{}'}})",
    "sk-" + "z9" * 16: "mlflow.log_metric('{}', 1)",
    "hunter2hunter2": "mlflow.start_run(password='{}')",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl": "mlflow.start_run(run_name='{}')",
}


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_beside_evidence_is_masked_in_every_report(project: Repo, scan: Scanner, secret: str) -> None:
    line = SECRETS[secret].format(secret)
    project.write({"a.py": f"import mlflow\n{line}\nmlflow.log_metric('b', 1)  # token: {secret}\n"})
    found = scan(project.path)
    assert found.evidence("a.py")
    assert all(secret not in text for text in found.reports.values())


def test_secrets_in_addresses_of_the_repository_are_not_shown(repo: Repo, scan: Scanner) -> None:
    repo.git("remote", "add", "origin", "https://someone:s3cr3t-t0ken@example.org/team/app.git?key=s3cr3t-t0ken")
    found = scan(repo.path)
    assert found.json["repository"]["url"] == "https://example.org/team/app"
    assert all("s3cr3t" not in text for text in found.reports.values())


def test_paths_that_differ_in_case_only_are_two(repo: Repo, scan: Scanner) -> None:
    if (repo.path / "GOOD").exists():
        pytest.skip("the file system does not tell cases apart")
    repo.commit({"a/Train.py": TRACKED, "a/train.py": TRACKED, "A/TRAIN.PY": TRACKED, "A/train.py": TRACKED})
    for rev in (None, "HEAD"):
        found = scan(repo.path, rev)
        assert found.json["stats"]["files"] == 6
        assert {"a/Train.py", "a/train.py", "A/train.py"} <= {e["path"] for e in found.json["evidence"]}


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "latin-1", "cp1252", "shift_jis"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_of_any_encoding_ends_in_a_report(project: Repo, scan: Scanner, encoding: str) -> None:
    text = TRACKED.replace("f1", "\u0444" if encoding == "shift_jis" else "\u00e9")
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    files = {"a.py": text, "dvc.yaml": "# \u00e9\nstages: {}\n", "pyproject.toml": "[project]\nname = 'a'\n"}
    project.write({name: (mark + content).encode(encoding, "replace") for name, content in files.items()})
    found = scan(project.path)
    if encoding != "utf-32":
        assert "mlflow-runs" in found.evidence("a.py")
    shown_safely(found)


def test_badges_are_pictures_and_nothing_else(project: Repo, scan: Scanner) -> None:
    from mlscan.report import badge_of, badge_svg
    from mlscan.scan import scan as scan_one

    assert scan(project.path).json["level"] >= 0
    picture = ElementTree.fromstring(badge_svg(badge_of(scan_one(project.path))))
    tags = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert not {"script", "foreignObject", "image", "use", "a"} & tags
