"""The grammar of maturity models: levels, criteria, conditions. These types are its only definition."""

from __future__ import annotations

from typing import Literal

import msgspec

from mlscan.types.evidence import Context, Strength


class Cond(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    """What a criterion needs. Exactly one of the subjects or blocks; a bare string is a detector or practice id.

    `{practice: ID, strength: used}` holds when the practice is present with at least that strength;
    `{detector: ID, strength, contexts}` when that detector has evidence; `{count: ID, gte: n}` compares the number of
    distinct paths with evidence; `{share: [A, B], gte: 0.5}` compares count A divided by count B (0 where B is 0);
    `{number: NAME, gte: n}` compares a number of the findings.
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


class AtLeastCond(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At least n of these hold."""

    n: int
    of: list[Cond | str]


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing a level asks."""

    id: str
    title: str
    why: str
    how: str
    effort: Literal["S", "M", "L"]
    needs: Cond | str
    group: str
    weight: int = 1
    essential: bool = False
    since: str = "1.0"
    observable: bool = True
    """False: no file can show it; listed apart, never rated."""
    not_applicable_if: Cond | str | None = None
    lifts: str = ""


class RuleExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Given these practices, detectors and numbers, what must hold."""

    name: str
    given: dict[str, Strength] = {}
    numbers: dict[str, int | None] = {}
    unknown: list[str] = []
    delegated: list[str] = []
    kind: str = "ml-project"
    met: list[str] = []
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
    """One rung of the ladder."""

    n: int
    name: str
    short: str


class Forgiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which gaps in lower levels are forgiven."""

    total: int = 1
    max_weight: int = 1


class Staged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How ratings add up to a level. Bounds are percentages, exact: a share above `L` is F, above `P` is L, above `N` is P."""

    holds: list[Literal["N", "P", "L", "F"]]
    below: list[Literal["N", "P", "L", "F"]]
    forgiven: Forgiven
    bounds: dict[Literal["N", "P", "L"], int]
    requires: dict[int, list[Cond | str]] = {}
    """Level -> conditions without which it does not hold, whatever its rating."""


class ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`rules/<model>/model.yaml`."""

    id: str
    version: str
    title: str
    source: str
    levels: list[Level]
    staged: Staged
    groups: dict[str, list[str]]
    """Profile group -> topics that it is made of."""
    applicable_kinds: list[str]
    floor_by_kind: dict[str, int] = {}
    """Least level of a kind (an ml-project with own ML code is at least 1)."""
    ceiling_by_kind: dict[str, int] = {}
    examples: list[RuleExample] = []


class PracticePresence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a practice counts as present."""

    title: str
    group: str
    strength: Strength
    contexts: tuple[Context, ...] = (Context.OWN,)
    informational: bool = False
    needs: Cond | str | None = None
    """A further condition, for practices that are present by number or by combination."""


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


class Model(msgspec.Struct, frozen=True):
    """A model with its topics, as assessed."""

    file: ModelFile
    topics: tuple[Topic, ...]

    def criteria(self) -> list[tuple[int, Criterion]]:
        """(level, criterion) of all topics, by level, then topic order."""
        return [(n, c) for n in (x.n for x in self.file.levels) for t in self.topics for c in t.asks.get(n, [])]
