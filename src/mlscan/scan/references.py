"""What references to other repositories have in common: where they stand, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

MAX_FILES = 300
"""Files of another repository that one reference brings in."""
_NEAR = 15
"""Lines from a reference on in which its keys stand."""


class Files(Protocol):
    """The files of another repository at one revision."""

    revision: str
    paths: frozenset[str]

    def text(self, path: str) -> str | None:
        """The text of a file, or None where it cannot be had."""
        ...


Find = Callable[[str, Sequence[str]], "Files | None"]
"""(reference to a repository, names of a revision, the best first; none is the default branch) -> its files."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that hands something to another repository."""

    path: str
    line: int
    to: str
    """As written, or as the reader of its format puts it."""

    @property
    def folder(self) -> str:
        """The folder that the place lies in, with a `/` at its end; "" is the root."""
        head, sign, _ = self.path.rpartition("/")
        return head + sign


@dataclass(frozen=True, slots=True)
class Joint:
    """A caller together with what it hands over."""

    text: str
    """The caller's text, in which the reference leads to a file that is at hand."""
    files: Mapping[str, tuple[str, str]]
    """Path among the caller's files -> (path in the other repository, text)."""
    revision: str
    inside: str
    """Path in the other repository that the reference names; "" is its root."""
    also: tuple[int, ...] = field(default=())
    """Further lines of the caller that say no more than this reference does."""


Shape = Callable[[Place, str, Find], "Joint | None"]
"""(place, text of its file, a way to the other repository) -> the joint, or None where it cannot be made."""


def slug(reference: str) -> str:
    """A repository's name as part of a file name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", reference.rpartition("://")[2].removesuffix(".git")).strip("-") or "other"


def edited(text: str, line: int, pattern: str, new: str) -> str | None:
    """The text with the first match at or shortly after a line replaced; None where there is none."""
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: line - 1]))
    end = start + sum(map(len, lines[line - 1 : line - 1 + _NEAR]))
    found = re.compile(pattern).search(text, start, end)
    return None if found is None else f"{text[: found.start()]}{new}{text[found.end() :]}"


def quoted(text: str) -> str:
    """A pattern for a scalar of YAML, with quotes or without."""
    return rf"""(["']?){re.escape(text)}\1(?=[\s,}}\]]|$)"""
