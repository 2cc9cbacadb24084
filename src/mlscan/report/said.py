"""What people said about the scan, in the words of all formats: nothing that was set aside goes without mention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlscan.report.wording import many
from mlscan.types.assessment import Assessment, Configuration, PolicyResult, Standing, StatementResult

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its lines, each a sentence without its full stop."""

    title: str
    lines: tuple[str, ...]


def said(a: Assessment) -> list[Part]:
    """What was configured, and what it did; empty where nobody said anything."""
    parts = []
    if a.configuration is not None:
        parts.append(Part(_title(a.configuration), tuple(_configured(a.configuration))))
    if a.policy is not None:
        parts.append(Part(f"Policy {a.policy.name} ({a.policy.digest[:_DIGITS]})", tuple(_policy(a.policy))))
    parts.append(Part("Waived and attested", tuple(statement(x) for x in _urgent_first(a.waivers))))
    return [part for part in parts if part.lines]


def _urgent_first(items: Iterable[StatementResult]) -> list[StatementResult]:
    """What somebody has to do something about comes before what counts."""
    return sorted(items, key=lambda x: x.standing in (Standing.COUNTS, Standing.FUTURE))


def statement(x: StatementResult) -> str:
    """A waiver or attestation with what became of it, in one line."""
    what = "waiver" if x.waives else "attestation"
    why = f" ({x.why})" if x.why else ""
    how = {
        Standing.COUNTS: f"{'waived' if x.waives else 'attested'} until {x.expires}{why}",
        Standing.EXPIRED: f"{what} EXPIRED on {x.expires}, it does not count",
        Standing.FUTURE: f"{what} counts from {x.starts or ''} only",
        Standing.NEEDLESS: f"{what} is needless, evidence shows it",
        Standing.UNUSED: f"{what} is unused{why}",
        Standing.REQUESTED: f"{what} is only requested{why}",
    }[x.standing]
    scope = f" in {x.path}" if x.path else ""
    link = f" {x.link}" if x.link else ""
    return f"{x.criterion}{scope}: {how}; {x.owner}: {x.reason.rstrip('.')}{link} [{x.source}]"


def _policy(p: PolicyResult) -> list[str]:
    tier = f"tier {p.tier}: " if p.tier else ""
    lines = [f"{tier}level {p.target} is enough"] if p.target is not None else []
    lines += [f"it asks for level {p.fail_under} or more"] if p.fail_under is not None else []
    lines += [f"it asks for {', '.join(p.require)}"] if p.require else []
    if p.count_attested is not None:
        lines.append(f"its gates use {'the attested level' if p.count_attested else 'evidence alone'}")
    return [*(lines or ["it asks for no level"]), *p.notes]


def _title(c: Configuration) -> str:
    return f"Configured in {c.source}" if c.source else "Configured"


def _configured(c: Configuration) -> list[str]:
    lines = [
        f"{many(p.files, 'file')} not read, excluded as {p.pattern}" if p.files else f"No file to exclude: {p.pattern}"
        for p in c.exclude
    ]
    lines += [
        f"{many(p.files, 'file')} taken as {p.context}: {p.pattern}" if p.files else f"No file named by {p.pattern}"
        for p in c.contexts
    ]
    return lines
