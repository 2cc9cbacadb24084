"""The grammar of maturity models: levels, criteria, conditions. These types are its only definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from mlscan.types.conditions import Cond
from mlscan.types.evidence import Context, Strength
from mlscan.types.settings import Word
from mlscan.types.starters import Starters, Wording


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a level asks."""

    id: str
    title: str
    why: str
    how: str
    effort: Literal["S", "M", "L"]
    needs: Cond | str | None = None
    """None only where `observable` is false."""
    group: str = ""
    """Profile group, where it is not the one of the topic."""
    weight: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    essential: bool = False
    since: str = "1.0"
    """Content version, or the ISO date from which it counts (before that day its status is `upcoming`)."""
    observable: bool = True
    """False: no file can show it; listed apart, never rated."""
    not_applicable_if: Cond | str | None = None
    lifts: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for an observable criterion that needs nothing."""
        if self.observable and self.needs is None:
            raise ValueError("an observable criterion has `needs`")


class RuleExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Given these practices, detectors and numbers, what must hold.

    A practice that is given is present with that strength, whatever its own `needs` say. A number that is not given is
    0; a number under a detector's id is the number of files in which that detector has evidence (default 1).
    """

    name: str
    given: dict[str, Strength] = {}
    numbers: dict[str, int | None] = {}
    unknown: list[str] = []
    """Practices or detectors that could not be decided."""
    delegated: list[str] = []
    """Practices that another repository may hold."""
    kind: str = "ml-project"
    """Kind of the repository; in `kinds.yaml` the kind that must come out."""
    met: list[str] = []
    """Criteria that are met; in `presence.yaml` practices that are present."""
    not_met: list[str] = []
    could_be_met: list[str] = []
    level: int | None = None
    could_be: int | None = None
    ratings: dict[int, Literal["N", "P", "L", "F"]] = {}


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A topic file of a model: a question and what each level asks about it."""

    id: str
    question: str
    asks: dict[int, list[Criterion]]
    examples: list[RuleExample] = []


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rung of the ladder; n 0 only names what lies below the first."""

    n: int
    name: str
    short: str


class Forgiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which gaps in lower levels are forgiven."""

    total: int = 1
    max_weight: int = 1


class Staged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How ratings add up to a level.

    Bounds are percentages, exact: a share above `L` is F, above `P` is L, above `N` is P.
    """

    holds: list[Literal["N", "P", "L", "F"]]
    below: list[Literal["N", "P", "L", "F"]]
    forgiven: Forgiven
    bounds: dict[Literal["N", "P", "L"], int]
    requires: dict[int, list[Cond | str]] = {}
    """Level -> conditions without which it does not hold, whatever its rating."""

    def __post_init__(self) -> None:
        """Raises ValueError unless there are three rising bounds."""
        rising = [self.bounds.get("N", -1), self.bounds.get("P", -1), self.bounds.get("L", -1)]
        if rising != sorted(set(rising)) or rising[0] < 0 or rising[2] >= 100:
            raise ValueError("bounds needs N < P < L, each from 0 to 99")


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/model.yaml`."""

    id: str
    version: str
    title: str
    source: str
    levels: list[Level]
    staged: Staged
    groups: dict[str, list[str]]
    """Profile group -> topics that it is made of, both in the order of reports."""
    applicable_kinds: list[str]
    floor_by_kind: dict[str, int] = {}
    """Least level of a kind (an ml-project with own ML code is at least 1)."""
    floor_unless_unknown: list[str] = []
    """Practices; while one of them is unknown, `floor_by_kind` raises only `could_be`."""
    ceiling_by_kind: dict[str, int] = {}
    ceiling_unless: dict[str, Cond | str] = {}
    """Kind -> condition under which its ceiling does not apply (a library with a model process of its own)."""
    examples: list[RuleExample] = []


class PracticePresence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a practice counts as present."""

    title: str
    group: str
    strength: Strength
    contexts: tuple[Context, ...] = (Context.OWN,)
    """Contexts whose evidence counts, besides those that a detector names itself."""
    informational: bool = False
    needs: Cond | str | None = None
    """Decides alone where it is given, for practices that are present by number or by combination.

    `practice` conditions in it see the practices above in the file as decided; the practice itself and those below by
    their evidence.
    """


class PresenceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/presence.yaml`: the practices, in the order of reports."""

    practices: dict[str, PracticePresence]
    examples: list[RuleExample] = []


class KindRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first rule that holds gives the kind and its reason."""

    kind: str
    needs: Cond | str
    reason: str
    """Plain words; `{paths}` is replaced by the first places of its evidence."""


class ComponentsRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which folders of a repository are ML projects of their own.

    A folder with a manifest is one when what lies in it meets `needs`, and no project around it does.
    """

    needs: Cond | str
    defined_by: list[str] = []
    """Detectors whose files make their folder such a one as a manifest does."""
    parts: list[str] = []
    """Words, in lower case: a folder whose name has no others is a part of what lies around it (`model-api`)."""
    holders: list[str] = []
    """Names of folders that hold parts: what lies in them belongs to what lies around them (`services`)."""


class KindsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/kinds.yaml`."""

    kinds: list[KindRule]
    default: str
    default_reason: str
    nearly: list[str] = []
    """Practices whose evidence is named beside the default reason, where it is weak or not the repository's own."""
    components: ComponentsRule | None = None
    examples: list[RuleExample] = []


class AddedCriterion(Criterion, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A criterion that a model adds to those of the one that it extends."""

    level: int


class ChangedCriterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a model says otherwise of a criterion than the one that it extends."""

    weight: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None
    essential: bool | None = None
    level: int | None = None


class ModelExtension(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A model that is another one with some criteria more, fewer, or of other weight."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]*$", max_length=100)]
    version: str
    extends: str
    """Id of the model that it is made from."""
    title: str = ""
    drop: list[str] = []
    """Ids of criteria that it does not ask."""
    change: dict[str, ChangedCriterion] = {}
    add: list[AddedCriterion] = []


@dataclass(frozen=True, slots=True)
class Ask:
    """A criterion with the level that asks it and the profile group it counts for."""

    level: int
    group: str
    criterion: Criterion


class Model(msgspec.Struct, frozen=True):
    """A model with its topics, as assessed."""

    file: ModelFile
    topics: tuple[Topic, ...]
    starters: dict[str, Starters] = {}
    """Criterion -> files to begin with, conditions written out."""
    words: dict[str, list[Wording]] = {}

    def asks(self) -> list[Ask]:
        """All criteria by level, then in the order of the groups and their topics; topics of no group come last."""
        groups = {topic: group for group, topics in self.file.groups.items() for topic in topics}
        order = list(groups)
        topics = sorted(self.topics, key=lambda t: (order.index(t.id) if t.id in groups else len(order), t.id))
        return [
            Ask(level=level.n, group=c.group or groups.get(t.id, ""), criterion=c)
            for level in sorted(self.file.levels, key=lambda x: x.n)
            for t in topics
            for c in t.asks.get(level.n, [])
        ]

    def criteria(self) -> list[tuple[int, Criterion]]:
        """(level, criterion) in the order of `asks`."""
        return [(ask.level, ask.criterion) for ask in self.asks()]


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """What assessing needs to know of a detector."""

    practice: str
    title: str
    strength: Strength
    may_hide: tuple[str, ...] = ()
    delegated: bool = False
    contexts: tuple[Context, ...] = (Context.OWN,)
    status: Literal["draft", "stable", "retired"] = "stable"


@dataclass(frozen=True, slots=True)
class AssessContent:
    """What assessing needs of the content."""

    model: Model
    presence: PresenceFile
    kinds: KindsFile
    detectors: Mapping[str, DetectorInfo]
    digest: str
    word: Word = field(default_factory=Word)
    """What people said about the repository that is assessed."""
