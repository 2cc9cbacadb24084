"""Sentences about a fleet that every format says alike."""

from __future__ import annotations

from mlscan.report.wording import effort, many
from mlscan.types.fleet import Cause
from mlscan.types.fleet_report import (
    Coverage,
    Fleet,
    MissingCriterion,
    Move,
    Near,
    NotScanned,
    PracticeShare,
    Redaction,
    Share,
    Stuck,
)

CAUSES = {
    Cause.FIRST: "first verdict",
    Cause.CODE: "its code changed",
    Cause.CONTENT: "detectors or rules changed, not its code",
    Cause.WAIVER: "waivers, attestations, configuration or policy changed",
    Cause.VERSION: "another version of mlscan",
    Cause.NONE: "nothing changed",
}
SHORT_CAUSES = {
    Cause.FIRST: "first",
    Cause.CODE: "code",
    Cause.CONTENT: "content",
    Cause.WAIVER: "waiver",
    Cause.VERSION: "version",
    Cause.NONE: "none",
}


def percent(share: Share) -> str:
    """`63 %`, or "" of nothing; only nothing is 0 %, and only all is 100 %."""
    if share.share is None:
        return ""
    whole = round(share.share * 100)
    if 0 < share.count < share.of:
        whole = min(99, max(1, whole))
    return f"{whole} %"


def ratio(share: Share) -> str:
    """`12 of 19`."""
    return f"{share.count:,} of {share.of:,}"


def known_words(c: Coverage) -> str:
    """Where the repositories are that the fleet knows of, in one sentence."""
    parts = [f"{c.scanned:,} scanned"]
    parts += [f"{c.stale:,} on an older verdict (the newest scan failed)"] if c.stale else []
    parts += [f"{c.failed:,} failed"] if c.failed else []
    parts += [f"{c.skipped:,} not scanned yet"] if c.skipped else []
    return f"{many(c.known, 'repository', 'repositories')} known: {', '.join(parts)}"


_ENDED = {
    "scanned": "scanned",
    "judged": "judged again from their evidence",
    "unchanged": "skipped as unchanged",
    "failed": "failed",
    "waiting": "not reached yet",
}


def run_words(fleet: Fleet) -> str:
    """How repositories ended in the newest run, such as `Newest run: 3 scanned, 97 skipped as unchanged`; or ""."""
    ended = fleet.newest_run
    parts = [f"{ended[state]:,} {said}" for state, said in _ENDED.items() if ended.get(state)]
    return f"Newest run: {', '.join(parts)}" if parts else ""


def counted_words(c: Coverage) -> str:
    """What all other figures stand on, in one sentence."""
    parts = [f"{many(c.applicable, 'ML project')} {'counts' if c.applicable == 1 else 'count'} below"]
    aside = [f"{count:,} {kind}" for kind, count in c.kinds.items() if count]
    if c.not_applicable:
        parts.append(f"for {c.not_applicable:,} a level means nothing ({', '.join(aside)})")
    if c.other_model:
        parts.append(f"{c.other_model:,} judged by another model")
    if c.could_be_more:
        parts.append(f"{c.could_be_more:,} could be higher, not everything could be seen")
    return "; ".join(parts)


def target_words(fleet: Fleet) -> str:
    """How many reach what is asked of them."""
    target = fleet.at_target
    if not target.of:
        return "No project has a target: a policy with tiers sets them"
    more = f"; {fleet.at_target_attested:,} with what people vouched for" if _vouched(fleet) else ""
    return f"At target: {ratio(target)} projects that have one ({percent(target)}){more}"


def _vouched(fleet: Fleet) -> bool:
    return fleet.at_target_attested > fleet.at_target.count


def practice_words(practice: PracticeShare) -> str:
    """`12 of 19, 63 %; 1 unknown`."""
    shown = f", {percent(practice.projects)}" if practice.projects.of else ""
    unknown = f"; {practice.unknown:,} unknown" if practice.unknown else ""
    return f"{ratio(practice.projects)}{shown}{unknown}"


def lifts(missing: MissingCriterion) -> str:
    """What it would lift by itself."""
    if not missing.alone:
        return "lifts no project alone"
    return f"alone it lifts {many(missing.alone, 'project')} to the next level"


def asked(missing: MissingCriterion) -> str:
    """`level 3, small effort`."""
    parts = [f"level {missing.level}"] if missing.level else []
    return ", ".join([*parts, *([effort(missing.effort)] if missing.effort else [])])


def near_words(near: Near) -> str:
    """`level 2, 1 step to 3`."""
    return f"level {near.level}, {many(len(near.steps), 'step')} to {near.next}"


def stuck_words(stuck: Stuck) -> str:
    """`level 2 for 261 days, target 3, last commit 2025-12-24`."""
    target = f", target {stuck.target}" if stuck.target is not None else ""
    commit = f", last commit {stuck.committed_on}" if stuck.committed_on else ""
    return f"level {stuck.level} for {many(stuck.days, 'day')}{target}{commit}"


def level_words(level: int | None) -> str:
    """`level 2`, or that none applies."""
    return "not applicable" if level is None else f"level {level}"


def move_words(move: Move) -> str:
    """`level 1 to 2`, with what people vouched for where that is what moved."""
    if move.before != move.after or move.before is None:
        first, last = level_words(move.before), level_words(move.after)
        return f"{first} to {move.after}" if None not in (move.before, move.after) else f"{first} to {last}"
    if move.attested_before != move.attested_after:
        return f"level {move.after}; vouched for: {move.attested_before} to {move.attested_after}"
    return f"level {move.after}, by another model"


def why_words(move: Move) -> str:
    """Why it moved, in words."""
    return "; ".join(CAUSES[c] for c in move.causes) or "the cause is not known"


def failure_words(failure: NotScanned) -> str:
    """Why there is no new verdict, and what holds on."""
    reason = failure.reason or "the reason is left out"
    if failure.age is None:
        return reason
    return f"{reason}; {level_words(failure.level)} of {many(failure.age, 'day')} ago holds on"


def content_words(fleet: Fleet) -> str:
    """With which content, and that it was not the same for all; "" without any verdict."""
    if not fleet.content_digests:
        return ""
    first = f"content {fleet.content_digests[0][:12]}"
    others = len(fleet.content_digests) - 1
    return f"{first} and {others} older; mlscan fleet reassess judges all by the same" if others else first


def left_out_words(fleet: Fleet) -> str:
    """What the report does not show on purpose; "" for nothing."""
    words = {
        Redaction.NONE: [],
        Redaction.EXCERPTS: ["excerpts"],
        Redaction.PATHS: ["excerpts", "paths"],
        Redaction.NAMES: ["excerpts", "paths", "names"],
    }[fleet.redaction]
    parts = (["repositories that are not public"] if fleet.public else []) + words
    return f"Left out of this report: {', '.join(parts)}" if parts else ""
