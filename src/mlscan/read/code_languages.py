"""Comments and strings of programming languages: which language a file is in, and its lines without either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlscan.read.code_ambiguous import AMBIGUOUS, HEAD, language_by_content
from mlscan.read.text import as_utf8

SOURCE_LIMIT = 2_000_000
"""Bytes of a source file that are read."""

_SUFFIXES = {
    "py": "python",
    "pyw": "python",
    "pyi": "python",
    "r": "r",
    "jl": "julia",
    "m": "matlab",
    "sas": "sas",
    "casl": "sas",
    "sps": "spss",
    "do": "stata",
    "ado": "stata",
    "scala": "scala",
    "sc": "scala",
    "java": "java",
    "kt": "kotlin",
    "kts": "kotlin",
    "sql": "sql",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "jsx": "javascript",
    "ts": "typescript",
    "tsx": "typescript",
    "go": "go",
    "rs": "rust",
    "c": "c",
    "h": "c",
    "cc": "cpp",
    "cpp": "cpp",
    "hpp": "cpp",
    "cu": "cpp",
    "cs": "csharp",
    "fs": "fsharp",
    "rb": "ruby",
    "swift": "swift",
    "lua": "lua",
}

_INTERPRETER = re.compile(
    rb"#!\s*\S*?/?(?:env\s+(?:-S\s+)?)?(?:\S*/)?(python|Rscript|julia|octave|node|ruby|lua)[\d.]*\b"
)
_INTERPRETERS = {b"rscript": "r", b"octave": "matlab", b"node": "javascript"}

_HASH, _SLASHES, _DASHES = r"#[^\n]*+", r"//[^\n]*+", r"--[^\n]*+"
_BLOCK = r"/\*.*?(?:\*/|\Z)"
_DOUBLE = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"?'
_SINGLE = r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'?"
_LONG_DOUBLE = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_LONG_SINGLE = r"'[^'\\]*+(?:\\.[^'\\]*+)*+'?"
_TRIPLE_DOUBLE = r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"""|\Z|\\)'
_TRIPLE_SINGLE = r"'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+(?:'''|\Z|\\)"
_DOUBLED_SINGLE = r"'[^']*+(?:''[^']*+)*+'?"
_DOUBLED_DOUBLE = r'"[^"]*+(?:""[^"]*+)*+"?'
_BACKTICKS = r"`[^`\\]*+(?:\\.[^`\\]*+)*+`?"
_CHARACTER = r"'(?:\\[^\n]{1,8}?|[^'\\\n])'"
_BRACES = (_SLASHES, _BLOCK)

_PARTS: dict[str, tuple[str, ...]] = {
    "python": (_HASH, _TRIPLE_DOUBLE, _TRIPLE_SINGLE, _DOUBLE, _SINGLE),
    "r": (_HASH, r'\b[rR]"(-*)\(.*?(?:\)\1"|\Z)', _LONG_DOUBLE, _LONG_SINGLE),
    "julia": (r"#=.*?(?:=#|\Z)", _HASH, _TRIPLE_DOUBLE, _LONG_DOUBLE, _CHARACTER),
    "matlab": (
        r"^[ \t]*+[%#]\{[ \t]*+$.*?(?:^[ \t]*+[%#]\}[ \t]*+$|\Z)",
        r"[%#][^\n]*+",
        r"\.\.\.[^\n]*+",
        r"(?<![\w)\]}.'])'[^'\n]*+(?:''[^'\n]*+)*+'?",
        r'"[^"\n]*+(?:""[^"\n]*+)*+"?',
    ),
    "sas": (_BLOCK, r"(?:^|(?<=;))[ \t]*+%?\*[^;]*+;?", _DOUBLED_SINGLE, _DOUBLED_DOUBLE),
    "spss": (
        _BLOCK,
        r"^[ \t]*+(?:\*|(?i:comment)\b).*?(?:\.[ \t\r]*+$|\n[ \t\r]*+\n|\Z)",
        r"'[^'\n]*+(?:''[^'\n]*+)*+'?",
        r'"[^"\n]*+(?:""[^"\n]*+)*+"?',
    ),
    "stata": (r"^[ \t]*+\*[^\n]*+", *_BRACES, r'"[^"\n]*+"?'),
    "sql": (_DASHES, _BLOCK, _DOUBLED_SINGLE),
    "scala": (*_BRACES, r'""".*?(?:"""|\Z)', _DOUBLE, _CHARACTER),
    "java": (*_BRACES, _TRIPLE_DOUBLE, _DOUBLE, _CHARACTER),
    "rust": (*_BRACES, _LONG_DOUBLE, _CHARACTER),
    "javascript": (*_BRACES, _DOUBLE, _SINGLE, _BACKTICKS),
    "go": (*_BRACES, _DOUBLE, r"`[^`]*+`?", _CHARACTER),
    "c": (*_BRACES, _DOUBLE, _CHARACTER),
    "fsharp": (_SLASHES, r"\(\*(?!\)).*?(?:\*\)|\Z)", _TRIPLE_DOUBLE, _LONG_DOUBLE, _CHARACTER),
    "ruby": (_HASH, _LONG_DOUBLE, _LONG_SINGLE),
    "mercury": (r"%[^\n]*+", _BLOCK, _DOUBLE),
    "wolfram": (r"\(\*.*?(?:\*\)|\Z)", _LONG_DOUBLE),
    "mumps": (r";[^\n]*+", _DOUBLED_DOUBLE),
    "limbo": (_HASH, _DOUBLE),
    "muf": (r"\([^()]*+\)", _DOUBLE),
    "lua": (r"--\[\[.*?(?:\]\]|\Z)", _DASHES, _DOUBLE, _SINGLE),
}
_LIKE = {
    "kotlin": "scala",
    "csharp": "java",
    "swift": "java",
    "cpp": "c",
    "objective-c": "c",
    "typescript": "javascript",
}
_MAX_STRINGS = 20_000
_QUOTES = frozenset("\"'`")
_NOT_NEWLINE = re.compile(r"[^\n]")


def language_of(path: str, head: bytes) -> str | None:
    """The programming language of a file, or None where it is none that is read as code.

    head: its first bytes, b"" where they are not at hand; they tell for suffixes that several languages share
    (`.m`, `.sas`, `.sps`, `.r`) and for files without one.
    """
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem:
        found = _INTERPRETER.match(head)
        interpreter = found.group(1).lower() if found else b""
        return _INTERPRETERS.get(interpreter, interpreter.decode("ascii") or None)
    language = _SUFFIXES.get(suffix.lower())
    if language is not None and head and suffix.lower() in AMBIGUOUS:
        return language_by_content(suffix.lower(), head[:HEAD], language)
    return language


@lru_cache(maxsize=64)
def _pattern(language: str) -> re.Pattern[str] | None:
    parts = _PARTS.get(_LIKE.get(language, language))
    return re.compile("|".join(parts), re.DOTALL | re.MULTILINE) if parts else None


def without_comments(text: str, language: str) -> str:
    """The text with comments blanked and strings as they are; every character keeps its place."""
    pattern = _pattern(language)
    return pattern.sub(_comment_blanked, text) if pattern else text


def code_text(text: str, language: str) -> str:
    """The text with comments and the insides of strings blanked; every character keeps its place."""
    pattern = _pattern(language)
    return pattern.sub(_blanked, text) if pattern else text


def strings_and_comments(text: str, language: str) -> Iterator[re.Match[str]]:
    """The string literals and comments of a text, in order; none for a language without a table of its own."""
    pattern = _pattern(language)
    return pattern.finditer(text) if pattern else iter(())


def strings_of(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """(line, text) of the string literals of 3 to 1,000 characters, at most 20,000."""
    found: list[tuple[int, str]] = []
    line, position = 1, 0
    for match in strings_and_comments(text, language):
        literal = match.group()
        if not _is_string(literal) or not 5 <= len(literal) <= 1_002:
            continue
        line += text.count("\n", position, match.start())
        position = match.start()
        found.append((line, literal.strip("\"'`")))
        if len(found) >= _MAX_STRINGS:
            break
    return tuple(found)


def code_lines(data: bytes, language: str) -> tuple[str, ...]:
    """The lines of a source file with comments and the insides of strings blanked; index 0 is line 1.

    A language without a table of its own keeps its lines as they are.
    """
    return tuple(code_text(source_text(data), language).split("\n"))


def source_text(data: bytes) -> str:
    """The text of the first 2 MB of a source file with newlines as its line ends."""
    text = as_utf8(data[:SOURCE_LIMIT]).decode("utf-8", "replace").replace("\r\n", "\n")
    return text if "\n" in text else text.replace("\r", "\n")


def _comment_blanked(match: re.Match[str]) -> str:
    text = match.group()
    return text if _is_string(text) else _blank(text)


def _blanked(match: re.Match[str]) -> str:
    text = match.group()
    if not _is_string(text) or len(text) < 2:
        return _blank(text)
    return text[0] + _blank(text[1:-1]) + (text[-1] if text[-1] in _QUOTES else " " if text[-1] != "\n" else "\n")


def _is_string(text: str) -> bool:
    return text[0] in _QUOTES or text[:2] in ('r"', 'R"')


def _blank(text: str) -> str:
    return _NOT_NEWLINE.sub(" ", text) if "\n" in text else " " * len(text)
