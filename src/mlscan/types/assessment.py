"""What assessing yields: the verdict on one repository, with its reasons. The public Python API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from mlscan.types.evidence import Evidence, Gap, Rejection
from mlscan.types.snapshot import RepositoryInfo


class Status(str, Enum):
    """What became of a criterion."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    ATTESTED = "attested"
    NOT_APPLICABLE = "not-applicable"
    UPCOMING = "upcoming"


class Rating(str, Enum):
    """ISO/IEC 33020: not, partially, largely, fully achieved."""

    N = "N"
    P = "P"
    L = "L"
    F = "F"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion with its verdict."""

    id: str
    title: str
    status: Status
    why: str
    """One sentence: what was seen, or what was looked for."""
    evidence: tuple[int, ...] = ()
    """Indexes into `Assessment.evidence`."""
    group: str = ""
    weight: int = 1
    essential: bool = False
    purpose: str = ""
    """Why the model asks for it."""
    how: str = ""
    """One concrete way to get there."""
    effort: str = ""
    """S, M or L."""
    needs: tuple[str, ...] = ()
    """Ids of the practices and detectors that decide it, in the order of the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelResult:
    """One level with its rating and criteria."""

    level: int
    name: str
    short: str
    rating: Rating
    could_be_rating: Rating
    achieved: float
    """Share of the weights met, 0 to 1, rounded to 4 digits; the verdict was made with exact fractions."""
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResult:
    """One practice: present, absent or unknown (None)."""

    id: str
    title: str
    group: str
    present: bool | None
    strength: str | None
    evidence: tuple[int, ...]
    why: str
    informational: bool = False
    more: int = 0
    """Evidence that the cap left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """The level of one profile group."""

    id: str
    level: int
    could_be: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterFile:
    """A file or some commands to begin with, made for what the repository uses already."""

    path: str
    """Where it goes, relative to the repository's root; "": the text is commands for a shell."""
    text: str
    adds: bool = False
    """True: the text goes to the end of a file that may be there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing that lifts the repository towards a level."""

    criterion: str
    title: str
    why: str
    how: str
    effort: str
    lifts: str
    """What it unlocks, in one sentence or two."""
    level: int
    """The level that asks for it."""
    needed: bool = True
    """False for a step that the level asks too, but that can be left out on the shortest way."""
    now: str = ""
    """What there is of it so far, weak or foreign as it may be; "" for nothing."""
    unknown: bool = False
    """True where it may be there already, unseen."""
    by: tuple[str, ...] = ()
    """Practices that are to be set up, of those that would do the ones that serve most criteria."""
    also: tuple[str, ...] = ()
    """Ids of further criteria that are met with it."""
    reaches: int | None = None
    """The level that holds once this step and those before it are done."""
    starter: StarterFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One ML project inside a monorepo."""

    path: str
    kind: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """The only part of a report that may differ between two runs."""

    files: int
    bytes_read: int
    seconds: float


class Standing(str, Enum):
    """What became of a waiver or attestation."""

    COUNTS = "counts"
    EXPIRED = "expired"
    FUTURE = "future"
    NEEDLESS = "needless"
    """Evidence shows the criterion."""
    UNUSED = "unused"
    """There is nothing here that it is about."""
    REQUESTED = "requested"
    """The policy does not accept it, or not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementResult:
    """A waiver or attestation with what became of it."""

    waives: bool
    """False: it attests."""
    criterion: str
    title: str
    """Of the criterion; "" for one that the model does not have."""
    reason: str
    owner: str
    starts: str | None
    expires: str
    path: str | None
    link: str | None
    source: str
    standing: Standing
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A path pattern of the configuration with what it did."""

    pattern: str
    files: int
    """Files for which it decided."""
    context: str | None = None
    """Whose files they are now; None: they are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What was configured for a repository. Gates are those that it asks for, before anybody overrules them."""

    source: str
    """Where it was found, such as `mlscan.toml`; "" where only a policy speaks."""
    exclude: tuple[Pattern, ...] = ()
    contexts: tuple[Pattern, ...] = ()
    kind: str | None = None
    tier: str | None = None
    target: int | None = None
    fail_under: int | None = None
    require: tuple[str, ...] = ()
    count_attested: bool = False
    format: str | None = None

    @property
    def hidden(self) -> int:
        """Files that were left out of the scan."""
        return sum(p.files for p in self.exclude)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """What the policy of the organisation asks of a repository."""

    name: str
    digest: str
    """sha256 of its file."""
    tier: str | None = None
    target: int | None = None
    fail_under: int | None = None
    require: tuple[str, ...] = ()
    count_attested: bool | None = None
    """None: it leaves that to others."""
    notes: tuple[str, ...] = ()
    """What it overruled or did not accept, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The verdict on one repository. `level` is the floor that evidence shows, `could_be` the ceiling."""

    mlscan_version: str
    content_digest: str
    repository: RepositoryInfo
    as_of: str
    model: str
    kind: str
    kind_reasons: tuple[str, ...]
    applicable: bool
    level: int
    level_name: str
    attested_level: int
    could_be: int
    target: int | None = None
    """The level that `next` leads to where one was named; None: the next one."""
    levels: tuple[LevelResult, ...]
    groups: tuple[GroupResult, ...]
    practices: tuple[PracticeResult, ...]
    evidence: tuple[Evidence, ...]
    next: tuple[NextStep, ...]
    ahead: tuple[str, ...]
    """Practices met that belong to a higher level than the one reached."""
    unobservable: tuple[str, ...]
    components: tuple[Component, ...] = ()
    scale: Mapping[str, int | None] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    hints: tuple[str, ...] = ()
    level_names: Mapping[int, str] = field(default_factory=dict)
    """Every level of the model with its name, the lowest too; for reports that draw the ladder."""
    configuration: Configuration | None = None
    waivers: tuple[StatementResult, ...] = ()
    """Waivers and attestations, in the order in which they are said."""
    policy: PolicyResult | None = None
    own_job: StarterFile | None = None
    """A job that runs mlscan, for the CI system that is in use; `mlscan init` writes it."""
    stats: Stats
    schema_version: str = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFailure:
    """A repository that could not be scanned, and why: a value, so that it never ends a bulk scan."""

    target: str
    reason: str
