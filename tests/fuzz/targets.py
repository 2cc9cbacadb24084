"""The five targets: each takes any bytes and raises only where a promise of a reader does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from mlscan.read.ci import parse_ci
from mlscan.read.code import parse_code
from mlscan.read.code_languages import code_text, source_text
from mlscan.read.manifest import parse_manifest
from mlscan.read.notebook import parse_notebook
from mlscan.read.python import scan_imports
from mlscan.read.python_outline import python_definitions, python_imports, python_strings
from mlscan.read.tasks import parse_tasks
from mlscan.read.text import decode
from mlscan.read.tree import compile_at, find_at, parse_tree
from mlscan.snapshot import origin, repository, snapshots, takeover, worktree
from mlscan.snapshot.disk import is_inside
from mlscan.snapshot.git import GitFailed
from mlscan.snapshot.listing import Entry, bounded
from mlscan.snapshot.objects import Answer, Request
from mlscan.snapshot.opening import _date
from mlscan.snapshot.trees import find_tree, of_tree
from mlscan.types.evidence import Gap
from mlscan.types.snapshot import Limits
from mlscan.types.source import Call, ClassDef, CodeModule, FunctionDef, Import, Node, Problem

MOST = 300_000
"""Values of a tree, and steps and calls of a file, whatever its size."""


def _split(data: bytes) -> tuple[str, bytes]:
    path, _, content = data.partition(b"\n")
    return path.decode("utf-8", "surrogateescape"), content


def _within(numbers: Iterable[int | None], data: bytes) -> None:
    last = decode(data).count("\n") + 1
    wrong = [n for n in numbers if n is not None and not 1 <= n <= last]
    assert not wrong, f"lines that the file does not have: {wrong[:5]} of {last}"


def _problems(problems: tuple[Problem, ...], data: bytes) -> None:
    assert len(problems) <= 1_000
    assert all(len(p.reason) <= 100 for p in problems)
    _within((p.line for p in problems), data)


def _module(module: CodeModule, data: bytes) -> None:
    places: list[Import | Call | ClassDef | FunctionDef]
    places = [*module.imports, *module.calls, *module.classes, *module.functions]
    assert len(places) <= MOST
    _within((p.line for p in places), data)
    _within((line for line, _ in module.strings), data)
    _problems(module.problems, data)


def notebooks(data: bytes) -> None:
    """Notebooks of every origin."""
    path, content = _split(data)
    for name in dict.fromkeys((path, "a.ipynb", "a.Rmd", "a.py")):
        found = parse_notebook(content, name)
        _module(found.module, content)
        _problems(found.problems, content)
        _within((line for line, _ in found.shell), content)
        assert all(c.kind in ("code", "markdown", "raw") for c in found.cells)


def _nodes(documents: tuple[Node, ...]) -> Iterator[Node]:
    stack = list(documents)
    for _ in range(MOST):
        if not stack:
            return
        node = stack.pop()
        yield node
        stack += node.map.values() if node.map else node.value if isinstance(node.value, tuple) else ()
    raise AssertionError(f"more than {MOST} values")


_ATS = tuple(map(compile_at, ("**.run", "jobs.*.steps[*].uses", "**.{name}.image")))


def yaml(data: bytes) -> None:
    """YAML and the CI files of every system, with themselves for every file that they include."""
    path, content = _split(data)
    tree = parse_tree(content, path, "yaml")
    _within((node.line for node in _nodes(tree.documents)), content)
    _problems(tree.problems, content)
    for at in _ATS:
        for document in tree.documents[:20]:
            assert sum(1 for _ in find_at(at, document)) <= MOST
    workflow = parse_ci(content, path, lambda _: content)
    if workflow is not None:
        assert sum(len(job.steps) for job in workflow.jobs) <= MOST
        _problems(workflow.problems, content)
        _within((job.line for job in workflow.jobs), content)
    script = parse_tasks(content, path)
    assert script is None or sum(map(len, script.groups.values())) <= MOST


def python(data: bytes) -> None:
    """Python source by every way in which it is read."""
    _, content = _split(data)
    module = parse_code(content, "a.py", "python")
    _module(module, content)
    scan_imports(content)
    text = code_text(source_text(content), "python")
    _within((i.line for i in python_imports(text)), content)
    _within((d.line for d in python_definitions(text, lambda _: True)), content)
    python_strings(content)
    wanted = parse_code(content, "a.py", "python", lambda name: name.startswith("m"))
    assert {(c.name, c.line) for c in wanted.calls} <= {(c.name, c.line) for c in module.calls}


def manifests(data: bytes) -> None:
    """Dependency files of every tool."""
    path, content = _split(data)
    found = parse_manifest(content, path)
    if found is not None:
        assert all(d.name for d in found.dependencies)
        assert len(found.dependencies) <= MOST
        _within((d.line for d in found.dependencies), content)
        _problems(found.problems, content)
        for name, task in found.scripts.items():
            assert isinstance(name, str)
            assert isinstance(task, str)


class _Trees:
    """In place of the stream of objects: every tree is the same bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, requests: Iterable[Request]) -> Iterator[Answer]:
        """The bytes, for each request."""
        return (self._content for _ in requests)

    def one(self, request: Request) -> Answer:
        """The bytes."""
        return next(self.read([request]))


def git(data: bytes) -> None:
    """What the git module reads of a git folder and of git's answers; the first line says which."""
    name, content = _split(data)
    limits = Limits(files=200, depth=4)
    text = content.decode("utf-8", "replace")
    for section, key in (('remote "origin"', "url"), ("core", "worktree"), ("extensions", "objectformat")):
        value = origin.config_value(content, section, key)
        _url(value)
    _url(text)
    for length in (40, 64):
        found = of_tree(_Trees(content), "0" * length, limits)  # type: ignore[arg-type]
        find_tree(_Trees(content), "0" * length, "a/b")  # type: ignore[arg-type]
        _entries(found.entries, 2 * limits.files + 1)
        assert len(bounded(found, limits).entries) <= limits.files
    records = content.split(b"\0")
    with suppress(GitFailed):
        listed = worktree.of_index(iter(records), "a" if name == "index" else "", limits)
        _entries(listed.entries, 2 * limits.files + 1)
    snapshots._count(records)
    _date(content)
    takeover.branches(text.splitlines())
    if name in ("HEAD", "config", "packed-refs", "gitdir", "commondir", "shallow"):
        _folder(name, content)


def _url(value: str | None) -> None:
    shown = origin.canonical_url(value)
    if shown is not None:
        host = shown.removeprefix("https://").split("/", 1)[0]
        assert shown.isprintable()
        assert "@" not in host
        assert "?" not in shown
    assert origin.repository_name(value, Path("/x/y"))


def _entries(entries: list[Entry], most: int) -> None:
    assert len(entries) <= most
    assert all(is_inside(e.path) and ".git" not in e.path.lower().split("/") for e in entries)


def _folder(name: str, content: bytes) -> None:
    """A folder in which one file that tells where a repository lies has this content."""
    with TemporaryDirectory() as made:
        root = Path(made).resolve()
        place = root / "repo" / (".git" if name == "gitdir" else f".git/{name}")
        place.parent.mkdir(parents=True)
        if name != "gitdir":
            for folder in ("objects", "refs"):
                (place.parent / folder).mkdir()
            (place.parent / "HEAD").write_text("ref: refs/heads/main\n")
        place.write_bytes(content)
        found = repository.find_repository(root / "repo")
        if isinstance(found, repository.Found):
            assert found.common.resolve().is_relative_to(root)
            assert found.git_dir.resolve().is_relative_to(root)
            private = root / "private"
            private.mkdir()
            takeover.take_over(found, private)
            assert not isinstance(takeover.object_format(found.common), Gap)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "notebooks": notebooks,
    "yaml": yaml,
    "python": python,
    "manifests": manifests,
    "git": git,
}
