"""Import statements: a cheap scan of a whole file, and the exact reading of one statement."""

from __future__ import annotations

import re

from mlscan.read.python_source import clean, clip
from mlscan.types.source import Import

_SCAN_LIMIT = 4_000_000
"""Bytes of a file that are scanned."""
_MODULE_LIMIT = 300
"""Bytes of a module's name; what is longer is no import."""

_NAME = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*+"
_DOTTED = rb"%b(?:\s*+\.\s*+%b)*+" % (_NAME, _NAME)
_FROM = re.compile(rb"(?<![\w\x80-\xff])from(?![\w\x80-\xff])")
_FROM_MODULE = re.compile(rb"\s*+(\.[\s.]*+(?:%b)?|%b)\s*+" % (_DOTTED, _DOTTED))
_ITEM = re.compile(rb"\s*+(\*|%b)(?:\s*+\bas\b\s*+(%b))?" % (_DOTTED, _NAME))
_KEYWORD = re.compile(rb"(?<![\w\x80-\xff])import(?![\w\x80-\xff])")
_BRACKET_LIMIT = 4_000
"""Bytes of a bracketed list of names that are read."""
_BRACKETS_LIMIT = 400_000
"""Bytes of all bracketed lists of a file that are read."""
_CONTINUATION = re.compile(rb"\\\r?\n")
_END_OF_NAMES = re.compile(rb"[;#\\\"')]")
_COMMENT = re.compile(rb"#[^\n]*")
_SPACE = re.compile(rb"\s+")


def scan_imports(data: bytes) -> frozenset[str]:
    """Every module that the file may import, found without parsing; for `from a import b` both `a` and `a.b`.

    Reports every module that `parse_python` reports, and more: what stands in strings, comments and notebooks' JSON.
    Of a bracketed import of Python, names on further lines too. Reads the first 4 MB.
    """
    data, _ = clip(clean(data), _SCAN_LIMIT)
    if b"import" not in data:
        return frozenset()
    if b"\\" in data:
        data = _CONTINUATION.sub(b" ", data)
    found: set[str] = set()
    end, budget = -1, _BRACKETS_LIMIT
    while (hit := data.find(b"import", end + 1)) >= 0:
        start = data.rfind(b"\n", 0, hit) + 1
        end = data.find(b"\n", hit)
        end = len(data) if end < 0 else end
        opened = data[hit:end].partition(b"#")[0].partition(b"(")
        more = b""
        if opened[1] and b")" not in opened[2] and budget > 0:
            more, cost = _further_names(data, end)
            budget -= cost
        _scan_line(data[start:end], found, more)
    return frozenset(found)


def _further_names(data: bytes, start: int) -> tuple[bytes, int]:
    """What follows a line that opens a bracket, up to the bracket's end, and the bytes read for it."""
    end = data.find(b")", start, start + _BRACKET_LIMIT)
    names = data[start : max(end, start)]
    if b"#" not in names:
        return names, len(names)
    return _COMMENT.sub(b"", data[start : start + _BRACKET_LIMIT]).partition(b")")[0], _BRACKET_LIMIT


def _scan_line(line: bytes, found: set[str], more: bytes) -> None:
    keywords = list(_KEYWORD.finditer(line))
    stops = [keyword.start() for keyword in keywords[1:]]
    before = 0
    for keyword, stop in zip(keywords, [*stops, len(line)], strict=False):
        names = line[keyword.end() : stop]
        head = line[max(before, keyword.start() - _MODULE_LIMIT - 8) : keyword.start()]
        _add_plain(names, found)
        for start in _FROM.finditer(head):
            module = _FROM_MODULE.fullmatch(head, start.end())
            if module is not None:
                name = _text(module.group(1))
                _add_from(name, names, found)
                if stop == len(line):
                    _add_from(name, more, found)
        before = keyword.end()


def _add_plain(names: bytes, found: set[str]) -> None:
    found.update(_text(module) for module, _ in _items(names) if module != b"*" and len(module) <= _MODULE_LIMIT)


def _add_from(module: str, names: bytes, found: set[str]) -> None:
    found.add(module)
    found.update(_join(module, _text(name)) for name, _ in _items(names.lstrip(b" \t(")) if name != b"*")


def _items(names: bytes) -> list[tuple[bytes, bytes | None]]:
    """(name, alias) of a comma-separated list up to the first thing that is neither."""
    end = _END_OF_NAMES.search(names)
    text = names[: end.start()] if end else names
    items = (_ITEM.match(part) for part in text.split(b","))
    return [(item.group(1), item.group(2)) for item in items if item]


def read_import(statement: bytes, line: int) -> list[Import]:
    """The names that one import statement binds; empty for text that is none.

    statement: from its first keyword on; line: where it starts, 1-based.
    """
    statement = _COMMENT.sub(b"", _CONTINUATION.sub(b" ", statement))
    keyword = _KEYWORD.search(statement)
    if keyword is None:
        return []
    following = _KEYWORD.search(statement, keyword.end())
    head, names = statement[: keyword.start()], statement[keyword.end() : following.start() if following else None]
    if head.strip() == b"":
        return _plain(names.partition(b"\n")[0], line)
    module = _FROM_MODULE.fullmatch(head, 4) if head.startswith(b"from") and b"\n" not in head else None
    if module is None or len(head) > _MODULE_LIMIT:
        return []
    return [
        Import(_text(module.group(1)), _text(name), _text(alias or name), line)
        for name, alias in _items(names.lstrip(b" \t\r\n\f("))
    ]


def _plain(names: bytes, line: int) -> list[Import]:
    return [
        Import(_text(module), None, _text(alias) if alias else _text(module).partition(".")[0], line)
        for module, alias in _items(names)
        if module != b"*" and len(module) <= _MODULE_LIMIT
    ]


def _text(name: bytes) -> str:
    return _SPACE.sub(b"", name).decode("utf-8", "replace")


def _join(module: str, name: str) -> str:
    return module + name if module.endswith(".") else f"{module}.{name}"
