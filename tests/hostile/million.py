"""A repository of a million files, by a command: `python -m hostile.million FOLDER`, from the folder of the tests.

It writes a bare repository of a thousand folders with a thousand files each, which share their objects, scans it, and
tells the time and the memory; with `--plain` it writes the files themselves into a folder without git. Not part of the
tests: it takes minutes.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, process_time

from snapshot.building import new_repo

from mlscan.scan import scan
from mlscan.types.snapshot import Limits

SIDE = 1_000
CONTENT = b"import sklearn\n"


def bare(place: Path) -> Path:
    """A bare repository, whose files share one object."""
    repo = new_repo(place / "million.git", None, "--bare")
    blob = repo.put("blob", CONTENT)
    folder = repo.put_tree([("100644", b"f%04d.py" % n, blob) for n in range(SIDE)])
    repo.put_commit(repo.put_tree([("40000", b"d%04d" % n, folder) for n in range(SIDE)]))
    return repo.path


def plain(place: Path) -> Path:
    """A folder of files."""
    for number in range(SIDE):
        folder = place / "million" / f"d{number:04}"
        folder.mkdir(parents=True)
        for inner in range(SIDE):
            (folder / f"f{inner:04}.py").write_bytes(CONTENT)
    return place / "million"


def main() -> int:
    """0 where the reports came, and the one with the usual limits says that not all files were looked at."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plain", action="store_true", help="a folder without git")
    parser.add_argument("--all", action="store_true", help="once more without the limit; takes 1 kB a file, and long")
    given = parser.parse_args()
    build: Callable[[Path], Path] = plain if given.plain else bare
    target = build(given.folder)
    for limits in (Limits(), *([Limits(files=2 * SIDE * SIDE)] if given.all else [])):
        begin, used = monotonic(), process_time()
        found = scan(target, limits=limits)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        reasons = sorted({gap.reason for gap in found.gaps})
        files = found.stats.files if found.stats else 0
        seconds = f"{monotonic() - begin:.0f} s ({process_time() - used:.0f} s of the processor)"
        print(f"{files:,} files, {seconds}, {megabytes} MB, gaps: {reasons}", flush=True)
        if limits == Limits() and "more files than the limit" not in reasons:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
