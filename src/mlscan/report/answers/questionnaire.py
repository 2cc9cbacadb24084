"""The sheet of what only people know: questions, what was seen, and answers ready to be pasted into `mlscan.toml`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from mlscan.report.choices import level_names, open_criteria, place
from mlscan.report.clean import clean, clip
from mlscan.report.wording import because, full_name
from mlscan.types.assessment import Assessment, CriterionResult, Standing, StatementResult, Status
from mlscan.types.model import Ask

_WIDTH = 100
_DAYS = 180
_SOON = 45
"""Days before its last one on which a statement is asked for again."""
_LONGEST = 400


def questionnaire(a: Assessment, asks: Sequence[Ask]) -> str:
    """TOML that is all comments: lines with `##` are to be read, those with `#` are answers to be uncommented.

    asks: the criteria of the model that the assessment was made with, those that no file can show among them.
    """
    lines = [*_head(a), *_kind(a)]
    if a.applicable:
        lines += _section("No file can show this", _unobservable(a, asks))
        lines += _section("This could not be decided", _open(a, (Status.UNKNOWN,)))
        lines += _section("This was not seen here; is it somewhere else?", _open(a, (Status.NOT_MET,)))
        lines += _section("This was said before; does it still hold?", _again(a))
    return "\n".join(lines) + "\n"


def _head(a: Assessment) -> list[str]:
    verdict = f"level {a.level}, {a.level_name}" if a.applicable else f"a level does not apply, {a.kind}"
    return [
        *_read(
            f"What only people know about {full_name(a.repository)}; asked on {a.as_of} ({verdict}; model {a.model})."
        ),
        *_read(
            "To answer, take the `# ` off the lines of a block, fill it in, and put it into mlscan.toml. Leave out "
            "what is not so. An attestation counts in the attested level only, and never without a reason, an owner "
            "and a last day."
        ),
    ]


def _kind(a: Assessment) -> list[str]:
    other = "not-ml" if a.applicable else "ml-project"
    return [
        "",
        *_read(f"Is it {a.kind}{because(a.kind_reasons)}? If not (this line belongs to the top of the file):"),
        f'# kind = "{other}"',
    ]


def _section(title: str, blocks: Iterable[list[str]]) -> list[str]:
    found = list(blocks)
    if not found:
        return []
    return ["", "", f"## --- {title} ".ljust(_WIDTH, "-"), *(line for block in found for line in ("", *block))]


def _unobservable(a: Assessment, asks: Iterable[Ask]) -> Iterator[list[str]]:
    said = _counting(a)
    for ask in asks:
        c = ask.criterion
        if not c.observable and c.id not in said:
            about = [*_read(f"Level {ask.level}: {c.title}?"), *_read(f"Why: {c.why.strip()}")]
            yield [*about, *_block(a, c.id, "what happens, and where one can see it")]


def _open(a: Assessment, statuses: Sequence[Status]) -> Iterator[list[str]]:
    """Criteria up to the level that comes next, or up to the target."""
    goal = max(a.attested_level + 1, a.target or 0)
    for level, c in open_criteria(a):
        if c.status in statuses and level.level <= goal:
            name = level_names(a)[level.level]
            about = [
                *_read(f"Level {level.level}, {name}: {c.title}?"),
                *_read(f"Here: {clip(c.why, _LONGEST, ' ...')}"),
            ]
            yield [*about, *_near(a, c), *_block(a, c.id, "where it is, and how one can see it")]


def _near(a: Assessment, c: CriterionResult) -> Iterator[str]:
    for r in [r for r in a.rejections if {r.practice, r.detector} & set(c.needs)][:2]:
        yield from _read(f"Nearly: {place(r.where)}: {r.reason}")


def _again(a: Assessment) -> Iterator[list[str]]:
    soon = (date.fromisoformat(a.as_of) + timedelta(days=_SOON)).isoformat()
    for x in a.waivers:
        if x.standing is Standing.EXPIRED or (x.standing is Standing.COUNTS and x.expires <= soon):
            ends = "expired" if x.standing is Standing.EXPIRED else "expires"
            about = _read(f"{x.criterion}, {x.source}: {ends} on {x.expires}. {x.owner}: {x.reason}")
            yield [*about, *_statement(a, x)]


def _statement(a: Assessment, x: StatementResult) -> list[str]:
    table = "waivers" if x.waives else "attestations"
    path = [f"# path = {_quoted(x.path)}"] if x.path else []
    said = (f"reason = {_quoted(x.reason)}", f"owner = {_quoted(x.owner)}")
    return [*_lines(a, table, x.criterion, said), *path]


def _block(a: Assessment, criterion: str, hint: str) -> list[str]:
    """An attestation to be filled in: as it stands it is refused."""
    return _lines(a, "attestations", criterion, (f'reason = ""  # {hint}', 'owner = ""  # who answers for it'))


def _lines(a: Assessment, table: str, criterion: str, said: Iterable[str]) -> list[str]:
    expires = date.fromisoformat(a.as_of) + timedelta(days=_DAYS)
    lines = (f"[[{table}]]", f"criterion = {_quoted(criterion)}", *said, f"expires = {expires.isoformat()}")
    return [f"# {line}" for line in lines]


def _counting(a: Assessment) -> set[str]:
    return {x.criterion for x in a.waivers if x.standing is Standing.COUNTS}


def _read(words: str) -> list[str]:
    return textwrap.wrap(clean(words), _WIDTH, initial_indent="## ", subsequent_indent="##   ", break_long_words=False)


def _quoted(words: str) -> str:
    """A TOML string: what JSON escapes, TOML escapes alike."""
    return json.dumps(clean(words), ensure_ascii=False)
