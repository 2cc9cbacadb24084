"""Excerpts: one line, no control characters, secrets masked."""

from __future__ import annotations

import re

from mlscan.types.evidence import EXCERPT_LIMIT

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
# No repetition comes before a word that is looked for or gives anything back: time would be the square of a line.
_ASSIGNED = re.compile(
    r"(?i)((?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential|private[_-]?key|authorization)[\w.-]*+"
    r"[\"']?\s*+[:=]\s*+[\"']?)([^\s\"'$#{<][^\s\"'#]{3,})"
)
_SHAPES = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{16,}"
    r"|hf_[A-Za-z0-9]{20,}|dapi[0-9a-f]{28,}|eyJ[\w-]{10,}+\.[\w-]{10,}+\.[\w-]*|AIza[\w-]{30,}"
)
_URL_USER = re.compile(r"(?<=://)[^/\s:@]+(?::[^/\s@]*)?@")


def clipped(text: str) -> str:
    """As much of a text as its excerpt can need; what shows it calls `excerpt`."""
    return text[: EXCERPT_LIMIT * 8]


def excerpt(text: str) -> str:
    """The text as one line of at most `EXCERPT_LIMIT` characters, without controls, secrets replaced by `***`."""
    line = _CONTROL.sub(" ", text[: EXCERPT_LIMIT * 8]).strip()
    line = _URL_USER.sub("***@", line)
    line = _SHAPES.sub("***", line)
    line = _ASSIGNED.sub(lambda m: m.group(1) + "***", line)
    line = re.sub(r"\s{2,}", " ", line)
    return line if len(line) <= EXCERPT_LIMIT else line[: EXCERPT_LIMIT - 1] + "…"
