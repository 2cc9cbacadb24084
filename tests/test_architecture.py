"""The house rules that a machine can check: who imports whom, sizes, docstrings, no way to run what is scanned."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parent.parent / "src" / "mlscan"
FILES = sorted(SRC.rglob("*.py"))

ROOMS = {
    "types": set[str](),
    "content": {"types"},
    "snapshot": {"types"},
    "read": {"types"},
    "settings": {"types", "read"},
    "detect": {"types", "read"},
    "plugins": {"types", "detect"},
    "assess": {"types"},
    "report": {"types"},
    "scan": {"types", "content", "snapshot", "settings", "read", "detect", "assess"},
    "fleet": {"types", "content", "settings", "snapshot", "scan"},
    "cli": {"types", "content", "settings", "scan", "report", "fleet"},
}
"""Room -> rooms that it may import."""

THIRD_PARTY = {
    "types": {"msgspec"},
    "content": {"msgspec", "yaml", "re2"},
    "snapshot": set[str](),
    "read": {"msgspec", "yaml", "tree_sitter", "tree_sitter_python"},
    "settings": {"msgspec", "tomlkit"},
    "detect": {"msgspec", "re2"},
    "plugins": set[str](),
    "assess": {"msgspec"},
    "report": {"rich", "msgspec", "jinja2", "markupsafe"},
    "scan": {"msgspec", "re2"},
    "fleet": {"msgspec", "sqlalchemy", "alembic", "github", "gitlab"},
    "cli": {"click", "msgspec"},
}
"""Room -> packages of others that it may import."""

PURE = ("read", "detect", "plugins", "assess", "report", "fleet/summary")
"""Rooms, and parts of rooms, that see values only, never a disk, a process or a network."""

REACHING = ("fleet/sources", "fleet/cloning")
"""Parts of rooms that may reach a network: they ask forges for repositories, and clone them."""

STARTING = {
    "fleet/cloning/git.py",
    "fleet/sources/tokens.py",
    "fleet/running/slots.py",
    "fleet/running/worker.py",
    "scan/copies.py",
}
"""The only modules outside `snapshot` that may start a process, or know of one: git, a forge's own command line, a
worker of ours, which ends with who started it; copies of this process that read files, which end with the scan."""

TOUCHING = {"os", "pathlib", "shutil", "tempfile", "glob", "subprocess", "multiprocessing", "mmap", "fcntl"}
NETWORK = {"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "asyncio", "xmlrpc", "webbrowser"}
RUNNING = {"eval", "exec", "compile", "__import__", "execfile"}
UNSAFE = {"pickle", "shelve", "marshal", "runpy", "ctypes", "pty", "dbm"}

LONGEST_FUNCTION, MOST_PARAMETERS, LONGEST_FILE = 40, 5, 400


def room_of(path: Path) -> str:
    """The first folder below the package; "" for the package's own modules."""
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ""


def name_of(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


def is_in(path: Path, places: tuple[str, ...]) -> bool:
    """Whether a module lies in one of these rooms or parts of rooms."""
    return any(name_of(path).startswith(f"{place}/") for place in places)


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Dotted names of everything that is imported anywhere in a module, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            # `from mlscan.report import x` may name a module as well as a thing in it.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_every_folder_is_a_room_of_the_table() -> None:
    assert {room_of(p) for p in FILES} - {""} == set(ROOMS) == set(THIRD_PARTY)


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p)], ids=name_of)
def test_rooms_import_only_what_the_table_allows(path: Path) -> None:
    room = room_of(path)
    wrong = []
    for name in imports(tree_of(path)):
        first, _, rest = name.partition(".")
        if first == "mlscan":
            target = rest.split(".")[0]
            # The package itself gives its version, and nothing else, to everybody.
            allowed = target in ROOMS[room] | {room, "", "__version__"}
        else:
            allowed = first in sys.stdlib_module_names or first in THIRD_PARTY[room]
        wrong += [] if allowed else [name]
    assert wrong == []


@pytest.mark.parametrize("path", [p for p in FILES if is_in(p, PURE)], ids=name_of)
def test_pure_rooms_touch_no_disk_and_no_process(path: Path) -> None:
    tree = tree_of(path)
    assert [n for n in imports(tree) if n.split(".")[0] in TOUCHING] == []
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert "open" not in called


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_can_run_code_or_reach_a_network(path: Path) -> None:
    tree = tree_of(path)
    forbidden = UNSAFE if is_in(path, REACHING) else UNSAFE | NETWORK
    # Taking addresses apart reaches nobody.
    found = [n for n in imports(tree) if n.split(".")[0] in forbidden and not n.startswith("urllib.parse.")]
    assert found == []
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert called & RUNNING == set()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_snapshot_and_named_modules_start_processes(path: Path) -> None:
    if room_of(path) != "snapshot" and name_of(path) not in STARTING:
        assert [n for n in imports(tree_of(path)) if n.split(".")[0] in ("subprocess", "multiprocessing")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_fit_in_a_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_fit_on_a_screen(path: Path) -> None:
    long = [f"{f.name}: {length(f)} lines" for f in functions(tree_of(path)) if length(f) > LONGEST_FUNCTION]
    assert long == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_take_few_parameters(path: Path) -> None:
    many = [f"{f.name}: {parameters(f)}" for f in functions(tree_of(path)) if parameters(f) > MOST_PARAMETERS]
    assert many == []


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring; decorators (options of a command) are data."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Parameters that a caller has to think of: keyword-only ones with a default are choices and do not count."""
    arguments = function.args
    positional = [a for a in (*arguments.posonlyargs, *arguments.args) if a.arg not in ("self", "cls")]
    return len(positional) + sum(default is None for default in arguments.kw_defaults)


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes of a module and public methods of public classes."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield node
            for child in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and not child.name.startswith("_"):
                    yield child


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_modules_and_public_things_say_what_they_are(path: Path) -> None:
    tree = tree_of(path)
    assert (ast.get_docstring(tree) or "...") != "...", "no module docstring"
    assert [n.name for n in public(tree) if not (ast.get_docstring(n) or "").strip(". ")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_left_to_do_or_bound_to_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [w for w in ("TODO", "FIXME", "XXX", "/work/", "/tmp/", "/home/") if w in text] == []
