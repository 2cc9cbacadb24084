"""Which file of the repository a command runs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mlscan.detect.follow_words import PYTHON, base_name, join, plain_path
from mlscan.detect.modules import ModuleIndex

_SUFFIXES = (
    ".py", ".sh", ".bash", ".zsh", ".r", ".jl", ".ipynb", ".rmd", ".qmd", ".js", ".ts", ".ps1", ".m", ".sas", ".pl",
    ".rb", ".scala", ".slurm", ".sbatch", ".bat", ".cmd", ".smk", ".sps", ".sql",
)  # fmt: skip
"""Files that can be run."""
_SHELL = re.compile(r"(?:ba|z|da|a|k)?sh|source|\.|pwsh|powershell|sbatch|qsub|bsub")
_STARTER = re.compile(
    r"(?:python|pypy)[\d.]*(?:\.exe)?|py|pytest|py\.test|.*run|.*launch|.*submit|.*exec|papermill|streamlit|deepspeed|"
    r"Rscript|R|julia|node|ts-node|perl|ruby|octave(?:-cli)?|matlab|sas\w*|statisticsb|stats|pspp|sqlcmd|psql|bq|quarto|accelerate|ipython|coverage|\$\{?PY\w*\}?|\$\(PY\w*\)"
)
"""Programs that run the file they are given; others only read it."""
_RUN_MODULES = frozenset(("pdb", "cProfile", "profile", "trace", "unittest", "debugpy", "mpi4py", "distributed"))
"""Parts of modules that run the file they are given, beside those named like programs that do."""
_ENTRY = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)(?:\(\))?")
_IN_CODE = re.compile(r"\(['\"]([\w./-]{1,200}\.(?:[rR]|Rmd|qmd|jl|m|sas))['\"]")
"""A file that a line of code runs: `source('fit.R')`."""
_IMPORT = re.compile(r"(?:^|[;\n])\s*from\s+([A-Za-z_][\w.]*)\s+import\s+([A-Za-z_]\w*)")
"""A module from which a line of Python imports something."""
_MATLAB = re.compile(r"matlab|octave(?:-cli)?")
_FUNCTION = re.compile(r"(?:(?:addpath|cd)\b[^;,]{0,200}[;,]\s*)?(?:try[;,\s]\s*)?([A-Za-z]\w*)")
"""The function, and so the file, that a line of MATLAB runs."""
_NO_FILE = frozenset(("-", "-c", "-e", "--eval"))
_CONTAINERS = frozenset(("docker", "podman", "buildah", "kubectl", "helm", "oc"))
"""Programs whose `name:tag` is an image."""
MAX_WORDS = 60


class Files:
    """The files of a repository, found by what commands call them."""

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._modules: ModuleIndex | None = None

    def add(self, paths: Iterable[str]) -> None:
        """Add files; those known already are left as they are."""
        for path in paths:
            if path not in self._paths:
                self._paths[path] = None
                self._by_name[base_name(path)].append(path)
                self._modules = None

    def target(self, words: tuple[str, ...], cwd: str) -> str | None:
        """The file that a command runs: itself, the file or module behind an interpreter, or `module:object`."""
        if not words:
            return None
        program = base_name(words[0])
        if "/" in words[0] or program.lower().endswith(_SUFFIXES):
            own = self.path(words[0], cwd)
            if own is not None:
                return own
        if _SHELL.fullmatch(program):
            return self._argument(words, cwd, any_name=True)
        if program == "jupyter":
            return self._argument(words, cwd) if {"--execute", "run", "execute"} & set(words) else None
        if _STARTER.fullmatch(program):
            return self._argument(words, cwd)
        return self._object(words, cwd) if program not in _CONTAINERS else None

    def _argument(self, words: tuple[str, ...], cwd: str, any_name: bool = False) -> str | None:
        """The first word that is a file which can run, or the module behind `-m`."""
        rest = iter(words[1:MAX_WORDS])
        for word in rest:
            if word in _NO_FILE and (any_name or PYTHON.fullmatch(base_name(words[0]))):
                return None if any_name or word == "-" else self._imported(next(rest, ""), cwd)
            if word in ("-m", "--module"):
                name = next(rest, "")
                found = self.module(name, cwd)
                if found is None and word == "-m" and not _runs_files(words[0], name):
                    break
            elif word.startswith("-"):
                continue
            else:
                found = self._runnable(word.partition("::")[0], cwd, any_name) or self._function(words[0], word, cwd)
                any_name = False
            if found is not None:
                return found
        return self._object(words, cwd)

    def _imported(self, code: str, cwd: str) -> str | None:
        """The module from which a line of Python imports what it calls; an import alone runs nothing that counts."""
        for match in _IMPORT.finditer(code[:2_000]):
            called = re.search(rf"\b{match[2]}\s*[.(]", code[match.end() :])
            found = self._resolved(match[1], cwd) if called else None
            if found is not None:
                return found
        return None

    def _runnable(self, word: str, cwd: str, any_name: bool) -> str | None:
        if word.lower().endswith(_SUFFIXES):
            return self.path(word, cwd)
        inside = _IN_CODE.search(word)
        if inside is not None:
            return self.path(inside[1], cwd)
        place = join(cwd, word)
        if any_name and place in self._paths:
            return place
        main = f"{place}/__main__.py"
        return main if main in self._paths else None

    def _function(self, program: str, word: str, cwd: str) -> str | None:
        """The file of the function that a line of code runs, of MATLAB only."""
        match = _FUNCTION.match(word) if _MATLAB.fullmatch(base_name(program)) else None
        return self.path(f"{match[1]}.m", cwd) if match else None

    def _object(self, words: tuple[str, ...], cwd: str) -> str | None:
        """The module of a word such as `app.main:api`."""
        for word in words[1:MAX_WORDS]:
            match = _ENTRY.fullmatch(word)
            if match and match[2] != "latest":
                found = self.module(match[1], cwd)
                if found is not None:
                    return found
        return None

    def path(self, word: str, cwd: str) -> str | None:
        """The file that a path means: from the folder, from the root, else the only file that ends like it."""
        for place in (join(cwd, word), join("", word)):
            if place in self._paths:
                return place
        if not word.lower().endswith(_SUFFIXES):
            return None
        tail = plain_path(word).lstrip("/")
        outside = word.startswith("/") or tail != word.removeprefix("./")
        for end in (tail, *(_shorter(tail) if outside else ())):
            if not end or ".." in end:
                continue
            found = [p for p in self._by_name.get(base_name(end), ()) if p == end or p.endswith("/" + end)]
            near = [p for p in found if cwd and p.startswith(cwd + "/")]
            if len(near or found) == 1:
                return (near or found)[0]
        return None

    def module(self, name: str, cwd: str) -> str | None:
        """The file that `python -m NAME` runs; of a package its `__main__`, else its `__init__`."""
        if not re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*", name):
            return None
        found = self._resolved(name, cwd)
        if found is None:
            return None
        parts = found.removesuffix(".py").removesuffix("/__init__").split("/")
        if parts[-1] != name.rpartition(".")[2]:
            return None
        main = found.replace("/__init__.py", "/__main__.py")
        return main if main in self._paths else found

    def _resolved(self, name: str, cwd: str) -> str | None:
        if self._modules is None:
            self._modules = ModuleIndex(self._paths)
        return self._modules.resolve(name, f"{cwd}/x" if cwd else "x")


def _runs_files(program: str, module: str) -> bool:
    """Whether a module of an interpreter runs the file it is given; `-m` of other programs names no module."""
    if not PYTHON.fullmatch(base_name(program)):
        return True
    return any(part in _RUN_MODULES or _STARTER.fullmatch(part) for part in module.split("."))


def _shorter(path: str) -> Iterator[str]:
    """A path without its first folder, its first two, ..."""
    parts = path.split("/")
    yield from ("/".join(parts[start:]) for start in range(1, min(len(parts), 6)))
