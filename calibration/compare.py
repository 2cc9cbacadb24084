"""Labels beside outcomes: the figures of one half, and the disagreements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from calibration.labels import PRACTICE_OF, Label
from calibration.outcome import Crash, Outcome
from calibration.stats import Estimate, f1, kappa_estimate, share

LEVEL_KINDS = ("ml-project", "not-ml")
"""Kinds (of the label) whose level is compared: the others have none of their own."""

LEVELS = range(6)


class PracticeFigures(msgspec.Struct, frozen=True):
    """How well one practice is seen. Unknown counts as not seen."""

    practice: str
    n: int
    there: int
    """Labels that say it is there."""
    unknown: int
    """Outcomes that leave it open."""
    precision: Estimate
    recall: Estimate
    f1: Estimate


class LevelFigures(msgspec.Struct, frozen=True):
    """How well the level agrees, over the kinds of `LEVEL_KINDS`."""

    exact: Estimate
    within_one: Estimate
    inside_range: Estimate
    ceiling_covers: Estimate
    """Label's level between mlscan's `level` and `could_be`."""
    kappa: Estimate
    table: list[list[int]]
    """Row: level of the label; column: level of mlscan."""


class HalfFigures(msgspec.Struct, frozen=True):
    """All figures over some of the repositories."""

    labelled: int
    scanned: int
    kind: Estimate
    kinds: dict[str, int]
    """"label > mlscan" -> number, for kinds that differ."""
    level: LevelFigures
    practices: list[PracticeFigures]
    overall: PracticeFigures
    """All practices together."""


class Figures(msgspec.Struct, frozen=True):
    """What a run yields and `docs/accuracy.md` is made of. Nothing in it tells which repository of B is wrong."""

    dated: str
    mlscan_version: str
    content_digest: str
    halves: dict[str, HalfFigures]
    crashes: list[Crash]


Pairs = Sequence[tuple[Label, Outcome]]


def pair_up(labels: Sequence[Label], outcomes: Mapping[str, Outcome]) -> list[tuple[Label, Outcome]]:
    """Each label with its outcome, without those that were not scanned."""
    return [(label, outcomes[label.repo]) for label in labels if label.repo in outcomes]


def figures_of(pairs: Pairs, labelled: int) -> HalfFigures:
    """The figures over these pairs; labelled: how many there would be if all had been scanned."""
    differing = Counter(f"{a.kind} > {b.kind}" for a, b in pairs if a.kind != b.kind)
    cells = {practice: _cells(pairs, practice) for practice in PRACTICE_OF.values()}
    return HalfFigures(
        labelled=labelled,
        scanned=len(pairs),
        kind=share(sum(a.kind == b.kind for a, b in pairs), len(pairs)),
        kinds=dict(sorted(differing.items())),
        level=_level_figures([(a, b) for a, b in pairs if a.kind in LEVEL_KINDS]),
        practices=[_practice_figures(practice, found) for practice, found in cells.items()],
        overall=_practice_figures("all", [cell for found in cells.values() for cell in found]),
    )


Cell = tuple[bool, bool | None]
"""What the label says, and what mlscan says."""


def _cells(pairs: Pairs, practice: str) -> list[Cell]:
    labelled = ((label.practices().get(practice), outcome) for label, outcome in pairs)
    return [(value, _present(outcome, practice)) for value, outcome in labelled if value is not None]


def _present(outcome: Outcome, practice: str) -> bool | None:
    said = outcome.practices.get(practice)
    return said.present if said else None


def _practice_figures(practice: str, cells: Sequence[Cell]) -> PracticeFigures:
    both = sum(label and said is True for label, said in cells)
    claimed = sum(said is True for _, said in cells)
    there = sum(label for label, _ in cells)
    return PracticeFigures(
        practice=practice,
        n=len(cells),
        there=there,
        unknown=sum(said is None for _, said in cells),
        precision=share(both, claimed),
        recall=share(both, there),
        f1=f1(both, claimed - both, there - both),
    )


def _level_figures(pairs: Pairs) -> LevelFigures:
    n = len(pairs)
    both = [(a.level, b.level) for a, b in pairs]
    counted = Counter(both)
    return LevelFigures(
        exact=share(sum(a == b for a, b in both), n),
        within_one=share(sum(abs(a - b) <= 1 for a, b in both), n),
        inside_range=share(sum(a.low <= b.level <= a.high for a, b in pairs), n),
        ceiling_covers=share(sum(b.level <= a.level <= b.could_be for a, b in pairs), n),
        kappa=kappa_estimate(both),
        table=[[counted[row, column] for column in LEVELS] for row in LEVELS],
    )


class Difference(msgspec.Struct, frozen=True):
    """One practice on which label and mlscan differ."""

    practice: str
    label: bool
    label_place: str
    present: bool | None
    why: str
    places: list[str]


class Disagreement(msgspec.Struct, frozen=True):
    """One repository on which label and mlscan differ in anything."""

    repo: str
    kind: tuple[str, str]
    level: tuple[int, int]
    defended: tuple[int, int]
    could_be: int
    label_why: str
    kind_reasons: list[str]
    unmet: list[str]
    practices: list[Difference]

    @property
    def weight(self) -> tuple[int, int, int]:
        """Worst first: distance of the levels, then the kind, then the number of practices."""
        return (-abs(self.level[0] - self.level[1]), -int(self.kind[0] != self.kind[1]), -len(self.practices))


def disagreements(pairs: Pairs) -> list[Disagreement]:
    """All repositories with a difference in kind, level (where it is compared) or a practice, worst first."""
    found = [_disagreement(label, outcome) for label, outcome in pairs]
    real = [d for d in found if d.kind[0] != d.kind[1] or d.level[0] != d.level[1] or d.practices]
    return sorted(real, key=lambda d: (*d.weight, d.repo))


def _disagreement(label: Label, outcome: Outcome) -> Disagreement:
    differences = [
        Difference(practice, value, label.place(practice), _present(outcome, practice), *_reasons(outcome, practice))
        for practice, value in label.practices().items()
        if value != (_present(outcome, practice) is True)
    ]
    return Disagreement(
        repo=label.repo,
        kind=(label.kind, outcome.kind),
        level=(label.level, outcome.level),
        defended=(label.low, label.high),
        could_be=outcome.could_be,
        label_why=label.why,
        kind_reasons=outcome.kind_reasons,
        unmet=outcome.unmet,
        practices=differences,
    )


def _reasons(outcome: Outcome, practice: str) -> tuple[str, list[str]]:
    said = outcome.practices.get(practice)
    return (said.why, said.places) if said else ("mlscan has no such practice", [])
