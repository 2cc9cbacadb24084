"""A light reader of Terraform files: blocks with their labels, lines and plain attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)|<<-?[ \t]*(?P<here>\w+)[^\n]*\n(?:.*?\n)??[ \t]*(?P=here)\b'
    r'|"(?:\\.|[^"\\\n])*"|[{}]|\n|[A-Za-z_][\w-]*|=',
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block such as `resource "aws_s3_bucket" "data" { ... }`."""

    type: str
    labels: tuple[str, ...]
    line: int
    depth: int
    """0 for a top-level block."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """`name = "text"` pairs directly inside the block; other values are ""."""


def parse_hcl(data: bytes) -> tuple[Block, ...]:
    """The blocks of a Terraform file in order, nested ones after their parent. Never raises; what is broken is skipped."""
    text = data.decode("utf-8-sig", "replace")
    blocks: list[tuple[str, tuple[str, ...], int, int, dict[str, str]]] = []
    stack: list[dict[str, str]] = []
    words: list[str] = []
    line = 1
    for match in _TOKEN.finditer(text):
        token = match.group(0)
        if token == "{":
            attributes: dict[str, str] = {}
            if words and "=" not in words:
                labels = tuple(w.strip('"') for w in words[1:])
                blocks.append((words[0], labels, line, len(stack), attributes))
            stack.append(attributes)
            words = []
        elif token in ("}", "\n"):
            _assign(words, stack)
            words = []
            if token == "}" and stack:
                stack.pop()
        elif not token.startswith(("#", "//", "/*")):
            words.append(token if not token.startswith("<<") else '""')
        line += token.count("\n")
    return tuple(Block(*b) for b in blocks)


def _assign(words: list[str], stack: list[dict[str, str]]) -> None:
    if stack and len(words) >= 2 and words[1] == "=":
        value = words[2] if len(words) == 3 else ""
        stack[-1].setdefault(words[0], value.strip('"') if value.startswith('"') else "")
