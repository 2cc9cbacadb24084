"""Bytes to text, the same way for every reader."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    # a mark of UTF-32 begins with one of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST = 4
"""Bytes that one character takes at most."""


def decode(data: bytes) -> str:
    """The text of a file without its byte order mark, every line end as a newline. Never raises.

    Undecodable bytes, control characters and other separators of lines are replaced one for one, so that lines stay.
    """
    mark, encoding = _encoding(data)
    text = data[len(mark) :].decode(encoding, "replace")
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def decode_head(data: bytes, characters: int) -> tuple[str, bool]:
    """The first characters of a file's text like `decode`, and whether something was cut off."""
    end = (characters + 1) * _LONGEST
    text = decode(data[:end])
    return text[:characters], len(data) > end or len(text) > characters


def is_text(data: bytes) -> bool:
    """Whether the bytes may be text: no NUL near the beginning, or a mark of an encoding that has some."""
    return b"\0" not in data[:1000] or _encoding(data)[1] != "utf-8"


def as_utf8(data: bytes) -> bytes:
    """The same text as UTF-8 without a mark; bytes without a mark of another encoding as they are."""
    mark, encoding = _encoding(data)
    if encoding == "utf-8":
        return data[len(mark) :] if mark else data
    return data[len(mark) :].decode(encoding, "replace").encode("utf-8", "replace")


def _encoding(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    return b"", "utf-8"
