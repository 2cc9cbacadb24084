"""The report on a fleet, computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mlscan.fleet.summary import figures, lists
from mlscan.fleet.summary.names import file_names, pseudonyms, shown_names
from mlscan.fleet.summary.redaction import shown_failure, shown_row
from mlscan.fleet.summary.rows import Names, Scale, row_of
from mlscan.types.fleet import FleetRepository, Standing
from mlscan.types.fleet_report import Fleet, FleetRow, Redaction
from mlscan.types.model import AssessContent

TITLE = "Where the ML projects stand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a fleet."""

    mlscan_version: str
    as_of: str
    """ISO day."""
    since: str | None = None
    """ISO day or time: what was decided from then on counts as moved; None is the day of the newest verdict."""
    run: int | None = None
    """Number of the run from which on verdicts count as new, whatever their time; `since` only says when that was."""
    attempts: Mapping[str, int] = field(default_factory=dict)
    """How many repositories ended how in the newest run."""
    title: str = TITLE
    public: bool = False
    """Only repositories that are known to be public."""
    redaction: Redaction = Redaction.NONE

    @property
    def leaves_out(self) -> Redaction:
        """What is left out: no excerpt is shown to the public."""
        least = Redaction.EXCERPTS if self.public else Redaction.NONE
        return max(self.redaction, least, key=lambda x: x.rank)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is shown, and where the store has the verdicts behind it."""

    fleet: Fleet
    scans: Mapping[str, int]
    """`FleetRow.id` -> number of its verdict, in the order of the rows; without those that have none."""


Pair = tuple[Standing, FleetRow]


def summarise(standings: Iterable[Standing], rules: AssessContent, question: Question) -> Summary:
    """All that a report shows of these repositories, by the model of `rules`.

    Verdicts of another model are counted apart. What `question` leaves out is nowhere in the fleet that comes back.
    """
    chosen = [s for s in standings if not question.public or s.repository.private is False]
    levels = {ask.criterion.id: ask.level for ask in rules.model.asks()}
    scale = Scale(rules.model.file.id, max((x.n for x in rules.model.file.levels), default=0), levels)
    names = _names([s.repository for s in chosen], question.leaves_out)
    pairs = [(s, row_of(s, names, scale)) for s in chosen]
    pairs.sort(key=lambda pair: (pair[1].name.casefold(), pair[1].id))
    scans = {row.id: row.scan for _, row in pairs if row.scan is not None}
    shown = [(s, shown_row(row, question.leaves_out)) for s, row in pairs]
    return Summary(_fleet(shown, rules, question), scans)


def _names(repositories: Sequence[FleetRepository], redaction: Redaction) -> Names:
    if redaction.rank < Redaction.NAMES.rank:
        return Names(shown_names(repositories), file_names(repositories))
    shown = pseudonyms(repositories)
    return Names(shown, {identity: name.replace(" ", "-") for identity, name in shown.items()})


def _fleet(pairs: Sequence[Pair], rules: AssessContent, question: Question) -> Fleet:
    rows = tuple(row for _, row in pairs)
    counted = [row for row in rows if row.counts]
    asks = {ask.criterion.id: ask for ask in rules.model.asks()}
    levels = figures.levels(counted, rules)
    since = question.since or max((s.newest.at[:10] for s, _ in pairs if s.newest), default=None)
    is_new = _newer(question.run, since)
    reached, attested = figures.at_target(counted)
    return Fleet(
        mlscan_version=question.mlscan_version,
        title=question.title,
        as_of=question.as_of,
        since=since,
        model=rules.model.file.id,
        model_title=rules.model.file.title,
        content_digests=_digests(s for s, _ in pairs),
        redaction=question.leaves_out,
        public=question.public,
        coverage=figures.coverage(rows, rules.model.file.id),
        newest_run={} if question.public else {state: n for state, n in question.attempts.items() if n},
        levels=levels,
        at_target=reached,
        at_target_attested=attested,
        practices=figures.practices(counted, rules),
        missing=figures.missing(counted, rules),
        nearest=lists.nearest(counted, asks),
        stuck=lists.stuck(counted, levels[-1].level if levels else 0, question.as_of),
        moved=lists.moved(pairs, is_new),
        new=lists.new(pairs, is_new),
        failures=tuple(shown_failure(f, question.leaves_out) for f in lists.failures(pairs, question.as_of)),
        repositories=rows,
    )


def _newer(run: int | None, since: str | None) -> lists.IsNew:
    if run is not None:
        return lambda point: point.run >= run
    return lambda point: point.at >= (since or "")


def _digests(standings: Iterable[Standing]) -> tuple[str, ...]:
    found = Counter(s.newest.content_digest for s in standings if s.newest)
    return tuple(sorted(found, key=lambda digest: (-found[digest], digest)))
