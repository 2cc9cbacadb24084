"""Which repositories of a source are wanted, and how many were left out for which reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fnmatch import translate

from mlscan.types.errors import UsageError
from mlscan.types.fleet import FleetRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the user asks of a repository. What is not known of one (a folder has no topics) leaves it in."""

    archived: bool = False
    """True: archived ones too."""
    forks: bool = False
    """True: forks too."""
    languages: Sequence[str] = ()
    """Main language as the forge says it, any of these, whatever the case."""
    topics: Sequence[str] = ()
    """Any of these topics."""
    names: Sequence[str] = ()
    """Patterns like those of a shell, any of them, for the full name or its last part; `!PATTERN` leaves out."""
    pushed_since: date | None = None
    """Pushed to on this day (UTC) or later."""


class Sieve:
    """The filters at work on one source. Raises UsageError for a pattern that cannot be used."""

    def __init__(self, filters: Filters) -> None:
        self._filters = filters
        self._languages = {language.casefold() for language in filters.languages}
        self._topics = {topic.casefold() for topic in filters.topics}
        self._wanted = [_pattern(name) for name in filters.names if not name.startswith("!")]
        self._unwanted = [_pattern(name[1:]) for name in filters.names if name.startswith("!")]
        self.kept = 0
        """Repositories that came through."""
        self.left_out: Counter[str] = Counter()
        """Why -> how many were left out."""
        self.unknown: Counter[str] = Counter()
        """What is not known -> how many were kept all the same."""

    def keeps(self, repository: FleetRepository) -> bool:
        """Whether a repository is wanted; it is counted."""
        reason = self._reason(repository)
        if reason is None:
            self.kept += 1
        else:
            self.left_out[reason] += 1
        return reason is None

    def told(self) -> str:
        """One line for people: how many came through, how many did not and why."""
        line = f"{self.kept} {'repository' if self.kept == 1 else 'repositories'}"
        if self.left_out:
            line += "; left out: " + ", ".join(f"{count} {reason}" for reason, count in sorted(self.left_out.items()))
        if self.unknown:
            line += "; kept though not known: " + ", ".join(f"{n} {what}" for what, n in sorted(self.unknown.items()))
        return line

    def _reason(self, repository: FleetRepository) -> str | None:
        filters = self._filters
        if repository.archived and not filters.archived:
            return "archived"
        if repository.fork and not filters.forks:
            return "forks"
        if not self._is_named(repository.name):
            return "by name"
        if self._languages and not self._is_one_of("language", repository.language, self._languages):
            return "by language"
        if self._topics and not self._has_topic(repository):
            return "by topic"
        if filters.pushed_since is not None and not self._is_recent(repository.pushed_at, filters.pushed_since):
            return "not pushed to since"
        return None

    def _is_named(self, name: str) -> bool:
        candidates = (name.casefold(), name.casefold().rpartition("/")[2])
        if any(pattern.match(text) for pattern in self._unwanted for text in candidates):
            return False
        return not self._wanted or any(pattern.match(text) for pattern in self._wanted for text in candidates)

    def _is_one_of(self, what: str, value: str | None, wanted: set[str]) -> bool:
        if value is None:
            self.unknown[what] += 1
            return True
        return value.casefold() in wanted

    def _has_topic(self, repository: FleetRepository) -> bool:
        if not repository.forge or "#" not in repository.identity:
            self.unknown["topics"] += 1
            return True
        return any(topic.casefold() in self._topics for topic in repository.topics)

    def _is_recent(self, pushed_at: str | None, since: date) -> bool:
        if pushed_at is None:
            self.unknown["last push"] += 1
            return True
        return pushed_at[:10] >= since.isoformat()


def utc(text: object) -> str | None:
    """A forge's date and time as ISO in UTC, or None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _pattern(name: str) -> re.Pattern[str]:
    if not name.strip():
        raise UsageError("--name: the pattern is empty")
    try:
        return re.compile(translate(name.casefold()))
    except re.error:
        raise UsageError(f"--name: {name!r} is no pattern") from None
