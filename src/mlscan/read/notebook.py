"""Notebooks: `.ipynb` of any nbformat without their outputs, R Markdown and Quarto."""

from __future__ import annotations

from mlscan.read.code_calls import READERS
from mlscan.read.code_languages import code_text, without_comments
from mlscan.read.notebook_cells import python_cell
from mlscan.read.notebook_chunks import read_chunks
from mlscan.read.notebook_json import RawCell, read_json
from mlscan.read.python import Place, read_python
from mlscan.types.source import Cell, CodeModule, Notebook, Problem

__all__ = ["parse_notebook"]

CELL_LIMIT = 10_000
"""Cells that are read of one notebook."""


def parse_notebook(data: bytes, path: str) -> Notebook:
    """The notebook in a `.ipynb`, `.Rmd` or `.qmd` file. Never raises for what the bytes hold.

    Lines are lines of the file itself; cells count from 1 in scopes (`cell:3`). What is broken is a problem, and the
    cells that could be found are there.
    """
    found = read_chunks(data) if path.lower().endswith((".rmd", ".qmd")) else read_json(data)
    problems = found.problems
    raw = found.cells
    if len(raw) > CELL_LIMIT:
        raw = raw[:CELL_LIMIT]
        problems = (*problems, Problem(None, "more cells than are read"))
    language = found.language
    module, shell = _module(raw, language)
    cells = tuple(
        Cell(cell.kind, "\n".join(text for _, text in cell.lines), cell.tags, cell.has_output) for cell in raw
    )
    return Notebook(
        language=language, cells=cells, module=module, problems=(*problems, *module.problems), shell=tuple(shell)
    )


def _module(cells: list[RawCell], language: str) -> tuple[CodeModule, list[tuple[int, str]]]:
    """The code cells as one module, and the shell lines among them."""
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
    if language == "python":
        return _python(lines, places), shell
    return _other(lines, places, language), shell


def _python(lines: list[str], places: list[Place]) -> CodeModule:
    source = "\n".join(lines)
    module = read_python(source.encode("utf-8", "replace"), places)
    return _with_lines(module, lines, code_text(source, "python").split("\n"), places)


def _other(lines: list[str], places: list[Place], language: str) -> CodeModule:
    source = "\n".join(lines)
    code = code_text(source, language)
    reader = READERS.get(language)
    imports, calls = reader(without_comments(source, language), code) if reader else ((), ())
    module = CodeModule(
        language=language,
        imports=tuple(msgspec_replace(item, line=places[item.line - 1][0]) for item in imports),
        calls=tuple(
            msgspec_replace(call, line=places[call.line - 1][0], scope=places[call.line - 1][1]) for call in calls
        ),
        statements=sum(1 for line in code.split("\n") if line.strip()),
    )
    return _with_lines(module, lines, code.split("\n"), places)
