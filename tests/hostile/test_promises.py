"""Every promise of the security page names a test that exists."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from mlscan.types.snapshot import Limits

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"\| `(tests/[\w/]+\.py)::(\w+)` \|", PAGE)
SOURCES = sorted((ROOT / "src" / "mlscan").rglob("*.py"))
STARTING = {"snapshot/git.py", "snapshot/objects.py", "fleet/cloning/git.py", "fleet/sources/tokens.py"}
"""What starts processes: git over what is scanned, git for clones of our own, the program that knows a token."""
FORBIDDEN = {"eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.full_load", "yaml.unsafe_load", "pickle.load"}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_promise_has_the_test_that_it_names(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_loader_of_content_is_a_safe_one() -> None:
    from mlscan.content import strict_yaml

    assert issubclass(strict_yaml._Loader, (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def test_every_row_of_the_promises_names_a_test() -> None:
    rows = PAGE.partition("## Limits")[0].count("\n| ") - 1
    assert len(NAMED) == rows
    assert rows > 30


def test_every_limit_is_on_the_page_with_its_default() -> None:
    for field in fields(Limits):
        assert f"| `{field.name}` | {field.default:,} |" in PAGE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_can_run_what_is_scanned(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    # Content is trusted, and read by a subclass of the safe loader.
    allowed = {"yaml.load"} if path.name == "strict_yaml.py" else set()
    assert not FORBIDDEN & {ast.unparse(call.func) for call in calls} - allowed
    started = [call for call in calls if ast.unparse(call.func).startswith(("subprocess.", "Popen", "run"))]
    assert not [call for call in started if any(k.arg == "shell" for k in call.keywords)]
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not modules & {"pickle", "shelve", "marshal", "dill"}
    place = path.relative_to(ROOT / "src" / "mlscan").as_posix()
    assert place in STARTING or "subprocess" not in modules
    # Whoever starts something says with which environment.
    assert all(any(k.arg == "env" for k in call.keywords) for call in started if "subprocess" in modules)
