"""From what was seen to a verdict for the store: its keys, the day on which it may change, and why it differs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from mlscan import __version__
from mlscan.fleet.running.tasks import Setup
from mlscan.fleet.store.assessments import packed
from mlscan.fleet.store.records import Judged, Known, Look, PolicyText, mark_of
from mlscan.scan import ScanOptions, judge
from mlscan.scan.seen import Seen, detect_digest
from mlscan.scan.settled import with_policy
from mlscan.settings import LoadedPolicy
from mlscan.settings.policies import decode_policy
from mlscan.types.assessment import Assessment, Status
from mlscan.types.errors import MlscanError
from mlscan.types.fleet import Cause

if TYPE_CHECKING:
    from mlscan.content import Content

Mark = tuple[str, str, bool, int, int, int]


@lru_cache(maxsize=8)
def policy_of(text: PolicyText | None) -> LoadedPolicy | None:
    """The policy of its text. Raises SettingsError."""
    return None if text is None else decode_policy(text.data, text.name)


def _digest(*values: object) -> str:
    return hashlib.sha256(msgspec.json.encode(values, order="sorted")).hexdigest()


@dataclass(frozen=True, slots=True)
class Keys:
    """What decides how a repository is looked at, and how what was seen is judged; equal keys give equal results."""

    look: str
    judge: str
    detect_digest: str

    @staticmethod
    def of(setup: Setup, content: Content) -> Keys:
        """The keys of a run."""
        policy = policy_of(setup.policy)
        # Only patterns of a policy change what is read; the rest of it is for judging.
        rules = [(r.match, r.contexts, r.exclude) for r in policy.policy.repositories] if policy else []
        accepted = sorted({"contexts", "exclude"} & set(policy.policy.accept)) if policy else None
        digest = detect_digest(content)
        reading = (setup.limits, setup.full_history, setup.repo_config)
        return Keys(
            look=_digest(digest, __version__, *reading, accepted, [r for r in rules if r[1] or r[2]]),
            judge=_digest(content.digest, __version__, setup.policy.digest if setup.policy else None, setup.model),
            detect_digest=digest,
        )


class Judge:
    """Judges what was seen by the content and the policy of one run."""

    def __init__(self, setup: Setup, content: Content) -> None:
        """Raises SettingsError for a policy that is broken."""
        self._setup = setup
        self.content = with_policy(content, policy_of(setup.policy))
        self.keys = Keys.of(setup, content)

    def options(self, as_of: date) -> ScanOptions:
        """The options of a scan by the rules of this run."""
        return self._options(as_of, self._setup.policy)

    def _options(self, as_of: date, policy: PolicyText | None) -> ScanOptions:
        return ScanOptions(
            model=self._setup.model,
            as_of=as_of,
            limits=self._setup.limits,
            repo_config=self._setup.repo_config,
            policy=policy_of(policy),
            keep=True,
        )

    def judged(self, seen: Seen, known: Known | None, before: Seen | None, as_of: date, *, new: bool) -> Judged:
        """The verdict on what was seen.

        known, before: the newest verdict and what it stands on, where they are known.
        new: False where `seen` is what the newest verdict stands on. Raises UsageError or SettingsError.
        """
        assessment = judge(self.content, seen, self.options(as_of))
        policy = policy_of(self._setup.policy)
        look = Look(
            look_key=self.keys.look,
            detect_digest=seen.detect_digest,
            history=seen.info.history.value,
            said_digest=seen.said_digest,
            data=seen.encoded() if new else b"",
        )
        return Judged(
            revision=seen.info.revision or "",
            look=look if new else None,
            judge_key=self.keys.judge,
            as_of=as_of.isoformat(),
            changes_on=_changes_on(seen, policy, self.content, assessment, as_of.isoformat()),
            committed_on=seen.info.committed_on,
            content_digest=assessment.content_digest,
            mlscan_version=assessment.mlscan_version,
            policy_digest=self._setup.policy.digest if self._setup.policy else None,
            mark=mark_of(assessment),
            level_name=assessment.level_name,
            target=assessment.target,
            causes=self._causes(assessment, seen, known, before, as_of) if known else (Cause.FIRST,),
            missing=missing_of(assessment),
            practices={p.id: (p.present, p.strength) for p in assessment.practices},
            criteria={c.id: (at.level, c.status.value) for at in assessment.levels for c in at.criteria},
            data=packed(assessment),
        )

    def _causes(self, now: Assessment, seen: Seen, known: Known, before: Seen | None, as_of: date) -> tuple[Cause, ...]:
        """What moved the verdict away from the one before it."""
        mark = mark_of(now)
        if mark == known.mark:
            return (Cause.NONE,)
        changed = self._changed(now, seen, known, as_of)
        if len(changed) < 2:
            # Else it is how the scan was asked for: more history, other limits.
            return changed or (Cause.WAIVER,)
        try:
            steps = list(self._steps(seen, known, before, as_of)) if before is not None else []
        except MlscanError:
            steps = []
        if not steps:
            return changed
        rules: list[Cause] = [c for c in (Cause.CONTENT, Cause.VERSION) if c in changed]
        looking = [Cause.CODE] if Cause.CODE in changed else []
        if known.detect_digest != self.keys.detect_digest or Cause.VERSION in changed:
            looking += rules
        groups: list[list[Cause]] = [rules, [Cause.WAIVER], looking or [Cause.WAIVER]]
        ways = zip([known.mark, *steps], [*steps, mark], groups, strict=True)
        moved = {cause for start, end, group in ways if start != end for cause in group}
        return tuple(c for c in Cause if c in moved)

    def _changed(self, now: Assessment, seen: Seen, known: Known, as_of: date) -> tuple[Cause, ...]:
        """What differs between the two verdicts, in the order of `Cause`."""
        digest = self._setup.policy.digest if self._setup.policy else None
        other_policy = (known.policy.digest if known.policy else None) != digest
        late = known.changes_on is not None and known.changes_on <= as_of.isoformat()
        found = {
            Cause.CODE: known.revision != seen.info.revision,
            Cause.CONTENT: known.content_digest != now.content_digest or known.mark[0] != now.model,
            Cause.WAIVER: other_policy or known.said_digest != seen.said_digest or late,
            Cause.VERSION: known.mlscan_version != now.mlscan_version,
        }
        return tuple(cause for cause, is_so in found.items() if is_so)

    def _steps(self, seen: Seen, known: Known, before: Seen, as_of: date) -> Iterator[Mark]:
        """The verdicts on the way: the old evidence by the rules of today, then with what people say today."""
        then = self._options(date.fromisoformat(known.as_of), known.policy)
        yield mark_of(judge(self.content, before, then))
        yield mark_of(judge(self.content, replace(before, loaded=seen.loaded), self.options(as_of)))


def missing_of(assessment: Assessment) -> tuple[str, ...]:
    """Ids of the criteria on the shortest way to the next level, or to the target where there is one, in its order."""
    return tuple(dict.fromkeys(step.criterion for step in assessment.next if step.needed))


def _changes_on(seen: Seen, policy: LoadedPolicy | None, content: Content, a: Assessment, as_of: str) -> str | None:
    """The first day (ISO date) after `as_of` on which the same evidence may be judged otherwise; None: never."""
    return min((day for day in _days(seen, policy, content, a) if day > as_of), default=None)


def _days(seen: Seen, policy: LoadedPolicy | None, content: Content, a: Assessment) -> Iterator[str]:
    settings = seen.loaded.settings if seen.loaded else None
    for statement in (*settings.waivers, *settings.attestations) if settings else ():
        yield _next_day(statement.expires)
        if statement.starts is not None:
            yield statement.starts.isoformat()
    for approval in policy.policy.waivers.approve if policy else ():
        if approval.expires is not None:
            yield _next_day(approval.expires)
    if any(c.status is Status.UPCOMING for level in a.levels for c in level.criteria):
        model = content.models.get(a.model)
        yield from (ask.criterion.since for ask in model.asks() if ask.criterion.since[4:5] == "-") if model else ()


def _next_day(day: date) -> str:
    return (day + timedelta(days=1)).isoformat() if day < date.max else day.isoformat()
