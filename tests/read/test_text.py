"""Bytes to text: encodings, line ends, and what must not reach anybody."""

from __future__ import annotations

import pytest

from mlscan.read.text import as_utf8, decode, decode_head, is_text

MARKED = ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


def marked(text: str, encoding: str) -> bytes:
    return text.encode(encoding) if encoding == "utf-8-sig" else f"\ufeff{text}".encode(encoding)


@pytest.mark.parametrize("encoding", MARKED)
def test_every_byte_order_mark_tells_its_encoding_and_goes(encoding: str) -> None:
    data = marked("é\n😀", encoding)
    assert decode(data) == "é\n😀"
    assert as_utf8(data) == "é\n😀".encode()
    assert is_text(data)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_a_newline(end: str) -> None:
    assert decode(f"a{end}b{end}{end}c".encode()) == "a\nb\n\nc"


def test_other_separators_and_control_characters_are_blanks_so_that_lines_and_places_stay() -> None:
    assert decode("a\x00b\x1b[1mc\x0cd\x85e\u2028f\u2029g\x7fh".encode()) == "a b [1mc d e f g h"


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert decode(b"a\xff\xfeb\nc") == "a\ufffd\ufffdb\nc"
    assert decode(b"\xed\xa0\x80") == "\ufffd\ufffd\ufffd"
    assert decode(b"\xff\xfe\x00\xd8") == "\ufffd"


def test_bytes_with_nul_and_no_mark_are_not_text() -> None:
    assert not is_text(b"\x7fELF\x00\x00")
    assert is_text(b"plain")


def test_only_a_head_is_decoded() -> None:
    assert decode_head("é".encode() * 10, 3) == ("ééé", True)
    assert decode_head(b"abc", 3) == ("abc", False)
    assert decode_head(marked("abc", "utf-32-le"), 3) == ("abc", False)
