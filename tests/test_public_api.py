"""What `import mlscan` offers, and what it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import mlscan

HEAVY = ("click", "git", "msgspec", "re2", "rich", "tree_sitter", "yaml", "mlscan.detect", "mlscan.snapshot")


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_every_public_name_exists_and_is_listed() -> None:
    assert [name for name in mlscan.__all__ if not hasattr(mlscan, name)] == []
    assert sorted(mlscan.__all__) == mlscan.__all__ == dir(mlscan)


def test_the_names_are_those_promised() -> None:
    promised = {
        "scan",
        "render",
        "RenderOptions",
        "Assessment",
        "Evidence",
        "Gap",
        "Limits",
        "MlscanError",
        "__version__",
    }
    assert promised <= set(mlscan.__all__)


def test_every_name_is_typed_for_type_checkers() -> None:
    text = inspect.getsource(mlscan)
    missing = [n for n in mlscan.__all__ if n != "__version__" and f" {n} as {n}\n" not in text]
    assert missing == []


def test_other_names_do_not_exist() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = mlscan.nonsense


@pytest.mark.parametrize(
    "code", ["import mlscan", "import mlscan.__main__", "from mlscan.cli import main; main(['--version'])"]
)
def test_the_version_costs_nothing(code: str) -> None:
    shown = _python(f"import sys\n{code}\nprint([m for m in {HEAVY!r} if m in sys.modules])")
    assert shown.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "first", ["", "import mlscan.scan", "from mlscan.scan import scan_with", "import mlscan.cli.app"]
)
def test_scan_can_be_called_whatever_was_imported_before(first: str) -> None:
    code = f"{first}\nfrom mlscan import scan\nimport mlscan\nprint(callable(scan), callable(mlscan.scan))"
    assert _python(code) == "True True"


def test_help_and_schema_load_neither_git_nor_yaml_nor_rich() -> None:
    for args in (["--help"], ["schema"]):
        run = f"import sys\nfrom mlscan.cli import main\nmain({args!r})"
        code = f"{run}\nprint([m for m in {HEAVY!r} if m in sys.modules])"
        assert _python(code).splitlines()[-1] == "['click', 'msgspec']"
