"""`python -m calibration.report`: writes docs/accuracy.md from figures.json.

`--update FILE` first takes over the figures that `calibration.run --half both --json FILE` wrote; `--check` writes
nothing and exits with 1 when the page is not what the figures give.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from calibration.compare import Figures, HalfFigures
from calibration.labels import HERE, Label, load_labels
from calibration.run import Report, openings
from calibration.show import estimate

FIGURES = HERE / "figures.json"
WEAK_SPOTS = HERE / "weak-spots.md"
PAGE = HERE.parent / "docs" / "accuracy.md"


def page(figures: Figures | None, labels: Sequence[Label], weak_spots: str) -> str:
    """The whole page as Markdown."""
    lines = [
        "<!-- Written by `python -m calibration.report`; change calibration/weak-spots.md or the figures instead. -->",
        "# How accurate mlscan is",
        "",
        *_about_labels(labels),
        *(_figures(figures) if figures else ["There are no figures for this version yet.", ""]),
        *_openings(),
        "## Known weak spots",
        "",
        weak_spots.strip(),
        "",
    ]
    return "\n".join(lines)


def _about_labels(labels: Sequence[Label]) -> Iterator[str]:
    kinds = Counter(label.kind for label in labels)
    levels = Counter(label.level for label in labels if label.kind == "ml-project")
    halves = Counter(label.half for label in labels)
    twice = sum(label.readings > 1 for label in labels)
    yield "## What it is measured against"
    yield ""
    yield (
        f"{len(labels)} public repositories at fixed revisions ("
        + ", ".join(f"{number} `{kind}`" for kind, number in sorted(kinds.items()))
        + "; ML projects by level: "
        + ", ".join(f"{level}: {number}" for level, number in sorted(levels.items()))
        + "), each with its kind, its level, the range of levels that another fair reader could defend, and 25 facts."
    )
    yield ""
    yield (
        "The labels were made by language-model readers that opened the files and followed "
        "[the rubric](../calibration/rubric.md); no human experts. "
        f"{twice} of the {len(labels)} were read twice and independently. Two readers of the same repository agreed "
        "(over 167 repositories rated so) on the level exactly in 0.95 of the cases, within one in 0.99, with a "
        "quadratic weighted kappa of 0.97; on the kind in 0.98; on a fact in 0.92 (data validation) to 1.0. A fact on "
        "which the two differ does not count. Labels can be wrong: a disagreement is a question, not a verdict."
    )
    yield ""
    yield (
        f"The repositories are split by a hash of their names: half A ({halves['A']}) is looked into while detectors "
        f"and rules are written, half B ({halves['B']}) only measures. The figures of B are the ones to believe."
    )
    yield ""


def _figures(figures: Figures) -> Iterator[str]:
    yield "## Figures"
    yield ""
    yield f"mlscan {figures.mlscan_version}, content `{figures.content_digest[:12]}`, measured on {figures.dated}. "
    yield "Each figure has its number of cases and a 95 % interval: Wilson for shares, carried over from the share of "
    yield "agreed cases for F1, bootstrap for kappa. A practice that mlscan leaves open counts as not seen."
    yield ""
    yield from _levels(figures)
    for name, half in figures.halves.items():
        yield from _practices(name, half)
    yield f"Repositories that could not be scanned: {len(figures.crashes)}."
    yield ""


def _levels(figures: Figures) -> Iterator[str]:
    halves = figures.halves
    rows = {
        "repositories scanned": [f"{half.scanned} of {half.labelled}" for half in halves.values()],
        "kind": [estimate(half.kind) for half in halves.values()],
        "level, exactly": [estimate(half.level.exact) for half in halves.values()],
        "level, within one": [estimate(half.level.within_one) for half in halves.values()],
        "level inside the defended range": [estimate(half.level.inside_range) for half in halves.values()],
        "label between `level` and `could_be`": [estimate(half.level.ceiling_covers) for half in halves.values()],
        "quadratic weighted kappa of the level": [estimate(half.level.kappa) for half in halves.values()],
    }
    yield "| | " + " | ".join(halves) + " |"
    yield "|---|" + "---|" * len(halves)
    yield from (f"| {title} | " + " | ".join(cells) + " |" for title, cells in rows.items())
    yield ""
    yield "Levels are compared over `ml-project` and `not-ml` (kind of the label)."
    yield ""


def _practices(name: str, half: HalfFigures) -> Iterator[str]:
    yield f"### Practices, {name}"
    yield ""
    yield "| practice | labelled | there | left open | precision | recall | F1 |"
    yield "|---|---|---|---|---|---|---|"
    for found in [*half.practices, half.overall]:
        shown = [estimate(e) for e in (found.precision, found.recall, found.f1)]
        yield f"| {found.practice} | {found.n} | {found.there} | {found.unknown} | " + " | ".join(shown) + " |"
    yield ""


def _openings() -> Iterator[str]:
    looked = openings()
    yield "## Looks into half B"
    yield ""
    yield "At most three in the life of these labels." if looked else "None so far; at most three are allowed."
    yield ""
    yield from (f"- {opening.date}: {opening.why}" for opening in looked)
    if looked:
        yield ""


def load_figures(path: Path = FIGURES) -> Figures | None:
    """The stored figures, or None before the first run."""
    return msgspec.json.decode(path.read_bytes(), type=Figures) if path.exists() else None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 when `--check` finds a page that is out of date."""
    made = argparse.ArgumentParser(prog="python -m calibration.report", description="Write docs/accuracy.md.")
    made.add_argument("--update", type=Path, metavar="FILE", help="take over the figures of `calibration.run --json`")
    made.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    options = made.parse_args(arguments)
    if options.update:
        report = msgspec.json.decode(options.update.read_bytes(), type=Report)
        FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(report.figures), indent=1) + b"\n")
    text = page(load_figures(), load_labels(), WEAK_SPOTS.read_text(encoding="utf-8"))
    if options.check:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("docs/accuracy.md is up to date" if same else "docs/accuracy.md: run python -m calibration.report")
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
