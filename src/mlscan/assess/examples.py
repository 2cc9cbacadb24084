"""Runs the examples of presence, kinds and models, so that a rule and what it promises stay together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from mlscan.assess.assess import assess
from mlscan.types.assessment import Assessment, Status
from mlscan.types.conditions import Cond, numbers_named
from mlscan.types.evidence import Evidence, Findings, Location, Strength
from mlscan.types.model import AssessContent, DetectorInfo, PresenceFile, RuleExample
from mlscan.types.snapshot import History, RepositoryInfo

_INFO = RepositoryInfo(name="example", url=None, revision=None, dirty=False, history=History.FULL, committed_on=None)
_DELEGATION = "example:delegation"


def failures(example: RuleExample, content: AssessContent, *, as_of: str = "2000-01-01") -> list[str]:
    """What the example promises and the rules do not give, in plain words; empty when all holds.

    For examples of topics and models: the kind is given, criteria, levels and ratings are compared.
    """
    result = run_as_kind(example, content, as_of=as_of)
    statuses = {c.id: c.status for x in result.levels for c in x.criteria}
    found = list(_wrong_statuses(example, statuses))
    for n, wanted in sorted(example.ratings.items()):
        rating = next((x.rating.value for x in result.levels if x.level == n), None)
        found += [f"level {n} is rated {rating}, not {wanted}"] if rating != wanted else []
    for what, want, got in (("level", example.level, result.level), ("could_be", example.could_be, result.could_be)):
        found += [f"{what} is {got}, not {want}"] if want is not None and got != want else []
    return found


def kind_failures(example: RuleExample, content: AssessContent) -> list[str]:
    """For examples of kinds.yaml: the kind that comes out is compared with `kind`."""
    result = run(example, content)
    return [] if result.kind == example.kind else [f"the kind is {result.kind}: {' '.join(result.kind_reasons)}"]


def presence_failures(example: RuleExample, content: AssessContent) -> list[str]:
    """For examples of presence.yaml: practices in `met` are present, in `not_met` absent, in `could_be_met` unknown.

    The practices' own `needs` decide here, also where a practice is given.
    """
    result = run(example, content, keep_needs=True)
    as_status = {True: Status.MET, False: Status.NOT_MET, None: Status.UNKNOWN}
    return list(_wrong_statuses(example, {p.id: as_status[p.present] for p in result.practices}))


def run_as_kind(example: RuleExample, content: AssessContent, *, as_of: str = "2000-01-01") -> Assessment:
    """Like `run`, for a repository whose kind is the example's, whatever its givens would say."""
    kinds = msgspec.structs.replace(content.kinds, kinds=[], default=example.kind, default_reason="given")
    return run(example, replace(content, kinds=kinds), as_of=as_of)


def run(
    example: RuleExample, content: AssessContent, *, as_of: str = "2000-01-01", keep_needs: bool = False
) -> Assessment:
    """The assessment of a made-up repository in which the example's givens are all there is."""
    findings, extended = _findings(example, content, keep_needs)
    return assess(findings, _INFO, extended, as_of=as_of)


def _wrong_statuses(example: RuleExample, statuses: dict[str, Status]) -> Iterator[str]:
    wanted = [
        (Status.MET, example.met),
        (Status.NOT_MET, example.not_met),
        (Status.UNKNOWN, example.could_be_met),
    ]
    for status, names in wanted:
        for name in names:
            if name not in statuses:
                yield f"there is no {name}"
            elif statuses[name] is not status:
                yield f"{name} is {statuses[name].value}, not {status.value}"


def _findings(example: RuleExample, content: AssessContent, keep_needs: bool) -> tuple[Findings, AssessContent]:
    detectors = dict(content.detectors)
    evidence: list[Evidence] = []
    for name, strength in example.given.items():
        detector = _detector(name, content, detectors)
        for number in range(example.numbers.get(name) or 1):
            evidence.append(_evidence(detector, detectors[detector].practice, number, strength))
    if example.delegated:
        detectors[_DELEGATION] = DetectorInfo(
            practice="delegation", title="Handed over", strength=Strength.CONFIGURED, may_hide=tuple(example.delegated)
        )
        handed = _evidence(_DELEGATION, "delegation", 0, Strength.CONFIGURED)
        evidence.append(replace(handed, delegated_to="another repository"))
    unknown = {_detector(name, content, detectors): "not read" for name in example.unknown}
    numbers: dict[str, int | None] = dict.fromkeys(_all_numbers(content), 0)
    findings = Findings(evidence=tuple(evidence), unknown=unknown, numbers={**numbers, **example.numbers})
    given = () if keep_needs else (*example.given, *example.unknown)
    return findings, replace(content, presence=_without_needs(content, given), detectors=detectors)


def _detector(name: str, content: AssessContent, detectors: dict[str, DetectorInfo]) -> str:
    """The id of the detector that stands for a practice or detector of an example; it is made up where needed."""
    practice = name in content.presence.practices
    detector = f"example:{name}" if practice else name
    if detector not in detectors:
        info = DetectorInfo(practice=name if practice else "kind", title=name, strength=Strength.USED)
        detectors[detector] = info
    return detector


def _evidence(detector: str, practice: str, number: int, strength: Strength) -> Evidence:
    where = Location(path=f"{detector.removeprefix('example:')}-{number}", line=1)
    return Evidence(detector=detector, practice=practice, where=where, excerpt="", strength=strength)


def _without_needs(content: AssessContent, given: tuple[str, ...]) -> PresenceFile:
    practices = {
        name: msgspec.structs.replace(rule, needs=None) if name in given else rule
        for name, rule in content.presence.practices.items()
    }
    return msgspec.structs.replace(content.presence, practices=practices)


def _all_numbers(content: AssessContent) -> Iterator[str]:
    file = content.model.file
    conds: list[Cond | str | None] = [rule.needs for rule in content.presence.practices.values()]
    conds += [rule.needs for rule in content.kinds.kinds]
    conds += [a.criterion.needs for a in content.model.asks()]
    conds += [a.criterion.not_applicable_if for a in content.model.asks()]
    conds += [*file.ceiling_unless.values(), *(c for cs in file.staged.requires.values() for c in cs)]
    for cond in conds:
        yield from numbers_named(cond)
