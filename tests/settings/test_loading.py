"""Configuration: where it is found, what is refused, and in which words."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import msgspec
import pytest

from mlscan.report import FORMATS
from mlscan.settings import load_file, read_repository, settings_schema
from mlscan.settings.loading import MOST_BYTES, decode
from mlscan.snapshot.memory import MemorySnapshot
from mlscan.types.errors import SettingsError, UsageError
from mlscan.types.evidence import Context
from mlscan.types.settings import Settings

WAIVER = '[[waivers]]\ncriterion = "lockfile"\nreason = "r"\nowner = "o"\nexpires = 2027-01-01\n'
WHOLE = """
model = "ml-process"
kind = "ml-project"
tier = "product"
target = 3
exclude = ["third_party/"]
fail-under = 2
require = ["tests"]
count-attested = true
format = "markdown"

[contexts]
"examples/live/**" = "own"

[[waivers]]
criterion = "lockfile"
reason = "the image is pinned"
owner = "platform team"
expires = 2027-06-30

[[attestations]]
criterion = "monitoring"
reason = "lives in the platform repository"
owner = "@ops"
starts = 2026-01-01
expires = 2027-06-30
path = "services/churn"
link = "https://example.org/dashboards"
"""


def refused(text: str) -> str:
    with pytest.raises(SettingsError) as error:
        decode(text.encode(), "mlscan.toml")
    return str(error.value)


def test_everything_that_can_be_said_is_understood() -> None:
    found = decode(WHOLE.encode(), "mlscan.toml").settings
    assert (found.target, found.fail_under, found.require, found.format) == (3, 2, ["tests"], "markdown")
    assert found.contexts == {"examples/live/**": Context.OWN}
    assert found.waivers[0].expires == date(2027, 6, 30)
    assert (found.attestations[0].path, found.attestations[0].owner) == ("services/churn", "@ops")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\nfail_under = 3\n", "mlscan.toml:2: unknown key 'fail_under'; did you mean fail-under?"),
        ("\n\nzzz = 3\n", "mlscan.toml:3: unknown key 'zzz'; there are: model, kind"),
        (WAIVER + 'reasn = "x"\n', "mlscan.toml:6: unknown key 'reasn'; did you mean reason?"),
        ('[[waivers]]\ncriterion = "x"\n', "mlscan.toml:1: 'reason' is missing"),
        (WAIVER + "[[waivers]]\n", "mlscan.toml:6: 'criterion' is missing"),
        (WAIVER.replace('"r"', '" "'), "mlscan.toml:1: waivers: `reason` says nothing"),
        (WAIVER + "starts = 2028-01-01\n", "`starts` is after `expires`"),
        (WAIVER.replace("2027-01-01", '"soon"'), "mlscan.toml:5: waivers.expires: "),
        ("target = 12\n", "mlscan.toml:1: target: Expected `int` <= 9 (it is '12')"),
        ('exclude = "a"\n', "mlscan.toml:1: exclude: Expected a list, got `str`"),
        ("waivers = {}\n", "mlscan.toml:1: waivers: Expected a list, got a table"),
        ('format = "xml"\n', "format: no such word: 'xml'"),
        ('[contexts]\n"a" = "onw"\n', "contexts: no such word: 'onw'; there are: own, test, example"),
        ("a = 1\nb =\n", "mlscan.toml:2: broken TOML: "),
        ("a = 1\na = 2\n", "broken TOML: "),
        ("a = {{ cookiecutter.name }}\n", "mlscan.toml:1: broken TOML: "),
        ("a = " + "[" * 5000, "mlscan.toml:1: nested too deeply"),
        ("[" + "a." * 5000 + "b]\n", "mlscan.toml:1: nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text: str, words: str) -> None:
    message = refused(text)
    assert words in message
    assert "\n" not in message


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"mlscan.toml:2: is not UTF-8"):
        decode(b"a = 1\n\xff\xfe", "mlscan.toml")


def test_the_repository_has_one_configuration() -> None:
    table = "[project]\nname = 'x'\n[tool.mlscan]\ntarget = 2\n"
    own = MemorySnapshot({"mlscan.toml": "target = 4\n", "pyproject.toml": table})
    found = read_repository(own)
    assert found is not None
    assert (found.settings.target, found.name, found.shadowed) == (4, "mlscan.toml", "pyproject.toml")
    shared = read_repository(MemorySnapshot({"pyproject.toml": table, "sub/mlscan.toml": "target = 1\n"}))
    assert shared is not None
    assert (shared.settings.target, shared.name, shared.where("target")) == (2, "pyproject.toml", "pyproject.toml:4")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"sub/mlscan.toml": "target = 4\n"},
        {"pyproject.toml": "[tool.ruff]\nline-length = 3\n"},
        {"pyproject.toml": "[tool.ruff\nbroken mlscan = \n"},
        {"pyproject.toml": None},
        {"pyproject.toml": "# " + "x" * MOST_BYTES},
    ],
)
def test_what_is_no_configuration_is_none(files: dict[str, str | None]) -> None:
    assert read_repository(MemorySnapshot(files)) is None


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"mlscan.toml": None}, "mlscan.toml: could not be read (missing object"),
        ({"mlscan.toml": "#" * (MOST_BYTES + 1)}, "mlscan.toml: is larger than 256 KiB; --no-repo-config scans"),
        ({"pyproject.toml": "[tool.mlscan]\nx = \n"}, "pyproject.toml:2: broken TOML"),
        ({"pyproject.toml": "[tool.mlscan]\n\nfail_under = 3\n"}, "pyproject.toml:3: unknown key 'fail_under'"),
        ({"pyproject.toml": "[tool]\nmlscan = 3\n[tool.mlscan.x]\n"}, "pyproject.toml:"),
    ],
)
def test_configuration_that_cannot_be_used_is_an_error(files: dict[str, str | None], words: str) -> None:
    with pytest.raises(SettingsError) as error:
        read_repository(MemorySnapshot(files))
    assert words in str(error.value)


def test_a_file_of_the_user_is_read_from_the_disk(tmp_path: Path) -> None:
    (tmp_path / "strict.toml").write_text("fail-under = 3\n", encoding="utf-8")
    found = load_file(tmp_path / "strict.toml")
    assert (found.settings.fail_under, found.name, found.given) == (3, "strict.toml", True)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"holds no table \[tool.mlscan\]"):
        load_file(tmp_path / "pyproject.toml")
    with pytest.raises(UsageError, match="--config"):
        load_file(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="--config"):
        load_file(tmp_path)


def test_the_published_schema_is_valid_and_says_the_same(tmp_path: Path) -> None:
    schema = json.loads(settings_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    path = tmp_path / "config.schema.json"
    path.write_text(settings_schema(), encoding="utf-8")
    good, bad = tmp_path / "mlscan.toml", tmp_path / "bad.toml"
    good.write_text(WHOLE, encoding="utf-8")
    bad.write_text("fail_under = 3\n", encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema"]
    meta = subprocess.run([*check, "--check-metaschema", str(path)], check=False, capture_output=True, text=True)
    assert (meta.returncode, meta.stderr) == (0, "")
    codes = [
        subprocess.run([*check, "--schemafile", str(path), str(file)], check=False, capture_output=True).returncode
        for file in (good, bad)
    ]
    assert codes == [0, 1]


def test_the_formats_are_those_of_the_reports() -> None:
    values = msgspec.json.schema(Settings)["$defs"]["Settings"]["properties"]["format"]["anyOf"][0]["enum"]
    assert sorted(values) == sorted(FORMATS)
