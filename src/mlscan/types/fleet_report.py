"""What a report on a fleet shows, computed once: frozen values that every format only draws. Also its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from mlscan.types.fleet import Cause


class State(str, Enum):
    """How current what is known of a repository is."""

    SCANNED = "scanned"
    """The newest scan succeeded."""
    STALE = "stale"
    """The newest scan failed; the verdict before it holds on, with its age."""
    FAILED = "failed"
    """It was tried and never succeeded."""
    SKIPPED = "skipped"
    """It is known, and no scan of it has ended yet."""


class Redaction(str, Enum):
    """What is left out of a report; each leaves out what those before it do."""

    NONE = "none"
    EXCERPTS = "excerpts"
    """Lines of files, near misses, what people wrote, and names of other repositories that work is handed to."""
    PATHS = "paths"
    """Paths of files and folders, and every sentence that could name one."""
    NAMES = "names"
    """Names, addresses, revisions, topics and dates of repositories, and why a scan failed."""

    @property
    def rank(self) -> int:
        """0 for none up to 3 for names."""
        return tuple(Redaction).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole: never shown without both numbers."""

    count: int
    of: int
    share: float | None
    """0 to 1, rounded to 4 digits; None of nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the figures stand on. known = scanned + stale + failed + skipped."""

    known: int
    scanned: int
    """The newest scan succeeded."""
    stale: int
    """The newest scan failed, an older verdict counts."""
    failed: int
    """Never scanned with success."""
    skipped: int
    """Known, and not scanned yet."""
    not_applicable: int
    """Of those with a verdict: a level means nothing for them."""
    other_model: int
    """Of those with a verdict: they were judged by another maturity model."""
    applicable: int
    """Of those with a verdict: what all other figures count."""
    could_be_more: int
    """Of the applicable ones: not everything could be seen, so that their level may be higher."""
    kinds: Mapping[str, int]
    """Kind -> repositories to which a level means nothing, the most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """One level with the applicable projects that stand there."""

    level: int
    name: str
    short: str
    projects: Share
    could_be: int
    """Projects whose level is this one at the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeShare:
    """How many applicable projects have a practice."""

    id: str
    title: str
    group: str
    informational: bool
    """It is reported and counts towards no level."""
    projects: Share
    """Of those in which it could be decided."""
    unknown: int
    """Projects in which it could not be decided; they are in neither number."""
    by_level: tuple[Share, ...]
    """The same for the projects of each level, in the order of `Fleet.levels`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCriterion:
    """Something that stands between projects and their next level, or their target."""

    id: str
    title: str
    how: str
    effort: str
    """S, M or L."""
    level: int
    """The level that asks for it."""
    projects: Share
    """Of all applicable projects."""
    alone: int
    """Projects that reach their next level with nothing but this."""
    practices: tuple[str, ...]
    """Ids of the practices that decide it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepName:
    """A step on the way up, by the id and title of its criterion."""

    id: str
    title: str
    effort: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A project with few steps left to its next level."""

    repository: str
    """`FleetRow.id`."""
    name: str
    level: int
    next: int
    steps: tuple[StepName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A project that has stood on the same level for long, with something left to reach."""

    repository: str
    name: str
    level: int
    target: int | None
    since: str
    """ISO day of the first verdict with this level that was followed by no other."""
    days: int
    committed_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A repository whose verdict differs from the last one."""

    repository: str
    name: str
    before: int | None
    """Level; None where a level did not apply."""
    after: int | None
    attested_before: int
    attested_after: int
    up: bool | None
    """None: neither up nor down, such as a change of what people vouched for, or of whether a level applies."""
    causes: tuple[Cause, ...]
    on: str
    """ISO day of the verdict that moved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotScanned:
    """A repository whose newest scan failed."""

    repository: str
    name: str
    reason: str
    """One line; "" where it is not to be shown."""
    on: str | None
    level: int | None
    """The level that holds on; None where there is none."""
    age: int | None
    """Days since the verdict that holds on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRow:
    """One repository: a row of tables and of the heat map."""

    id: str
    """Safe as the name of a file, and of one repository only within a report."""
    name: str
    url: str | None = None
    host: str = ""
    private: bool | None = None
    archived: bool = False
    fork: bool = False
    language: str | None = None
    topics: tuple[str, ...] = ()
    state: State
    counts: bool = False
    """It is applicable and judged by the model of the report: the figures count it."""
    scan: int | None = None
    """Number of the verdict in the store."""
    assessed_on: str | None = None
    """ISO day of the verdict."""
    revision: str | None = None
    committed_on: str | None = None
    model: str | None = None
    kind: str | None = None
    applicable: bool | None = None
    level: int | None = None
    level_name: str | None = None
    attested_level: int | None = None
    could_be: int | None = None
    target: int | None = None
    at_target: bool | None = None
    """Whether evidence shows the target; None where there is none."""
    since: str | None = None
    """ISO day since when the level is the same."""
    missing: tuple[str, ...] = ()
    """Ids of the criteria on the shortest way, in its order."""
    to_next: int | None = None
    """Steps to the next level; None where there is none, or none is known."""
    practices: Mapping[str, bool | None] = field(default_factory=dict)
    """Practice id -> present, absent, unknown; {} without a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Where the repositories of a fleet stand, and what would lift them."""

    schema_version: str = "1.0"
    mlscan_version: str
    title: str
    as_of: str
    """ISO day of the report."""
    since: str | None
    """ISO time: what was decided from then on counts as moved; None where nothing was decided yet."""
    model: str
    model_title: str
    content_digests: tuple[str, ...]
    """Content that the verdicts were made with, the most frequent first."""
    redaction: Redaction = Redaction.NONE
    public: bool = False
    """Only repositories that are public."""
    coverage: Coverage
    newest_run: Mapping[str, int] = field(default_factory=dict)
    """How repositories ended in the newest run: scanned, judged (again, from evidence), unchanged, failed, waiting;
    {} where only public ones are shown."""
    levels: tuple[LevelCount, ...]
    at_target: Share
    """Of the applicable projects that have a target; never a mean of levels."""
    at_target_attested: int
    """The same with what people vouched for."""
    practices: tuple[PracticeShare, ...]
    missing: tuple[MissingCriterion, ...]
    """The most frequent first."""
    nearest: tuple[Near, ...]
    """The fewest steps first."""
    stuck: tuple[Stuck, ...]
    """The longest first."""
    moved: tuple[Move, ...]
    new: tuple[str, ...]
    """Ids of the rows with a first verdict since then."""
    failures: tuple[NotScanned, ...]
    repositories: tuple[FleetRow, ...]
    """By name."""
