"""Python bytes made fit for the parser: one encoding, no bytes and no runs that would make parsing slow."""

from __future__ import annotations

import re

from mlscan.read.text import as_utf8

SOURCE_LIMIT = 600_000
"""Bytes of a Python file that are parsed; the rest is cut off at a line end. A tree takes up to 350 times as many."""

_COMMENT_LINES = re.compile(rb"\n(?:[ \t\r\f]*+(?:#[^\n]*+)?\\?\r?\n){8,}+")
_CONTINUATIONS = re.compile(rb"(?:\\\r?\n[ \t]*+){50,}+")
_PREFIX_RUN = re.compile(rb"(?:(?:[*\[({~+-]|not(?![\w]))[ \t\r\n\f]*+)++")
_RUN_LIMIT = 300
_NOT_NEWLINE = re.compile(rb"[^\n]")


def clean(data: bytes) -> bytes:
    """The same text as UTF-8 without mark and NUL bytes. Lines keep their numbers; never fails."""
    data = as_utf8(data)
    if not data.isascii():
        data = _as_utf8(data)
    if b"\0" in data:
        data = data.replace(b"\0", b" ")
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _as_utf8(data: bytes) -> bytes:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1").encode("utf-8")
    return data


def clip(data: bytes, limit: int = SOURCE_LIMIT) -> tuple[bytes, bool]:
    """The first bytes up to a limit, to the end of a line where there is one, and whether something was cut off."""
    if len(data) <= limit:
        return data, False
    end = data.rfind(b"\n", 0, limit) + 1
    return data[: end or limit], True


def without_empty_runs(data: bytes) -> bytes:
    """As many lines, with runs of comment lines and of empty continuation lines blanked.

    The parser looks ahead over a whole run at each of its lines, which costs it the square of the run.
    """
    if b"#" in data:
        data = _COMMENT_LINES.sub(_newlines, data)
    return _CONTINUATIONS.sub(_newlines, data) if b"\\" in data else data


def without_prefix_runs(data: bytes) -> bytes:
    """The same lines, with long runs of opening brackets and prefix operators blanked.

    Meant for files with syntax errors: left in one error node, such a run costs queries its square.
    """
    return _PREFIX_RUN.sub(_blank_if_long, data)


def _blank_if_long(match: re.Match[bytes]) -> bytes:
    text = match.group()
    return _blank(match) if len(text.translate(None, b" \t\r\n\f")) >= _RUN_LIMIT else text


def _newlines(match: re.Match[bytes]) -> bytes:
    return b"\n" * match.group().count(b"\n")


def _blank(match: re.Match[bytes]) -> bytes:
    return _NOT_NEWLINE.sub(b" ", match.group())
