"""R Markdown and Quarto: text with fenced chunks of code that run."""

from __future__ import annotations

import re
from collections import Counter

from mlscan.read.code_languages import SOURCE_LIMIT, source_text
from mlscan.read.notebook_cells import RawCell, RawNotebook
from mlscan.read.notebook_language import language_name
from mlscan.types.source import Problem

_OPENING = re.compile(r"[ \t]{0,12}(`{3,}|~{3,})[ \t]*(.*)")
_ENGINE = re.compile(r"\{\s*([A-Za-z][\w.+-]*)(.*)\}?\s*")
_NEVER = re.compile(r"\beval\s*[=:]\s*(?:F|FALSE|false)\b")


def read_chunks(data: bytes) -> RawNotebook:
    """The chunks and the text between them; the language is that of most chunks.

    Chunks that say `eval=FALSE` are raw cells: they are shown, they do not run.
    """
    lines = source_text(data).split("\n")
    cells: list[RawCell] = []
    text: list[tuple[int, str]] = []
    chunk: list[tuple[int, str]] = []
    fence, engine = "", ""
    for number, line in enumerate(lines, 1):
        if fence:
            if _closes(line, fence):
                _end_chunk(cells, text, chunk, engine)
                text, chunk, fence = [], [], ""
            else:
                chunk.append((number, line))
            continue
        opening = _OPENING.fullmatch(line)
        if opening is None:
            text.append((number, line))
            continue
        fence, engine = opening.group(1), opening.group(2)
    problems = (Problem(None, "chunk without an end"),) if fence else ()
    if len(data) > SOURCE_LIMIT:
        problems = (*problems, Problem(None, "longer than what is read of a file"))
    _end_chunk(cells, text, chunk, engine if fence else "")
    return RawNotebook(cells, _language(cells), problems)


def _closes(line: str, fence: str) -> bool:
    stripped = line.strip()
    return len(stripped) >= len(fence) and stripped == fence[0] * len(stripped)


def _end_chunk(cells: list[RawCell], text: list[tuple[int, str]], chunk: list[tuple[int, str]], header: str) -> None:
    """Adds the text before a chunk and the chunk; a fence without an engine only shows its code."""
    if any(line.strip() for _, line in text):
        cells.append(RawCell("markdown", text))
    engine = _ENGINE.match(header)
    if engine is None:
        if chunk:
            cells.append(RawCell("markdown", chunk))
        return
    never = bool(_NEVER.search(header)) or any(_NEVER.search(line) for _, line in chunk[:20] if line.startswith("#|"))
    cells.append(RawCell("raw" if never else "code", chunk, language=language_name(engine.group(1))))


def _language(cells: list[RawCell]) -> str:
    counted = Counter(cell.language for cell in cells if cell.kind == "code" and cell.language)
    return counted.most_common(1)[0][0] if counted else "unknown"
