"""What people say about a scan: the configuration of a repository, waivers, attestations. Its only definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mlscan.types.evidence import Context

DEFAULT_MODEL = "ml-process"
"""The maturity model where nobody names one."""

Glob: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, description="A path pattern, as in .gitignore.")]
Id: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
Day: TypeAlias = Annotated[date, Meta(description="A date, such as 2027-06-30, without quotes.")]
FormatName: TypeAlias = Literal["terminal", "json", "markdown", "html", "sarif", "svg", "gitlab"]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What people say about one criterion: never for ever, and never without a name and a reason."""

    criterion: Annotated[str, Meta(min_length=1, max_length=100, description="Id of the criterion it is about.")]
    reason: Annotated[str, Meta(min_length=1, max_length=1000, description="Why, for whoever reads the report.")]
    owner: Annotated[str, Meta(min_length=1, max_length=200, description="Who answers for it: a person or a team.")]
    expires: Annotated[date, Meta(description="The last day on which it counts.")]
    starts: Annotated[date, Meta(description="The first day on which it counts; default at once.")] | None = None
    path: (
        Annotated[
            str,
            Meta(min_length=1, max_length=1000, description="Folder of the ML project it is about; default all."),
        ]
        | None
    ) = None

    def __post_init__(self) -> None:
        """Raises ValueError for one that says nothing or could never count."""
        for name, words in (("reason", self.reason), ("owner", self.owner)):
            if not words.strip():
                raise ValueError(f"`{name}` says nothing")
        if self.starts is not None and self.starts > self.expires:
            raise ValueError("`starts` is after `expires`")


class Waiver(Statement, frozen=True):
    """A criterion that is not asked here: it leaves the denominator and is never met."""


class Attestation(Statement, frozen=True):
    """A criterion that is met where no file here shows it; it counts in the attested level only."""

    link: Annotated[str, Meta(max_length=1000, description="Where somebody can see it.")] | None = None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """`mlscan.toml`, or the table `[tool.mlscan]` of `pyproject.toml`."""

    model: Annotated[str, Meta(min_length=1, max_length=100, description="Maturity model to measure by.")] | None = None
    kind: (
        Annotated[
            str,
            Meta(max_length=100, description="Kind of the repository, where mlscan takes it for another one."),
        ]
        | None
    ) = None
    tier: (
        Annotated[
            str,
            Meta(max_length=100, description="How much depends on it, in the words of the organisation's policy."),
        ]
        | None
    ) = None
    target: Annotated[int, Meta(ge=0, le=9, description="The level that is enough here.")] | None = None
    exclude: Annotated[list[Glob], Meta(max_length=200, description="Paths that are not read; reports count them.")] = (
        msgspec.field(default_factory=list)
    )
    contexts: Annotated[
        dict[Glob, Context],
        Meta(max_length=200, description="Path pattern -> whose files they are; the last that matches decides."),
    ] = msgspec.field(default_factory=dict)
    fail_under: Annotated[int, Meta(ge=0, le=9, description="Exit 1 when the level is under this one.")] | None = None
    require: Annotated[list[Id], Meta(max_length=100, description="Practices without which mlscan exits with 1.")] = (
        msgspec.field(default_factory=list)
    )
    count_attested: Annotated[bool, Meta(description="Gates use the attested level.")] = False
    format: FormatName | None = None
    waivers: Annotated[list[Waiver], Meta(max_length=500)] = msgspec.field(default_factory=list)
    attestations: Annotated[list[Attestation], Meta(max_length=500)] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One waiver or attestation, and whether it may count."""

    statement: Waiver | Attestation
    source: str
    """`file:line` where it is said."""
    accepted: bool = True
    why: str = ""
    """Why it is not accepted, or who accepted it."""

    @property
    def waives(self) -> bool:
        """True for a waiver, False for an attestation."""
        return isinstance(self.statement, Waiver)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What people said about one repository; assessing heeds it, and reports tell it."""

    said: tuple[Said, ...] = ()
    kind: str | None = None
    kind_by: str = ""
    """Where the kind is given."""
