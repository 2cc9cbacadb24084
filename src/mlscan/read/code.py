"""The door to source code: any language in, a `CodeModule` out."""

from __future__ import annotations

from dataclasses import replace

from mlscan.read.code_calls import READERS
from mlscan.read.code_languages import code_lines, code_text, language_of, without_comments
from mlscan.read.notebook_origin import notebook_origin
from mlscan.read.python import parse_python
from mlscan.types.source import CodeModule, Problem

__all__ = ["code_lines", "language_of", "notebook_origin", "parse_code"]

SOURCE_LIMIT = 2_000_000
"""Bytes of a source file that are read."""


def parse_code(data: bytes, path: str, language: str) -> CodeModule:
    """The module in a source file of this language. Never raises for what the bytes hold.

    Python is parsed; R and Julia have imports and calls by name; every other language has lines only.
    """
    if language == "python":
        module = parse_python(data, path)
        module = replace(module, code_lines=code_lines(data, language))
    else:
        module = _parse_text(data, language)
    return replace(module, notebook=True) if notebook_origin(data) is not None else module


def _parse_text(data: bytes, language: str) -> CodeModule:
    text = data[:SOURCE_LIMIT].decode("utf-8-sig", "replace").replace("\r\n", "\n")
    code = code_text(text, language)
    reader = READERS.get(language)
    imports, calls = reader(without_comments(text, language), code) if reader else ((), ())
    lines = tuple(code.split("\n"))
    return CodeModule(
        language=language,
        imports=imports,
        calls=calls,
        lines=tuple(text.split("\n")),
        code_lines=lines,
        statements=sum(1 for line in lines if line.strip()),
        problems=(Problem(None, "longer than what is read of a file"),) if len(data) > SOURCE_LIMIT else (),
    )
