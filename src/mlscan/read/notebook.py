"""Notebooks: `.ipynb` of any nbformat without their outputs, R Markdown and Quarto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from mlscan.read.code_calls import READERS
from mlscan.read.code_languages import code_text, strings_of, without_comments
from mlscan.read.code_parts import Parts
from mlscan.read.notebook_cells import RawCell, RawNotebook, python_cell
from mlscan.read.notebook_chunks import read_chunks
from mlscan.read.notebook_json import CELL_LIMIT, read_json
from mlscan.read.python import Place, read_python
from mlscan.read.python_outline import python_imports
from mlscan.types.source import Cell, CodeModule, Import, Notebook, Problem

__all__ = ["notebook_imports", "parse_notebook", "raw_notebook"]

_LINE_LIMIT = 1_000_000
"""Lines of the file beyond which a module's `lines` are left out."""


def raw_notebook(data: bytes, path: str) -> RawNotebook:
    """The cells of a notebook file before their code is read. Never raises for what the bytes hold."""
    return read_chunks(data) if path.lower().endswith((".rmd", ".qmd")) else read_json(data)


def notebook_imports(raw: RawNotebook) -> tuple[Import, ...] | None:
    """The imports of a Python notebook at their lines of the file, from its lines; None for other languages.

    The same as a parse gives, but for lines that are broken.
    """
    if raw.language != "python" or len(raw.cells) > CELL_LIMIT:
        return None
    source, places, _ = _python(raw.cells)
    found = python_imports(code_text(source, "python")) if "import" in source else ()
    return tuple(replace(item, line=places[item.line - 1][0]) for item in found)


def parse_notebook(
    data: bytes, path: str, wanted: Callable[[str], bool] | None = None, raw: RawNotebook | None = None
) -> Notebook:
    """The notebook in a `.ipynb`, `.Rmd` or `.qmd` file. Never raises for what the bytes hold.

    Lines are lines of the file itself; cells count from 1 in scopes (`cell:3`). The module's `lines` hold the code
    at the line of the file where it stands, "" elsewhere. What is broken is a problem; the cells that
    could be found are there. `wanted` as in `parse_code`; `raw` is the result of `raw_notebook` where it is at hand.
    """
    found = raw or raw_notebook(data, path)
    read, problems = found.cells, found.problems
    if len(read) > CELL_LIMIT:
        read = read[:CELL_LIMIT]
        problems = (*problems, Problem(None, "more cells than are read"))
    module, shell = _module(read, found.language, wanted)
    cells = tuple(Cell(cell.kind, cell.text, cell.tags, cell.has_output) for cell in read)
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
    if language == "python":
        source, places, shell = _python(cells)
        code = code_text(source, language)
        module = read_python(source.encode("utf-8", "replace"), places, wanted)
    else:
        texts = [(line, text, number) for number, cell in _code_cells(cells, language) for line, text in cell.lines]
        source, shell = "\n".join(text for _, text, _ in texts), []
        places = [(line, (f"cell:{number}",)) for line, _, number in texts]
        code = code_text(source, language)
        module = _other(source, code, places, language)
    lines = source.split("\n")
    numbers = [line for line, _ in places]
    return replace(module, lines=_placed(lines, numbers), code_lines=_placed(code.split("\n"), numbers)), shell


def _code_cells(cells: list[RawCell], language: str) -> Iterator[tuple[int, RawCell]]:
    """The code cells in a language with their numbers from 1."""
    for number, cell in enumerate(cells, 1):
        if cell.kind == "code" and (cell.language or language) == language:
            yield number, cell


def _python(cells: list[RawCell]) -> tuple[str, list[Place], list[tuple[int, str]]]:
    """(source of all Python cells, where each line of it stands, shell lines with their lines of the file)."""
    lines: list[str] = []
    places: list[Place] = []
    shell: list[tuple[int, str]] = []
    for number, cell in _code_cells(cells, "python"):
        texts, commands = python_cell([text for _, text in cell.lines])
        shell += [(cell.lines[row][0], command) for row, command in commands]
        lines += texts
        scope = (f"cell:{number}",)
        places += [(line, scope) for line, _ in cell.lines]
    return "\n".join(lines), places, shell


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
