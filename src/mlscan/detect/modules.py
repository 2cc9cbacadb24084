"""Which file a Python module name means inside the repository, and which files a file reaches by imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from mlscan.detect.by_part import ByPart, name_of

MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_TOPS = frozenset({"", "src", "lib", "python", "source"})


class Modules(Protocol):
    """What matchers of one file ask about the others."""

    def is_own(self, name: str) -> bool:
        """Whether a dotted name is relative, or begins with a package or module of this repository."""
        ...

    def is_file(self, name: str, importer: str) -> bool:
        """Whether a dotted name means a file of this repository when imported from a file."""
        ...


class ModuleIndex:
    """Module names of a repository's Python files."""

    def __init__(self, paths: Iterable[str]) -> None:
        files = [p for p in paths if p.endswith(".py")]
        self._by_last = ByPart(files, _last)
        self.own = frozenset(_own_packages(files, paths if isinstance(paths, Set) else set(paths)))
        """Top-level names that this repository defines as packages or modules."""
        self._cache: dict[tuple[str, str], str | None] = {}

    def is_own(self, name: str) -> bool:
        """See `Modules`."""
        return name.startswith(".") or name.split(".", 1)[0] in self.own

    def is_file(self, name: str, importer: str) -> bool:
        """See `Modules`."""
        return self.resolve(name, importer) is not None

    def resolve(self, name: str, importer: str) -> str | None:
        """The file that a dotted name means when imported from a file; a trailing attribute is dropped.

        A module of a folder that only `sys.path` reaches is meant where no other file has its name of several words.
        """
        folder = importer.rpartition("/")[0]
        key = (name, folder)
        if key not in self._cache:
            self._cache[key] = self._relative(name, folder) if name.startswith(".") else self._absolute(name, folder)
        return self._cache[key]

    def _relative(self, name: str, folder: str) -> str | None:
        rest = name.lstrip(".")
        base = folder.split("/") if folder else []
        up = len(name) - len(rest) - 1
        base = base[: len(base) - up] if up else base
        parts = (*base, *(rest.split(".") if rest else ()))
        for size in range(len(parts), max(len(parts) - 2, 0), -1):
            whole = _endings(parts[:size])
            for path in self._by_last.get(parts[size - 1]):
                if path in whole:
                    return path
        return None

    def _absolute(self, name: str, folder: str) -> str | None:
        parts = tuple(p for p in name.split(".") if p)
        for size in (len(parts), len(parts) - 1):
            if size < 1:
                break
            wanted = parts[:size]
            whole = _endings(wanted)
            below = tuple(f"/{ending}" for ending in whole)
            named = self._by_last.get(wanted[-1])
            found = [(_parts(p), p) for p in named if p in whole or p.endswith(below)]
            near = [(f, p) for f, p in found if size > 1 or _importable("/".join(f[:-size]), folder)]
            found = near or (found if len(found) == 1 and "_" in wanted[0] else [])
            if found:
                return min(found, key=lambda c: (-_shared(c[1], folder), len(c[0]), c[1]))[1]
        return None


def _parts(path: str) -> tuple[str, ...]:
    """The names that lead to the module of a file; () for the package of the root."""
    parts = tuple(path[:-3].split("/"))
    return parts[:-1] if parts[-1] == "__init__" else parts


def _last(path: str) -> str:
    """The last of these names; "" for the package of the root, which nothing names."""
    name = name_of(path)
    return name[:-3] if name != "__init__.py" else name_of(path[: -len("/__init__.py")])


def _endings(parts: Sequence[str]) -> tuple[str, str]:
    """How the path of a module may end."""
    joined = "/".join(parts)
    return f"{joined}.py", f"{joined}/__init__.py"


def _own_packages(files: Sequence[str], known: Set[str]) -> Iterable[str]:
    packages = {p.rpartition("/")[0] for p in files if p.endswith("/__init__.py")}
    for package in packages:
        parent, _, name = package.rpartition("/")
        beside = any((f"{parent}/{m}" if parent else m) in known for m in MANIFESTS)
        if parent not in packages and (parent in _TOPS or beside or parent.rpartition("/")[2] in _TOPS):
            yield name
    for path in files:
        folder, _, name = path.rpartition("/")
        if folder in ("", "src") and name != "setup.py":
            yield name[:-3]


def _importable(parent: str, folder: str) -> bool:
    """Whether a module of one name in `parent` is plausibly on the path of a file in `folder`."""
    return parent in _TOPS or folder == parent or folder.startswith(parent + "/") or parent.startswith(folder + "/")


def _shared(path: str, folder: str) -> int:
    count = 0
    for left, right in zip(path.split("/"), folder.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count
