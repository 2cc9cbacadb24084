"""Figures and disagreements as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calibration.compare import Disagreement, Figures, HalfFigures, PracticeFigures
from calibration.stats import Estimate


def estimate(found: Estimate) -> str:
    """`0.84 [0.71, 0.92] n=40`, or `- n=0`."""
    if found.value is None:
        return f"- n={found.n}"
    if found.low is None or found.high is None:
        return f"{found.value:.2f} n={found.n}"
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}] n={found.n}"


def figures_lines(figures: Figures) -> Iterator[str]:
    """The whole summary, a line at a time."""
    yield f"mlscan {figures.mlscan_version}, content {figures.content_digest[:12]}, {figures.dated}"
    for name, half in figures.halves.items():
        yield ""
        yield f"== {name}: {half.scanned} of {half.labelled} repositories scanned"
        yield from _half_lines(half)
    yield ""
    yield f"not scanned: {len(figures.crashes)}"
    for crash in figures.crashes:
        yield f"  {crash.repo}: {crash.reason}"


def _half_lines(half: HalfFigures) -> Iterator[str]:
    level = half.level
    rows = {
        "kind": half.kind,
        "level exact": level.exact,
        "level within one": level.within_one,
        "level in defended range": level.inside_range,
        "label between level and could_be": level.ceiling_covers,
        "level kappa (quadratic)": level.kappa,
    }
    yield from (f"{title:<34}{estimate(found)}" for title, found in rows.items())
    for change, number in half.kinds.items():
        yield f"  kind {change}: {number}"
    yield "level of the label (rows) against mlscan (columns)"
    yield "      " + "".join(f"{n:>4}" for n in range(len(level.table)))
    yield from (f"   {n:>3}" + "".join(f"{cell:>4}" for cell in row) for n, row in enumerate(level.table))
    yield f"{'practice':<21}{'n':>4}{'there':>6}{'open':>5}  {'precision':<26}{'recall':<26}F1"
    yield from (_practice_line(p) for p in [*half.practices, half.overall])


def _practice_line(found: PracticeFigures) -> str:
    start = f"{found.practice:<21}{found.n:>4}{found.there:>6}{found.unknown:>5}  "
    return f"{start}{estimate(found.precision):<26}{estimate(found.recall):<26}{estimate(found.f1)}"


def disagreement_lines(found: Sequence[Disagreement]) -> Iterator[str]:
    """Every disagreement with the reasons of both sides."""
    for one in found:
        yield ""
        yield f"-- {one.repo}"
        low, high = one.defended
        yield f"   level: label {one.level[0]} ({low} to {high}), mlscan {one.level[1]} (could be {one.could_be})"
        yield f"   label: {one.label_why}"
        if one.kind[0] != one.kind[1]:
            yield f"   kind: label {one.kind[0]}, mlscan {one.kind[1]}: {'; '.join(one.kind_reasons)}"
        if one.level[0] != one.level[1]:
            yield from (f"   not met: {criterion}" for criterion in one.unmet)
        for practice in one.practices:
            says = {True: "there", False: "not there", None: "unknown"}
            yield f"   {practice.practice}: label {says[practice.label]} {practice.label_place}".rstrip()
            yield f"      mlscan {says[practice.present]}: {practice.why}"
            yield from (f"      at {place}" for place in practice.places)
