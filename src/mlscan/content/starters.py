"""Loads and checks the starters of a model: `rules/<model>/starters/`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from mlscan.content import strict_yaml
from mlscan.types.conditions import Cond, hosts_named, named, written_out
from mlscan.types.errors import ContentError
from mlscan.types.starters import OWN_JOB, PATH_WORD, Starter, Starters, StarterWords, Wording

if TYPE_CHECKING:
    from mlscan.content.load import Content, SourceFile

FOLDER = "starters"
_WORDS = "words"
_WORD = re.compile(r"<<([a-z][a-z0-9-]*)>>")

Item = TypeVar("Item", Starter, Wording)
Loaded = tuple[dict[str, Starters], dict[str, list[Wording]]]


def load_starters(sources: Sequence[SourceFile]) -> Loaded:
    """Criterion -> starters, and the words that they share, with conditions written out.

    A later file replaces an earlier one for the same criterion, and a later word an earlier one, so that a folder of
    one's own can say how things are done in one's own house. Raises ContentError with file and line.
    """
    from mlscan.content.load import decode

    shared = [(s, decode(s, StarterWords)) for s in sources if _stem(s) == _WORDS]
    conditions = {name: cond for _, file in shared for name, cond in file.conditions.items()}
    words: dict[str, list[Wording]] = {}
    for source, file in shared:
        for name, wordings in file.words.items():
            texts = [w.text.replace(f"<<{PATH_WORD}>>", "") for w in wordings]
            _check_words(source, texts, {**words, **file.words})
            words[name] = [_written_out(w, conditions) for w in wordings]
    starters: dict[str, Starters] = {}
    for source in sources:
        if _stem(source) != _WORDS:
            decoded = decode(source, Starters)
            _check(source, decoded, words)
            found = [_written_out(s, conditions) for s in decoded.starters]
            starters[decoded.id] = msgspec.structs.replace(decoded, starters=found)
    return starters, words


def check_starters(content: Content, sources: Mapping[str, SourceFile]) -> None:
    """Starters belong to criteria or run mlscan, their conditions name what exists, and no level hangs on a host."""
    known = set(content.presence.practices) | {d.id for d in content.detectors}
    for key, model in content.models.items():
        criteria = {a.criterion.id for a in model.asks()}
        for name in model.starters:
            if name not in criteria and name != OWN_JOB:
                raise ContentError(f"rules/{key}/{FOLDER}/{name}.yaml:1", f"no criterion {name!r} in model {key}")
        conds = [s.when for f in model.starters.values() for s in f.starters]
        conds += [w.when for wordings in model.words.values() for w in wordings]
        for name in {n for cond in conds for n in named(cond)} - known:
            raise ContentError(_place(name, sources), f"no practice, detector or condition {name!r}")
    if any(hosts_named(cond) for cond in _deciding(content)):
        raise ContentError("rules", "`host` decides which starter is shown, never a practice, kind or criterion")


def _deciding(content: Content) -> Iterator[Cond | str | None]:
    yield from (p.needs for p in content.presence.practices.values())
    yield from (r.needs for r in content.kinds.kinds)
    for model in content.models.values():
        yield from (a.criterion.needs for a in model.asks())
        yield from (a.criterion.not_applicable_if for a in model.asks())


def _check(source: SourceFile, file: Starters, words: Mapping[str, Sequence[Wording]]) -> None:
    if file.id != _stem(source):
        _fail(source, "$.id", f"id {file.id!r} differs from the file name")
    if not file.starters or file.starters[-1].when is not None:
        _fail(source, "$.starters", "the last starter must have no `when`, so that there is one for everybody")
    for number, starter in enumerate(file.starters[:-1]):
        if starter.when is None:
            _fail(source, f"$.starters[{number}]", "a starter without `when` hides those below it")
    _check_words(source, [t for s in file.starters for t in (s.file, s.text)], words)


def _check_words(source: SourceFile, texts: Iterable[str], words: Mapping[str, Sequence[Wording]]) -> None:
    for name in (m for text in texts for m in _WORD.findall(text)):
        if name not in words:
            lines = source.text.splitlines()
            line = next((n for n, words_of in enumerate(lines, 1) if f"<<{name}>>" in words_of), 1)
            raise ContentError(f"{source.where}:{line}", f"no word <<{name}>> in {FOLDER}/{_WORDS}.yaml")


def _written_out(item: Item, conditions: Mapping[str, Cond | str]) -> Item:
    return msgspec.structs.replace(item, when=written_out(item.when, conditions))


def _place(name: str, sources: Mapping[str, SourceFile]) -> str:
    for source in sources.values():
        for number, line in enumerate(source.text.splitlines(), 1):
            if f"/{FOLDER}/" in source.key and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line):
                return f"{source.where}:{number}"
    return "rules"


def _stem(source: SourceFile) -> str:
    return source.key.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _fail(source: SourceFile, path: str, message: str) -> None:
    raise ContentError(f"{source.where}:{strict_yaml.line_of(source.text, path)}", message)
