"""The grammar of maturity models: levels, criteria, conditions. These types are its only definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from mlscan.types.evidence import Context, Strength


class Cond(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    """What a criterion needs. Exactly one of the subjects or blocks; a bare string is a detector or practice id.

    `{practice: ID}` holds when the practice is present; with `strength` or `contexts` when it has evidence of at least
    that strength in those contexts (default: the contexts that count), also below its minimum for being present;
    `{detector: ID, strength, contexts}` when that detector has such evidence; `{count: ID, gte: n}` compares the
    number of distinct paths with evidence; `{share: [A, B], gte: 0.5}` compares count A divided by count B (0 where B
    is 0); `{number: NAME, gte: n}` compares a number of the findings; `{kind: [..]}` holds for repositories of a kind;
    `{host: [..]}` where the origin lies on such a host (`*` is a wildcard), in starters only: no level hangs on it.
    """

    any_of: list[Cond | str] | None = None
    all_of: list[Cond | str] | None = None
    not_: Cond | str | None = None
    at_least: AtLeastCond | None = None
    practice: str | None = None
    detector: str | None = None
    strength: Strength | None = None
    contexts: list[Context] | None = None
    count: str | list[str] | None = None
    share: list[str | list[str]] | None = None
    number: str | None = None
    gte: float | None = None
    lte: float | None = None
    kind: list[str] | None = None
    host: list[str] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a condition that says nothing, says two things, or has a key that does nothing."""
        given = [name for name in _SUBJECTS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a condition needs exactly one of {', '.join(_SUBJECTS)}".replace("not_", "not"))
        compares = given[0] in ("count", "share", "number")
        if compares != (self.gte is not None or self.lte is not None):
            raise ValueError("count, share and number need gte or lte, and nothing else does")
        if self.strength is not None and given[0] not in ("practice", "detector"):
            raise ValueError("strength goes with practice or detector")
        if self.contexts is not None and given[0] not in ("practice", "detector", "count"):
            raise ValueError("contexts goes with practice, detector or count")
        if self.share is not None and len(self.share) != 2:
            raise ValueError("share needs two members")


_SUBJECTS = ("any_of", "all_of", "not_", "at_least", "practice", "detector", "count", "share", "number", "kind", "host")


class AtLeastCond(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least n of these hold."""

    n: Annotated[int, msgspec.Meta(ge=1)]
    of: list[Cond | str]


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


class KindsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/kinds.yaml`."""

    kinds: list[KindRule]
    default: str
    default_reason: str
    examples: list[RuleExample] = []


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a word of the starters stands for in repositories where `when` holds."""

    text: str
    when: Cond | str | None = None


class StarterWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/starters/words.yaml`: what starters share."""

    id: str
    conditions: dict[str, Cond | str] = {}
    """Names for conditions; each may stand wherever a starter or word has a condition."""
    words: dict[str, list[Wording]] = {}
    """`<<word>>` in a starter or in another word is replaced by the first text that holds, at its own indentation."""


class Starter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file to begin with, for repositories in which `when` holds."""

    file: str
    text: str
    when: Cond | str | None = None
    adds: bool = False
    """True: the text goes to the end of the file where there is one."""


class StarterExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tiny repository, the starter that it must be shown, and what holds once it is taken."""

    name: str
    files: dict[str, str]
    file: str
    host: str = ""
    has: list[str] = []
    """Words that the starter's text must contain."""
    lacks: list[str] = []
    met: list[str] = []
    """Criteria that are not met before and are met with the starter's file in place."""


class Starters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/starters/<criterion>.yaml`: the first one that holds is shown; the last one always holds."""

    id: str
    starters: list[Starter]
    examples: list[StarterExample] = []


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


def written_out(cond: Cond | str | None, names: Mapping[str, Cond | str], depth: int = 10) -> Cond | str | None:
    """The condition with its names replaced by what they stand for; names may name others, to a depth of 10."""
    if isinstance(cond, str) and cond in names and depth:
        return written_out(names[cond], names, depth - 1)
    if cond is None or isinstance(cond, str):
        return cond

    def each(conds: list[Cond | str]) -> list[Cond | str]:
        return [written_out(c, names, depth) or "" for c in conds]

    at_least = cond.at_least and msgspec.structs.replace(cond.at_least, of=each(cond.at_least.of))
    return msgspec.structs.replace(
        cond,
        any_of=cond.any_of and each(cond.any_of),
        all_of=cond.all_of and each(cond.all_of),
        not_=written_out(cond.not_, names, depth),
        at_least=at_least,
    )


def members(cond: Cond) -> list[Cond | str]:
    """The direct members of a condition's blocks."""
    found = [*(cond.any_of or []), *(cond.all_of or []), *(cond.at_least.of if cond.at_least else [])]
    return found if cond.not_ is None else [*found, cond.not_]


def named(cond: Cond | str | None) -> Iterator[str]:
    """Ids of practices and detectors that a condition names, in order, repeated where it repeats them."""
    if cond is None:
        return
    if isinstance(cond, str):
        yield cond
        return
    if cond.practice or cond.detector:
        yield cond.practice or cond.detector or ""
    for item in [*([cond.count] if cond.count else []), *(cond.share or [])]:
        yield from [item] if isinstance(item, str) else item
    for child in members(cond):
        yield from named(child)


def numbers_named(cond: Cond | str | None) -> Iterator[str]:
    """Numbers of the findings that a condition asks for."""
    if isinstance(cond, Cond):
        if cond.number:
            yield cond.number
        for child in members(cond):
            yield from numbers_named(child)
