"""The door to source code: any language in, a `CodeModule` out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlscan.read.code_calls import READERS
from mlscan.read.code_languages import (
    SOURCE_LIMIT,
    code_lines,
    code_text,
    language_of,
    source_text,
    strings_of,
    without_comments,
)
from mlscan.read.code_parts import Parts
from mlscan.read.notebook_origin import notebook_origin
from mlscan.read.python import parse_python
from mlscan.types.source import CodeModule, Problem

__all__ = ["code_lines", "language_of", "notebook_origin", "parse_code"]


def parse_code(data: bytes, path: str, language: str, wanted: Callable[[str], bool] | None = None) -> CodeModule:
    """The module in a source file of this language. Never raises for what the bytes hold.

    Python is parsed and has no lines (see `code_lines`); languages with a reader (see `READERS`) have imports, calls
    and definitions by name, and strings; every other language has lines only.
    wanted: of the calls of Python only those whose resolved name passes are kept; None keeps all.
    """
    module = parse_python(data, path, wanted) if language == "python" else _parse_text(data, language)
    return replace(module, notebook=True) if notebook_origin(data) is not None else module


def _parse_text(data: bytes, language: str) -> CodeModule:
    text = source_text(data)
    code = code_text(text, language)
    reader = READERS.get(language)
    parts = reader(without_comments(text, language), code) if reader else Parts()
    lines = tuple(code.split("\n"))
    return CodeModule(
        language=language,
        imports=parts.imports,
        calls=parts.calls,
        classes=parts.classes,
        functions=parts.functions,
        strings=strings_of(text, language) if reader else (),
        lines=tuple(text.split("\n")),
        code_lines=lines,
        statements=sum(1 for line in lines if line.strip()),
        problems=(Problem(None, "longer than what is read of a file"),) if len(data) > SOURCE_LIMIT else (),
    )
