"""What people ask beyond the report: what differs between two revisions, and why a level does not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mlscan.scan.one import ScanOptions, scan_with
from mlscan.types.answers import Comparison, WhyNot
from mlscan.types.assessment import Assessment

if TYPE_CHECKING:
    from mlscan.content import Content


def compare_revisions(
    content: Content, path: str | Path, revisions: tuple[str, str | None], options: ScanOptions, *, exact: bool = False
) -> Comparison:
    """What differs between (base, head), both judged by this content on one day; head None is what lies in the folder.

    As a pull request shows it, the base is where head left it, when that is known; `exact` takes the base itself.
    A head that the base holds already has nothing of its own: there the base itself is taken too.

    Raises what `scan` raises.
    """
    from mlscan.assess.compare import compare
    from mlscan.scan.settled import with_policy
    from mlscan.snapshot import KeptBlobs
    from mlscan.snapshot.ancestors import common_ancestor

    content = with_policy(content, options.policy)
    base, head = revisions
    check_revision(path, base, options)
    # What did not change is read once.
    options = replace(options, as_of=options.as_of or datetime.now(UTC).date(), kept=KeptBlobs())
    after = scan_with(content, path, replace(options, rev=head))
    # Each side is read as it was configured then, but both are measured by one model.
    options = replace(options, model=after.model)
    start = None if exact else common_ancestor(path, base, head or "HEAD")
    if head is not None and start == after.repository.revision:
        start = None
    same = start is not None and start == after.repository.revision and not after.repository.dirty
    before = after if same else scan_with(content, path, replace(options, rev=start or base))
    left = start is not None and start != common_ancestor(path, base, base)
    names = (f"{base}, where it was left" if left else base, head or _here(after))
    return compare(before, after, content.assess(after.model), names)


def check_revision(path: str | Path, revision: str, options: ScanOptions) -> None:
    """Raises NothingToScan for a revision that is not there, before the other one is scanned for nothing."""
    from mlscan.snapshot import open_snapshot

    with open_snapshot(path, rev=revision, limits=options.limits):
        pass


def _here(after: Assessment) -> str:
    if after.repository.revision is None:
        return "the folder"
    return "the folder, with uncommitted changes" if after.repository.dirty else "HEAD"


def why_level_fails(content: Content, path: str | Path, level: int, options: ScanOptions) -> tuple[Assessment, WhyNot]:
    """The assessment, and every criterion up to the level that is not met: looked for, nearly, what would.

    Raises what `scan` raises.
    """
    from mlscan.assess.why_not import why_not
    from mlscan.scan.settled import with_policy

    content = with_policy(content, options.policy)
    assessment = scan_with(content, path, options)
    return assessment, why_not(assessment, content.assess(assessment.model), level)
