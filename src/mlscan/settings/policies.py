"""The policy of an organisation: read, checked, and asked what holds for one repository."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from mlscan.settings.decode import Place, convert, line_of, parse
from mlscan.settings.loading import file_bytes
from mlscan.types.evidence import Context
from mlscan.types.policy import Policy, RepositoryRule
from mlscan.types.settings import Said
from mlscan.types.snapshot import RepositoryInfo


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy with where it came from."""

    policy: Policy
    name: str
    """Of the file, for messages."""
    digest: str
    """sha256 of the file."""
    lines: Mapping[Place, int] = field(default_factory=dict)

    def where(self, *place: str | int) -> str:
        """`file:line` of a key."""
        return f"{self.name}:{line_of(self.lines, place)}"

    @property
    def model(self) -> str | None:
        """The model that it measures by, where it says so."""
        return self.policy.extension.id if self.policy.extension is not None else self.policy.model

    def rule(self, info: RepositoryInfo) -> RepositoryRule:
        """All that it says about one repository, later rules over earlier ones."""
        tier = kind = None
        contexts: dict[str, Context] = {}
        exclude: dict[str, None] = {}
        for rule in self.policy.repositories:
            if any(matches(pattern, info) for pattern in rule.match):
                tier, kind = rule.tier or tier, rule.kind or kind
                contexts = {**{k: v for k, v in contexts.items() if k not in rule.contexts}, **rule.contexts}
                exclude |= dict.fromkeys(rule.exclude)
        return RepositoryRule(match=["*"], tier=tier, kind=kind, contexts=contexts, exclude=list(exclude))

    def judged(self, said: Said, info: RepositoryInfo, as_of: str) -> Said:
        """The statement with whether it may count under this policy."""
        criterion = said.statement.criterion
        if not said.waives:
            accepted = "attestations" in self.policy.accept
            return said if accepted else replace(said, accepted=False, why=f"{self.policy.name} accepts none")
        if {criterion, "*"} & set(self.policy.waivers.forbid):
            return replace(said, accepted=False, why=f"{self.policy.name} forbids it")
        if "waivers" in self.policy.accept:
            return said
        late = False
        for approval in self.policy.waivers.approve:
            if approval.criterion in (criterion, "*") and matches(approval.repository, info):
                if approval.expires is None or approval.expires.isoformat() >= as_of:
                    return replace(said, why=f"approved by {approval.owner}")
                late = True
        why = "the approval has expired" if late else f"{self.policy.name} has not approved it"
        return replace(said, accepted=False, why=why)


def load_policy(path: str | Path) -> LoadedPolicy:
    """The policy in a file. Raises UsageError, or SettingsError with file and line."""
    return decode_policy(file_bytes(path, "--policy"), Path(path).name)


def decode_policy(data: bytes, name: str) -> LoadedPolicy:
    """A policy from bytes. Raises SettingsError with file and line."""
    values, lines = parse(data, name)
    return LoadedPolicy(convert(values, Policy, name, lines), name, hashlib.sha256(data).hexdigest(), lines)


def matches(pattern: str, info: RepositoryInfo) -> bool:
    """Whether a pattern names the repository: `host/owner/name` of its origin, or its name; capitals do not matter."""
    wanted = _plain(pattern)
    return any(fnmatchcase(name, wanted) for name in _names(info))


def _names(info: RepositoryInfo) -> Iterator[str]:
    yield _plain(info.name)
    if info.url:
        yield _plain(info.url)


def _plain(address: str) -> str:
    return re.sub(r"^[a-z]+://", "", address.lower()).removesuffix("/").removesuffix(".git")
