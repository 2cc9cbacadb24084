"""The fleet as one HTML page that needs nothing else: no network, no second file. Its only script is its own."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from markupsafe import Markup

from mlscan.report.clean import clean
from mlscan.report.fleet import wording
from mlscan.report.fleet.details import PACKED_TOGETHER, Texts, packets
from mlscan.report.json_report import Json
from mlscan.report.templating import environment
from mlscan.report.wording import many
from mlscan.types.assessment import Assessment
from mlscan.types.fleet_report import Fleet, FleetRow, State

if TYPE_CHECKING:
    from jinja2 import Environment

_LISTED = 8
"""Entries of a list that are shown before the rest is folded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: a repository and what is said of it."""

    repository: str
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list with what is folded."""

    id: str
    title: str
    shown: Sequence[Entry]
    folded: Sequence[Entry]


def page_parts(
    fleet: Fleet, reports: Iterable[tuple[str, Assessment]] = (), *, folder: str | None = None
) -> Iterator[str]:
    """The page, piece by piece, so that it need not be held whole; together one HTML5 page.

    reports: ids of rows with the verdicts that they open, in any order; each is let go once it is packed.
    folder: where the full reports lie as `<id>.html`, as an address relative to the page, with a slash at its end; None
    where there are none.
    """
    script = _script()
    digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
    head, body = _rendered(fleet, digest).split("<!--data-->")
    yield head
    texts = Texts()
    ids: list[str] = []
    for number, packet in enumerate(packets(_noted(reports, ids), texts)):
        yield f'<script type="text/plain" id="packet-{number}">{packet}</script>\n'
    data = _data(fleet, texts, ids, folder)
    yield f'<script type="application/json" id="data">{_embedded(data)}</script>\n'
    yield f"<script>{script}</script>\n"
    yield body.rstrip("\n") + "\n"


def _noted(reports: Iterable[tuple[str, Assessment]], ids: list[str]) -> Iterator[Assessment]:
    for id, assessment in reports:
        ids.append(id)
        yield assessment


def render_page(fleet: Fleet, reports: Iterable[tuple[str, Assessment]] = ()) -> str:
    """The whole page as text; see `page_parts`."""
    return "".join(page_parts(fleet, reports))


@cache
def _environment() -> Environment:
    return environment("mlscan.report.fleet", "mlscan.report")


@cache
def _script() -> str:
    """The script, between the tags exactly as its digest in the policy of the page was made of."""
    from jinja2 import PackageLoader

    source, _, _ = PackageLoader("mlscan.report.fleet", "templates").get_source(_environment(), "fleet.js")
    assert "</" not in source, "a script element ends at the first closing tag"
    return "\n" + source


def _rendered(fleet: Fleet, digest: str) -> str:
    template = _environment().get_template("fleet.html.j2")
    top = max((level.projects.count for level in fleet.levels), default=0)
    judged = [row for row in fleet.repositories if row.level is not None]
    return template.render(
        fleet=fleet,
        words=wording,
        many=many,
        digest=digest,
        top=max((level.level for level in fleet.levels), default=0) or 1,
        most=max(top, 1),
        tiles=_tiles(fleet),
        listings=_listings(fleet),
        judged=judged,
        mark=Markup("<!--data-->"),
    )


def _tiles(fleet: Fleet) -> list[tuple[int, str, str]]:
    """Number, what it counts, and the filter that shows those; coverage comes first."""
    c = fleet.coverage
    found = [
        (c.known, "known", ""),
        (c.scanned, "scanned", "state=scanned"),
        (c.stale, "older verdict, newest scan failed", "state=stale"),
        (c.failed, "failed", "state=failed"),
        (c.skipped, "not scanned yet", "state=skipped"),
        (c.not_applicable, "level does not apply", "level=none"),
        (c.applicable, "ML projects counted below", "level=any"),
    ]
    return [tile for tile in found if tile[0] or tile[1] in ("known", "scanned", "ML projects counted below")]


def _listings(fleet: Fleet) -> list[Listing]:
    near = [
        Entry(n.repository, n.name, f"{wording.near_words(n)}: {'; '.join(s.title for s in n.steps)}")
        for n in fleet.nearest
    ]
    stuck = [Entry(s.repository, s.name, wording.stuck_words(s)) for s in fleet.stuck]
    moved = [
        Entry(m.repository, m.name, f"{wording.move_words(m)}: {wording.why_words(m)} ({m.on})") for m in fleet.moved
    ]
    failed = [Entry(f.repository, f.name, wording.failure_words(f)) for f in fleet.failures]
    named = (
        ("nearest", "Nearest to the next level", near),
        ("stuck", "Longest on the same level", stuck),
        ("moved", f"Moved since {(fleet.since or '')[:10]}", moved),
        ("failures", "Not scanned", failed),
    )
    return [Listing(id, title, found[:_LISTED], found[_LISTED:]) for id, title, found in named]


def _data(fleet: Fleet, texts: Texts, with_report: Sequence[str], folder: str | None) -> dict[str, Json]:
    """What the script needs: rows as lists, practices of a row as one character each."""
    ids = [p.id for p in fleet.practices]
    number = {id: n for n, id in enumerate(with_report)}
    criteria = {m.id: n for n, m in enumerate(fleet.missing)}
    changes = _changes(fleet)
    rows: list[Json] = [
        [*_row(row, ids, criteria), number.get(row.id, -1), changes.get(row.id, "")] for row in fleet.repositories
    ]
    return {
        "practices": [[p.id, clean(p.title), p.group, p.informational] for p in fleet.practices],
        "criteria": [[m.id, clean(m.title)] for m in fleet.missing],
        "levels": [[x.level, clean(x.name)] for x in fleet.levels],
        "texts": [*texts.all],
        "together": PACKED_TOGETHER,
        "folder": folder,
        "rows": rows,
    }


def _changes(fleet: Fleet) -> dict[str, str]:
    """Id of a row -> up, down, other or new, for those that changed."""
    words = {True: "up", False: "down", None: "other"}
    return {**dict.fromkeys(fleet.new, "new"), **{m.repository: words[m.up] for m in fleet.moved}}


def _row(row: FleetRow, practices: Iterable[str], criteria: dict[str, int]) -> list[Json]:
    sign = {True: "1", False: "0", None: "?"}
    signs = "".join(sign[row.practices.get(p)] for p in practices)
    return [
        row.id,
        clean(row.name),
        row.url,
        row.state.value,
        clean(row.kind or ""),
        row.level if row.applicable else None,
        row.could_be,
        row.attested_level,
        row.target,
        row.to_next,
        row.assessed_on,
        row.since,
        row.committed_on,
        [clean(x) for x in (row.language, *row.topics) if x],
        [word for word, is_so in (("private", row.private), ("archived", row.archived), ("fork", row.fork)) if is_so],
        signs if row.state in (State.SCANNED, State.STALE) else "",
        [criteria[c] for c in row.missing if c in criteria],
        row.counts,
    ]


def _embedded(value: Json) -> str:
    """JSON that nothing in it can end early, whatever it says."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
