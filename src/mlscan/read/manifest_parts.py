"""What readers of dependency files share: gathering within limits, names, versions and scopes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from mlscan.read.text import decode
from mlscan.types.source import Dependency, Manifest, Problem

MAX_DEPENDENCIES = 20_000
MAX_SCRIPTS = 2_000
MAX_PROBLEMS = 20
MAX_CHARACTERS = 4_000_000
"""Characters of a text that is read line by line."""
MAX_LINE = 50_000
"""Characters of one line; a longer one is no requirement."""

Scope = Literal["main", "dev"]

_DEV_WORDS = """
    dev devel develop developer developers development test tests testing tester unittest unittests pytest tox nox
    lint linter linters linting linted format formatting formatter style typing types mypy typecheck check checks
    checking doc docs documentation ci cd cicd qa quality coverage cov release build building packaging
    precommit commit bench benchmark benchmarks contributing debug
"""
_DEV = frozenset(_DEV_WORDS.split())
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WORD = re.compile(r"[a-z]+")
_DEV_FOLDERS = frozenset(
    ("dev", "development", "test", "tests", "testing", "doc", "docs", "documentation", "ci", "lint")
)
_FILE_WORDS = re.compile(r"requirements?|reqs?\b|constraints?")
TEMPLATE = "template-expression"
"""Stands for an expression of a template where no text can."""
_OPEN = re.compile(rf"[{{}}$%<>\s]|{TEMPLATE}")
_SEPARATORS = re.compile(r"[-_.]+")
_AUDIENCE = ("development status ::", "intended audience ::")
_PRIVATE = "private ::"
_VERSION = re.compile(r"v?\d[\w.+!-]*")


@dataclass(slots=True)
class Gathered:
    """What is read of one file so far."""

    ecosystem: str = "python"
    dependencies: list[Dependency] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    scripts: dict[str, str] = field(default_factory=dict)
    package: str | None = None
    published: bool = False
    lock: bool = False
    _seen: set[tuple[str, int]] = field(default_factory=set)

    def add(self, dependency: Dependency | None) -> None:
        """Add a dependency; none without a name, and none of a name and line that two groups share, a second time."""
        if dependency is None or not dependency.name or (dependency.name, dependency.line) in self._seen:
            return
        self._seen.add((dependency.name, dependency.line))
        if len(self.dependencies) < MAX_DEPENDENCIES:
            self.dependencies.append(dependency)
        else:
            self.problem(None, "too many dependencies")

    def problem(self, line: int | None, reason: str) -> None:
        """Note something that could not be read."""
        found = Problem(line, reason)
        if len(self.problems) < MAX_PROBLEMS and found not in self.problems:
            self.problems.append(found)

    def script(self, name: str, target: str) -> None:
        """Add a console script or a task; nothing where either is empty or a template's."""
        if name and target and TEMPLATE not in name + target and len(self.scripts) < MAX_SCRIPTS:
            self.scripts.setdefault(name, target)

    def describe(self, name: str, classifiers: Iterable[str] = ()) -> None:
        """Note the name of the package, unless it is computed, and whether its classifiers speak to others."""
        if name.strip() and _OPEN.search(name) is None:
            self.package = self.package or name.strip()
        lower = [classifier.strip().lower() for classifier in classifiers]
        if any(c.startswith(_AUDIENCE) for c in lower) and not any(c.startswith(_PRIVATE) for c in lower):
            self.published = True

    @property
    def own_name(self) -> str:
        """The name of the package as dependencies on it would write it, or ""."""
        return python_name(self.package) if self.package else ""

    def manifest(self) -> Manifest:
        """The result."""
        return Manifest(
            dependencies=tuple(sorted(self.dependencies, key=lambda dependency: dependency.line)),
            ecosystem=self.ecosystem,
            lock=self.lock,
            scripts=self.scripts,
            package=self.package,
            published=self.published,
            problems=tuple(self.problems),
        )


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 with or without its mark; at most `MAX_CHARACTERS`."""
    data = data[: 4 * MAX_CHARACTERS]
    if is_utf16(data) and not data.startswith(_MARKS):
        data = (_MARKS[0] if data[1] == 0 else _MARKS[1]) + data
    return decode(data)[:MAX_CHARACTERS]


def is_utf16(data: bytes) -> bool:
    """Whether bytes are text of two bytes a character, as some shells write it."""
    if data.startswith(_MARKS):
        return True
    head = data[:200]
    return len(head) > 3 and (not any(head[1::2]) or not any(head[::2])) and any(head)


def python_name(name: str) -> str:
    """A package's name as PEP 503 normalises it."""
    return _SEPARATORS.sub("-", name.strip()).lower().strip("-")


def scope_of(name: str) -> Scope:
    """`dev` for names of groups, extras and files that speak of development, tests, linting or documentation."""
    return "dev" if not _DEV.isdisjoint(_WORD.findall(name.lower())) else "main"


def scope_of_path(path: str) -> Scope:
    """The scope of all that a file lists, from its name and the folder that it lies in."""
    folder, _, name = path.rpartition("/")
    stem = _FILE_WORDS.sub(" ", name.rpartition(".")[0].lower())
    beside = folder.rpartition("/")[2].lower() in _DEV_FOLDERS
    return "dev" if beside else scope_of(stem)


def is_version(text: str) -> bool:
    """Whether a text names exactly one version: `1.2`, `v2.0.1+cu118`; no wildcard, range or branch."""
    return _VERSION.fullmatch(text) is not None
