"""A light reader of Terraform files: blocks with their labels, lines and plain attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mlscan.read.hcl_tokens import Token, Tokens
from mlscan.read.text import decode_head
from mlscan.types.source import Problem

MAX_CHARACTERS = 2_000_000
MAX_TOKENS = 500_000
MAX_BLOCKS = 50_000
MAX_DEPTH = 200


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


@dataclass(frozen=True, slots=True)
class Hcl:
    """A Terraform file; going over it gives its blocks."""

    blocks: tuple[Block, ...]
    """In order, nested ones after their parent."""
    problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Block]:
        return iter(self.blocks)

    def __len__(self) -> int:
        return len(self.blocks)


def parse_hcl(data: bytes) -> Hcl:
    """The blocks of a Terraform file. Never raises; what is broken is skipped, with a problem."""
    text, cut = decode_head(data, MAX_CHARACTERS)
    reader = _Reader()
    tokens = Tokens(text)
    for number, token in enumerate(tokens.read()):
        cut = cut or number >= MAX_TOKENS
        if number >= MAX_TOKENS or not reader.take(token):
            break
    problems = reader.problems
    if tokens.broken_at is not None:
        problems.append(Problem(tokens.broken_at, "text without an end"))
    elif not problems and reader.open_at is not None:
        problems.append(Problem(reader.open_at, "block without an end"))
    if cut:
        problems.append(Problem(None, "too long"))
    return Hcl(tuple(reader.blocks), tuple(problems))


@dataclass(slots=True)
class _Frame:
    """A block or a value in braces that is open, with the statement being read in it."""

    line: int
    attributes: dict[str, str] | None
    """None inside values."""
    brackets: int = 0
    words: list[Token] = field(default_factory=list)
    name: str | None = None
    """The attribute that is assigned."""
    plain: bool = True
    """True while there are but words and texts, as before the brace of a block."""


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self._frames = [_Frame(0, {})]

    @property
    def open_at(self) -> int | None:
        """The line of the outermost brace that is still open."""
        return self._frames[1].line if len(self._frames) > 1 else None

    def take(self, token: Token) -> bool:
        """Read one token; False when a limit is reached."""
        frame = self._frames[-1]
        if token.kind == "brace":
            return self._open(frame, token) if token.value == "{" else self._close()
        if token.kind == "newline":
            if not frame.brackets:
                _end(frame)
        elif token.kind == "bracket":
            frame.plain = False
            frame.brackets = max(0, frame.brackets + (1 if token.value in "([" else -1))
        elif token.kind == "assign" and frame.plain and frame.name is None and len(frame.words) == 1:
            frame.name = frame.words.pop().value
        elif token.kind in ("word", "text") and len(frame.words) < 100:
            frame.words.append(token)
        else:
            frame.plain = False
        return True

    def _open(self, frame: _Frame, token: Token) -> bool:
        if len(self._frames) > MAX_DEPTH or len(self.blocks) >= MAX_BLOCKS:
            reason = "nested too deeply" if len(self._frames) > MAX_DEPTH else "too many blocks"
            self.problems.append(Problem(token.line, reason))
            return False
        attributes: dict[str, str] | None = None
        head = frame.words
        if frame.attributes is not None and frame.plain and frame.name is None and head and head[0].kind == "word":
            attributes = {}
            labels = tuple(word.value for word in head[1:])
            self.blocks.append(Block(head[0].value, labels, head[0].line, len(self._frames) - 1, attributes))
            _end(frame)
        frame.plain = frame.plain and attributes is not None
        self._frames.append(_Frame(token.line, attributes))
        return True

    def _close(self) -> bool:
        if len(self._frames) > 1:
            _end(self._frames.pop())
        return True


def _end(frame: _Frame) -> None:
    """Note the attribute of the statement that ends here, and begin the next one."""
    if frame.name is not None and frame.attributes is not None:
        only = frame.words[0] if frame.plain and len(frame.words) == 1 else None
        frame.attributes.setdefault(frame.name, only.value if only and only.kind == "text" else "")
    frame.words, frame.name, frame.plain, frame.brackets = [], None, True, 0
