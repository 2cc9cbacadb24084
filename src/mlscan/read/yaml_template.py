"""Makes YAML templates readable: control lines are blanked, expressions stand aside until the structure is known."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKER = re.compile(r"(?<!\$)\{\{|\{%|\{#")
_CONTROL_WORD = r"(?:if|else|end|range|with|define|block|template|include|for|elif|endif|endfor|set|tpl)\b"
_CONTROL = re.compile(r"\{%|\{#|\{\{-?\s*(?:/\*|\$\w+\s*:?=|" + _CONTROL_WORD + ")")
_STATEMENT = re.compile(r"\{%.{0,4000}?%\}|\{#.{0,4000}?#\}|\{\{-?\s*/\*.{0,8000}?\*/\s*-?\}\}", re.DOTALL)
_EXPRESSION = re.compile(r"(?<!\$)\{\{.{0,2000}?\}\}+", re.DOTALL)
_ALONE = re.compile(rf"^[ \t]*(?:{_OPEN}\d+{_CLOSE}[ \t]*)+$", re.MULTILINE)
_PLACEHOLDER = re.compile(rf"{_OPEN}(\d+){_CLOSE}")
_MAX_EXPRESSIONS = 50_000


def has_markers(text: str) -> bool:
    """Whether the text may be a template. `${{ }}` is an expression of CI systems and no marker."""
    return ("{{" in text or "{%" in text) and _MARKER.search(text) is not None


def has_control(text: str) -> bool:
    """Whether statements of a template language are among the markers."""
    return _CONTROL.search(text) is not None


class Template:
    """A template as plain YAML `text` of the same lines; `restore` puts expressions back into its scalars."""

    def __init__(self, text: str) -> None:
        self._expressions: list[str] = []
        text = text.replace(_OPEN, " ").replace(_CLOSE, " ")
        text = _STATEMENT.sub(_blank, text)
        text = _EXPRESSION.sub(self._set_aside, text)
        self.text = _ALONE.sub("", text)

    def restore(self, scalar: str) -> str:
        """A scalar of the text with its expressions as written."""
        if _OPEN not in scalar:
            return scalar
        return _PLACEHOLDER.sub(lambda match: self._expressions[int(match[1])], scalar)

    def _set_aside(self, match: re.Match[str]) -> str:
        if len(self._expressions) >= _MAX_EXPRESSIONS:
            return _blank(match)
        self._expressions.append(match[0])
        return f"{_OPEN}{len(self._expressions) - 1}{_CLOSE}" + "\n" * match[0].count("\n")


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
