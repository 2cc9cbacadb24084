"""What is left out of a report that others are to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from mlscan.types.assessment import (
    Assessment,
    Component,
    Configuration,
    CriterionResult,
    LevelResult,
    NextStep,
    PracticeResult,
    StatementResult,
)
from mlscan.types.evidence import Evidence, Gap
from mlscan.types.fleet_report import FleetRow, NotScanned, Redaction
from mlscan.types.snapshot import RepositoryInfo

ELSEWHERE = "another repository"
_NO_PLACES = "Places are left out of this report"


def shown_row(row: FleetRow, redaction: Redaction) -> FleetRow:
    """The row without what could name its repository, where names are left out."""
    if redaction is not Redaction.NAMES:
        return row
    nothing = {"host": "", "language": None, "topics": (), "scan": None, "revision": None, "committed_on": None}
    return replace(row, url=None, **nothing)  # type: ignore[arg-type]


def shown_failure(failure: NotScanned, redaction: Redaction) -> NotScanned:
    """The failure without its reason, which names things, where names are left out."""
    return failure if redaction is not Redaction.NAMES else replace(failure, reason="")


def shown_assessment(a: Assessment, row: FleetRow, redaction: Redaction) -> Assessment:
    """The verdict on one repository as others may read it, under the name of its row.

    Nothing of the machine that it was made on is left in any case.
    """
    a = replace(a, repository=_repository(a.repository, row, redaction), configuration=_configured(a.configuration))
    a = replace(a, waivers=tuple(replace(w, source=_last(w.source)) for w in a.waivers))
    if redaction.rank >= Redaction.EXCERPTS.rank:
        a = _without_excerpts(a)
    return _without_paths(a) if redaction.rank >= Redaction.PATHS.rank else a


def _repository(info: RepositoryInfo, row: FleetRow, redaction: Redaction) -> RepositoryInfo:
    info = replace(info, name=row.name, url=row.url, branches=(), submodules=())
    if redaction is Redaction.NAMES:
        return replace(info, revision=None, committed_on=None, folder="")
    return replace(info, folder="") if redaction is Redaction.PATHS else info


def _configured(configuration: Configuration | None) -> Configuration | None:
    return replace(configuration, source=_last(configuration.source)) if configuration else None


def _last(source: str) -> str:
    """The file's name, where it was given with a path of the machine."""
    is_local = source.startswith(("/", "\\", "~", "..")) or source[1:3] in (":\\", ":/")
    return source.replace("\\", "/").rsplit("/", 1)[-1] if is_local else source


def _without_excerpts(a: Assessment) -> Assessment:
    handed = sorted({e.delegated_to for e in a.evidence if e.delegated_to}, key=len, reverse=True)

    def told(words: str) -> str:
        for name in handed:
            words = words.replace(name, ELSEWHERE)
        return words

    return replace(
        a,
        evidence=tuple(_bare(e) for e in a.evidence),
        rejections=(),
        waivers=tuple(_unsaid(w) for w in a.waivers),
        **_retold(a, told),  # type: ignore[arg-type]
    )


def _retold(a: Assessment, told: Callable[[str], str]) -> dict[str, object]:
    """The parts of a verdict that hold sentences made of what was found."""
    return {
        "levels": tuple(_level(x, lambda c: replace(c, why=told(c.why))) for x in a.levels),
        "practices": tuple(replace(p, why=told(p.why)) for p in a.practices),
        "next": tuple(replace(s, now=told(s.now), lifts=told(s.lifts)) for s in a.next),
        "kind_reasons": tuple(told(x) for x in a.kind_reasons),
        "gaps": tuple(replace(g, reason=told(g.reason)) for g in a.gaps),
        "hints": tuple(told(x) for x in a.hints),
    }


def _level(level: LevelResult, change: Callable[[CriterionResult], CriterionResult]) -> LevelResult:
    return replace(level, criteria=tuple(change(c) for c in level.criteria))


def _bare(evidence: Evidence) -> Evidence:
    handed = ELSEWHERE if evidence.delegated_to else None
    return replace(evidence, excerpt="", captures=(), delegated_to=handed)


def _unsaid(statement: StatementResult) -> StatementResult:
    return replace(statement, reason="(left out)", owner="somebody", link=None)


def _without_paths(a: Assessment) -> Assessment:
    return replace(
        a,
        evidence=(),
        levels=tuple(_level(x, lambda c: replace(c, why="", evidence=())) for x in a.levels),
        practices=tuple(_placeless(p) for p in a.practices),
        next=tuple(_unpaved(s) for s in a.next),
        kind_reasons=(),
        components=_numbered(a.components),
        gaps=(),
        rejections=(),
        hints=_counted(a.gaps),
        configuration=None,
        waivers=(),
        policy=replace(a.policy, notes=()) if a.policy else None,
        own_job=None,
    )


def _placeless(practice: PracticeResult) -> PracticeResult:
    why = {True: _NO_PLACES, False: "", None: "Could not be decided"}[practice.present]
    return replace(practice, evidence=(), why=why, more=0)


def _unpaved(step: NextStep) -> NextStep:
    return replace(step, now="", starter=None)


def _numbered(components: Iterable[Component]) -> tuple[Component, ...]:
    return tuple(replace(c, path=f"project {number}") for number, c in enumerate(components, start=1))


def _counted(gaps: tuple[Gap, ...]) -> tuple[str, ...]:
    return (f"Places that could not be read: {len(gaps)}.",) if gaps else ()
