"""The file to begin with for a criterion, made for what the repository uses already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mlscan.assess.conditions import evaluate
from mlscan.assess.facts import Facts
from mlscan.assess.truth import Truth
from mlscan.types.assessment import StarterFile
from mlscan.types.conditions import Cond
from mlscan.types.starters import PATH_WORD, Starter, Wording

WORD = re.compile(r"<<([a-z][a-z0-9-]*)>>")
"""A word of a starter, replaced by the first of its texts that holds."""
_PATH = f"<<{PATH_WORD}>>"
_HARMLESS = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_./-]*\Z")
_DEPTH = 10


def starter_for(criterion: str, facts: Facts) -> StarterFile | None:
    """The criterion's starter for this repository, its words replaced; None where the model has none."""
    starter, words = chosen(criterion, facts), facts.content.model.words
    if starter is None:
        return None
    path, text = filled(starter.file, words, facts), filled(starter.text, words, facts)
    return StarterFile(path=path, text=text, adds=starter.adds)


def chosen(criterion: str, facts: Facts) -> Starter | None:
    """The first starter of the criterion whose condition holds, as the content has it."""
    file = facts.content.model.starters.get(criterion)
    return next((s for s in file.starters if _holds(s.when, facts)), None) if file else None


def filled(text: str, words: Mapping[str, Sequence[Wording]], facts: Facts, depth: int = _DEPTH) -> str:
    """The text with its words replaced; further lines of a replacement start below its first one.

    A line that holds nothing but a word for which no text holds is left out.
    """
    if not depth or not WORD.search(text):
        return text
    lines = [_line(line, words, facts) for line in text.split("\n")]
    return filled("\n".join(line for line in lines if line is not None), words, facts, depth - 1)


def _line(line: str, words: Mapping[str, Sequence[Wording]], facts: Facts) -> str | None:
    match = WORD.search(line)
    if match is None:
        return line
    wording = _wording(words.get(match[1], ()), facts)
    if not wording and line.strip() == match[0]:
        return None
    before, after = line[: match.start()], line[match.end() :]
    indent = " " * len(before)
    return before + wording.replace("\n", "\n" + indent) + after


def _wording(wordings: Sequence[Wording], facts: Facts) -> str:
    """The first text that holds; "" for none. Paths come from the scanned repository, so only harmless ones get in."""
    for wording in wordings:
        outcome = evaluate(wording.when, facts) if wording.when is not None else None
        if outcome is not None and outcome.truth is not Truth.YES:
            continue
        text = wording.text.rstrip("\n")
        if _PATH not in text:
            return text
        path = outcome.evidence[0].where.path if outcome and outcome.evidence else ""
        if _HARMLESS.match(path):
            return text.replace(_PATH, path)
    return ""


def _holds(when: Cond | str | None, facts: Facts) -> bool:
    return when is None or evaluate(when, facts).truth is Truth.YES
