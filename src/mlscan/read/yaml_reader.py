"""YAML to trees: events of the C parser, no constructors, own reading of scalars, templates and broken files."""

from __future__ import annotations

import re
from typing import Protocol

import yaml

from mlscan.read import yaml_template
from mlscan.read.tree_builder import LimitReached, Scalar, TreeBuilder
from mlscan.types.source import Node, Tree

MAX_DOCUMENTS = 2_000
MAX_RESTARTS = 20
"""Broken documents after which reading goes on at the next `---`."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?=[0-9]*+[.eE])(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,2})?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_NEXT_DOCUMENT = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_STANDARD = "tag:yaml.org,2002:"


def parse_yaml(text: str) -> Tree:
    """All documents of a YAML text; of a broken one what comes before the error, with a problem. Never raises."""
    markers = yaml_template.has_markers(text)
    plain = _Reader(text).read() if not markers or not yaml_template.has_control(text) else None
    if plain is not None and (not plain.problems or not (markers or yaml_template.has_words(text))):
        return plain
    template = yaml_template.Template(text)
    tree = _Reader(template.text, template).read()
    return tree if plain is None or markers or len(tree.problems) < len(plain.problems) else plain


def resolve(text: str) -> Scalar:
    """The value of a plain scalar: only true and false are booleans; dates, times, 0123 and huge numbers stay text."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] in "0123456789-+." and not _LEADING_ZERO.match(text):
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


BROKEN = "broken YAML"
"""The problem of a file that no other reader would understand either."""


class _Mark(Protocol):
    line: int


class _Reader:
    """Reads one text into a tree, going on behind a broken document."""

    def __init__(self, text: str, template: yaml_template.Template | None = None) -> None:
        self._text = text
        self._template = template
        self._builder = TreeBuilder(merges=True)
        self._documents: list[Node] = []
        self._offset = 0

    def read(self) -> Tree:
        """The tree with everything that could be read."""
        position: int | None = 0
        for _ in range(MAX_RESTARTS):
            if position is None:
                break
            position = self._read_from(position)
        problems = tuple(sorted(self._builder.problems, key=lambda problem: problem.line or 0)[:MAX_RESTARTS])
        return Tree("yaml", tuple(self._documents), self._template is not None, problems)

    def _read_from(self, position: int) -> int | None:
        """Read up to the end or an error; where to go on after an error."""
        self._offset = self._text.count("\n", 0, position) + 1
        line = self._offset
        try:
            for event in yaml.parse(self._text[position:], Loader=yaml.CLoader):
                line = _line(event.start_mark, line - self._offset) + self._offset
                if self._event(event, line) and len(self._documents) >= MAX_DOCUMENTS:
                    self._builder.problem(line, "too many documents")
                    return None
        except yaml.MarkedYAMLError as error:
            # the parser sees a file that does not end in a newline end on the line after
            line = min(_line(error.problem_mark, line - self._offset) + self._offset, self._text.count("\n") + 1)
            self._stop(line, BROKEN)
        except LimitReached as limit:
            self._stop(line, str(limit))
            if self._builder.full:
                return None
        except (yaml.YAMLError, ValueError, UnicodeError):
            self._stop(line, BROKEN)
        else:
            return None
        return self._next_document(line)

    def _stop(self, line: int, reason: str) -> None:
        self._builder.problem(line, reason)
        self._end_document()

    def _next_document(self, line: int) -> int | None:
        start = 0
        for _ in range(line - 1):
            start = self._text.find("\n", start) + 1
        # the error's own line may be the separator that ended a broken document
        found = _NEXT_DOCUMENT.search(self._text, start)
        if found and self._text.count("\n", 0, found.start()) + 1 <= self._offset:
            found = _NEXT_DOCUMENT.search(self._text, found.end())
        return found.start() if found else None

    def _event(self, event: yaml.Event, line: int) -> bool:
        """Feed one event to the builder; True at the end of a document."""
        builder = self._builder
        if isinstance(event, yaml.ScalarEvent):
            tag, value = self._scalar(event)
            builder.scalar(value, line, tag, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            builder.alias(event.anchor or "", line)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            is_map = isinstance(event, yaml.MappingStartEvent)
            builder.open(is_map=is_map, line=line, tag=_own_tag(event.tag), anchor=event.anchor)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            builder.close()
        elif isinstance(event, yaml.DocumentEndEvent):
            self._end_document()
            return True
        return False

    def _end_document(self) -> None:
        document = self._builder.finish()
        if document is not None and document.value is not None:
            self._documents.append(document)

    def _scalar(self, event: yaml.ScalarEvent) -> tuple[str | None, Scalar]:
        text = event.value if self._template is None else self._template.restore(event.value)
        if self._builder.expects_key:
            return None, text
        tag = _own_tag(event.tag)
        plain = event.implicit[0] and tag is None
        typed = event.tag is not None and event.tag.startswith(_STANDARD) and not event.tag.endswith(":str")
        return tag, resolve(text) if plain or typed else text


def _line(mark: _Mark | None, default: int) -> int:
    return default if mark is None else mark.line


def _own_tag(tag: str | None) -> str | None:
    return None if tag is None or tag == "!" or tag.startswith(_STANDARD) else tag
