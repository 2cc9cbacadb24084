"""Scanning one repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from mlscan.scan.collecting import rarely_collected
from mlscan.scan.configured import ScopedSnapshot
from mlscan.scan.counted import CountedSnapshot
from mlscan.types.assessment import Assessment, Stats
from mlscan.types.evidence import Findings
from mlscan.types.snapshot import Limits, Snapshot

if TYPE_CHECKING:
    from mlscan.content import Content
    from mlscan.detect.memory import Memory
    from mlscan.scan.seen import Seen
    from mlscan.settings import Loaded, LoadedPolicy
    from mlscan.snapshot import KeptBlobs

Progress = Callable[[int, int], None]
"""Called with (files read, files in all) while a scan runs; it must be quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """What may be chosen for one scan."""

    rev: str | None = None
    """Any name of a revision; None means what lies in the folder (or HEAD of a bare repository)."""
    model: str | None = None
    """Maturity model; None is that of the configuration, else `ml-process`."""
    as_of: date | None = None
    """The day for expiries and upcoming criteria; None is today (UTC)."""
    limits: Limits = field(default_factory=Limits)
    progress: Progress | None = None
    target: int | None = None
    """Level that the next steps are to lead to; None is that of the configuration, else the next one."""
    configuration: Loaded | None = None
    """What the user named instead of the repository's own configuration."""
    repo_config: bool = True
    """False: the repository's own configuration is ignored."""
    policy: LoadedPolicy | None = None
    """What the organisation asks; it comes before everything else."""
    with_: Sequence[str | Path] = ()
    """Clones of other repositories, in which what this one hands to them is looked up."""
    kept: KeptBlobs | None = None
    """Where blobs are kept for another scan of the same repository."""
    keep: bool = False
    """True where what is seen will be kept and judged again: it then tells which detectors looked."""
    processes: int = 1
    """How many processes may read files at once (Linux): copies of the caller's, each ended before a scan returns."""


def scan(  # noqa: PLR0913 - one keyword for each thing a caller may choose
    path: str | Path,
    *,
    rev: str | None = None,
    model: str | None = None,
    detectors: Sequence[str | Path] = (),
    rules: Sequence[str | Path] = (),
    as_of: date | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    target: int | None = None,
    repo_config: bool = True,
    config: str | Path | None = None,
    policy: str | Path | None = None,
    with_: Sequence[str | Path] = (),
) -> Assessment:
    """The verdict on the repository at `path`, which is read and never run.

    path: a work tree, a plain folder, a bare repository or a `.git` folder.
    rev: a revision to read from the object database instead of the files that lie there.
    detectors, rules: folders with further content, on top of what ships with mlscan.
    as_of: the day for which expiries are judged; default today (UTC).
    progress: called with (files read, files in all) while the scan runs.
    target: the level that `Assessment.next` is to lead to; default the next one.
    repo_config: False ignores `mlscan.toml` and `[tool.mlscan]` of the repository.
    config: a file with configuration, instead of the repository's own.
    policy: the file with what the organisation asks; it comes before all that is given here.
    with_: clones of other repositories, in which what this one hands to them is looked up at the revision it names.

    Raises NothingToScan when there is no such folder or revision, UsageError for an unknown model, ContentError
    (file and line) for broken content, SettingsError for a broken configuration. What is
    wrong with single files is in `Assessment.gaps`, never raised.
    """
    from mlscan.content import load_content
    from mlscan.settings import load_file, load_policy

    options = ScanOptions(
        rev=rev,
        model=model,
        as_of=as_of,
        limits=limits or Limits(),
        progress=progress,
        target=target,
        repo_config=repo_config,
        configuration=load_file(config) if config is not None else None,
        policy=load_policy(policy) if policy is not None else None,
        with_=with_,
    )
    return scan_with(load_content(detectors, rules, examples=False), path, options)


def scan_with(content: Content, path: str | Path, options: ScanOptions) -> Assessment:
    """The same as `scan` with content that is loaded already, for callers with many repositories."""
    return judge(content, look(content, path, options), options)


def look(content: Content, path: str | Path, options: ScanOptions) -> Seen:
    """What is seen of the repository at `path`, before anything of it is judged. Raises what `scan` raises."""
    from mlscan.snapshot import open_snapshot

    start = perf_counter()
    with rarely_collected():
        opened = open_snapshot(path, rev=options.rev, limits=options.limits, kept=options.kept)
        seen = look_at(content, opened, options)
    return replace(seen, seconds=perf_counter() - start)


def look_at(content: Content, opened: Snapshot, options: ScanOptions, memory: Memory | None = None) -> Seen:
    """The same for a snapshot that is open; it is closed afterwards. `memory` is that of other snapshots of it."""
    from mlscan.detect import detect
    from mlscan.scan.copies import copies
    from mlscan.scan.seen import Seen, detect_digest
    from mlscan.scan.settled import settle, stated, with_policy

    start = perf_counter()
    snapshot = CountedSnapshot(opened)
    try:
        content = with_policy(content, options.policy)
        loaded = stated(snapshot, options)
        scoped = settle(content, snapshot.info, loaded, options).scoped(snapshot)
        crew = copies(options.processes) if memory is None else None
        findings = detect(scoped, content.for_detect, progress=options.progress, memory=memory, crew=crew)
        if options.with_:
            findings = _followed(findings, scoped, content, options)
        patterns = scoped if isinstance(scoped, ScopedSnapshot) else None
        return Seen(
            findings=findings,
            info=scoped.info,
            loaded=loaded,
            scoped=patterns is not None,
            exclude=patterns.excluded if patterns else (),
            contexts=patterns.contexts if patterns else (),
            files=len(scoped.files),
            bytes_read=snapshot.bytes_read,
            seconds=perf_counter() - start,
            detect_digest=detect_digest(content) if options.keep else "",
            detectors=tuple(d.id for d in content.detectors) if options.keep else (),
        )
    finally:
        snapshot.close()


def judge(content: Content, seen: Seen, options: ScanOptions) -> Assessment:
    """The verdict on what was seen, now or long ago, by this content, policy, target and day.

    Raises UsageError for an unknown model, SettingsError for what people said that makes no sense with this content.
    """
    from mlscan.assess import assess
    from mlscan.scan.settled import settle, with_policy

    start = perf_counter()
    content = with_policy(content, options.policy)
    settled = settle(content, seen.info, seen.loaded, options)
    as_of = options.as_of or datetime.now(UTC).date()
    findings = seen.known_to(content)
    assessment = assess(findings, seen.info, settled.rules, as_of=as_of.isoformat(), target=settled.target)
    return replace(
        assessment,
        level_names={level.n: level.name for level in settled.rules.model.file.levels},
        configuration=settled.configuration(seen),
        policy=settled.policy,
        hints=(*assessment.hints, *settled.hints()),
        stats=Stats(files=seen.files, bytes_read=seen.bytes_read, seconds=seen.seconds + perf_counter() - start),
    )


def _followed(findings: Findings, snapshot: Snapshot, content: Content, options: ScanOptions) -> Findings:
    """The findings with what the clones hold of that which is handed to them."""
    from mlscan.scan.elsewhere import Elsewhere

    elsewhere = Elsewhere(options.with_, options.limits)
    try:
        return elsewhere.followed(snapshot, content.for_detect, findings)
    finally:
        elsewhere.close()
