"""Notebooks: `.ipynb` of any nbformat without their outputs, R Markdown and Quarto."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mlscan.read.code_calls import READERS
from mlscan.read.code_languages import code_text, strings_of, without_comments
from mlscan.read.code_parts import Parts
from mlscan.read.notebook_cells import RawCell, python_cell
from mlscan.read.notebook_chunks import read_chunks
from mlscan.read.notebook_json import CELL_LIMIT, read_json
from mlscan.read.python import Place, read_python
from mlscan.types.source import Cell, CodeModule, Notebook, Problem

__all__ = ["parse_notebook"]

_LINE_LIMIT = 1_000_000
"""Lines of the file beyond which a module's `lines` are left out."""


def parse_notebook(data: bytes, path: str, wanted: Callable[[str], bool] | None = None) -> Notebook:
    """The notebook in a `.ipynb`, `.Rmd` or `.qmd` file. Never raises for what the bytes hold.

    Lines are lines of the file itself; cells count from 1 in scopes (`cell:3`). The module's `lines` hold the code
    at the line of the file where it stands, "" elsewhere. What is broken is a problem; the cells that
    could be found are there. `wanted` as in `parse_code`.
    """
    found = read_chunks(data) if path.lower().endswith((".rmd", ".qmd")) else read_json(data)
    raw, problems = found.cells, found.problems
    if len(raw) > CELL_LIMIT:
        raw = raw[:CELL_LIMIT]
        problems = (*problems, Problem(None, "more cells than are read"))
    module, shell = _module(raw, found.language, wanted)
    cells = tuple(Cell(cell.kind, cell.text, cell.tags, cell.has_output) for cell in raw)
    return Notebook(
        language=found.language,
        cells=cells,
        module=replace(module, notebook=True),
        problems=(*problems, *module.problems),
        shell=tuple(shell),
    )


def _module(
    cells: list[RawCell], language: str, wanted: Callable[[str], bool] | None
) -> tuple[CodeModule, list[tuple[int, str]]]:
    """The code cells in the notebook's language as one module, and the shell lines among them."""
    lines: list[str] = []
    places: list[Place] = []
    shell: list[tuple[int, str]] = []
    for number, cell in enumerate(cells, 1):
        if cell.kind != "code" or (cell.language or language) != language:
            continue
        texts = [text for _, text in cell.lines]
        if language == "python":
            texts, commands = python_cell(texts)
            shell += [(cell.lines[row][0], command) for row, command in commands]
        lines += texts
        places += [(line, (f"cell:{number}",)) for line, _ in cell.lines]
    source = "\n".join(lines)
    code = code_text(source, language)
    if language == "python":
        module = read_python(source.encode("utf-8", "replace"), places, wanted)
    else:
        module = _other(source, code, places, language)
    numbers = [line for line, _ in places]
    return replace(module, lines=_placed(lines, numbers), code_lines=_placed(code.split("\n"), numbers)), shell


def _other(source: str, code: str, places: list[Place], language: str) -> CodeModule:
    reader = READERS.get(language)
    parts = reader(without_comments(source, language), code) if reader else Parts()
    at = [places[item.line - 1] for item in parts.calls]
    return CodeModule(
        language=language,
        imports=tuple(replace(item, line=places[item.line - 1][0]) for item in parts.imports),
        calls=tuple(replace(call, line=line, scope=scope) for call, (line, scope) in zip(parts.calls, at, strict=True)),
        classes=tuple(replace(item, line=places[item.line - 1][0]) for item in parts.classes),
        functions=tuple(replace(item, line=places[item.line - 1][0]) for item in parts.functions),
        strings=tuple((places[line - 1][0], text) for line, text in (strings_of(source, language) if reader else ())),
        statements=sum(1 for line in code.split("\n") if line.strip()),
    )


def _placed(texts: list[str], numbers: list[int]) -> tuple[str, ...]:
    """The texts at their lines of the file; texts of one line stand below each other in it."""
    last = max(numbers, default=0)
    if last > _LINE_LIMIT:
        return ()
    gathered: dict[int, list[str]] = {}
    for number, text in zip(numbers, texts, strict=False):
        gathered.setdefault(number, []).append(text)
    return tuple("\n".join(gathered[number]) if number in gathered else "" for number in range(1, last + 1))
