"""`python -m calibration.run --mirror DIR_OR_INDEX`: scans the labelled repositories and compares.

Half A is for looking into, half B for measuring: details of B are shown only with `--open-b`, which is written down
in `b-openings.json` and allowed three times in all.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from calibration.compare import Disagreement, Figures, disagreements, figures_of, pair_up
from calibration.labels import HERE, LABELS, Clone, Label, find_clones, load_labels
from calibration.outcome import Crash, Outcome, scan_all
from calibration.show import disagreement_lines, figures_lines

OPENINGS = HERE / "b-openings.json"
OPENINGS_ALLOWED = 3


class Opening(msgspec.Struct, frozen=True):
    """One look into half B."""

    date: str
    why: str


class Report(msgspec.Struct, frozen=True):
    """What `--json` writes: the figures, and the disagreements that may be shown."""

    figures: Figures
    disagreements: list[Disagreement]


class RunError(Exception):
    """The run cannot start: the message says why."""


def parser() -> argparse.ArgumentParser:
    """The arguments of the command."""
    made = argparse.ArgumentParser(prog="python -m calibration.run", description="Compare mlscan with the labels.")
    made.add_argument("--mirror", type=Path, required=True, help="index JSON or folder with clones, see README.md")
    made.add_argument("--labels", type=Path, default=LABELS)
    made.add_argument("--half", choices=["A", "B", "both"], default="both")
    made.add_argument("--disagreements", action="store_true", help="show each disagreement of A with its reasons")
    made.add_argument("--open-b", metavar="WHY", help="show those of B, too; dated, three times in all")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write figures and shown disagreements")
    made.add_argument("--jobs", type=int, default=2)
    return made


def open_b(why: str) -> list[Opening]:
    """Writes down one more look into B and gives all of them; raises RunError when none is left."""
    so_far = openings()
    if len(so_far) >= OPENINGS_ALLOWED:
        raise RunError(f"half B was opened {len(so_far)} times already ({OPENINGS.name}): no more")
    now = [*so_far, Opening(datetime.datetime.now(datetime.UTC).date().isoformat(), why)]
    OPENINGS.write_bytes(msgspec.json.format(msgspec.json.encode(now), indent=1) + b"\n")
    return now


def openings() -> list[Opening]:
    """The looks into B so far."""
    return msgspec.json.decode(OPENINGS.read_bytes(), type=list[Opening]) if OPENINGS.exists() else []


def scan_labelled(labels: Sequence[Label], clones: Mapping[str, Clone], jobs: int) -> dict[str, Outcome | Crash]:
    """Name -> outcome or crash for each label; progress on stderr."""
    found: dict[str, Outcome | Crash] = {
        label.repo: Crash(label.repo, "no clone") for label in labels if label.repo not in clones
    }
    wanted = {label.repo: clones[label.repo] for label in labels if label.repo in clones}
    for number, (repo, outcome) in enumerate(scan_all(wanted, jobs), 1):
        found[repo] = outcome
        if sys.stderr.isatty():
            print(f"\r{number} of {len(wanted)}", end="", file=sys.stderr, flush=True)
    return found


def make_figures(labels: Sequence[Label], found: Mapping[str, Outcome | Crash], halves: Sequence[str]) -> Figures:
    """The figures of the halves asked for; both together as a third where both are."""
    outcomes = {repo: outcome for repo, outcome in found.items() if isinstance(outcome, Outcome)}
    parts = {f"half {half}": [label for label in labels if label.half == half] for half in halves}
    if len(halves) > 1:
        parts["both"] = list(labels)
    first = next(iter(outcomes.values()), None)
    return Figures(
        dated=datetime.datetime.now(datetime.UTC).date().isoformat(),
        mlscan_version=first.mlscan_version if first else "",
        content_digest=first.content_digest if first else "",
        halves={name: figures_of(pair_up(part, outcomes), len(part)) for name, part in parts.items()},
        crashes=[outcome for outcome in found.values() if isinstance(outcome, Crash)],
    )


def shown_disagreements(
    labels: Sequence[Label], found: Mapping[str, Outcome | Crash], halves: Sequence[str]
) -> list[Disagreement]:
    """The disagreements of these halves, worst first."""
    outcomes = {repo: outcome for repo, outcome in found.items() if isinstance(outcome, Outcome)}
    return disagreements(pair_up([label for label in labels if label.half in halves], outcomes))


def run(options: argparse.Namespace) -> int:
    """Scans, compares, prints. 1 when a repository could not be scanned, else 0."""
    halves = ["A", "B"] if options.half == "both" else [options.half]
    if options.open_b and "B" not in halves:
        raise RunError("--open-b needs --half B or both")
    labels = [label for label in load_labels(options.labels) if label.half in halves]
    clones = find_clones(options.mirror, labels)
    if not clones:
        raise RunError(f"{options.mirror}: no clone of a labelled repository")
    if options.open_b:
        open_b(options.open_b)
    found = scan_labelled(labels, clones, options.jobs)
    figures = make_figures(labels, found, halves)
    visible = [half for half in halves if half == "A" or options.open_b]
    shown = shown_disagreements(labels, found, visible)
    print("\n".join(figures_lines(figures)))
    if options.disagreements or options.open_b:
        print("\n".join(disagreement_lines(shown)))
    if options.json:
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(Report(figures, shown)), indent=1) + b"\n")
    return 1 if figures.crashes else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 2 for wrong usage."""
    try:
        return run(parser().parse_args(arguments))
    except RunError as error:
        print(f"calibration.run: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
