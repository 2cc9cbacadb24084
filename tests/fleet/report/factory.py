"""Fleets made by hand: repositories with their verdicts, as the store gives them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from report.factory import ASKS, HOSTILE, MARKUP, NAMES, PRACTICES, SHORTS, assessment, level_0, level_2, level_4
from report.factory import hostile as hostile_assessment

from mlscan.fleet.summary import Question, Summary, shown_assessment, summarise
from mlscan.types.assessment import Assessment
from mlscan.types.conditions import Cond
from mlscan.types.evidence import Strength
from mlscan.types.fleet import Cause, FleetRepository, LastFailure, Point, Standing
from mlscan.types.model import (
    AssessContent,
    Criterion,
    Forgiven,
    KindsFile,
    Level,
    Model,
    ModelFile,
    PracticePresence,
    PresenceFile,
    Staged,
    Topic,
)

QUESTION = Question(mlscan_version="0.1.0", as_of="2026-11-26", since="2026-11-20")
DIGESTS = ("0123456789abcdef" * 4, "fedcba9876543210" * 4)


def rules() -> AssessContent:
    """The model of `report.factory`: a level asks for the practices of ASKS."""
    asks = {level: [_criterion(p) for p in ids] for level, ids in ASKS.items()}
    file = ModelFile(
        id="ml-process",
        version="1.0",
        title="Maturity of the ML process",
        source="an article",
        levels=[Level(n=n, name=name, short=SHORTS[n]) for n, name in enumerate(NAMES)],
        staged=Staged(holds=["L", "F"], below=["F"], forgiven=Forgiven(), bounds={"N": 15, "P": 50, "L": 85}),
        groups={"engineering": ["all"]},
        applicable_kinds=["ml-project"],
    )
    presence = {
        p: PracticePresence(
            title=p.replace("-", " ").capitalize(),
            group=group,
            strength=Strength.USED,
            informational=group == "informational",
        )
        for group, ids in PRACTICES.items()
        for p in ids
    }
    return AssessContent(
        model=Model(file=file, topics=(Topic(id="all", question="What is there?", asks=asks),)),
        presence=PresenceFile(practices=presence),
        kinds=KindsFile(kinds=[], default="not-ml", default_reason="no ML code"),
        detectors={},
        digest=DIGESTS[0],
    )


def _criterion(practice: str) -> Criterion:
    return Criterion(
        id=f"{practice}-there",
        title=f"{practice.replace('-', ' ').capitalize()} can be seen",
        why="Somebody else has to be able to rely on it.",
        how=f"Set up {practice} where the training code lives, and let CI run it.",
        effort="SML"[len(practice) % 3],  # type: ignore[arg-type]
        needs=Cond(practice=practice),
    )


def repository(name: str, **given: object) -> FleetRepository:
    """A repository of GitHub; its identity follows from its name."""
    known: dict[str, object] = {
        "identity": f"github.com#{name}",
        "name": name,
        "url": f"https://github.com/{name}",
        "host": "github.com",
        "private": False,
        "language": "Python",
    }
    return FleetRepository(**{**known, **given})  # type: ignore[arg-type]


def point(level: int, at: str = "2026-11-25", **given: object) -> Point:
    """A verdict on an ML project."""
    known: dict[str, object] = {
        "scan": 1,
        "at": f"{at}T03:00:00Z" if len(at) == 10 else at,
        "revision": "3f2c1a9d2e" * 4,
        "committed_on": "2026-11-01",
        "content_digest": DIGESTS[0],
        "model": "ml-process",
        "kind": "ml-project",
        "applicable": True,
        "level": level,
        "level_name": NAMES[level],
        "attested_level": level,
        "could_be": level,
        "target": None,
        "causes": (Cause.FIRST,),
    }
    return Point(**{**known, **given})  # type: ignore[arg-type]


def standing(name: str, *points: Point, failure: LastFailure | None = None, **given: object) -> Standing:
    """Where a repository stands: it has what its level asks, and nothing of the next one."""
    known: dict[str, object] = {x: given.pop(x) for x in ("practices", "missing") if x in given}
    level = points[-1].level if points else 0
    have = {p for n, ids in ASKS.items() if n <= level for p in ids}
    practices = {p: p in have for ids in PRACTICES.values() for p in ids} if points else {}
    missing = tuple(f"{p}-there" for p in ASKS.get(level + 1, ())) if points else ()
    usual: dict[str, object] = {"practices": practices, "missing": missing}
    rest: dict[str, object] = {**usual, **known}
    return Standing(repository=repository(name, **given), points=points, failure=failure, **rest)  # type: ignore[arg-type]


def summary(standings: Sequence[Standing], question: Question = QUESTION) -> Summary:
    """What is shown of these by the rules above."""
    return summarise(standings, rules(), question)


def small() -> list[Standing]:
    """Two dozen repositories of which each list of a report has something to say."""
    code, content = (Cause.CODE,), (Cause.CONTENT,)
    return [
        standing("acme/churn", point(2, "2026-06-01"), point(3, "2026-11-25", causes=code, target=3)),
        standing("acme/upsell", point(3, "2026-06-01"), point(2, "2026-11-25", causes=content, target=3)),
        standing("acme/forecast", point(4, "2026-03-10", could_be=5, target=4, committed_on="2026-02-27")),
        standing("acme/pricing", point(2, "2026-03-10", target=3, committed_on="2025-12-24"), missing=("ci-there",)),
        standing(
            "acme/fraud",
            point(3, "2026-05-02", target=4),
            missing=("monitoring-there", "cd-there", "feature-store-there"),
        ),
        standing("acme/ranking", point(1, "2026-11-25")),
        standing(
            "acme/vision",
            point(2, "2026-11-02", attested_level=3, target=3),
            failure=LastFailure(at="2026-11-25T03:10:00Z", reason="the clone took longer than 600 s"),
        ),
        standing("acme/speech", point(1, "2026-11-25", could_be=3), practices={"ml-code": True, "ci": None}),
        standing("acme/landing-page", point(0, "2026-11-25", kind="not-ml", applicable=False, could_be=0)),
        standing("acme/ml-course", point(1, "2026-11-25", kind="teaching", applicable=False)),
        standing("acme/secret", failure=LastFailure(at="2026-11-25T03:12:00Z", reason="no access (HTTP 403)")),
        standing("acme/unread", private=True),
        standing("tools/churn", point(5, "2026-04-01", target=4), private=True, language="R", topics=("mlops", "r")),
        *(standing(f"lab/try-{n}", point(n % 3, "2026-10-01"), private=None) for n in range(1, 12)),
    ]


def large(count: int, seed: int = 7) -> list[Standing]:
    """Any number of repositories with histories, the same for the same seed."""
    chance = random.Random(seed)
    return [_any(number, chance) for number in range(count)]


def _any(number: int, chance: random.Random) -> Standing:
    words = ("churn", "fraud", "forecast", "ranking", "vision", "speech", "pricing", "demand", "routing", "search")
    name = f"{chance.choice(('retail', 'risk', 'labs/nlp', 'platform'))}/{chance.choice(words)}-{number:04}"
    if chance.random() < 0.02:
        return standing(name, failure=LastFailure(at="2026-11-25T03:00:00Z", reason="the clone ended with HTTP 500"))
    level = chance.choices(range(6), (4, 40, 28, 18, 8, 2))[0]
    applicable = chance.random() > 0.1
    points = [point(level, f"2026-{chance.randrange(1, 11):02}-10", scan=number, target=chance.choice((None, 2, 3)))]
    if chance.random() < 0.06 and level:
        after = level - 1 if chance.random() < 0.3 else min(5, level + 1)
        points.append(point(after, causes=(chance.choice((Cause.CODE, Cause.CONTENT, Cause.WAIVER)),), scan=number))
    if not applicable:
        points = [replace(p, applicable=False, kind="not-ml", level=0, level_name=NAMES[0]) for p in points]
    level = points[-1].level
    practices = {p: _has(p, level, chance) for ids in PRACTICES.values() for p in ids}
    missing = [f"{p}-there" for p in ASKS.get(level + 1, ()) if not practices[p]]
    return standing(
        name,
        *points,
        practices=practices,
        missing=tuple(missing),
        private=chance.random() < 0.5,
        language=chance.choice(("Python", "Python", "R", "Jupyter Notebook", None)),
    )


def _has(practice: str, level: int, chance: random.Random) -> bool | None:
    asked = next((n for n, ids in ASKS.items() if practice in ids), 3)
    drawn = chance.random()
    return None if drawn < 0.04 else asked <= level or drawn > 0.8


def verdict(level: int | None) -> Assessment:
    """A whole assessment with this level; None is one to which a level does not apply."""
    stories = {None: level_0, 2: level_2, 4: level_4}
    return stories[level]() if level in stories else assessment(level or 0)


def reports_of(found: Summary) -> list[tuple[str, Assessment]]:
    """The verdict behind each row, as others may read it."""
    rows = {row.id: row for row in found.fleet.repositories}
    levels = {id: rows[id].level if rows[id].applicable else None for id in found.scans}
    return [(id, shown_assessment(verdict(level), rows[id], found.fleet.redaction)) for id, level in levels.items()]


MACHINE = ("/home/ada/clones", "C:\\Users\\ada", "ada-laptop.local", "ghp_0123456789abcdefghijABCDEFGHIJ0123")
"""A folder of Unix and of Windows, a host, a token: what no report may hold."""


def revealing() -> list[Standing]:
    """Repositories of which everything that may be said holds something of the machine."""
    unix, windows, _, token = MACHINE
    reason = f"git: could not read {unix}/churn/objects: https://ada:{token}@git.acme.example/churn.git ({windows}\\x)"
    failure = LastFailure(at="2026-11-25T03:10:00Z", reason=reason)
    return [
        standing(f"{unix}/churn", point(2), identity=f"{unix}/churn", path=f"{unix}/churn", host="", url=None),
        standing(f"{windows}\\upsell", point(3), identity=f"{windows}\\upsell", path=windows, host="", url=None),
        standing("acme/leak", point(1), failure=failure, url=f"https://ada:{token}@git.acme.example/leak"),
        standing(
            "acme/file", failure=failure, url=f"file://{unix}/file", clone_url=f"https://{token}@git.acme.example/x"
        ),
    ]


def hostile(attack: str) -> list[Standing]:
    """Repositories whose every word is an attack."""
    bad = point(2, kind=attack, level_name=attack, revision=attack, content_digest=attack, committed_on=attack)
    words: dict[str, Any] = {
        "url": f"https://evil.example/{attack}",
        "language": attack,
        "topics": (attack,),
        "host": attack,
    }
    failure = LastFailure(at="2026-11-25T03:10:00Z", reason=attack)
    return [
        standing(attack, bad, failure=failure, missing=(attack,), practices={attack: True}, **words),
        standing(f"{attack}/{attack}", point(1, "2026-11-01"), point(2, causes=(Cause.CODE,)), **words),
        standing("acme/plain", point(2)),
    ]


ATTACKS = {"terminal": HOSTILE, "markup": MARKUP}


def hostile_reports(found: Summary, attack: str) -> list[tuple[str, Assessment]]:
    """Verdicts whose every word is an attack."""
    rows = {row.id: row for row in found.fleet.repositories}
    return [(id, shown_assessment(hostile_assessment(attack), rows[id], found.fleet.redaction)) for id in found.scans]
