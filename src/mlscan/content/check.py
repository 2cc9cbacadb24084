"""Checks on content that types cannot say: file names, examples, references between files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from mlscan.content import strict_yaml
from mlscan.types.content import Condition, Detector
from mlscan.types.errors import ContentError
from mlscan.types.starters import TOOLS

if TYPE_CHECKING:
    from mlscan.content.load import Content, SourceFile

INTERNAL_PRACTICES = frozenset({"kind", "delegation", TOOLS})
"""Folders of detectors that are no practice: signals of a repository's kind, parts handed elsewhere, tools in use."""
_LIST = re.compile(r"^@[a-z0-9-]+$")


def check_detector(detector: Detector, source: SourceFile) -> None:
    """File name, folder and examples of one detector. Raises ContentError with file and line."""
    parts = source.key.split("/")
    if parts[-1].rsplit(".", 1)[0] != detector.id:
        _fail(source, "$.id", f"id {detector.id!r} differs from the file name")
    if len(parts) < 3 or parts[-2] != detector.practice:
        _fail(source, "$.practice", f"practice {detector.practice!r} differs from the folder name")
    examples = detector.examples
    if examples is None or not examples.found:
        _fail(source, "$.id", "no example of what is found")
    elif len(examples.not_found) < len(examples.found):
        _fail(source, "$.examples.not_found", "fewer not_found examples than found ones")
    if not detector.why.strip() or not detector.title.strip():
        _fail(source, "$.title", "title and why must say something")


def _fail(source: SourceFile, path: str, message: str) -> None:
    raise ContentError(f"{source.where}:{strict_yaml.line_of(source.text, path)}", message)


def conditions(find: Condition) -> Iterator[Condition]:
    """The condition and every condition below it, `refers` included."""
    yield find
    for child in children(find):
        if isinstance(child, Condition):
            yield from conditions(child)


def children(find: Condition) -> list[Condition | str]:
    """Direct members of a condition's blocks."""
    found: list[Condition | str] = [*(find.any_of or []), *(find.all_of or []), *(find.none_of or [])]
    if find.at_least:
        found += find.at_least.of
    if find.refers:
        found += [find.refers.from_, find.refers.to]
    return found


def references(detector: Detector) -> set[str]:
    """Ids of the detectors that this one names."""
    return {child for c in conditions(detector.find) for child in children(c) if isinstance(child, str)}


def list_names(value: object) -> Iterator[str]:
    """Every `@list` that occurs as a text inside a decoded value."""
    stack = [msgspec.to_builtins(value)]
    while stack:
        item = stack.pop()
        if isinstance(item, str) and _LIST.match(item):
            yield item[1:]
        elif isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)


def check_references(content: Content, sources: Mapping[str, SourceFile]) -> None:
    """Ids and lists that detectors name exist, and no detector refers to itself in a circle."""
    known = {d.id: d for d in content.detectors}
    practices = set(content.presence.practices) | INTERNAL_PRACTICES
    for detector in content.detectors:
        source = sources[content.places[detector.id]]
        if detector.practice not in practices:
            _fail(source, "$.practice", f"no practice {detector.practice!r} in rules/presence.yaml")
        for name in references(detector) - set(known):
            raise ContentError(f"{source.where}:{_line_with(source.text, name)}", f"no detector {name!r}")
        for name in list_names(detector.find):
            if name not in content.lists.plain:
                raise ContentError(f"{source.where}:{_line_with(source.text, '@' + name)}", f"no list @{name}")
        for name in detector.may_hide:
            if name not in practices:
                raise ContentError(f"{source.where}:{_line_with(source.text, name)}", f"no practice {name!r}")
    for detector in content.detectors:
        _no_circle(detector.id, known, (), sources[content.places[detector.id]])


def _line_with(text: str, word: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if word in line:
            return number
    return 1


def _no_circle(name: str, known: Mapping[str, Detector], way: tuple[str, ...], source: SourceFile) -> None:
    if name in way:
        _fail(source, "$.find", f"detectors refer to each other in a circle: {' -> '.join([*way, name])}")
    for child in sorted(references(known[name])):
        _no_circle(child, known, (*way, name), source)
