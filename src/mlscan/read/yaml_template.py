"""Makes YAML templates readable: control lines are blanked, expressions stand aside until the structure is known."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPEN, _OPEN_STATEMENT, _CLOSE = "\ue000", "\ue002", "\ue001"
_MARKER = re.compile(r"(?<!\$)(?:\{[{%#]|<%)")
_CONTROL_WORD = r"(?:if|else|end|range|with|define|block|template|include|for|elif|endif|endfor|set|tpl)\b"
_CONTROL = re.compile(r"\{[%#]|<%|\{\{-?\s*+(?:/\*|\$\w++\s*+:?=|" + _CONTROL_WORD + ")")
_STATEMENT = re.compile(r"\{\{-?\s*+(?:\$\w++\s*+:?=|(?:if|else|end|range|with|define|block)\b)")
_ALONE = re.compile(
    rf"^[ \t]*+(?:[{_OPEN}{_OPEN_STATEMENT}]\d++{_CLOSE}[ \t]*+)++$"
    rf"|(?<=-)[ \t]++(?:{_OPEN_STATEMENT}\d++{_CLOSE}[ \t]*+)++$",
    re.MULTILINE,
)
"""Expressions that have a line, or a line behind a dash when they are statements, for themselves."""
_CLOSERS = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>"}
_COMMENT = re.compile(r"\{\{-?\s{0,9}/\*")
_PLACEHOLDER = re.compile(rf"[{_OPEN}{_OPEN_STATEMENT}](\d+){_CLOSE}")
_MAX_MARKERS = 50_000
_MAX_LENGTH = 4_000
"""Characters of one expression or statement."""


def has_markers(text: str) -> bool:
    """Whether the text may be a template. `${{ }}` is an expression of CI systems and no marker."""
    return any(opening in text for opening in ("{{", "{%", "<%")) and _MARKER.search(text) is not None


def has_control(text: str) -> bool:
    """Whether statements of a template language are among the markers."""
    return _CONTROL.search(text) is not None


class Template:
    """A template as plain YAML `text` of the same lines; `restore` puts expressions back into its scalars."""

    def __init__(self, text: str) -> None:
        self._expressions: list[str] = []
        for mark in (_OPEN, _OPEN_STATEMENT, _CLOSE):
            text = text.replace(mark, " ")
        self.text = _ALONE.sub("", "".join(self._plain(text)))

    def restore(self, scalar: str) -> str:
        """A scalar of the text with its expressions as written."""
        if _CLOSE not in scalar:
            return scalar
        return _PLACEHOLDER.sub(lambda match: self._expressions[int(match[1])], scalar)

    def _plain(self, text: str) -> Iterator[str]:
        """The text in parts, with the marked ones blanked or replaced."""
        position = 0
        for _ in range(_MAX_MARKERS):
            marker = _MARKER.search(text, position)
            if marker is None:
                break
            end = self._end(text, marker)
            yield text[position : marker.start()]
            if end < 0:
                yield " "
                position = marker.start() + 1
                continue
            yield self._replaced(text[marker.start() : end])
            position = end
        yield text[position:]

    def _end(self, text: str, marker: re.Match[str]) -> int:
        """Where what a marker opens ends, or -1."""
        closer = "*/" if _COMMENT.match(text, marker.start()) else _CLOSERS[marker[0]]
        end = text.find(closer, marker.end(), marker.end() + _MAX_LENGTH)
        if closer == "*/" and end >= 0:
            end = text.find("}}", end, end + 10)
        if end < 0:
            return -1
        # of three braces in a row the last one closes a map of the expression, or one around it
        inside = text[marker.end() : end + 1]
        return end + 3 if text.startswith("}}}", end) and inside.count("{") >= inside.count("}") > 0 else end + 2

    def _replaced(self, written: str) -> str:
        lines = "\n" * written.count("\n")
        if _COMMENT.match(written) or not written.startswith(("{{", "<%=")):
            return lines
        self._expressions.append(written)
        opening = _OPEN_STATEMENT if _STATEMENT.match(written) else _OPEN
        return f"{opening}{len(self._expressions) - 1}{_CLOSE}{lines}"
