"""One file with its parsed forms, each made at most once and only when a matcher asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from mlscan.read.text import as_utf8
from mlscan.types.source import (
    Call,
    ClassDef,
    CodeModule,
    Dockerfile,
    FunctionDef,
    Import,
    Manifest,
    Node,
    Notebook,
    Problem,
    Script,
    Tree,
)

if TYPE_CHECKING:
    from mlscan.read.hcl import Hcl
    from mlscan.read.notebook_cells import RawNotebook
    from mlscan.read.query import TreeIndex

ANY_CASE = frozenset(("sas", "spss", "sql"))
"""Languages whose words may be written in any case; their readers give lower-case names."""
NOTEBOOK_SUFFIXES = (".ipynb", ".rmd", ".qmd")


class _Parsed(Protocol):
    """What every reader gives."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What it could not make sense of."""


_P = TypeVar("_P", bound=_Parsed)


@dataclass(frozen=True, slots=True)
class Roles:
    """What a file may be, told from its path alone."""

    language: str | None = None
    notebook: bool = False
    tree: str | None = None
    manifest: str | None = None
    docker: bool = False
    script: str | None = None
    """shell, make, task or cron."""
    ci: str | None = None

    @property
    def indexed(self) -> bool:
        """Whether the file is read whatever detectors ask: it says what runs, what is imported or what is declared."""
        return bool(self.language or self.notebook or self.manifest or self.docker or self.script or self.ci)


def roles_of(path: str) -> Roles:
    """The roles of a path."""
    from mlscan.read.ci_paths import ci_system
    from mlscan.read.code import language_of
    from mlscan.read.docker import is_dockerfile
    from mlscan.read.manifest import manifest_kind
    from mlscan.read.tasks import script_kind
    from mlscan.read.tree import format_of

    return Roles(
        language=language_of(path, b""),
        notebook=path.lower().endswith(NOTEBOOK_SUFFIXES),
        tree=format_of(path),
        manifest=manifest_kind(path),
        docker=is_dockerfile(path),
        script=script_kind(path),
        ci=ci_system(path),
    )


class ParsedFile:
    """A file's bytes and, on demand, its text, code, tree, manifest, Dockerfile or script."""

    def __init__(self, path: str, data: bytes, roles: Roles) -> None:
        self.path = path
        # What words are looked for in is UTF-8, whatever encoding the file's mark names.
        self.data = as_utf8(data)
        self.roles = roles
        self.problems: list[Problem] = []
        self.wanted: Callable[[str], bool] | None = None
        """Names of the calls that somebody will ask for, set before the code is parsed; None is all."""

    def slim(self) -> ParsedFile:
        """The file to be kept: its bytes and the cells of a notebook, without all that can be had again cheaply."""
        kept = ParsedFile(self.path, self.data, self.roles)
        if "_raw_notebook" in self.__dict__:
            kept.__dict__["_raw_notebook"] = self._raw_notebook
            kept.problems += self._raw_notebook.problems
        return kept

    @property
    def searched(self) -> bytes:
        """What words are looked for in: the bytes, and once more in lower case where a language is of any case."""
        return self.data + b"\n" + self.data.lower() if self.roles.language in ANY_CASE else self.data

    @cached_property
    def text(self) -> str:
        """The content as text; bytes that are not UTF-8 are replaced."""
        return self.data.decode("utf-8-sig", "replace")

    @cached_property
    def lines(self) -> list[str]:
        """Lines without their ends; index 0 is line 1."""
        return self.text.split("\n")

    def line(self, number: int | None) -> str:
        """The text of a 1-based line, or ""."""
        return self.lines[number - 1] if number and 0 < number <= len(self.lines) else ""

    @cached_property
    def notebook(self) -> Notebook | None:
        """The notebook, or None for other files."""
        if not self.roles.notebook:
            return None
        from mlscan.read.notebook import parse_notebook

        return self._noted(parse_notebook(self.data, self.path, self.wanted, self._raw_notebook))

    @cached_property
    def _raw_notebook(self) -> RawNotebook:
        from mlscan.read.notebook import raw_notebook

        return self._noted(raw_notebook(self.data, self.path))

    @cached_property
    def _notebook_imports(self) -> Sequence[Import] | None:
        """The imports of a Python notebook without a parse; None for other files."""
        if not self.roles.notebook:
            return None
        from mlscan.read.notebook import notebook_imports

        return notebook_imports(self._raw_notebook)

    def read_cells(self) -> None:
        """Reads the cells of a notebook: a broken one is a gap, whoever would have asked for more."""
        _ = self._raw_notebook

    @property
    def has_import_lines(self) -> bool:
        """Whether imports cost no parse."""
        return self.roles.language == "python" or self._notebook_imports is not None

    @cached_property
    def code(self) -> CodeModule | None:
        """The code of a source file or notebook, or None for other files."""
        if self.notebook is not None:
            return self.notebook.module
        if self.roles.language is None:
            return None
        from mlscan.read.code import language_of, parse_code

        language = language_of(self.path, self.data)
        if language is None:
            return None
        return self._noted(parse_code(self.data, self.path, language, self.wanted))

    @cached_property
    def _python_text(self) -> str | None:
        """The text of a Python file without comments and strings; None for other files."""
        if self.roles.language != "python":
            return None
        from mlscan.read.code_languages import code_text, source_text

        return code_text(source_text(self.data), "python")

    @cached_property
    def code_bytes(self) -> bytes | None:
        """The code of a Python file without comments and strings; None for other files."""
        return self._python_text.encode("utf-8", "replace") if self._python_text is not None else None

    @cached_property
    def code_lines(self) -> Sequence[str]:
        """Lines of the code with comments and strings blanked; without a parse where that is enough."""
        if self._python_text is not None:
            return self._python_text.split("\n")
        return self.code.code_lines if self.code else ()

    @cached_property
    def imports(self) -> Sequence[Import]:
        """The imports of the code; without a parse where that is enough."""
        if self._python_text is not None:
            from mlscan.read.python_outline import python_imports

            return python_imports(self._python_text)
        if self._notebook_imports is not None:
            return self._notebook_imports
        return self.code.imports if self.code else ()

    def definitions(self, wanted: Callable[[str], bool]) -> Sequence[FunctionDef | ClassDef]:
        """Functions and classes of a wanted name; without a parse where that is enough."""
        if self._python_text is not None:
            from mlscan.read.python_outline import python_definitions

            return python_definitions(self._python_text, wanted)
        found: list[FunctionDef | ClassDef] = [*self.code.functions, *self.code.classes] if self.code else []
        return [defined for defined in found if wanted(defined.name)]

    @cached_property
    def strings(self) -> Sequence[str]:
        """Texts in the code's string literals; without a parse where that is enough."""
        if self._python_text is not None:
            from mlscan.read.python_outline import python_strings

            return python_strings(self.data)
        return [text for _, text in self.code.strings] if self.code else []

    @cached_property
    def calls(self) -> dict[str, list[Call]]:
        """The calls of the code by their name: many places, few names."""
        found: dict[str, list[Call]] = {}
        for call in self.code.calls if self.code else ():
            found.setdefault(call.name, []).append(call)
        return found

    @cached_property
    def tree(self) -> Tree | None:
        """The tree of a YAML, JSON, TOML, INI or XML file, or None for other files."""
        if self.roles.tree is None:
            return None
        from mlscan.read.tree import parse_tree

        return self._noted(parse_tree(self.data, self.path))

    @cached_property
    def top_keys(self) -> frozenset[bytes] | None:
        """The outermost keys of a YAML file, maybe with more; None for other files, and where lines do not tell."""
        from mlscan.read.yaml_top import top_keys

        return top_keys(self.data) if self.roles.tree == "yaml" else None

    @cached_property
    def indexed_documents(self) -> list[tuple[Node, TreeIndex]]:
        """The documents of the tree, each with its index."""
        from mlscan.read.query import TreeIndex

        return [(document, TreeIndex(document)) for document in self.tree.documents] if self.tree is not None else []

    @cached_property
    def manifest(self) -> Manifest | None:
        """The dependency file, or None for other files."""
        if self.roles.manifest is None:
            return None
        from mlscan.read.manifest import parse_manifest

        found = parse_manifest(self.data, self.path)
        return self._noted(found) if found else None

    @cached_property
    def dockerfile(self) -> Dockerfile | None:
        """The Dockerfile, or None for other files."""
        if not self.roles.docker:
            return None
        from mlscan.read.docker import parse_dockerfile

        return self._noted(parse_dockerfile(self.data, self.path))

    @cached_property
    def hcl(self) -> Hcl | None:
        """The blocks of a Terraform file, or None for other files."""
        if not self.path.endswith(".tf"):
            return None
        from mlscan.read.hcl import parse_hcl

        return self._noted(parse_hcl(self.data))

    @cached_property
    def script(self) -> Script | None:
        """Shell script, makefile or task file, or None for other files."""
        if self.roles.script is None:
            return None
        if self.roles.script == "shell":
            from mlscan.read.shell import parse_shell

            return self._noted(parse_shell(self.data, self.path))
        if self.roles.script == "cron":
            from mlscan.read.batch import parse_crontab

            return self._noted(parse_crontab(self.data))
        if self.roles.script == "make":
            from mlscan.read.make import parse_make

            return self._noted(parse_make(self.data, self.path))
        from mlscan.read.tasks import parse_tasks

        found = parse_tasks(self.data, self.path)
        return self._noted(found) if found else None

    def _noted(self, found: _P) -> _P:
        """What a reader gave; its problems become gaps of the file."""
        self.problems += found.problems
        return found
