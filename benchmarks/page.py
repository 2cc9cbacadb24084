"""The page of figures: every section stands between two marks, is replaced as a whole, and leaves the others alone."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results.md"
HEAD = "# Measurements\n\nEach section is made by the command that it names.\n\n"
_START, _END = "<!-- {}: made by benchmarks -->\n", "<!-- end of {} -->\n"
_ANY = re.compile(r"^<!-- ([a-z-]+): made by ", re.MULTILINE)


def put(page: Path, name: str, text: str, order: Sequence[str]) -> None:
    """Puts a section in the place of the one of that name, else before the first that comes after it in the order.

    Sections that the order does not name come last.
    """
    old = page.read_text(encoding="utf-8") if page.exists() else HEAD
    start, end = _START.format(name), _END.format(name)
    new = f"{start}{text.rstrip()}\n{end}"
    if start in old:
        before, _, rest = old.partition(start)
        page.write_text(before + new + rest.partition(end)[2], encoding="utf-8")
        return
    earlier = set(order[: order.index(name)])
    place = next((m.start() for m in _ANY.finditer(old) if m[1] not in earlier), len(old))
    page.write_text(f"{old[:place].rstrip()}\n\n{new}\n{old[place:]}".rstrip() + "\n", encoding="utf-8")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown: the first column to the left, the others to the right."""
    lines = [f"| {' | '.join(head)} |", "|---|" + "--:|" * (len(head) - 1)]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def seconds(value: float) -> str:
    """A time with three digits that say something."""
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


def megabytes(value: float) -> str:
    """A size; "" for 0, which is not known."""
    return f"{value / 1e6:,.0f} MB" if value else ""


def times(value: float) -> str:
    """A ratio."""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def medians(runs: int) -> str:
    """What the figures of so many runs are."""
    return "One run" if runs == 1 else f"Medians of {runs} runs"


def capitalized(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def yes(reached: bool) -> str:
    """The word for a target."""
    return "yes" if reached else "no"


def machine(mlscan: str) -> str:
    """What the figures of today were taken with, as a line; mlscan: its version and revision."""
    words = [platform.system(), platform.machine(), f"{cores()} cores", f"Python {platform.python_version()}"]
    words += [_said("git", "--version").replace("git version", "git"), f"mlscan {mlscan}"]
    return f"{', '.join(word for word in words if word)}; {datetime.now(UTC).date().isoformat()}."


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def revision() -> str:
    """The revision of this checkout in brackets; "" without git."""
    git = ("git", "-C", str(ROOT))
    found = _said(*git, "rev-parse", "--short=10", "HEAD")
    if not found:
        return ""
    parts = ("src", "detectors", "rules")
    return f"({found}{' and changes' if _said(*git, 'status', '--porcelain', '--', *parts) else ''})"


def _said(*words: str) -> str:
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
