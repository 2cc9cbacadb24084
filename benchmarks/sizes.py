"""Sections on time and memory by size: start-up, small to huge, how cost grows, notebooks, real repositories."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from benchmarks import make_repo, write_file
from benchmarks.floor import GIT, LOOSE, WORDS
from benchmarks.page import capitalized, medians, megabytes, seconds, table, times, yes
from benchmarks.process import Command, FailedError
from benchmarks.rounds import Patience, measure
from benchmarks.suite import HEADS, MLSCAN, Sized, Suite, rows

SECONDS = {"small": 0.25, "medium": 0.4, "large": 1.0, "huge": 6.0}
"""Targets, start-up included, on two cores."""
HUGE_BYTES, VERSION_SECONDS, FLOORS = 300e6, 0.1, 3.0
EVEN = 1.25
"""Cost of a file among many over cost of a file among fewer, up to which growth counts as linear."""
TARGET = ("target", "measured", "reached")


def start_up(suite: Suite) -> str:
    """How long a command takes that has next to nothing to do."""
    folder = suite.work / "one-file"
    folder.mkdir(exist_ok=True)
    (folder / "train.py").write_text("import sklearn\n", encoding="utf-8")
    mlscan = suite.mlscan.script("mlscan")
    commands = {
        "`mlscan --version`": Command((mlscan, "--version")),
        "`mlscan --help`": Command((mlscan, "--help")),
        "`mlscan FOLDER`, one file": suite.scanning(folder),
        "`python -c pass`": Command((str(suite.mlscan.python), "-c", "pass")),
        "`git --version`": Command(("git", "--version")),
    }
    figures = measure(commands, Patience(2 * suite.runs), suite.work)
    for name, one in figures.items():
        if one.failure:
            raise FailedError(f"{name}: {one.failure}")
    version = figures["`mlscan --version`"].seconds
    shown = [(name, seconds(one.seconds)) for name, one in figures.items()]
    target = (f"`--version` under {VERSION_SECONDS} s", seconds(version), yes(version < VERSION_SECONDS))
    return "\n\n".join(
        (
            "## Start-up",
            f"`python -m benchmarks start-up`. {medians(2 * suite.runs)} in turn. {suite.machine}",
            table(("", "time"), shown),
            table(TARGET, [target]),
        )
    )


def size(suite: Suite, name: str) -> str:
    """A repository of one size beside its floors."""
    found = suite.sized(name)
    scan = found.scan
    targets = [(f"under {SECONDS[name]} s", seconds(scan.seconds), yes(scan.seconds < SECONDS[name]))]
    if name == "huge":
        peak = scan.peak_bytes
        targets.append(("under 300 MB", megabytes(peak) or "unknown", yes(0 < peak < HUGE_BYTES)))
    if name == "large":
        targets += _against_floors(found)
    words, read = suite.patterns, found.read
    runs = f"{medians(len(scan.runs))} in turn. {words.words:,} words, {words.loose:,} loose patterns."
    runs += f" mlscan reads {read.count:,} files, {_size(read.size)}, and so do the floors."
    return "\n\n".join(
        (
            f"## {capitalized(name)}: {found.blobs.count:,} files, {_size(found.blobs.size)}",
            f"`python -m benchmarks {name}`, a work tree made by `benchmarks.make_repo`. {runs} {suite.machine}",
            table(HEADS, rows(found.figures, scan)),
            table(TARGET, targets),
        )
    )


def _size(count: int) -> str:
    return f"{count / 1e6:,.0f} MB" if count >= 10_000_000 else f"{count / 1e6:.1f} MB"


def _against_floors(found: Sized) -> list[tuple[str, str, str]]:
    """The target against each floor, so that nobody need guess which one was meant."""
    ratios = {
        name: found.scan.seconds / one.seconds
        for name, one in found.figures.items()
        if name != MLSCAN and not one.failure
    }
    return [
        (f"at most {FLOORS:.0f} times {name}", f"{times(ratio)} times", yes(ratio <= FLOORS))
        for name, ratio in ratios.items()
    ]


def growth(suite: Suite) -> str:
    """Time and memory against files and bytes."""
    every = {name: suite.sized(name) for name in suite.files}
    shown = []
    for found in every.values():
        scan, blobs = found.scan, found.blobs
        shown.append(
            (
                f"{blobs.count:,}",
                _size(blobs.size),
                seconds(scan.seconds),
                f"{scan.seconds / blobs.count * 1e3:.2f} ms",
                f"{scan.seconds / blobs.size * 1e9:,.0f} ms",
                megabytes(scan.peak_bytes),
                f"{scan.peak_bytes / blobs.count / 1e3:,.1f} kB",
            )
        )
    heads = ("files", "size", "time", "time a file", "time a MB", "peak memory", "memory a file")
    return "\n\n".join(
        (
            "## How cost grows",
            f"`python -m benchmarks growth`: the repositories above, in one run. {suite.machine}",
            table(heads, shown),
            table(TARGET, _growth_targets(list(every.values()))),
            f"Even means: at most {EVEN} times as much a file as in the repository before it. Start-up makes files of"
            " small repositories dear, so growth counts from 1,000 files on.",
        )
    )


def _growth_targets(every: list[Sized]) -> list[tuple[str, str, str]]:
    targets = []
    for before, after in pairwise(every[1:]):
        ratio = (after.scan.seconds / after.blobs.count) / (before.scan.seconds / before.blobs.count)
        what = f"time grows evenly from {before.blobs.count:,} to {after.blobs.count:,} files"
        targets.append((what, f"{ratio:.2f} times a file", yes(ratio <= EVEN)))
    return targets


NOTEBOOKS = {"one notebook of 99 MB": (1, 99_000_000), "100 notebooks of 1 MB": (100, 1_000_000)}
"""Rows: (number, bytes of each). The limit of a notebook is 100 MB."""


def notebooks(suite: Suite) -> str:
    """Notebooks of 100 MB in all, most of which is pictures, as in real ones."""
    parts = ["## Notebooks of 100 MB"]
    parts.append(
        "`python -m benchmarks notebooks`: cells of code, and pictures as their output, which take 97 % of the bytes."
        f" No target is set. {medians(min(suite.runs, 3))} in turn. {suite.machine}"
    )
    for name, (number, size_of_each) in NOTEBOOKS.items():
        folder = suite.work / name.replace(" ", "-")
        if not folder.exists():
            chance = Random(number)
            texts = (write_file.notebook_with_pictures(chance, size_of_each) for _ in range(number))
            make_repo.write(folder, [((f"notebooks/n{n}.ipynb", text.encode()) for n, text in enumerate(texts))])
        found = suite.beside_floors(folder, runs=min(suite.runs, 3))
        parts += [f"### {capitalized(name)}", table(HEADS, rows(found.figures, found.scan))]
    return "\n\n".join(parts)


def real(suite: Suite) -> str:
    """Repositories that others made, at the revision of HEAD, each beside its floors."""
    if not suite.real:
        raise FailedError("no repository was given with --real")
    shown = []
    for one in suite.real:
        bare = not (one.path / ".git").exists()
        found = suite.beside_floors(one.path, "--rev", "HEAD", runs=min(suite.runs, 3), checked_out=not bare)
        scan, ratio = found.scan, {n: found.scan.seconds / f.seconds for n, f in found.figures.items() if not f.failure}
        cells = [one.name, f"{found.blobs.count:,}", _size(found.blobs.size), _size(found.read.size)]
        cells.append(seconds(scan.seconds))
        cells += [times(ratio[floor]) if floor in ratio else "failed" for floor in (GIT, WORDS, LOOSE)]
        shown.append((*cells, megabytes(scan.peak_bytes)))
    heads = ("", "files", "size", "read", "mlscan", GIT, WORDS, LOOSE, "peak memory")
    return "\n\n".join(
        (
            "## Real repositories",
            "`python -m benchmarks real --real NAME=CLONE`: `mlscan --rev HEAD`, and how many times as long as each"
            f" floor it takes. {medians(min(suite.runs, 3))} in turn. {suite.machine}",
            table(heads, shown),
        )
    )
