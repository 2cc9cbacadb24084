"""The policy of an organisation: what it asks of repositories, and what it lets them say. Its only definition."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mlscan.types.evidence import Context
from mlscan.types.model import ModelExtension
from mlscan.types.settings import Glob, Id

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Where: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=300, description="Repositories: `host/owner/name` or a name, `*` as wildcard.")
]
Acceptable: TypeAlias = Literal["attestations", "contexts", "exclude", "kind", "waivers"]


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """Versions that the verdict must be made with; with others nothing is scanned."""

    model_version: Annotated[str, Meta(description="Version of the maturity model.")] | None = None
    content: (
        Annotated[
            str,
            Meta(pattern="^[0-9a-f]{12,64}$", description="`content_digest` of a report, or its first 12 digits."),
        ]
        | None
    ) = None
    mlscan: Annotated[str, Meta(description="Version of mlscan.")] | None = None


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A waiver that a repository asks for is accepted."""

    criterion: Annotated[str, Meta(min_length=1, max_length=100, description="Id of the criterion, or `*`.")]
    owner: Annotated[str, Meta(min_length=1, max_length=200, description="Who approved it.")]
    repository: Where = "*"
    expires: Annotated[date, Meta(description="The last day on which the approval holds.")] | None = None


class Waivers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What may be waived."""

    approve: Annotated[list[Approval], Meta(max_length=2000)] = msgspec.field(default_factory=list)
    forbid: Annotated[list[Id], Meta(max_length=500, description="Criteria that nobody may waive.")] = msgspec.field(
        default_factory=list
    )


class RepositoryRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What holds for some repositories; a later rule comes before an earlier one."""

    match: Annotated[list[Where], Meta(min_length=1, max_length=500)]
    tier: Id | None = None
    kind: Id | None = None
    contexts: Annotated[dict[Glob, Context], Meta(max_length=200)] = msgspec.field(default_factory=dict)
    exclude: Annotated[list[Glob], Meta(max_length=200)] = msgspec.field(default_factory=list)


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """The file of `--policy` and `MLSCAN_POLICY`. What it says comes before the command line and the repository."""

    schema_version: Annotated[Literal[1], Meta(description="Version of this schema.")]
    name: Annotated[str, Meta(min_length=1, max_length=200, description="What reports call it.")]
    model: Annotated[str, Meta(min_length=1, max_length=100, description="Maturity model to measure by.")] | None = None
    extension: (
        Annotated[ModelExtension, Meta(description="A model of one's own, made from another one; it is measured by.")]
        | None
    ) = None
    pins: Pins = msgspec.field(default_factory=Pins)
    tiers: Annotated[
        dict[Id, Annotated[int, Meta(ge=0, le=9)]],
        Meta(max_length=20, description="Tier -> the level that is enough: experiment, internal, product, critical."),
    ] = msgspec.field(default_factory=dict)
    default_tier: Annotated[str, Meta(description="Tier of repositories that name none.")] | None = None
    fail_under: (
        Annotated[int, Meta(ge=0, le=9, description="Exit 1 when the level is under this one.")]
        | Annotated[Literal["target"], Meta(description="Exit 1 when the level is under the target.")]
        | None
    ) = None
    require: Annotated[list[Id], Meta(max_length=100, description="Practices that are asked for.")] = msgspec.field(
        default_factory=list
    )
    count_attested: Annotated[bool, Meta(description="Gates use the attested level.")] | None = None
    accept: Annotated[list[Acceptable], Meta(description="What repositories may say themselves without approval.")] = (
        msgspec.field(default_factory=lambda: ["attestations", "contexts", "exclude"])
    )
    waivers: Waivers = msgspec.field(default_factory=Waivers)
    repositories: Annotated[list[RepositoryRule], Meta(max_length=5000)] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        """Raises ValueError for a policy that contradicts itself."""
        tiers = [(f"repositories.{n}", r.tier) for n, r in enumerate(self.repositories)]
        for where, tier in (("default-tier", self.default_tier), *tiers):
            if tier is not None and tier not in self.tiers:
                raise ValueError(f"{where}: no tier {tier!r} in `tiers`")
        if self.model is not None and self.extension is not None and self.model != self.extension.id:
            raise ValueError("`model` is another one than that of `extension`")
