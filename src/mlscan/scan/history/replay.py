"""Judges revisions of one repository, one after another: what they have in common is looked at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlscan.assess import assess_briefly
from mlscan.detect.memory import Memory
from mlscan.scan.one import ScanOptions, judge, look_at
from mlscan.scan.seen import Seen
from mlscan.scan.settled import settle, stated
from mlscan.snapshot import Commit, Revisions
from mlscan.types.assessment import Assessment
from mlscan.types.errors import MlscanError
from mlscan.types.history import Brief

if TYPE_CHECKING:
    from mlscan.content import Content


@dataclass(frozen=True, slots=True)
class Judged:
    """One revision, judged."""

    brief: Brief | None
    problem: str = ""
    gaps: int = 0
    places: dict[str, frozenset[str]] | None = None
    """Practice -> files with evidence of it."""


class Replay:
    """Judges revisions by one content, model and day. `content` has what a policy adds to it already."""

    def __init__(self, content: Content, revisions: Revisions, options: ScanOptions) -> None:
        self._content, self._revisions, self._options = content, revisions, options
        self._memory = Memory(content.for_detect)
        self._known: dict[str, Judged] = {}
        # What was another model's at some time is measured by today's, too.
        self._options = replace(options, model=self._model())

    def _model(self) -> str:
        """The model of the newest revision."""
        with self._revisions.snapshot(self._revisions.tip) as newest:
            loaded = stated(newest, self._options)
            return settle(self._content, newest.info, loaded, self._options).rules.model.file.id

    def newest(self) -> Assessment:
        """The whole verdict on the newest revision."""
        return judge(self._content, self._look(self._revisions.tip), self._options)

    def _look(self, revision: str) -> Seen:
        return look_at(self._content, self._revisions.snapshot(revision), self._options, self._memory)

    def at(self, commit: Commit) -> Judged:
        """What is to be said of a commit; that it could not be judged, and why, where something is wrong with it."""
        found = self._known.get(commit.revision)
        if found is None:
            try:
                found = self._judged(commit.revision)
            except MlscanError as error:
                found = Judged(None, " ".join(str(error).split()))
            self.learn(commit, found)
        return found

    def learn(self, commit: Commit, judged: Judged) -> None:
        """Remembers what is to be said of a commit, whoever has found it, without the places."""
        self._known[commit.revision] = replace(judged, places=None)

    def _judged(self, revision: str) -> Judged:
        seen = self._look(revision)
        settled = settle(self._content, seen.info, seen.loaded, self._options)
        findings = seen.known_to(self._content)
        assert self._options.as_of is not None
        brief = assess_briefly(findings, settled.rules, as_of=self._options.as_of.isoformat())
        places: dict[str, set[str]] = {}
        for evidence in findings.evidence:
            places.setdefault(evidence.practice, set()).add(evidence.where.path)
        return Judged(brief, "", len(findings.gaps), {name: frozenset(paths) for name, paths in places.items()})
