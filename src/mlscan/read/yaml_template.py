"""Makes YAML templates readable: control lines are blanked, expressions stand aside until the structure is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPEN, _OPEN_STATEMENT, _CLOSE = "\ue000", "\ue002", "\ue001"
_MARKER = re.compile(r"(?<!\$)(?:\{[{%#]|<%)|%\{~?[ \t]{0,9}(?=(?:if|else|endif|for|endfor)\b)")
_WORD = re.compile(r"(?<=[:-])[ \t]++(\{[A-Za-z_]\w{0,99}\})(?=[^\s,\]}:])")
"""`{name}` at the beginning of a value that goes on behind it."""
_CONTROL_WORD = r"(?:if|else|end|range|with|define|block|template|include|for|elif|endif|endfor|set|tpl)\b"
_CONTROL = re.compile(r"(?<!\$)\{[%#]|<%|\{\{-?\s*+(?:/\*|\$\w++\s*+:?=|" + _CONTROL_WORD + ")")
_STATEMENT = re.compile(r"\{\{-?\s*+(?:\$\w++\s*+:?=|(?:if|else|end|range|with|define|block)\b)")
_ALONE = re.compile(
    rf"^[ \t]*+(?:[{_OPEN}{_OPEN_STATEMENT}]\d++{_CLOSE}[ \t]*+)++$"
    rf"|(?<=-)[ \t]++(?:{_OPEN_STATEMENT}\d++{_CLOSE}[ \t]*+)++$",
    re.MULTILINE,
)
"""Expressions that have a line, or a line behind a dash when they are statements, for themselves."""
_BEHIND_KEY = re.compile(rf"^([ \t]*+(?:-[ \t]++)*+[^\s:#]++:)(?=[{_OPEN}]\d++{_CLOSE}[ \t]*+$)", re.MULTILINE)
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>", "%{": "}"}
_COMMENT = re.compile(r"\{\{-?\s{0,9}/\*")
_PLACEHOLDER = re.compile(rf"[{_OPEN}{_OPEN_STATEMENT}](\d+){_CLOSE}")
_MAX_MARKERS = 50_000
_MAX_LENGTH = 4_000
"""Characters of one expression or statement."""


def has_markers(text: str) -> bool:
    """Whether the text may be a template. `${{ }}` is an expression of CI systems and no marker."""
    return any(opening in text for opening in ("{{", "{%", "<%")) and _MARKER.search(text) is not None


def has_words(text: str) -> bool:
    """Whether values begin with placeholders that make no YAML, or statements of Terraform are in the text."""
    return _WORD.search(text) is not None or ("%{" in text and _MARKER.search(text) is not None)


def has_control(text: str) -> bool:
    """Whether statements of a template language are among the markers."""
    return _CONTROL.search(text) is not None


class Template:
    """A template as plain YAML `text` of the same lines; `restore` puts expressions back into its scalars."""

    def __init__(self, text: str) -> None:
        self._expressions: list[str] = []
        for mark in (_OPEN, _OPEN_STATEMENT, _CLOSE):
            text = text.replace(mark, " ")
        text = _ALONE.sub("", "".join(_lines_kept(self._plain(text))))
        self.text = _BEHIND_KEY.sub(r"\1 ", _WORD.sub(self._word, text))

    def restore(self, scalar: str) -> str:
        """A scalar of the text with its expressions as written."""
        if _CLOSE not in scalar:
            return scalar
        return _PLACEHOLDER.sub(lambda match: self._expressions[int(match[1])], scalar)

    def _word(self, match: re.Match[str]) -> str:
        return " " + self._aside(match[1], _OPEN)

    def _plain(self, text: str) -> Iterator[tuple[str, int]]:
        """The text in parts, with the marked ones blanked or replaced, and the number of lines that this took out."""
        position = 0
        for _ in range(_MAX_MARKERS):
            marker = _MARKER.search(text, position)
            if marker is None:
                break
            end = self._end(text, marker)
            yield text[position : marker.start()], 0
            if end < 0:
                yield " ", 0
                position = marker.start() + 1
                continue
            written = text[marker.start() : end]
            yield self._replaced(written), written.count("\n")
            position = end
        yield text[position:], 0

    def _end(self, text: str, marker: re.Match[str]) -> int:
        """Where what a marker opens ends, or -1."""
        closer = "*/" if _COMMENT.match(text, marker.start()) else _CLOSERS[marker[0][:2]]
        end = text.find(closer, marker.end(), marker.end() + _MAX_LENGTH)
        if closer == "*/" and end >= 0:
            end = text.find("}}", end, end + 10)
        if end < 0 or closer == "}":
            return end if end < 0 else end + 1
        # of three braces in a row the last one closes a map of the expression, or one around it
        inside = text[marker.end() : end + 1]
        return end + 3 if text.startswith("}}}", end) and inside.count("{") >= inside.count("}") > 0 else end + 2

    def _replaced(self, written: str) -> str:
        if _COMMENT.match(written) or not written.startswith(("{{", "<%=")):
            return ""
        return self._aside(written, _OPEN_STATEMENT if _STATEMENT.match(written) else _OPEN)

    def _aside(self, written: str, opening: str) -> str:
        self._expressions.append(written)
        return f"{opening}{len(self._expressions) - 1}{_CLOSE}"


def _lines_kept(parts: Iterator[tuple[str, int]]) -> Iterator[str]:
    """The parts, with the line ends that were taken out of a line put in where it ends."""
    missing = 0
    for text, lines in parts:
        head, end, rest = text.partition("\n") if missing else (text, "", "")
        if end:
            end, missing = "\n" * (missing + 1), 0
        missing += lines
        yield head + end + rest
    yield "\n" * missing
