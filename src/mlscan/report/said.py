"""What people said about the scan, in the words of all formats: nothing that was set aside goes without mention."""

from __future__ import annotations

from dataclasses import dataclass

from mlscan.report.wording import many
from mlscan.types.assessment import Assessment, Configuration


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
    return [part for part in parts if part.lines]


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
