"""What mlscan says of one repository, as far as the comparison needs it.

`python -m calibration.outcome GIT_DIR REVISION` prints it as JSON; every repository is scanned in a process of its own,
so that nothing one of them does can end the run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from calibration.labels import HERE, Clone

if TYPE_CHECKING:
    from mlscan.types.assessment import Assessment, PracticeResult

TIMEOUT_SECONDS = 300
PLACES = 3


class Said(msgspec.Struct, frozen=True):
    """One practice: present, absent or unknown, with its reason and the first places."""

    present: bool | None
    why: str
    places: list[str]


class Outcome(msgspec.Struct, frozen=True):
    """mlscan's verdict."""

    kind: str
    kind_reasons: list[str]
    level: int
    could_be: int
    practices: dict[str, Said]
    unmet: list[str]
    """Criteria that are not met, up to the level above the one reached: "level id: why"."""
    mlscan_version: str
    content_digest: str
    gaps: int
    seconds: float = 0.0


class Crash(msgspec.Struct, frozen=True):
    """A repository that could not be scanned."""

    repo: str
    reason: str


def shorten(assessment: Assessment) -> Outcome:
    """The outcome of an assessment."""
    unmet = [
        f"{level.level} {criterion.id}: {criterion.why}"
        for level in assessment.levels
        if level.level <= assessment.level + 1
        for criterion in level.criteria
        if criterion.status.value in {"not-met", "unknown"}
    ]
    return Outcome(
        kind=assessment.kind,
        kind_reasons=list(assessment.kind_reasons),
        level=assessment.level,
        could_be=assessment.could_be,
        practices={p.id: _said(p, assessment) for p in assessment.practices},
        unmet=unmet,
        mlscan_version=assessment.mlscan_version,
        content_digest=assessment.content_digest,
        gaps=len(assessment.gaps),
    )


def _said(practice: PracticeResult, assessment: Assessment) -> Said:
    seen = [assessment.evidence[i] for i in practice.evidence[:PLACES]]
    places = [f"{e.where.path}:{e.where.line or 0} ({e.detector}, {e.strength.value}, {e.context.value})" for e in seen]
    return Said(practice.present, practice.why, places)


def scan_all(clones: dict[str, Clone], jobs: int) -> Iterator[tuple[str, Outcome | Crash]]:
    """Each name with its outcome or crash, in the order given; `jobs` processes at a time."""
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        yield from zip(clones, pool.map(lambda item: _scan_apart(*item), clones.items()), strict=True)


def _scan_apart(repo: str, clone: Clone) -> Outcome | Crash:
    command = [sys.executable, "-m", "calibration.outcome", str(Path(clone.git_dir).resolve()), clone.revision]
    start = time.perf_counter()
    try:
        ran = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS, check=False, cwd=HERE.parent)
    except subprocess.TimeoutExpired:
        return Crash(repo, f"no answer after {TIMEOUT_SECONDS} seconds")
    if ran.returncode:
        lines = ran.stderr.decode("utf-8", "replace").strip().splitlines()
        return Crash(repo, f"exit code {ran.returncode}: {lines[-1] if lines else 'nothing on stderr'}")
    try:
        outcome = msgspec.json.decode(ran.stdout, type=Outcome)
    except msgspec.DecodeError as error:
        return Crash(repo, f"answer is not an outcome: {error}")
    return msgspec.structs.replace(outcome, seconds=time.perf_counter() - start)


def main(arguments: Sequence[str]) -> int:
    """Scans one repository and prints its outcome."""
    from mlscan import scan  # the comparison itself must work without a working engine

    git_dir, revision = arguments
    sys.stdout.buffer.write(msgspec.json.encode(shorten(scan(Path(git_dir), rev=revision))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
