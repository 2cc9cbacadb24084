"""A repository's own report inside the page of a fleet: short, and packed so that thousands of them fit."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence

from mlscan.report.choices import gaps_by_reason, ranked_components, steps
from mlscan.report.clean import clean
from mlscan.report.forge import forge_of
from mlscan.report.html_view import Practice, Sight, Spot, View, view_of
from mlscan.report.json_report import Json
from mlscan.report.said import said
from mlscan.report.wording import PARTLY_SEEN, effort, many, nothing_missing, set_aside, target_words, with_attested
from mlscan.types.assessment import Assessment, NextStep

PACKED_TOGETHER = 32
"""Reports in one packet: more pack better, fewer open sooner."""

_SIGHTS = 3
_GAPS = 8
_NEAR = 5
_WORDS = 300
"""Characters of one sentence; the full report has it whole."""
_GZIP = 31


class Texts:
    """Words of the model that every report repeats, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, words: str) -> int:
        """Where the words stand in the list."""
        return self._numbers.setdefault(clean(words), len(self._numbers))

    @property
    def all(self) -> list[str]:
        """The words in the order of their numbers."""
        return list(self._numbers)


def packets(reports: Iterable[Assessment], texts: Texts) -> Iterator[str]:
    """The reports in order, some in each packet: base64 of gzip of a JSON list. Only one packet is held at a time."""
    together: list[Json] = []
    for report in reports:
        together.append(detail(report, texts))
        if len(together) == PACKED_TOGETHER:
            yield _packed(together)
            together = []
    if together:
        yield _packed(together)


def _packed(items: Sequence[Json]) -> str:
    data = json.dumps(items, ensure_ascii=True, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return b64encode(packer.compress(data) + packer.flush()).decode("ascii")


def detail(a: Assessment, texts: Texts) -> dict[str, Json]:
    """What the page shows of one repository when its row is opened; words of the model by number."""
    forge = forge_of(a.repository)
    view = view_of(a, forge)
    return {
        "notes": [*_verdict(a), *_notes(a)],
        "reasons": [_cut(x) for x in a.kind_reasons],
        "revision": (a.repository.revision or "")[:10],
        "commit": forge.commit if forge else "",
        "ladder": [
            [r.number, texts.number(r.name), texts.number(r.short), r.state, r.words, round(r.share, 1)]
            for r in (view.rungs if a.applicable else ())
        ],
        "way": _way(a, texts),
        "practices": [_practice(p, texts) for p in view.practices],
        "near": [[_spot(m.spot), clean(m.rejection.practice), _cut(m.rejection.reason)] for m in view.misses[:_NEAR]],
        "gaps": _gaps(a, view),
        "said": [[clean(part.title), [_cut(line) for line in part.lines[:_GAPS]]] for part in said(a)],
        "projects": [[clean(c.path or "."), c.level] for c in ranked_components(a)[:_GAPS]],
        "hints": [_cut(x) for x in a.hints],
    }


def _verdict(a: Assessment) -> list[str]:
    """The verdict in a sentence."""
    if a.applicable:
        return [clean(f"Level {a.level} of {max(a.level_names or {a.level: ''})}: {a.level_name}")]
    would = f"; its own code would be level {a.level}, {a.level_name}" if a.level else ""
    return [clean(f"A level does not apply: {a.kind}{would}")]


def _notes(a: Assessment) -> list[str]:
    if not a.applicable:
        return []
    notes = [f"It could be level {a.could_be}: {PARTLY_SEEN}"] if a.could_be > a.level else []
    notes += [f"With what people vouched for it is level {a.attested_level}"] if with_attested(a) else []
    return [clean(x) for x in (*notes, target_words(a), set_aside(a)) if x]


def _way(a: Assessment, texts: Texts) -> dict[str, Json]:
    """What is missing for which level, and what is asked too."""
    if not a.applicable:
        return {"level": None, "nothing": "", "needed": [], "others": []}
    way = steps(a)
    nothing = clean(nothing_missing(a)) if way.level is None else ""
    needed, others = ([_step(s, texts) for s in found] for found in (way.needed, way.others))
    return {"level": way.level, "nothing": nothing, "needed": needed, "others": others}


def _step(step: NextStep, texts: Texts) -> list[Json]:
    return [texts.number(step.title), texts.number(step.how), texts.number(effort(step.effort)), _cut(step.now)]


def _practice(practice: Practice, texts: Texts) -> list[Json]:
    result = practice.result
    places = [_sight(s) for s in _best_first(practice)[:_SIGHTS]]
    rest = len(result.evidence) + result.more - len(places)
    why = "" if result.present else _cut(result.why)
    title = texts.number(result.title)
    return [title, result.informational, practice.mark.tone, practice.mark.words, why, places, max(0, rest)]


def _best_first(practice: Practice) -> list[Sight]:
    best = [practice.best] if practice.best else []
    return best + [s for s in practice.sights if s not in best]


def _sight(sight: Sight) -> list[Json]:
    return [*_spot(sight.spot), clean(sight.excerpt), clean(sight.about)]


def _spot(spot: Spot) -> list[Json]:
    return [clean(spot.label), spot.url or ""]


def _gaps(a: Assessment, view: View) -> list[Json]:
    counts = {reason: len(gaps) for reason, gaps in gaps_by_reason(a)}
    return [
        [_cut(u.reason), many(counts[u.reason], "place"), [_spot(s) for s in u.spots[:_SIGHTS]]]
        for u in view.unread[:_GAPS]
    ]


def _cut(words: str) -> str:
    words = clean(words)
    return words if len(words) <= _WORDS else words[: _WORDS - 1].rstrip() + "…"
